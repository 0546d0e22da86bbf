"""The report as plain text: one line per finding, indented details, and the counts at the end.

The last line is always the summary: scripts read it, so nothing may ever be printed below it.
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.finding import Finding, Report, Severity, Summary
from armguard.reporters.plain_text import line, visible

_BOLD, _RESET = "\x1b[1m", "\x1b[0m"
_COLOURS = {Severity.ERROR: "\x1b[31m", Severity.WARNING: "\x1b[33m", Severity.NOTE: "\x1b[36m"}


def render(report: Report, *, color: bool = False) -> str:
    """The report as text; with `color` paths are bold and severities coloured, for a terminal."""
    return "".join(f"{text}\n" for text in _lines(report, color))


def _lines(report: Report, color: bool) -> Iterator[str]:
    for finding in report.findings:
        if finding.suppressed is None and not finding.baselined:
            yield _headline(finding, color)
            yield from _details(finding)
    for crash in report.crashes:
        yield line(f"{crash}: not analysed because of a bug in armguard, please report it")
    for notice in report.notices:
        yield line(notice)
    yield summary_line(report.summary)


def _headline(finding: Finding, color: bool) -> str:
    path = line(finding.location.path)
    start = finding.location.start
    position = "" if start is None else f":{start.line}:{start.column}"
    severity = finding.severity.value
    if color:
        path = f"{_BOLD}{path}{_RESET}"
        severity = f"{_COLOURS[finding.severity]}{severity}{_RESET}"
    rest = visible(f"[{finding.rule}]: {finding.message} ({finding.certainty.value})")
    return f"{path}{position}: {severity}{rest}"


def _details(finding: Finding) -> Iterator[str]:
    for detail in finding.details:
        # a Location prints itself as path:line:column
        yield "  " + line(f"{detail.label}: {''.join(map(str, detail.text))}")
    yield "  " + line(f"more: armguard rules {finding.rule}")


def summary_line(summary: Summary) -> str:
    """`checked 2 templates (3 deployments, 1 vault): 1 error, 0 warnings, 0 notes; ...`."""
    return (
        f"checked {_count(summary.templates, 'template')}"
        f" ({_count(summary.deployments, 'deployment')}, {_count(summary.vaults, 'vault')}):"
        f" {_count(summary.errors, 'error')}, {_count(summary.warnings, 'warning')},"
        f" {_count(summary.notes, 'note')};"
        f" {summary.undecided} undecided, {summary.skipped} skipped"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
