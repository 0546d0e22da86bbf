"""The list of access policies that a vault has, and what each kind of write makes of it.

Every write is Azure's: a vault replaces the list, a child `add` unions, `replace` sets the listed
principals only, `remove` takes away. Where something is unknown, an entry holds what its principal
keeps at least and has at most; a `least` of None says that the entry may be gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from armguard.deployed.permission_sets import (
    ANYTHING,
    NOTHING,
    Permissions,
    intersection,
    permissions_of,
    stripped,
    union,
    without,
)
from armguard.evaluation.unknown import Unknown, Value
from armguard.keyvault.access import AccessPolicy, policies_of
from armguard.record import record

Key = tuple[str, str, str]
"""(tenantId, objectId, applicationId) in lower case; "" where there is no applicationId"""


@record
class Held:
    """What a principal holds: `most` surely covers it, `least` is surely kept; None: perhaps no
    entry is left."""

    least: Permissions | None
    most: Permissions


AccessList = Mapping[Key, Held]


@record
class Entry:
    """A written entry; a part of its key that is None is unknown."""

    parts: tuple[str | None, str | None, str | None]
    least: Permissions
    most: Permissions
    sure: bool = True
    """whether it surely stands in the list"""

    @property
    def key(self) -> Key | None:
        """None: it may be one of several principals."""
        tenant, principal, application = self.parts
        if tenant is None or principal is None or application is None:
            return None
        return tenant, principal, application

    def fits(self, key: Key) -> bool:
        return all(
            part is None or part == other for part, other in zip(self.parts, key, strict=True)
        )


ANYBODY = Entry((None, None, None), NOTHING, ANYTHING)
"""stands for a list of which nothing is known"""


def deployed_list(policies: Any) -> dict[Key, Permissions]:
    """The list as Azure returned it."""
    found: dict[Key, Permissions] = {}
    for entry in map(_entry, policies_of(policies)):
        if entry is not None and entry.key is not None:
            found[entry.key] = union(found.get(entry.key, NOTHING), entry.least)
    return found


def written_entries(policies: Value) -> tuple[Entry, ...]:
    """The entries of an evaluated list; one of which nothing is known may hold anybody."""
    if isinstance(policies, Unknown) and policies.list is None:
        return (ANYBODY,)
    entries = map(_entry, policies_of(policies))
    return tuple(each for each in entries if each is not None)


def _entry(policy: AccessPolicy) -> Entry | None:
    """None: it names nobody, so Azure refuses it."""
    if policy.is_open:
        return Entry((None, None, None), NOTHING, ANYTHING, policy.sure)
    parts = (_part(policy.tenant_id), _part(policy.object_id), _part(policy.application_id))
    if parts[1] == "":
        return None
    held = permissions_of(policy.permissions)
    return Entry(parts, held.least, held.most, policy.sure)


def _part(value: Value) -> str | None:
    if isinstance(value, Unknown):
        return None
    return value.lower() if isinstance(value, str) else ""


def after_put(before: AccessList, entries: Sequence[Entry]) -> AccessList:
    """The vault is written with this list."""
    after: dict[Key, Held] = {}
    for entry in entries:
        if entry.key is not None and (entry.sure or entry.key not in after):
            held = Held(entry.least if entry.sure else None, entry.most)
            after[entry.key] = _either(after.get(entry.key), held)
    for key in before:
        fitting = [each.most for each in entries if each.key is None and each.fits(key)]
        if fitting and key not in after:
            after[key] = Held(None, union(*fitting))
    return after


def _either(first: Held | None, second: Held) -> Held:
    """Which of two entries for one principal counts is not established."""
    if first is None or first.least is None or second.least is None:
        return second
    return Held(intersection(first.least, second.least), union(first.most, second.most))


def after_put_without_list(before: AccessList) -> AccessList:
    """The vault is written without the list that it needs: that fails or removes everything."""
    return {key: Held(None, held.most) for key, held in before.items()}


def after_add(before: AccessList, entries: Sequence[Entry]) -> AccessList:
    after = dict(before)
    for entry in entries:
        if entry.key is not None:
            had = after.get(entry.key, Held(NOTHING, NOTHING))
            least = union(had.least or NOTHING, entry.least)
            after[entry.key] = Held(least, union(had.most, entry.most))
    return after


def after_replace(before: AccessList, entries: Sequence[Entry]) -> AccessList:
    after = dict(before)
    for key, held in before.items():
        for entry in entries:
            if entry.key is None and entry.fits(key):
                least = None if held.least is None else intersection(held.least, entry.least)
                after[key] = Held(least, union(held.most, entry.most))
    for entry in entries:
        if entry.key is not None:
            after[entry.key] = Held(entry.least, entry.most)
    return after


def after_remove(before: AccessList, entries: Sequence[Entry]) -> AccessList:
    after = dict(before)
    for key in before:
        for entry in entries:
            if key in after and entry.fits(key):
                held = after[key]
                least = None if held.least is None else without(held.least, entry.most)
                most = held.most if entry.key is None else stripped(held.most, entry.least)
                if most:
                    after[key] = Held(least, most)
                else:
                    del after[key]
    return after


def after_child(operation: str | None, before: AccessList, entries: Sequence[Entry]) -> AccessList:
    """A child `vault/OPERATION` is written; None: which operation is not known."""
    after = _after_child(operation, before, [entry for entry in entries if entry.sure])
    for entry in entries:
        if not entry.sure:
            after = one_of([after, _after_child(operation, after, [entry])])
    return after


def _after_child(operation: str | None, before: AccessList, entries: Sequence[Entry]) -> AccessList:
    match operation:
        case "add":
            return after_add(before, entries)
        case "replace":
            return after_replace(before, entries)
        case "remove":
            return after_remove(before, entries)
        case None:
            changes = (after_add, after_replace, after_remove)
            return one_of([change(before, entries) for change in changes])
        case _:
            return before  # Azure knows no other and fails there, so this writes nothing


def one_of(lists: Iterable[AccessList]) -> AccessList:
    """What can be said where it is not known which of these lists it will be."""
    every = list(lists)
    after: dict[Key, Held] = {}
    for key in dict.fromkeys(key for each in every for key in each):
        held = [each.get(key, Held(None, NOTHING)) for each in every]
        least: Permissions | None = ANYTHING if not held else held[0].least
        for each in held[1:]:
            both = least is not None and each.least is not None
            least = intersection(least or NOTHING, each.least or NOTHING) if both else None
        after[key] = Held(least, union(*(each.most for each in held)))
    return after
