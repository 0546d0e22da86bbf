"""Members of a resource as they are written: where they stand, which may be computed, their values.

Of a member that is written twice, in two spellings or beside a loop, nobody knows which one counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from armguard.evaluation.evaluator import access
from armguard.evaluation.unknown import Reason, Unknown, Value, call_left
from armguard.evaluation.values import find_key, member, spellings
from armguard.expressions.parser import plain_text
from armguard.finding import Location


def nearest_place(place: Location, written: Any, path: Iterable[str | int]) -> Location:
    """Where the value at a path below `written` stands, or the nearest that there is around it: the
    property loop that makes it, or what it would stand in. Names are in any casing."""
    for step in path:
        key: str | int | None
        if isinstance(step, int):
            key = step if isinstance(written, list) and step < len(written) else None
        else:
            key = find_key(written, step)
        if key is None:
            return _loop_place(place, written, step) or place
        place, written = place.child(key), written[key]
    return place


def _loop_place(place: Location, written: Any, name: str | int) -> Location | None:
    """The property loop that makes `name`, if one does."""
    key = find_key(written, "copy")
    loops = written[key] if key is not None else None
    for index, loop in enumerate(loops if isinstance(loops, list) else ()):
        called = member(loop, "name")
        if isinstance(called, str) and called.lower() == str(name).lower():
            return place.child(str(key), index)
    return None


def computed_members(written: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The part of an object from which a member may come that is not written out: loops of its
    name or of a computed one, and members with computed names."""
    found = {key: value for key, value in written.items() if key[:1] == "["}
    for key in spellings(written, "copy"):
        loops = written[key] if isinstance(written[key], list) else ()
        fitting = [loop for loop in loops if _may_be_called(member(loop, "name"), name)]
        if fitting:
            found[key] = fitting
    return found


def value_at(
    written: Any, path: tuple[str, ...], evaluated: Callable[[Any], Value], owner: str | None
) -> Value:
    """The value at a path below `written`, of which only what lies on the way is `evaluated`; None
    where there is none. `owner`: see `written_twice`."""
    for index, name in enumerate(path):
        if isinstance(written, str):
            return _select(evaluated(written), path[index:], owner)
        if not isinstance(written, Mapping):
            return None
        key, computed = find_key(written, name), computed_members(written, name)
        doubted = written_twice(written, name, owner)
        if doubted is None and len(computed) > 1:
            doubted = written_twice(computed, "copy", owner)
        if doubted is None and key is not None and owner is not None:
            doubted = _made_as_well(name, key, computed, evaluated, owner)
        if doubted is not None:
            return doubted
        if key is None:
            return _select(evaluated(computed), path[index:], owner) if computed else None
        written = written[key]
    return evaluated(written)


def _select(value: Value, path: tuple[str, ...], owner: str | None) -> Value:
    for name in path:
        if isinstance(value, Mapping):
            doubted = written_twice(value, name, owner)
            if doubted is not None or find_key(value, name) is None:
                return doubted
        if value is None:
            return None
        value = access(value, name)
    return value


def written_twice(written: Any, name: str, owner: str | None) -> Unknown | None:
    """What stands for a member of which there are several spellings; None: there are not. `owner`
    tells it from those of others; None: nobody doubts."""
    found = spellings(written, name) if owner is not None else []
    return twice(name, found, owner or "") if len(found) > 1 else None


def _made_as_well(
    name: str,
    key: str,
    computed: Mapping[str, Any],
    evaluated: Callable[[Any], Value],
    owner: str,
) -> Unknown | None:
    """The same for a member that is written out as `key` and that a loop, or a member with a
    computed name, makes as well."""
    for each, value in computed.items():
        for made in [each] if each[:1] == "[" else [member(loop, "name") for loop in value]:
            called = evaluated(made)
            if isinstance(called, Unknown) or str(called).lower() == name.lower():
                return twice(name, (key, each), owner)
    return None


def twice(name: str, places: Iterable[str], owner: str, what: str = "it") -> Unknown:
    """What stands for something that is written in several places. `what` is written twice, if not
    the thing itself."""
    listed = [f"'{each}'" for each in dict.fromkeys(places)]
    how = f", as {' and '.join(listed)}," if len(listed) > 1 else ""
    detail = f"{what} is written twice{how} and which one counts is not established"
    return call_left(
        "writtenTwice", name, reason=Reason.NOT_ESTABLISHED, detail=detail, origin=owner
    )


def _may_be_called(written: Any, name: str) -> bool:
    return not isinstance(written, str) or written[:1] == "[" or written.lower() == name.lower()


def place_of_text(place: Location, written: Any, text: str) -> Location | None:
    """Where a text is written as a value at or below a place: of several, the outermost one."""
    level = [(place, written)]
    while level:
        below: list[tuple[Location, Any]] = []
        for at, each in level:
            if each == text:
                return at
            if isinstance(each, Mapping):
                below.extend((at.child(name), value) for name, value in each.items())
            elif isinstance(each, list):
                below.extend((at.child(index), value) for index, value in enumerate(each))
        level = below
    return None


def unescaped(value: Any) -> Any:
    """Data that is not evaluated: only the brackets of `[[` are unescaped."""
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, Mapping):
        return {plain_text(name): unescaped(each) for name, each in value.items()}
    return [unescaped(each) for each in value] if isinstance(value, list) else value
