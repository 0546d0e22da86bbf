"""The edits of all that speaks of a vault which is taken out of its template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armguard.evaluation.values import find_key, member
from armguard.expressions.syntax import Call, Literal
from armguard.finding import Location
from armguard.remedies._reading import read_from_outside
from armguard.remedies.remedy import RefusedError, Target
from armguard.source.json_edits import parent_of
from armguard.source.text_edits import Edit
from armguard.templates.mentions import Mention, mentions_of
from armguard.templates.resource import Surroundings


def mentions_everywhere(target: Target) -> list[Mention]:
    """All mentions under all sets of parameters."""
    found: dict[tuple[Location, int, int], Mention] = {}
    for vaults in target.chains:
        for each in mentions_of(vaults):
            span = (0, 0) if each.call is None else (each.call.start, each.call.end)
            found.setdefault((each.place, *span), each)
    return [*found.values()]


def rewired(
    mentions: Sequence[Mention], owner: Surroundings, name: str, target: Target
) -> Iterator[Edit]:
    """The parameter in place of everything that is the id of the vault."""
    wanted = f"parameters('{name}')"
    parts: dict[Location, list[tuple[int, int, str]]] = {}
    variables = set[str]()
    for each in mentions:
        if each.kind == "depends-on":
            continue
        if each.call is None:
            yield target.json_editor.set_value(each.place.pointer, f"[{wanted}]")
            continue
        found = parts.setdefault(each.place, [])
        variable = _variable(each, owner)
        if variable is not None:
            variables.add(variable)
        elif each.kind == "id":
            found.append((each.call.start, each.call.end, wanted))
        elif each.call.node.name.lower() == "reference":
            part = read_from_outside(each, target.chains[0], wanted)
            found += () if part is None else (part,)
        else:
            raise RefusedError("its symbolic name is used for more than reading it")
    for place, found in parts.items():
        changes = _innermost(found)
        if changes:
            yield target.json_editor.replace_inside(place.pointer, changes)
    for variable in sorted(variables):
        place = owner.place.child(find_key(owner.template, "variables") or "", variable)
        yield target.json_editor.set_value(place.pointer, f"[{wanted}]")


def _variable(mention: Mention, owner: Surroundings) -> str | None:
    """The variable that is the id, where its one expression can be changed in place of its uses."""
    match mention.kind, mention.call.node if mention.call is not None else None:
        case "id", Call("variables", (Literal(str() as name),)):
            written = member(owner.template, "variables")
            key = find_key(written, name)
            return key if key is not None and isinstance(written[key], str) else None
    return None


def _innermost(parts: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Without those around one that is known under other parameters."""
    return [
        each
        for each in parts
        if not any(
            other[0] < other[1] and other != each and each[0] <= other[0] and other[1] <= each[1]
            for other in parts
        )
    ]


def read_by_full_id(mentions: Sequence[Mention], target: Target) -> Iterator[Edit]:
    parts: dict[Location, list[tuple[int, int, str]]] = {}
    for each in mentions:
        if each.kind == "reference":
            part = read_from_outside(each, target.chains[0])
            if part is not None:
                parts.setdefault(each.place, []).append(part)
    for place, found in parts.items():
        yield target.json_editor.replace_inside(place.pointer, found)


def without_waiting(mentions: Sequence[Mention], target: Target) -> Iterator[Edit]:
    """The elements of dependsOn removed, and each that has no others altogether."""
    waiting: dict[str, list[str]] = {}
    for each in mentions:
        if each.kind == "depends-on":
            pointer = each.place.pointer
            waiting.setdefault(parent_of(pointer), []).append(pointer)
    for parent, pointers in waiting.items():
        place = Location(target.place.path, parent)
        written = target.files.value(place)
        if not isinstance(written, list):
            raise RefusedError("a dependsOn that names it is an expression; write that out first")
        if len(written) == len(pointers):
            yield target.json_editor.remove(parent)
        else:
            yield from target.json_editor.remove_all(pointers)
