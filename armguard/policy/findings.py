"""What policies found, as findings: violations, and a note for each that is undecided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armguard.evaluation.text_pieces import shown
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import member
from armguard.explaining.because import short, taken_from_here
from armguard.explaining.sighting import Sighting, stamped
from armguard.finding import Certainty, Detail, Finding, Location, Related, ResourceName, Severity
from armguard.policy.definition import Policy
from armguard.policy.engine import Judged, Reading, judge, open_condition
from armguard.templates.deployment import Deployment
from armguard.templates.resource import Resource

_MOST_READINGS = 5


def findings(policies: Sequence[Policy], deployment: Deployment) -> Iterator[Finding]:
    """One finding per policy and resource, at the first value that decided."""
    for judged in judge(policies, deployment):
        if judged.kind != "complied":
            seen = _undecided(judged) if judged.kind == "undecided" else _violation(judged)
            yield stamped(seen, judged.policy.id, judged.policy.severity)


def _violation(judged: Judged) -> Sighting:
    certainty = Certainty.CERTAIN
    if judged.kind == "possible":
        certainty = Certainty.POSSIBLE
    elif judged.deciding or judged.files:
        certainty = Certainty.DEFAULT
    defaults = tuple(
        Related(f"parameter '{each.name}' has its default", each.location)
        for each in judged.deciding
        if each.location is not None
    )
    condition = open_condition(judged)
    return Sighting(
        f"{_label(judged.resource)}: {judged.policy.title}",
        _place(judged),
        certainty,
        related=defaults,
        details=(
            *_because(judged),
            *(Detail("because", (f"{d.message} (", d.location, ")")) for d in defaults),
            *map(taken_from_here, judged.files),
            *(() if condition is None else (Detail("so if", (f"{condition} is true",)),)),
            Detail("why", (_first_paragraph(judged.policy.why),)),
            Detail("fix", (_first_paragraph(judged.policy.remedy),)),
        ),
        resource=_name(judged.resource),
    )


def _undecided(judged: Judged) -> Sighting:
    return Sighting(
        f"{_label(judged.resource)}: undecided whether {judged.policy.title}:"
        f" {_told(judged.readings[0])}",
        _place(judged),
        severity=Severity.NOTE,
        resource=_name(judged.resource),
    )


def _name(resource: Resource) -> ResourceName:
    written = str(member(resource.written, "name"))
    return ResourceName(resource.type, resource.shown_name, written)


def _label(resource: Resource) -> str:
    return f"{resource.type} {_name(resource)}"


def _because(judged: Judged) -> Iterator[Detail]:
    first, *others = judged.readings[:_MOST_READINGS]
    yield Detail("because", (_told(first),))
    for each in others:
        place = judged.resource.member_place(*each.selected.at)
        yield Detail("because", (f"{_told(each)} (", _location(place), ")"))
    more = len(judged.readings) - _MOST_READINGS
    if more > 0:
        yield Detail("because", (f"and {more} more",))


def _told(reading: Reading) -> str:
    return f"{_dotted(reading.selected.at)} is {_shown(reading.selected.value)}"


def _dotted(at: tuple[str | int, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at)
    return text[1:] if text[:1] == "." else text or "the resource"


def _shown(value: Value) -> str:
    if value is None:
        return "absent"
    if isinstance(value, Unknown):
        return f"not known: {value.detail}" if value.failed else f"{shown(value)}: {value.detail}"
    return short(value)


def _place(judged: Judged) -> Location:
    return _location(judged.resource.member_place(*judged.readings[0].selected.at))


def _location(place: Location) -> Location:
    return Location(place.path, place.pointer)


def _first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n", 1)[0].split())
