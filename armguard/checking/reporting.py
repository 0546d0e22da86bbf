"""From what was found to the report: accepted or not, merged, sorted, with lines and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from armguard.acceptance.fingerprints import with_fingerprints
from armguard.checking.checks import Checks
from armguard.checking.judging import Judged
from armguard.checking.loading import Sources
from armguard.checking.merging import merged
from armguard.checking.planning import Plan
from armguard.checking.positions import Positions, locations_of
from armguard.checking.vault_reports import deployment_report
from armguard.explaining.remedies import told_once
from armguard.finding import Finding, Location, Position, Severity
from armguard.finding.report import Crash, Report, Skipped, Summary, VaultReport
from armguard.record import record, replace

if TYPE_CHECKING:
    from armguard.deployed.inventory import DeployedState


@record
class Results:
    """What the stages of a run have handed on."""

    sources: Sources
    plan: Plan
    judged: tuple[Judged, ...]
    findings: tuple[Finding, ...]
    crashes: tuple[Crash, ...] = ()
    deployed: DeployedState | None = None
    """what vaults were compared with"""

    @property
    def paths(self) -> set[str]:
        """All files that took part: templates, what they link, parameter files."""
        linked = (path for each in self.judged for path in each.case.assessment.documents)
        parts = (file for each in self.plan.places.values() for file in each.files)
        return {*self.sources.texts, *linked, *parts}

    @property
    def read(self) -> set[str]:
        """The same, and all that turned out to be something else."""
        unreadable = (*self.sources.unreadable, *self.plan.unreadable)
        parameters = (file for each in self.judged for file in each.parameter_files)
        skipped = (each.path for each in self.skipped)
        return {*self.paths, *parameters, *skipped, *(each.path for each in unreadable)}

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        return (*self.sources.skipped, *self.plan.skipped)

    @property
    def open_paths(self) -> set[str]:
        """Those about which something could not be decided."""
        assessments = (each.case.assessment for each in self.judged)
        paths = {path for each in assessments if each.is_open for path in each.documents}
        for path in paths & self.plan.places.keys():
            paths.update(self.plan.places[path].files)
        unreadable = (*self.sources.unreadable, *self.plan.unreadable)
        return {*paths, *(each.path for each in unreadable)}

    @property
    def unread(self) -> tuple[str, ...]:
        """What was asked about deployed state and could not be answered."""
        compared = [each.case.compared for each in self.judged if each.case.compared is not None]
        about = () if self.deployed is None else self.deployed.unread()
        sentences = [sentence for one in compared for sentence in one.unanswered]
        if compared or about:
            from armguard.deployed.inventory import in_sentences

            vaults = (vault for one in compared for vault in one.unread())
            sentences += in_sentences((*vaults, *about))
        return tuple(dict.fromkeys(sentences))


def build_report(results: Results, checks: Checks) -> Report:
    """The report of a run."""
    source = None if results.deployed is None else results.deployed.source
    deployments = [deployment_report(each, source) for each in results.judged]
    texts = {**results.plan.texts, **results.sources.texts}
    positions = Positions(texts, results.plan.places)
    positions.want(locations_of(results.findings))
    positions.want(vault.location for each in deployments for vault in each.vaults)
    findings = checks.selected(map(positions.located, results.findings))
    accepted = _accepted(findings, results, checks, positions)
    located = [*told_once(accepted)]
    vaults = [vault for deployment in deployments for vault in deployment.vaults]
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
        summary=_summary(results, located, vaults),
        rules=checks.pages(),
        sources=positions.texts,
        skipped=tuple(sorted(results.skipped, key=lambda each: each.path)),
        notices=(
            *results.sources.notices,
            *results.plan.notices,
            *_said_about_files(results),
            *_said_about_deployed(results, vaults, checks.acceptance.on),
            *_said_about_accepted(located, results, checks),
        ),
        crashes=results.crashes,
        has_baseline=checks.acceptance.baseline is not None,
        unread=results.unread,
        read=tuple(sorted(results.read)),
        compared=_compared(results),
    )


def _compared(results: Results) -> str:
    """What vaults were compared with, in words."""
    if results.deployed is None:
        return ""
    return results.deployed.taken_from or "Azure itself, read by this run"


def _accepted(
    findings: list[Finding], results: Results, checks: Checks, positions: Positions
) -> list[Finding]:
    """One finding per cause, sorted, with all that is known about them beforehand."""
    acceptance = checks.acceptance
    texts = _checked_texts(findings, results, positions)
    parts = {path: places.files for path, places in results.plan.places.items()}
    judged, wrong = acceptance.judged(
        findings, texts, positions.document, parts, results.open_paths
    )
    own = acceptance.selection.applied(checks.in_suppressions(wrong))
    positions.want(locations_of(own))
    every = sorted((*merged(judged), *map(positions.located, own)), key=_order)
    every = with_fingerprints(every, positions.document)
    return every if acceptance.baseline is None else acceptance.baseline.marked(every)


def _checked_texts(
    findings: Iterable[Finding], results: Results, positions: Positions
) -> dict[str, str]:
    """The texts of all files that were looked at, or that findings point at."""
    paths = {*results.paths, *(each.location.path for each in findings)}
    texts = ((path, positions.text(path)) for path in paths)
    return {path: text for path, text in texts if text is not None}


def _summary(
    results: Results, findings: Sequence[Finding], vaults: Sequence[VaultReport]
) -> Summary:
    counted = [each.severity for each in findings if each.counts]
    assessments = [each.case.assessment for each in results.judged]
    nested: set[Location | None] = {each.place for one in assessments for each in one.closed}
    # what holds a template and can't be evaluated was not looked into either
    nested |= {each.location for one in assessments for each in one.problems if each.is_closed}
    unreadable = (*results.sources.unreadable, *results.plan.unreadable)
    roots = {each.root for each in unreadable if each.kind == "Bicep file"}
    return Summary(
        templates=len(results.sources.texts),
        deployments=len(results.judged),
        vaults=len(vaults),
        workspaces=sum(each.case.assessment.workspaces for each in results.judged),
        errors=counted.count(Severity.ERROR),
        warnings=counted.count(Severity.WARNING),
        notes=counted.count(Severity.NOTE),
        undecided=sum(map(_is_undecided, vaults)),
        suppressed=sum(each.suppressed is not None for each in findings),
        baselined=sum(each.baselined for each in findings),
        closed=len(nested) + len(roots),
        skipped=len(results.skipped),
    )


def _is_undecided(vault: VaultReport) -> bool:
    if vault.live is not None and vault.live.state == "exists":
        return any(each.change == "undecided" for each in vault.live.changes)
    return vault.verdict == "undecided"


def _said_about_files(results: Results) -> Iterator[str]:
    """Where vaults are written in files that are only taken for linked ones."""
    taken: dict[str, set[str]] = {}
    for each in results.judged:
        for vault in each.case.assessment.vaults:
            files = {file.name for file in vault.verdict.outcome.files}
            if files:
                taken.setdefault(each.path, set()).update(files)
    for path, files in taken.items():
        names = ", ".join(sorted(files))
        yield f"{path} is checked with linked templates taken from this repository: {names}"


_OLD = 7
"""Days after which somebody may well have been granted access."""


def _said_about_deployed(
    results: Results, vaults: Sequence[VaultReport], today: str
) -> Iterator[str]:
    if results.deployed is None:
        return
    yield from results.deployed.notices()
    for taken_at, taken_from in results.deployed.ages():
        age = _days_between(taken_at[:10], today) if today else 0
        if age > _OLD:
            yield f"{taken_from} is {age} days old: who has access may have changed; take a new one"
    states = {vault.live.state for vault in vaults if vault.live is not None}
    if results.unread and states <= {"unread"}:
        yield "live state not checked, so what follows from the template alone is all that is said"
    yield from (f"not read: {each}" for each in results.unread)


def _days_between(first: str, second: str) -> int:
    """Of two days as in 2027-01-31; 0 where one is no day."""
    from datetime import date

    try:
        return (date.fromisoformat(second) - date.fromisoformat(first)).days
    except ValueError:
        return 0


def _said_about_accepted(
    findings: Sequence[Finding], results: Results, checks: Checks
) -> Iterator[str]:
    suppressed = sum(each.suppressed is not None for each in findings)
    if suppressed:
        yield f"{suppressed} finding{'s are' if suppressed > 1 else ' is'} suppressed"
    baseline = checks.acceptance.baseline
    if baseline is None:
        return
    checked = {*results.paths, *(each.location.path for each in findings)}
    checked.update(file for each in results.judged for file in each.parameter_files)
    known = sum(each.baselined for each in findings)
    gone = baseline.gone(findings, checked, checks.acceptance.selection.anywhere)
    yield (
        f"baseline '{baseline.file}': {known} known finding{'' if known == 1 else 's'}, {gone} gone"
    )


def _order(finding: Finding) -> tuple[str, Position, str, bool, str]:
    """By place and rule; what is accepted for one resource comes after what is not for another, so
    that a fingerprint does not change with that."""
    start = finding.location.start or Position(0, 0)
    is_accepted = finding.suppressed is not None
    return finding.location.path, start, finding.rule, is_accepted, finding.message
