"""What a written list lacks of the deployed one, and the edits that add it.

Entries that are there stay as they are written, whatever expression tells whose they are; one that
permits too little gets the names that it lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from armguard.deployed.access_list import Entry, Key, deployed_list, written_entries
from armguard.deployed.comparison import Comparison
from armguard.deployed.permission_sets import Permissions, intersection, missing, union
from armguard.evaluation.unknown import Reason, Unknown, Value, holds_unknown
from armguard.evaluation.values import find_key, member
from armguard.expressions.parser import is_expression, plain_text
from armguard.finding import Location, brief
from armguard.finding.report import PrincipalChange
from armguard.keyvault.api_versions import most_entries
from armguard.record import field, record
from armguard.remedies._passing import Passing
from armguard.remedies._spots import Part, only_key, said
from armguard.remedies.remedy import Files, RefusedError
from armguard.source.json_edits import Commented
from armguard.source.text_edits import Edit

Names = Mapping[str, list[str]]
"""kind -> permissions, as they are spelled"""


@record
class Lacking:
    """What has to be added to the parts of a list."""

    entries: tuple[Any, ...] = ()
    """new ones, `Commented` where it is known whose they are"""
    names: Mapping[tuple[int, int], Names] = field(default_factory=dict)
    """(part, entry) -> the permissions that it lacks"""

    def __bool__(self) -> bool:
        return bool(self.entries or self.names)


@record
class _Deployed:
    """An entry of the deployed list."""

    written: Mapping[str, Any]
    permissions: Permissions
    names: Names


def lacking(parts: Sequence[Part], comparison: Comparison) -> Lacking:
    """What the parts of a list lack of what is deployed. Raises `RefusedError` where that can't be
    told, or not be added."""
    written = [
        (number, index, entry)
        for number, part in enumerate(parts)
        for index, value in enumerate(part.values)
        for entry in written_entries([value])
    ]
    whose = {
        (each.tenant_id, each.object_id, each.application_id or ""): _whose(each)
        for each in comparison.changes
    }
    entries: list[Any] = []
    names: dict[tuple[int, int], Names] = {}
    for key, each in _deployed(comparison).items():
        own = [found for found in written if found[2].key == key]
        if not own:
            _refuse_doubt(key, written, parts)
            comment = whose.get(key)
            entries.append(each.written if comment is None else Commented(each.written, comment))
            continue
        lacks = _lacks(each.permissions, [entry for _, _, entry in own])
        if lacks and len(own) > 1:
            raise RefusedError(
                f"there are several entries for principal '{key[1]}', and which of them counts is"
                " not established; make them one first"
            )
        if lacks:
            number, index, _ = own[0]
            names[number, index] = _spelled(lacks, each.names)
    settings = comparison.vault.settings
    listed, most = settings["accessPolicies"].value, most_entries(settings["apiVersion"].value)
    count = len(entries) + (len(listed) if isinstance(listed, list) else 0)
    if count > most:
        raise RefusedError(
            f"with what is deployed the list would have {count} entries, and there may be {most}"
        )
    return Lacking(tuple(entries), names)


def _deployed(comparison: Comparison) -> dict[Key, _Deployed]:
    """The deployed entries in their order; of one principal one."""
    policies = member(member(comparison.found.document, "properties"), "accessPolicies")
    found: dict[Key, _Deployed] = {}
    for policy in policies if isinstance(policies, list) else ():
        for key, permissions in deployed_list([policy]).items():
            if "" in key[:2]:
                raise RefusedError(f"the deployed entry of principal '{key[1]}' has no tenantId")
            names = _names(member(policy, "permissions"))
            before = found.get(key)
            if before is not None:
                permissions = union(before.permissions, permissions)
                names = _merged(before.names, names)
            application = member(policy, "applicationId")
            written = {
                "tenantId": member(policy, "tenantId"),
                "objectId": member(policy, "objectId"),
                **({"applicationId": application} if application else {}),
                "permissions": names,
            }
            found[key] = _Deployed(written, permissions, names)
    return found


def _names(permissions: Any) -> Names:
    """The permissions as Azure spells them, each once, and no kind without any."""
    items = permissions.items() if isinstance(permissions, Mapping) else ()
    lists = {kind: _once(names) for kind, names in items if isinstance(names, list)}
    return {kind: names for kind, names in lists.items() if names}


def _once(names: Iterable[Any]) -> list[str]:
    found: dict[str, str] = {}
    for each in names:
        if isinstance(each, str):
            found.setdefault(each.lower(), each)
    return [*found.values()]


def _merged(first: Names, second: Names) -> Names:
    result = {kind: list(names) for kind, names in first.items()}
    for kind, names in second.items():
        key = find_key(result, kind) or kind
        result[key] = _once([*result.get(key, ()), *names])
    return result


def _lacks(permissions: Permissions, own: Sequence[Entry]) -> Permissions:
    """What of the permissions is not in all of these entries for sure."""
    least = own[0].held.least
    for each in own[1:]:
        least = intersection(least, each.held.least)
    return union(*missing(permissions, least))


def _spelled(permissions: Permissions, names: Names) -> Names:
    chosen = {
        kind: [name for name in names[kind] if name.lower() in permissions.get(kind.lower(), ())]
        for kind in names
    }
    return {kind: each for kind, each in chosen.items() if each}


def _refuse_doubt(
    key: Key, written: Sequence[tuple[int, int, Entry]], parts: Sequence[Part]
) -> None:
    """Of an entry that may be a principal's nobody knows whether another one would double it."""
    for number, index, entry in written:
        if entry.key is None and entry.fits(key):
            name, value = _open(parts[number].values[index])
            asked = isinstance(value, Unknown) and value.reason is Reason.NOT_SUPPLIED
            told = "--parameters or --set tells" if asked else "a snapshot or --live may tell"
            raise RefusedError(
                f"whether the entry with {name} {brief(str(value))} is that of principal"
                f" '{key[1]}' is not known, so it might get two; {told} whose it is"
            )


def _open(entry: Value) -> tuple[str, Value]:
    """What of an entry leaves open whose it is."""
    names = ("objectId", "tenantId", "applicationId")
    found = ((name, member(entry, name)) for name in names)
    return next((each for each in found if isinstance(each[1], Unknown)), ("the value", entry))


def _whose(change: PrincipalChange) -> str | None:
    """Whose entry it is, for a comment; None: it is not known."""
    if change.name is None or change.kind is None:
        return None
    used = ", ".join(f"'{each}'" for each in change.workspaces)
    if change.kind == "user":
        return f"identity '{change.name}'" + (f" of workspace {used}" if used else "")
    return f"workspace '{change.name}'" if change.type is None else f"{change.name} ({change.type})"


def edits_of(parts: Sequence[Part], lacks: Lacking, files: Files) -> dict[Location, list[Edit]]:
    """The edits that add what is lacking, by the places of the parts, those that stay as they are
    included. Raises `RefusedError` where there is no place for it."""
    target = _target(parts) if lacks.entries else None
    found: dict[Location, list[Edit]] = {}
    for number, part in enumerate(parts):
        names = {index: each for (own, index), each in lacks.names.items() if own == number}
        new = lacks.entries if part is target else ()
        if part.at is None:
            if names:
                raise RefusedError(
                    f"an entry that permits less than deployed is computed by {part.written}"
                )
            continue
        edits = found.setdefault(part.at, [])
        if isinstance(part.written, list):
            edits.extend(_extended(part, new, names, files))
        elif new or names:
            edits.extend(_written_out(part, new, names, files))
    return found


def _target(parts: Sequence[Part]) -> Part:
    """The part that gets new entries: one in a parameter file before any other."""
    places = [part for part in parts if part.place is not None]
    if not places:
        raise RefusedError(
            f"its list is computed by {parts[0].written}; write it out, or let it come from a"
            " parameter"
        )
    return next((part for part in places if part.in_parameter_file), places[0])


def _extended(
    part: Part, new: Sequence[Any], names: Mapping[int, Names], files: Files
) -> Iterator[Edit]:
    """A list that is written out, with more in it."""
    assert part.place is not None
    editor = files.json_editor(part.place.path)
    for index, lacks in names.items():
        yield from _permitting(part.place.child(index), part.written[index], lacks, files)
    if new:
        values = [_escaped(each, part) for each in new]
        yield from editor.insert_elements(part.place.pointer, values)


def _permitting(place: Location, entry: Any, lacks: Names, files: Files) -> Iterator[Edit]:
    """An entry that permits more than it did."""
    editor = files.json_editor(place.path)
    key = only_key(entry, "permissions", place)
    permissions = entry[key] if key is not None else None
    if key is None or not isinstance(permissions, Mapping):
        raise RefusedError(f"the permissions of the entry {said(place)} are not written out there")
    place = place.child(key)
    absent: dict[str, list[str]] = {}
    for kind, names in lacks.items():
        own = only_key(permissions, kind, place)
        if own is None:
            absent[kind] = names
        elif isinstance(permissions[own], list):
            yield from editor.insert_elements(place.child(own).pointer, names)
        elif permissions[own] is None:
            yield editor.set_value(place.child(own).pointer, names)
        else:
            raise RefusedError(
                f"the permissions {said(place.child(own))} are not written out there"
            )
    if absent:
        yield from editor.insert_members(place.pointer, absent, last=True)


def _written_out(
    part: Part, new: Sequence[Any], names: Mapping[int, Names], files: Files
) -> Iterator[Edit]:
    """A list in a place that has none."""
    assert part.place is not None
    kept = part.values if part.kept is None else part.kept
    if any(map(holds_unknown, kept)):
        raise RefusedError(
            f"what the list has by now is not all known, to be written out {said(part.place)}"
        )
    values = [_with_names(value, names.get(index, {})) for index, value in enumerate(kept)]
    values = [_escaped(each, part) for each in (*values, *new)]
    editor, pointer = files.json_editor(part.place.path), part.place.pointer
    if part.absent and part.in_parameter_file and not pointer:
        yield from Passing(part.absent, {}, files).given(part.place.path, values)
    elif part.absent:
        yield from editor.insert_members(pointer, {part.absent: values}, last=True)
    else:
        yield editor.set_value(pointer, values)


def _with_names(entry: Any, lacks: Names) -> Any:
    permissions = member(entry, "permissions")
    if not lacks or not isinstance(permissions, Mapping):
        return entry
    key = find_key(entry, "permissions")
    return {**entry, key: _merged(_names(permissions), lacks)}


def _escaped(value: Any, part: Part) -> Any:
    """A value as it is written where it is evaluated: a text is no expression."""
    if part.in_parameter_file:
        return value
    match value:
        case Commented(entry, comment):
            return Commented(_escaped(entry, part), comment)
        case str():
            is_taken = is_expression(value) or plain_text(value) != value
            return f"[{value}" if is_taken else value
        case Mapping():
            return {name: _escaped(each, part) for name, each in value.items()}
        case list():
            return [_escaped(each, part) for each in value]
    return value
