"""What is said below a finding, and which places are shown with it.

Every related place is told of once: rules name most of them in a detail already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from armguard.finding import Detail, Finding, Location, Severity
from armguard.finding.report import Report

_COMMAND = re.compile(r"(\barmguard fix )(?:'[^']*'|\S+)")
_WAYS = ("fix", "or", "help")
"""The labels of what can be done about a finding."""


def said(finding: Finding) -> Iterator[Detail]:
    """The details of a finding, and the parameter files that it occurs with."""
    yield from finding.details
    yield from _with(finding)


def said_in_turn(findings: Iterable[Finding]) -> Iterator[tuple[Finding, list[Detail]]]:
    """Findings that stand below each other, with the lines below each: where to read more is told
    once for each rule, and how to repair it not again where the last one of the same rule in the
    same file said the same, or the one directly above in another file."""
    rules: set[str] = set()
    before: dict[tuple[str, str], list[Detail]] = {}
    above: tuple[str, list[str]] | None = None
    for finding in findings:
        key = (finding.rule, finding.location.path)
        ways = [each for each in finding.details if each.label in _WAYS]
        own = (finding.rule, [*map(_of_any_file, ways)])
        is_known = before.get(key) == ways or own == above
        before[key], above = ways, own
        lines = [each for each in said(finding) if not is_known or each not in ways]
        if finding.rule not in rules:
            lines.append(_more(finding))
            rules.add(finding.rule)
        yield finding, lines


def _of_any_file(detail: Detail) -> str:
    """What a line says, whatever file the command in it names."""
    return _COMMAND.sub(r"\1", f"{detail.label}: {''.join(map(str, detail.text))}")


def told(finding: Finding) -> Iterator[tuple[Detail, tuple[Location, ...]]]:
    """The details of a finding, each with the places to show below it."""
    shown = {finding.location}
    for detail in _details(finding):
        # a way out refers to another finding, which shows its place itself
        text = () if detail.label in _WAYS else detail.text
        places = [each for each in text if isinstance(each, Location)]
        new = tuple(dict.fromkeys(each for each in places if each not in shown))
        shown.update(new)
        yield detail, new


def _details(finding: Finding) -> Iterator[Detail]:
    named = {each for detail in finding.details for each in detail.text}
    yield from finding.details
    for related in finding.related:
        if related.location not in named:
            yield Detail("see", (f"{related.message} (", related.location, ")"))
    yield from _with(finding)
    yield _more(finding)


def _with(finding: Finding) -> Iterator[Detail]:
    if finding.parameters:
        yield Detail("with", (", ".join(finding.parameters),))


def _more(finding: Finding) -> Detail:
    return Detail("more", (f"armguard rules {finding.rule}",))


_ORDER = tuple(Severity)


def worst_first(report: Report) -> list[Finding]:
    """The findings that count, errors before warnings before notes, else in the report's order."""
    counted = (f for f in report.findings if f.counts)
    return sorted(counted, key=lambda finding: _ORDER.index(finding.severity))


def plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
