"""From what was found to the report: one finding per cause, sorted, with lines and columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from armguard.finding import (
    Certainty,
    DeploymentReport,
    Detail,
    Finding,
    Location,
    Position,
    Report,
    RulePage,
    Severity,
    Skipped,
    Summary,
)
from armguard.rules import Rule
from armguard.source.json_text import read_text
from armguard.source.location import find_spans, position_at

_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_CERTAINTIES = (Certainty.CERTAIN, Certainty.DEFAULT, Certainty.POSSIBLE)


@dataclass(slots=True)
class Found:
    """What a run has found so far."""

    rules: tuple[Rule, ...]
    findings: list[Finding] = field(default_factory=list)
    deployments: list[DeploymentReport] = field(default_factory=list)
    workspaces: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)

    def template(self, path: str, text: str) -> None:
        """Count a file as a template and keep its text for positions and excerpts."""
        self.templates.add(path)
        self.texts[path] = text

    def add(self, finding: Finding, files: tuple[str, ...]) -> None:
        self.findings.append(replace(finding, parameters=files))

    def crashed(self, path: str, error: Exception) -> None:
        import os

        if os.environ.get("ARMGUARD_DEBUG"):
            raise error
        self.crashes.append(f"{path}: {type(error).__name__}")


def build_report(found: Found) -> Report:
    """The report of a run."""
    wanted = {rule.id for rule in found.rules}
    findings = _merged(each for each in found.findings if each.rule in wanted)
    deployments = found.deployments
    positions = _Positions(found.texts)
    positions.want(_locations(findings, deployments))
    located = [_located(finding, positions) for finding in findings]
    located = _with_fingerprints(sorted(located, key=_order))
    vaults = [vault for deployment in deployments for vault in deployment.vaults]
    counts = {s: sum(f.severity is s for f in located) for s in _SEVERITIES}
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
            undecided=sum(vault.verdict == "undecided" for vault in vaults),
            skipped=len(found.skipped),
        ),
        rules=tuple(RulePage(r.id, r.severity, r.summary, r.page) for r in found.rules),
        sources=positions.texts,
        skipped=tuple(sorted(found.skipped, key=lambda each: each.path)),
        notices=tuple(found.notices),
        crashes=tuple(found.crashes),
    )


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """One finding per cause: rule, place and deciding origin, whatever parameter files show it."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        origin = tuple(each.location for each in finding.related)
        what = finding.message if finding.rule == "parameters-rejected" else ""
        key = (finding.rule, finding.location, origin, what)
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


class _Positions:
    """Lines and columns of places, found with one scan of each file."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts: dict[str, str] = {}
        self._known = texts
        self._found: dict[Location, Location] = {}

    def want(self, locations: Iterable[Location]) -> None:
        by_path: dict[str, dict[str, Location]] = {}
        for location in locations:
            by_path.setdefault(location.path, {})[location.pointer] = location
        for path, wanted in by_path.items():
            text = self._known.get(path)
            if text is None:
                text = _text_of(path)
            if text is None:
                continue
            self.texts[path] = text
            self._locate(text, wanted)

    def _locate(self, text: str, wanted: dict[str, Location]) -> None:
        spans = find_spans(text, [pointer for pointer in wanted if pointer[:1] != "#"])
        for pointer, location in wanted.items():
            if pointer[:1] == "#":
                line, column = position_at(text, int(pointer[1:]))
                start, end = Position(line, column), Position(line, column + 1)
                self._found[location] = Location(location.path, "", start, end)
                continue
            span = spans[pointer]
            self._found[location] = replace(
                location,
                start=Position(span.start_line, span.start_column),
                end=Position(span.end_line, span.end_column),
            )

    def of(self, location: Location) -> Location:
        return self._found.get(location, location)


def _text_of(path: str) -> str | None:
    from armguard.errors import UnreadableFileError

    try:
        return read_text(path)
    except UnreadableFileError:
        return None


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


def _with_fingerprints(findings: list[Finding]) -> list[Finding]:
    """Findings with what identifies them across edits: it survives moved lines, reformatting,
    resources inserted above and other parameter files."""
    seen: dict[str, int] = {}
    result = []
    for finding in findings:
        resource = finding.resource
        parts = (
            finding.rule,
            finding.location.path,
            resource.type.lower() if resource is not None else "",
            finding.written_name,
            finding.location.pointer.rpartition("/")[2],
        )
        text = "\0".join(parts)
        ordinal = seen[text] = seen.get(text, -1) + 1
        digest = hashlib.sha256(f"{text}\0{ordinal}".encode("utf-8", "surrogatepass")).hexdigest()
        result.append(replace(finding, fingerprint=digest[:32]))
    return result
