"""What is said below a finding, and which places are shown with it.

Every related place is told of once: rules name most of them in a detail already.
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.finding import Detail, Finding, Location, Report, Severity


def told(finding: Finding) -> Iterator[tuple[Detail, tuple[Location, ...]]]:
    """The details of a finding, each with the places to show below it."""
    shown = {finding.location}
    for detail in _details(finding):
        places = [each for each in detail.text if isinstance(each, Location)]
        new = tuple(dict.fromkeys(each for each in places if each not in shown))
        shown.update(new)
        yield detail, new


def _details(finding: Finding) -> Iterator[Detail]:
    yield from finding.details
    named = {each for detail in finding.details for each in detail.text}
    for related in finding.related:
        if related.location not in named:
            yield Detail("see", (f"{related.message} (", related.location, ")"))
    if finding.parameters:
        yield Detail("with", (", ".join(finding.parameters),))
    yield Detail("more", (f"armguard rules {finding.rule}",))


_ORDER = tuple(Severity)


def worst_first(report: Report) -> list[Finding]:
    """The findings that count, errors before warnings before notes, else in the report's order."""
    counted = (f for f in report.findings if f.counts)
    return sorted(counted, key=lambda finding: _ORDER.index(finding.severity))


def plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
