"""A value as it is written somewhere in a template or a parameter file, what its expressions mean
there, and the part of a list of access policies that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from armguard.evaluation.json_values import evaluate_json
from armguard.evaluation.scope import Where
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import member, spellings
from armguard.expressions.syntax import Expression, to_text
from armguard.finding import Location
from armguard.record import record
from armguard.remedies._passing import owners_of
from armguard.remedies.remedy import RefusedError
from armguard.templates.resource import Resource, Surroundings


@record
class Part:
    """A part of the list with the values of its entries."""

    values: tuple[Value, ...]
    place: Location | None = None
    """where it is written, or could be; None: it is computed, so nothing can be written into it"""
    written: Any = None
    """what stands there, or the expression that computes it; a list has an element for each of the
    values"""
    absent: str = ""
    """the member that the object at `place` lacks, or the parameter that the parameter file at
    `place` does not give"""
    in_parameter_file: bool = False
    kept: tuple[Value, ...] | None = None
    """what a loop makes the entries of; None: nothing but the values themselves"""

    @property
    def at(self) -> Location | None:
        """The place of the list itself; None: it has none."""
        return self.place.child(self.absent) if self.place and self.absent else self.place


@record
class Around:
    """What an expression means where it stands."""

    owner: Surroundings
    """the deployment whose parameters and variables it names"""
    evaluated: Callable[[Any], Value]


@record
class Spot:
    """A value as it is written in some place."""

    place: Location
    written: Any
    value: Callable[[], Value]
    around: Around | None
    """None: it stands in a parameter file, where nothing is evaluated"""
    absent: str = ""
    """see `Part`"""
    looped: Part | None = None
    """the list that a loop makes there"""
    default: Spot | None = None
    """where the default is written that holds as long as the parameter file gives nothing"""


def spot_of(resource: Resource) -> Spot:
    around = Around(owners_of(resource)[0], resource.computed)
    return Spot(resource.place, resource.written, lambda: None, around)


def at_top(owner: Surroundings, where: Where) -> Around:
    """In the template itself, outside of its resources."""
    scope = owner.scope.at(where)
    return Around(
        owner,
        lambda written: evaluate_json(owner.prepare(written), scope, loops=where is Where.VARIABLE),
    )


def inside(spot: Spot, key: str | int, name: str | int) -> Spot:
    """What stands inside of a spot: of a template it is evaluated by itself, of a parameter file
    it is a part of what is known of the whole."""
    written, around = spot.written[key], spot.around

    def value() -> Value:
        if around is not None:
            return around.evaluated(written)
        whole = spot.value()
        if isinstance(whole, Mapping) and isinstance(name, str):
            return member(whole, name)
        if isinstance(whole, list) and isinstance(name, int) and name < len(whole):
            return whole[name]
        return whole if isinstance(whole, Unknown) else None

    return Spot(spot.place.child(key), written, value, around)


def value_of(node: Expression, around: Around) -> Value:
    return around.evaluated(f"[{to_text(node)}]")


def only_key(written: Any, name: str, place: Location) -> str | None:
    """As the only member `name` of what stands there is spelled; None: there is none."""
    found = spellings(written, name)
    if len(found) > 1:
        raise RefusedError(f"'{found[0]}' is written twice {said(place)}")
    return found[0] if found else None


def said(place: Location) -> str:
    """A place in a sentence."""
    return f"in '{place.path}' at {place.pointer or 'its top'}"
