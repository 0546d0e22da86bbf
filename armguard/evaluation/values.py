"""Values as such: when two are equal, and how a member of an object is found."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, overload

from armguard.evaluation.unknown import Unknown, Value
from armguard.source.json_text import RepeatedKeys


def deep_equal(first: Value, second: Value) -> bool | None:
    """Whether two values are equal; None: that hangs on something unknown inside."""
    equal: bool | None = True
    pending = [(first, second)]
    while pending:
        one, other = pending.pop()
        if isinstance(one, Unknown) or isinstance(other, Unknown):
            equal = None
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            pending.extend(zip(one, other, strict=True))
        elif isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys():
                return False
            pending.extend((value, other[name]) for name, value in one.items())
        elif type(one) is not type(other) or one != other:
            return False
    return equal


def is_deeper(value: object, levels: int) -> bool:
    """Whether arrays and objects are nested more than so many levels deep; looked at level by
    level, so that the depth does not matter."""
    level = [value] if isinstance(value, (list, dict)) else []
    for _ in range(levels):
        if not level:
            return False
        inside = (each.values() if isinstance(each, dict) else each for each in level)
        level = [each for all_ in inside for each in all_ if isinstance(each, (list, dict))]
    return bool(level)


def value_key(value: Value) -> Hashable:
    """Equal for what `deep_equal` calls equal: 1 is neither 1.0 nor true, and the members of
    objects have no order. Nothing in the value may be unknown."""
    if isinstance(value, list):
        return (list, *[value_key(element) for element in value])
    if isinstance(value, dict):
        return frozenset([(name, value_key(each)) for name, each in value.items()])
    return type(value), value


def find_key(value: object, name: str) -> str | None:
    """The spelling of the member `name`, in whatever case; the exact one before any other."""
    if not isinstance(value, Mapping):
        return None
    if name in value:
        return name
    lower = name.lower()
    return next((key for key in value if key.lower() == lower), None)


def spellings(value: object, name: str) -> list[str]:
    """All spellings of the member `name`; of several, which one counts is not established."""
    return [key for key, _ in occurrences(value, name)]


def occurrences(value: object, name: str) -> list[tuple[str, Any]]:
    """(spelling, value) of all members `name`, those that the same spelling overwrote included."""
    if not isinstance(value, Mapping):
        return []
    lower = name.lower()
    found = [(key, each) for key, each in value.items() if key.lower() == lower]
    if isinstance(value, RepeatedKeys):
        found = [each for each in value.earlier if each[0].lower() == lower] + found
    return found


@overload
def member(value: Value, name: str) -> Value: ...


@overload
def member(value: object, name: str) -> Any: ...


def member(value: Any, name: str) -> Any:
    """The member `name` of an object, in whatever case; None: there is none."""
    key = find_key(value, name)
    return None if key is None else value[key]


def scalar_text(value: Value) -> str:
    """A string, integer or boolean as concat() and join() write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    return str(value)
