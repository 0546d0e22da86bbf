"""A list of access policies as it is written: for those who change or move it.

One that is put together elsewhere, or of which nobody knows which spelling counts, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from armguard.evaluation.values import member, spellings
from armguard.expressions.parser import is_expression
from armguard.finding import Location
from armguard.record import record
from armguard.remedies.remedy import RefusedError
from armguard.source.text_edits import Edit
from armguard.source.tokens import STRING
from armguard.templates.written import computed_members

if TYPE_CHECKING:
    from armguard.source.json_edits import JsonEditor

_NAME = "accessPolicies"


@record
class OwnList:
    properties: Location
    place: Location | None
    """of the list, or of the `copy` that makes it; None: it is not written"""
    value: list[Any] | str | None
    """the entries, the loop that makes them, or the expression that computes them; None: it is not
    written, or null"""
    looped: bool = False


def own_list(resource: Mapping[str, Any], place: Location) -> OwnList:
    """The list of a vault, or of a child, that is written at `place`. Raises `RefusedError`."""
    key = _only(resource, "properties")
    if key is None:
        raise RefusedError("it has no properties")
    properties, below = resource[key], place.child(key)
    if not isinstance(properties, Mapping):
        raise RefusedError(
            "its properties are one expression; write accessPolicies out where that comes from"
        )
    name = _only(properties, _NAME)
    made = computed_members(properties, _NAME)
    if made:
        return _looped(properties, below, made, name)
    if name is None:
        return OwnList(below, None, None)
    value = properties[name]
    if isinstance(value, str):
        if value[:2] == "[[":
            raise RefusedError(
                f"its {name} is an escaped expression, which only the nested deployment evaluates"
            )
        if not is_expression(value):
            raise RefusedError(f"its {name} is a text, and no list")
    elif value is not None and not isinstance(value, list):
        raise RefusedError(f"its {name} is neither a list nor an expression")
    return OwnList(below, below.child(name), value)


def _looped(
    properties: Mapping[str, Any], place: Location, made: Mapping[str, Any], name: str | None
) -> OwnList:
    """One that the only loop among the properties makes."""
    key = next(iter(made))
    loops = properties[key]
    named = member(loops[0], "name") if isinstance(loops, list) and loops else None
    is_it = isinstance(named, str) and named.lower() == _NAME.lower()
    if len(made) > 1 or not is_it or len(loops) > 1 or name is not None:
        how = "a copy loop" if key[:1] != "[" else f"a property with a computed name, {key},"
        raise RefusedError(
            f"{how} among its properties makes, or may make, its accessPolicies; write the list"
            " out, or let a variable make it"
        )
    return OwnList(place, place.child(key), loops, looped=True)


def _only(written: Mapping[str, Any], name: str) -> str | None:
    """The spelling of a member that there is at most one of."""
    found = spellings(written, name)
    if len(found) > 1:
        both = " and ".join(f"'{each}'" for each in dict.fromkeys(found))
        raise RefusedError(
            f"it has {both}, and which one counts is not known; take one of them out"
        )
    return found[0] if found else None


def emptied(editor: JsonEditor, own: OwnList) -> Edit:
    """A list without entries in place of one that is written."""
    assert own.place is not None
    edit = editor.set_value(own.place.pointer, [])
    if not own.looped:
        return edit
    extent = editor.extent(own.place.pointer)
    colon = re.sub(rf"\A{STRING}", "", editor.text[extent.start : extent.value])
    return Edit(edit.path, extent.start, extent.end, f'"{_NAME}"{colon}[]')
