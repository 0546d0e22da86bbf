"""Values as such: when two are equal, and how a member of an object is found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, overload

from armguard.evaluation.unknown import Unknown, Value


def deep_equal(first: Value, second: Value) -> bool | None:
    """Whether two values are equal; None: that hangs on something unknown inside."""
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        return None
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return False
        return _all_equal(list(zip(first, second, strict=True)))
    if isinstance(first, dict) and isinstance(second, dict):
        if first.keys() != second.keys():
            return False
        return _all_equal([(value, second[name]) for name, value in first.items()])
    return type(first) is type(second) and bool(first == second)


def _all_equal(pairs: list[tuple[Value, Value]]) -> bool | None:
    results = [deep_equal(first, second) for first, second in pairs]
    if False in results:
        return False
    return None if None in results else True


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
    if not isinstance(value, Mapping):
        return []
    lower = name.lower()
    return [key for key in value if key.lower() == lower]


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
