"""A log of a CI service: the worst findings as commands that become annotations, then the text.

A service shows ten annotations of a kind and drops the rest without a word, so the rest is text
here, and the log says how many those are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from armguard.finding import Finding, Location, Severity
from armguard.finding.report import Crash, Report
from armguard.record import record, replace
from armguard.reporters import text
from armguard.reporters._details import plural, said, worst_first
from armguard.safe_text import visible

SHOWN = 10
"""Annotations of each severity that GitHub and Azure Pipelines show for one step."""

INTERNAL_ERROR = "internal-error"


@record
class Annotation:
    """One command; its text is untrusted, but of `lines` each is one line without control codes."""

    severity: Severity
    code: str
    lines: tuple[str, ...]
    location: Location


def annotated_log(
    report: Report, severities: Collection[Severity], command: Callable[[Annotation], str]
) -> str:
    """Commands for at most `SHOWN` findings of each of `severities`, then a text report."""
    commands: list[str] = []
    left = dict.fromkeys(severities, SHOWN)
    rest: list[Finding] = []
    more: dict[Severity, int] = {}
    for crash in report.crashes[:SHOWN]:
        commands.append(command(_crash(crash)))
        left[Severity.ERROR] -= 1
    for finding in worst_first(report):
        if left.get(finding.severity, 0) > 0:
            left[finding.severity] -= 1
            commands.append(command(_annotation(finding)))
            continue
        rest.append(finding)
        if finding.severity in left:
            more[finding.severity] = more.get(finding.severity, 0) + 1
    if more:
        counts = ", ".join(plural(n, f"more {severity.value}") for severity, n in more.items())
        commands.append(f"and {counts}, not shown as annotations:")
    log = "".join(f"{line}\n" for line in commands)
    return log + text.render(replace(report, findings=tuple(rest), crashes=report.crashes[SHOWN:]))


def _crash(crash: Crash) -> Annotation:
    return Annotation(Severity.ERROR, INTERNAL_ERROR, (text.crashed(crash),), Location(crash.path))


def _annotation(finding: Finding) -> Annotation:
    lines = [f"{finding.message} ({finding.certainty.value})"]
    lines.extend(f"{each.label}: {''.join(map(str, each.text))}" for each in said(finding))
    return Annotation(finding.severity, finding.rule, tuple(map(visible, lines)), finding.location)
