"""From what was found to the report: one finding per cause, sorted, with lines and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from armguard.acceptance.fingerprints import with_fingerprints
from armguard.checking.found import Found
from armguard.checking.positions import _Positions
from armguard.explaining.rule_page import rule_page
from armguard.finding import (
    Certainty,
    DeploymentReport,
    Detail,
    Finding,
    Location,
    Position,
    Report,
    Severity,
    Summary,
    VaultReport,
)
from armguard.policy import policy_pages
from armguard.record import replace

if TYPE_CHECKING:
    pass

_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_CERTAINTIES = (Certainty.CERTAIN, Certainty.DEFAULT, Certainty.POSSIBLE)


def build_report(found: Found) -> Report:
    """The report of a run."""
    acceptance = found.acceptance
    findings = _merged(acceptance.selection.applied(found.findings))
    deployments = found.deployments
    positions = _Positions(found.texts)
    positions.want(_locations(findings, deployments))
    located = _accepted([_located(finding, positions) for finding in findings], found, positions)
    vaults = [vault for deployment in deployments for vault in deployment.vaults]
    open_ = [each for each in located if each.counts]
    counts = {s: sum(f.severity is s for f in open_) for s in _SEVERITIES}
    return Report(
        deployments=tuple(
            replace(
                deployment,
                vaults=tuple(
                    replace(vault, location=positions.of(vault.location))
                    for vault in deployment.vaults
                ),
            )
            for deployment in deployments
        ),
        findings=tuple(located),
        summary=Summary(
            templates=len(found.templates),
            deployments=len(deployments),
            vaults=len(vaults),
            workspaces=found.workspaces,
            errors=counts[Severity.ERROR],
            warnings=counts[Severity.WARNING],
            notes=counts[Severity.NOTE],
            undecided=sum(map(_is_undecided, vaults)),
            suppressed=sum(each.suppressed is not None for each in located),
            baselined=sum(each.baselined for each in located),
            skipped=len(found.skipped),
        ),
        rules=(
            *(
                rule_page(r.id, r.severity, r.summary, r.page)
                for r in found.rules
                if r.id in acceptance.selection.anywhere
            ),
            *policy_pages(found.policies),
        ),
        sources=positions.texts,
        skipped=tuple(sorted(found.skipped, key=lambda each: each.path)),
        notices=(
            *found.notices,
            *_said_about_deployed(found, vaults),
            *_said_about_accepted(located, found),
        ),
        crashes=tuple(found.crashes),
        has_baseline=acceptance.baseline is not None,
        unread=_unread(found),
    )


def _accepted(findings: list[Finding], found: Found, positions: _Positions) -> list[Finding]:
    """The findings, sorted, with all that is known about them beforehand."""
    acceptance = found.acceptance
    judged, own = acceptance.judged(
        findings, _checked_texts(found, findings, positions), found.open_paths
    )
    own = tuple(acceptance.selection.applied(own))
    positions.want(each.location for each in own)
    every = sorted((*judged, *(_located(each, positions) for each in own)), key=_order)
    every = with_fingerprints(every, positions.document)
    return every if acceptance.baseline is None else acceptance.baseline.marked(every)


def _checked_texts(found: Found, findings: list[Finding], positions: _Positions) -> dict[str, str]:
    """The texts of all files that were looked at: templates, and what they link or point at."""
    paths = {*found.templates, *found.linked, *(each.location.path for each in findings)}
    texts = ((path, positions.text(path)) for path in paths)
    return {path: text for path, text in texts if text is not None}


def _is_undecided(vault: VaultReport) -> bool:
    changes = () if vault.live is None else vault.live.changes
    return vault.verdict == "undecided" or any(each.change == "undecided" for each in changes)


def _unread(found: Found) -> tuple[str, ...]:
    about = () if found.deployed is None else found.deployed.unread()
    return tuple(dict.fromkeys((*found.unread, *(f"{each.id}: {each.reason}" for each in about))))


def _said_about_deployed(found: Found, vaults: list[VaultReport]) -> Iterator[str]:
    if found.deployed is None:
        return
    yield from found.deployed.notices()
    unread = _unread(found)
    states = {vault.live.state for vault in vaults if vault.live is not None}
    if unread and states <= {"unread"}:
        yield "live state not checked, so what follows from the template alone is all that is said"
    yield from (f"not read: {each}" for each in unread)


def _said_about_accepted(findings: list[Finding], found: Found) -> Iterator[str]:
    suppressed = sum(each.suppressed is not None for each in findings)
    if suppressed:
        yield f"{suppressed} finding{'s are' if suppressed > 1 else ' is'} suppressed"
    baseline = found.acceptance.baseline
    if baseline is None:
        return
    checked = {*found.templates, *found.linked, *(each.location.path for each in findings)}
    checked.update(file for each in found.deployments for file in each.parameters)
    known = sum(each.baselined for each in findings)
    gone = baseline.gone(findings, checked, found.acceptance.selection.anywhere)
    yield (
        f"baseline '{baseline.file}': {known} known finding{'' if known == 1 else 's'}, {gone} gone"
    )


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """One finding per cause: rule, place, subject and deciding origin, whatever parameter files
    show it."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        origin = tuple(each.location for each in finding.related)
        key = (finding.rule, finding.location, finding.subject, origin)
        groups.setdefault(key, []).append(finding)
    return [_one(group) for group in groups.values()]


def _one(group: list[Finding]) -> Finding:
    first = min(group, key=lambda each: _SEVERITIES.index(each.severity))
    if len(group) == 1:
        return first
    certainty = min((each.certainty for each in group), key=_CERTAINTIES.index)
    files = dict.fromkeys(file for each in group for file in each.parameters)
    names = dict.fromkeys(each.resource.name for each in group if each.resource is not None)
    details = first.details
    if len(names) > 1:
        details = (*details, Detail("also", (", ".join(list(names)[1:]),)))
    return replace(first, certainty=certainty, parameters=tuple(files), details=details)


def _locations(
    findings: Iterable[Finding], deployments: Iterable[DeploymentReport]
) -> Iterator[Location]:
    for finding in findings:
        yield finding.location
        for related in finding.related:
            yield related.location
        for detail in finding.details:
            yield from (part for part in detail.text if isinstance(part, Location))
    for deployment in deployments:
        yield from (vault.location for vault in deployment.vaults)


def _located(finding: Finding, positions: _Positions) -> Finding:
    return replace(
        finding,
        location=positions.of(finding.location),
        related=tuple(
            replace(related, location=positions.of(related.location)) for related in finding.related
        ),
        details=tuple(
            Detail(
                detail.label,
                tuple(positions.of(p) if isinstance(p, Location) else p for p in detail.text),
            )
            for detail in finding.details
        ),
    )


def _order(finding: Finding) -> tuple[str, Position, str, str]:
    start = finding.location.start or Position(0, 0)
    return finding.location.path, start, finding.rule, finding.message
