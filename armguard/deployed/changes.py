"""What a deployment changes for each principal: the list before against the list after.

A loss is called one only where it is sure; everything between is `undecided`, and its `lost` is the
worst case.
"""

from __future__ import annotations

from collections.abc import Mapping

from armguard.deployed.access_list import AccessList, Held, Key
from armguard.deployed.permission_sets import NOTHING, Permissions, added, missing, union
from armguard.finding import ChangeKind
from armguard.record import record


@record
class Change:
    key: Key
    kind: ChangeKind
    lost: Permissions
    gained: Permissions
    whole: bool
    """whether the entry itself goes, or may"""


def changes_between(before: Mapping[Key, Permissions], after: AccessList) -> tuple[Change, ...]:
    """One change for each principal of either list, sorted by key."""
    keys = sorted({*before, *after})
    return tuple(_change(key, before.get(key), after.get(key)) for key in keys)


def _change(key: Key, before: Permissions | None, after: Held | None) -> Change:
    if before is None:
        assert after is not None
        if after.least is None or after.least != after.most:
            return Change(key, "undecided", NOTHING, after.most, False)
        return Change(key, "granted", NOTHING, after.least, False)
    if after is None:
        return Change(key, "lost", before, NOTHING, True)
    sure, _ = missing(before, after.most)
    if sure and after.least is not None:
        return Change(key, "narrowed", sure, added(before, after.least or NOTHING), False)
    worst = union(*missing(before, after.least or NOTHING))
    gained, perhaps = added(before, after.least or NOTHING), added(before, after.most)
    if worst or after.least is None or gained != perhaps:
        lost = before if after.least is None else worst
        return Change(key, "undecided", lost, perhaps, after.least is None)
    return Change(key, "widened" if gained else "kept", NOTHING, gained, False)
