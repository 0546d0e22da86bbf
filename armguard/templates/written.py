"""Members of a resource as they are written: where they stand, and which may be computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from armguard.evaluation.values import find_key, member
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
    key = find_key(written, "copy")
    loops = written[key] if key is not None else None
    if key is not None and isinstance(loops, list):
        fitting = [loop for loop in loops if _may_be_called(member(loop, "name"), name)]
        if fitting:
            found[key] = fitting
    return found


def _may_be_called(written: Any, name: str) -> bool:
    return not isinstance(written, str) or written[:1] == "[" or written.lower() == name.lower()


def unescaped(value: Any) -> Any:
    """Data that is not evaluated: only the brackets of `[[` are unescaped."""
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, Mapping):
        return {plain_text(name): unescaped(each) for name, each in value.items()}
    return [unescaped(each) for each in value] if isinstance(value, list) else value
