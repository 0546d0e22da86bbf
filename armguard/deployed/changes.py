"""What a deployment changes for each principal: the list before against the list after.

A loss is called one only where it is sure; everything between is `undecided`, and its `lost` is the
worst case.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from armguard.deployed.access_list import ABSENT, AccessList, Key, Ways
from armguard.deployed.permission_sets import (
    NOTHING,
    Held,
    Permissions,
    added,
    intersection,
    missing,
    stripped,
    union,
)
from armguard.finding.report import ChangeKind
from armguard.record import record


@record
class Change:
    key: Key
    kind: ChangeKind
    lost: Permissions
    """what surely goes; where that is undecided, what goes in the worst case"""
    gained: Permissions
    """what surely comes"""
    whole: bool
    """whether the entry itself goes, or may"""
    perhaps: Permissions = NOTHING
    """what may go besides"""

    @property
    def is_loss(self) -> bool:
        """Whether it takes something away, or may."""
        return self.kind in ("lost", "narrowed") or (self.kind == "undecided" and bool(self.lost))


def changes_between(before: Mapping[Key, Permissions], after: AccessList) -> tuple[Change, ...]:
    """One change for each principal of either list, sorted by key."""
    # who has no entry today and perhaps none afterwards is told nothing
    keys = sorted({*before, *(key for key, ways in after.items() if None not in ways)})
    return tuple(_change(key, before.get(key), after.get(key, ABSENT)) for key in keys)


def _change(key: Key, before: Permissions | None, ways: Ways) -> Change:
    if before is None:
        return _granted(key, ways)
    gone = [_gone(before, way) for way in ways]
    worst = union(*(may_go for _, may_go in gone))
    is_whole = None in ways
    if all(way is None or surely for way, (surely, _) in zip(ways, gone, strict=True)):
        if ways == ABSENT:
            return Change(key, "lost", before, NOTHING, whole=True)
        lost = reduce(intersection, (surely for surely, _ in gone))
        perhaps = stripped(worst, lost)
        return Change(key, "narrowed", lost, NOTHING, False, perhaps)
    gained = reduce(intersection, (added(before, way.least) if way else NOTHING for way in ways))
    if worst or is_whole:
        return Change(key, "undecided", worst, gained, is_whole)
    return Change(key, "widened" if gained else "kept", NOTHING, gained, whole=False)


def _gone(before: Permissions, way: Held | None) -> tuple[Permissions, Permissions]:
    """(what surely goes, what may go)"""
    if way is None:
        return before, before
    surely, _ = missing(before, way.most)
    return surely, union(*missing(before, way.least))


def _granted(key: Key, ways: Ways) -> Change:
    gained = reduce(intersection, (way.least for way in ways if way is not None))
    return Change(key, "granted", NOTHING, gained, whole=False)
