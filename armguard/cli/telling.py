"""What `--quiet`, `--show-files` and `--statistics` make of a report for people.

All is said as notices, before the summary: scripts take that for the last line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from armguard.finding import Severity
from armguard.finding.report import Report
from armguard.record import replace

FOR_PEOPLE = ("text", "pretty", "concise")
"""The formats that have a place for it; what programs read has its own."""

_SEVERITIES = tuple(Severity)


def told(report: Report, *, quiet: bool, show_files: bool, statistics: bool) -> Report:
    """The report with less in it, or more."""
    files = lines_of_files(report) if show_files else ()
    counts = lines_of_statistics(report) if statistics else ()
    notices = report.notices
    if quiet:
        # what could not be read is no notice, but the answer
        notices = tuple(f"not read: {each}" for each in report.unread)
    return replace(
        report,
        notices=(*files, *notices, *counts),
        deployments=() if quiet else report.deployments,
    )


def lines_of_files(report: Report) -> Iterator[str]:
    """What became of each file of the run."""
    deployments = report.deployments
    unreadable = sorted(
        {each.location.path for each in report.findings if each.leaves_open in ("file", "root")}
    )
    yield "files:"
    for each in deployments:
        parameters = (
            f"with {', '.join(each.parameters)}" if each.parameters else "without a parameter file"
        )
        yield f"  checked: {each.template} {parameters}"
    known = {path for each in deployments for path in (each.template, *each.parameters)}
    known.update(unreadable, (each.path for each in report.skipped))
    yield from (f"  part of another: {path}" for path in report.read if path not in known)
    yield from (f"  not readable: {path}" for path in unreadable)
    yield from (f"  skipped: {each.path}: {each.reason}" for each in report.skipped)


def lines_of_statistics(report: Report) -> Iterator[str]:
    """How often each rule has found something, and how many vaults have each verdict."""
    findings = Counter((each.severity, each.rule) for each in report.findings if each.counts)
    yield "findings by rule:"
    for (severity, rule), number in sorted(findings.items(), key=_worst_first):
        yield f"  {number:>5}  {severity.value}[{rule}]"
    verdicts = Counter(vault.verdict for each in report.deployments for vault in each.vaults)
    yield "vaults by verdict:"
    for verdict, number in sorted(verdicts.items(), key=lambda each: (-each[1], each[0])):
        yield f"  {number:>5}  {verdict}"


def _worst_first(counted: tuple[tuple[Severity, str], int]) -> tuple[int, int, str]:
    (severity, rule), number = counted
    return _SEVERITIES.index(severity), -number, rule
