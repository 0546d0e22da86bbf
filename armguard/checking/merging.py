"""One finding per cause: one rule, one place in a file, one subject, whatever deployments show it.

What decides may be another thing in each deployment, such as a default here and a parameter file
there: all of that is told, and the worst of them says how bad it is. Only what somebody has
accepted stays apart from what nobody has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from armguard.checking.positions import DEPLOYED_BY
from armguard.explaining.because import unset_by
from armguard.finding import Certainty, Detail, Finding, Location, Related, Severity, quoted
from armguard.record import replace

_SEVERITIES = tuple(Severity)
_CERTAINTIES = tuple(Certainty)
_OF_EACH_ORIGIN = (
    DEPLOYED_BY,
    "because",
    "see",
    "loses",
    "may lose",
    "among",
    "breaks",
    "concerns",
)
"""The labels of what is told of every origin, not only of the worst one."""
_ALSO = "also"
"""The label of what the others of a group say besides."""
_MOST_LINES = 10
_MOST_NAMES = 40
_OUTER = re.compile(r"(?i).*/properties/template(?=/|\Z)")


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """The worst of those that have the same cause, with all the parameter files that show it."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_cause(finding), []).append(finding)
    return [_one(group) for group in groups.values()]


def _cause(finding: Finding) -> tuple[object, ...]:
    place = finding.location
    # many pointers into compiled templates lead to one place in Bicep; what is inside of the
    # template tells apart what shares a place that is only near
    inside = _OUTER.sub("", place.pointer, count=1)
    where = (place.path, place.start, place.end, inside)
    return finding.rule, *where, finding.subject, finding.suppressed


def _origin(finding: Finding) -> tuple[object, ...]:
    return tuple(each.location for each in finding.related)


def _rank(finding: Finding) -> tuple[int, int, str]:
    """The worst first; of equals never the one whose parameter file comes first, where that would
    make another fingerprint."""
    written = "" if finding.resource is None else finding.resource.written
    return (
        _SEVERITIES.index(finding.severity),
        _CERTAINTIES.index(finding.certainty),
        written,
    )


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
        related = _related(group, places, details)
    return replace(
        first,
        certainty=min((each.certainty for each in group), key=_CERTAINTIES.index),
        parameters=tuple(dict.fromkeys(file for each in group for file in each.parameters)),
        related=related,
        details=(*_also(first, group), *details),
    )


def _also(first: Finding, group: Sequence[Finding]) -> Iterator[Detail]:
    """The names of the others, and what of them is more than the same with another name."""
    names: dict[str, None] = {}
    messages: dict[str, None] = {}
    for each in group:
        if _unnamed(each) != _unnamed(first):
            messages[each.message] = None
        elif each.resource is not None:
            names[each.resource.name] = None
    if first.resource is not None:
        names.pop(first.resource.name, None)
    if names:
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        yield Detail(_ALSO, (", ".join(islice(names, _MOST_NAMES)) + more,))
    yield from _capped(_ALSO, [Detail(_ALSO, (message,)) for message in messages])


def _unnamed(finding: Finding) -> str:
    """What a message says of whatever resource."""
    name = finding.resource
    return finding.message if name is None else finding.message.replace(quoted(name.name), "")


def _at(places: dict[str, Location], text: Iterable[str | Location]) -> tuple[str | Location, ...]:
    """The text with one location for each place, to which several pointers may lead."""
    return tuple(
        places.setdefault(str(part), part) if isinstance(part, Location) else part for part in text
    )


def _related(
    group: Sequence[Finding], places: Mapping[str, Location], details: Sequence[Detail]
) -> tuple[Related, ...]:
    """What is related in any of them, but for what was one line too many to tell."""
    left_out = {str(each) for finding in group for each in _places_in(finding.details)}
    left_out -= set(map(str, _places_in(details)))
    every = (each for finding in group for each in finding.related)
    return tuple(
        dict.fromkeys(
            replace(each, location=places.get(str(each.location), each.location))
            for each in every
            if str(each.location) not in left_out
        )
    )


def _places_in(details: Iterable[Detail]) -> Iterator[Location]:
    return (part for each in details for part in each.text if isinstance(part, Location))


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
        own = sum(each.label == label for each in first)
        yield from _capped(label, [*every.values()], max(own, _MOST_LINES))
    yield from (each for each in first if each.label not in _OF_EACH_ORIGIN)


def _capped(label: str, lines: Sequence[Detail], most: int = _MOST_LINES) -> Iterator[Detail]:
    yield from lines[:most]
    if len(lines) > most:
        yield Detail(label, (f"and {len(lines) - most} more",))
