"""One finding per cause: rule, place, subject and deciding origin, whatever files show it.

A Bicep file is deployed once for each module statement that leads to it, with other origins each
time: there the place in the file is the cause, and all origins are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from armguard.checking.positions import DEPLOYED_BY
from armguard.explaining.because import unset_by
from armguard.finding import Certainty, Detail, Finding, Location, Related, Severity
from armguard.record import replace

_SEVERITIES = tuple(Severity)
_CERTAINTIES = tuple(Certainty)
_OF_EACH_ORIGIN = (DEPLOYED_BY, "because", "breaks")
"""The labels of what is told of every origin, not only of the worst one."""
_MOST_LINES = 10
_OUTER = re.compile(r"(?i).*/properties/template(?=/|\Z)")


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """The worst of those that have the same cause, with all the parameter files that show it."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_cause(finding), []).append(finding)
    return [_one(group) for group in groups.values()]


def _cause(finding: Finding) -> tuple[object, ...]:
    place = finding.location
    if not place.compiled:
        return finding.rule, place, finding.subject, _origin(finding)
    # what two pointers lead to may share a place that is only near
    inside = _OUTER.sub("", place.pointer, count=1)
    return finding.rule, place.path, place.start, place.end, inside, finding.subject


def _origin(finding: Finding) -> tuple[object, ...]:
    return tuple(each.location for each in finding.related)


def _rank(finding: Finding) -> tuple[int, int]:
    return _SEVERITIES.index(finding.severity), _CERTAINTIES.index(finding.certainty)


def _one(group: list[Finding]) -> Finding:
    first = min(group, key=_rank)
    if len(group) == 1:
        return first
    origins: dict[tuple[object, ...], list[Finding]] = {}
    for each in (first, *group):
        origins.setdefault(_origin(each), []).append(each)
    details = [*_joined([_told(same) for same in origins.values()])]
    related = first.related
    if len(origins) > 1:
        places = {str(each.location): each.location for each in reversed(related)}
        details = [replace(each, text=_at(places, each.text)) for each in details]
        related = _related(origins.values(), places)
    names = dict.fromkeys(each.resource.name for each in (first, *group) if each.resource)
    if len(names) > 1:
        details.append(Detail("also", (", ".join(list(names)[1:]),)))
    return replace(
        first,
        certainty=min((each.certainty for each in group), key=_CERTAINTIES.index),
        parameters=tuple(dict.fromkeys(file for each in group for file in each.parameters)),
        related=related,
        details=tuple(details),
    )


def _at(places: dict[str, Location], text: Iterable[str | Location]) -> tuple[str | Location, ...]:
    """The text with one location for each place, to which several pointers may lead."""
    return tuple(
        places.setdefault(str(part), part) if isinstance(part, Location) else part for part in text
    )


def _related(
    origins: Iterable[list[Finding]], places: Mapping[str, Location]
) -> tuple[Related, ...]:
    """What is related in any of the origins, as far as it is at one of the places."""
    every = (each for same in origins for each in same[0].related)
    at = ((each, places.get(str(each.location))) for each in every)
    return tuple(
        dict.fromkeys(replace(each, location=place) for each, place in at if place is not None)
    )


def _told(same: list[Finding]) -> list[Detail]:
    """The details of findings of one origin: what is true of the files of the first one is true of
    those of all."""
    first = same[0]
    files = dict.fromkeys(file for each in same for file in each.parameters)
    before, after = unset_by(first.parameters), unset_by(tuple(files))
    return [
        replace(each, text=(*each.text[:-1], after)) if each.text[-1:] == (before,) else each
        for each in first.details
    ]


def _joined(origins: list[list[Detail]]) -> Iterator[Detail]:
    """The details of the first origin, with what the others tell more."""
    first, *others = origins
    if not others:
        yield from first
        return
    for label in _OF_EACH_ORIGIN:
        lines = (each for one in origins for each in one if each.label == label)
        every: dict[str, Detail] = {}
        for each in lines:
            every.setdefault("".join(map(str, each.text)), each)
        yield from islice(every.values(), _MOST_LINES)
        if len(every) > _MOST_LINES:
            yield Detail(label, (f"and {len(every) - _MOST_LINES} more",))
    yield from (each for each in first if each.label not in _OF_EACH_ORIGIN)
