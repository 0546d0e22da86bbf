"""The report as plain text: one line per finding, indented details, and the counts at the end.

The last line is always the summary: scripts read it, so nothing may ever be printed below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from armguard.finding import Detail, Finding, Severity
from armguard.finding.report import Crash, LiveState, PrincipalChange, Report, Summary, VaultReport
from armguard.reporters._details import said_in_turn
from armguard.safe_text import line, visible

_BOLD, _RESET = "\x1b[1m", "\x1b[0m"
_COLOURS = {Severity.ERROR: "\x1b[31m", Severity.WARNING: "\x1b[33m", Severity.NOTE: "\x1b[36m"}

_STATES = {
    "exists": "exists",
    "absent": "does not exist, so nothing is lost now",
    "deleted": "is soft-deleted",
    "unread": "was not read",
}


def render(report: Report, *, color: bool = False) -> str:
    """The report as text; with `color` paths are bold and severities coloured, for a terminal."""
    return "".join(f"{text}\n" for text in _lines(report, color))


def _lines(report: Report, color: bool) -> Iterator[str]:
    for finding, details in said_in_turn(each for each in report.findings if each.counts):
        yield headline(finding, color)
        # a Location prints itself as path:line:column
        yield from (
            "  " + line(f"{each.label}: {''.join(map(str, each.text))}") for each in details
        )
    for deployment in report.deployments:
        for vault in deployment.vaults:
            if vault.live is not None:
                yield from map(line, said_about_live(vault, vault.live))
    for crash in report.crashes:
        yield crashed(crash)
    for notice in report.notices:
        yield line(notice)
    yield summary_line(report.summary)


def crashed(crash: Crash) -> str:
    """That nothing was found in a file because it was not analysed."""
    return line(f"{crash}: not analysed because of a bug in armguard, please report it")


def headline(finding: Finding, color: bool = False) -> str:
    """`main.json:87:9: error[access-lost]: MESSAGE (certain)`."""
    path = line(finding.location.path)
    start = finding.location.start
    position = "" if start is None else f":{start.line}:{start.column}"
    severity = finding.severity.value
    if color:
        path = f"{_BOLD}{path}{_RESET}"
        severity = f"{_COLOURS[finding.severity]}{severity}{_RESET}"
    rest = visible(f"[{finding.rule}]: {finding.message} ({finding.certainty.value})")
    return f"{path}{position}: {severity}{rest}"


def indented(detail: Detail) -> str:
    """A line below a headline; a location in it prints itself as path:line:column."""
    return "  " + line(f"{detail.label}: {''.join(map(str, detail.text))}")


def said_about_live(vault: VaultReport, live: LiveState) -> Iterator[str]:
    """What is deployed, and what changes for each principal, which is indented."""
    said = _STATES[live.state]
    if live.state == "exists":
        said = "uses role assignments" if live.rbac else "uses access policies"
    # why a vault was not read is among the notices
    note = f" ({live.note})" if live.note and live.state != "unread" else ""
    yield f"{live.source}: vault '{vault.name}' {said}{note}"
    for change in live.changes:
        yield f"  {_changed(change)}"


def _changed(change: PrincipalChange) -> str:
    who = change.object_id if change.name is None else f"{change.name} ({change.object_id})"
    if change.application_id is not None:
        who += f" with application {change.application_id}"
    parts = [f"{change.change}: {who}"]
    if change.lost:
        worst = "may lose" if change.change == "undecided" else "loses"
        parts.append(f"{worst} {_permissions(change.lost)}")
    if change.gained:
        parts.append(f"gains {_permissions(change.gained)}")
    if change.workspaces:
        parts.append(f"used by {', '.join(change.workspaces)}")
    return "; ".join(parts)


def _permissions(permissions: Mapping[str, list[str]]) -> str:
    return ", ".join(f"{kind} {' '.join(names)}" for kind, names in permissions.items())


def summary_line(summary: Summary) -> str:
    """`checked 2 templates (3 deployments, 1 vault): 1 error, 0 warnings, 0 notes; ...`."""
    closed = f"{summary.closed} not looked into, " if summary.closed else ""
    return (
        f"checked {_count(summary.templates, 'template')}"
        f" ({_count(summary.deployments, 'deployment')}, {_count(summary.vaults, 'vault')}):"
        f" {_count(summary.errors, 'error')}, {_count(summary.warnings, 'warning')},"
        f" {_count(summary.notes, 'note')};"
        f" {summary.undecided} undecided, {closed}{summary.skipped} skipped"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
