"""The variables of a template: what is written, or how to compute what a copy loop makes.

Which of two counts is not established where their names, or those of the sections, differ in case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.json_values import expand_property_loops
from armguard.evaluation.scope import Scope
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import member, occurrences
from armguard.finding import Location
from armguard.templates.written import twice


def declared_variables(
    template: Mapping[str, Any], place: Location, strict: bool
) -> tuple[dict[str, Any], dict[str, Location]]:
    """The variables and their places, by lower-case name."""
    sections = occurrences(template, "variables")
    # Azure takes together what has the same spelling
    spellings = dict.fromkeys(key for key, _ in sections)
    values: dict[str, Any] = {}
    places: dict[str, Location] = {}

    def put(name: str, value: Any, place: Location) -> None:
        lower = name.lower()
        if lower in values and callable(value) != callable(values[lower]):
            values[lower] = _refused_twice(name)
        elif (lower in values or len(spellings) > 1) and not strict:
            if lower in places:
                doubted = twice("variables", (places[lower].pointer, place.pointer), place.pointer)
            else:
                what = f"the section '{next(iter(spellings))}' of the template"
                doubted = twice("variables", spellings, place.pointer, what)
            values[lower] = lambda _: doubted
        else:
            values[lower] = value
        places[lower] = place

    for key, written in sections:
        for name, value in written.items() if isinstance(written, Mapping) else ():
            if name.lower() == "copy" and isinstance(value, list):
                for index, loop in enumerate(value):
                    looped = str(member(loop, "name"))
                    put(looped, _computed(loop), place.child(key, name, index))
            else:
                put(name, value, place.child(key, name))
    return values, places


def _refused_twice(name: str) -> Callable[[Scope], Value]:
    def refuse(_: Scope) -> Value:
        raise EvaluationError(f"variable '{name}' is written twice, once as a copy loop")

    return refuse


def _computed(loop: Any) -> Callable[[Scope], Value]:
    """How to compute the variable that a loop makes."""
    return lambda scope: next(iter(expand_property_loops([loop], scope).values()))
