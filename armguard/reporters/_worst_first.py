"""What the formats for people who see only the beginning agree on: the worst comes first.

Suppressed and baselined findings are known already and left out.
"""

from __future__ import annotations

from armguard.finding import Finding, Report, Severity

_ORDER = tuple(Severity)


def worst_first(report: Report) -> list[Finding]:
    """The findings that count, errors before warnings before notes, else in the report's order."""
    counted = (f for f in report.findings if f.counts)
    return sorted(counted, key=lambda finding: _ORDER.index(finding.severity))


def plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
