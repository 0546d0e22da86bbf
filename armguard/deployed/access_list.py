"""The list of access policies that a vault has, and the entries that a template writes.

What is open is kept as the ways in which it can come out, for each principal by itself: what is the
same in all of them is sure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from armguard.deployed.permission_sets import (
    ANYTHING,
    NOTHING,
    Held,
    Permissions,
    intersection,
    permissions_of,
    union,
)
from armguard.evaluation.unknown import Unknown, Value
from armguard.keyvault.access import AccessPolicy, key_of, policies_of
from armguard.record import record, replace

Key = tuple[str, str, str]
"""(tenantId, objectId, applicationId) in lower case; "" where there is no applicationId"""


Ways = tuple[Held | None, ...]
"""Each way in which the entry of a principal can come out; None: it has none"""

AccessList = Mapping[Key, Ways]
"""Who is not in it has no entry"""

ABSENT: Ways = (None,)

_MOST_WAYS = 16
"""More than these are told as one that lies between the least and the most of all."""


@record
class Entry:
    """A written entry; a part of its key that is None is unknown."""

    parts: tuple[str | None, str | None, str | None]
    held: Held
    sure: bool = True
    """whether it surely stands in the list"""
    who: str = ""
    """equal for those whose unknown principal is one and the same; empty: it is another one"""
    many: bool = False
    """whether it stands for any number of principals"""

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


_ANYTHING = Held(NOTHING, ANYTHING)
ANYBODY = Entry((None, None, None), _ANYTHING, sure=False, many=True)
"""stands for entries of which nothing is known"""


def deployed_list(policies: Any) -> dict[Key, Permissions]:
    """The list as Azure returned it."""
    found: dict[Key, Permissions] = {}
    for entry in map(_entry, policies_of(policies)):
        if entry is not None and entry.key is not None:
            found[entry.key] = union(found.get(entry.key, NOTHING), entry.held.least)
    return found


def written_entries(policies: Value) -> tuple[Entry, ...]:
    """The entries of an evaluated list; one of which nothing is known may hold anybody."""
    if isinstance(policies, Unknown) and policies.list is None:
        return (ANYBODY,)
    found: list[Entry | None] = []
    for policy in policies_of(policies):
        # what a list may have besides is told as an entry that is the whole list
        found.append(_others(policies) if policy.object_id is policies else _entry(policy))
    return tuple(each for each in found if each is not None)


def _others(policies: Value) -> Entry | None:
    """What stands for all that a list may have besides what is known of it."""
    like = policies.list.like if isinstance(policies, Unknown) and policies.list else None
    if not isinstance(like, dict):
        return ANYBODY
    entry = _entry(policies_of([like])[0])
    return None if entry is None else replace(entry, sure=False, many=True)


def _entry(policy: AccessPolicy) -> Entry | None:
    """None: it names nobody, so Azure refuses it."""
    if policy.is_open:
        return Entry((None, None, None), _ANYTHING, policy.sure, "/".join(key_of(policy) or ()))
    parts = (_part(policy.tenant_id), _part(policy.object_id), _part(policy.application_id))
    if parts[1] == "":
        return None
    held = permissions_of(policy.permissions)
    return Entry(parts, held, policy.sure, "/".join(key_of(policy) or ()))


def _part(value: Value) -> str | None:
    if isinstance(value, Unknown):
        return None
    return value.lower() if isinstance(value, str) else ""


def ways_of(*ways: Held | None) -> Ways:
    """Each of these once."""
    once: list[Held | None] = []
    for way in ways:
        if way not in once:
            once.append(way)
    if len(once) <= _MOST_WAYS:
        return tuple(once)
    held = [way for way in once if way is not None]
    least = held[0].least
    for way in held[1:]:
        least = intersection(least, way.least)
    between = Held(least, union(*(way.most for way in held)))
    return (None, between) if None in once else (between,)


def one_of(lists: Iterable[AccessList]) -> AccessList:
    """What can be said where it is not known which of these lists it will be."""
    every = list(lists)
    keys = dict.fromkeys(key for each in every for key in each)
    return {key: ways_of(*(way for each in every for way in each.get(key, ABSENT))) for key in keys}
