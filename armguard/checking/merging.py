"""One finding per cause: rule, place, subject and deciding origin, whatever files show it."""

from __future__ import annotations

from collections.abc import Iterable

from armguard.explaining.because import unset_by
from armguard.finding import Certainty, Detail, Finding, Severity
from armguard.record import replace

_SEVERITIES = tuple(Severity)
_CERTAINTIES = tuple(Certainty)


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """The worst of those that have the same cause, with all the parameter files that show it."""
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
    before, after = unset_by(first.parameters), unset_by(tuple(files))
    details = tuple(_retold(each, before, after) for each in first.details)
    if len(names) > 1:
        details = (*details, Detail("also", (", ".join(list(names)[1:]),)))
    return replace(first, certainty=certainty, parameters=tuple(files), details=details)


def _retold(detail: Detail, before: str, after: str) -> Detail:
    """What is true of the files of one finding is true of those of all that have its origin."""
    if detail.text[-1:] != (before,):
        return detail
    return replace(detail, text=(*detail.text[:-1], after))
