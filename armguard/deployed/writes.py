"""What the writes of a deployment make of a vault's list of access policies, one after the other.

Every write is Azure's: a vault replaces the list, a child `add` unions, `replace` sets the listed
principals only, `remove` takes away. An entry whose principal is unknown may stand for one of the
principals that the vault has, and for no more than one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import compress
from typing import Literal, TypeAlias

from armguard.deployed.access_list import ABSENT, AccessList, Entry, Key, Ways, one_of, ways_of
from armguard.deployed.permission_sets import (
    Held,
    Permissions,
    intersection,
    missing,
    stripped,
    union,
    without,
)
from armguard.finding import Location
from armguard.record import record, replace

Operation: TypeAlias = Literal["put", "add", "replace", "remove"]


@record
class Write:
    """A vault is written (`put`), or one of its children."""

    operation: Operation | None
    """None: that of a child which is not known"""
    entries: tuple[Entry, ...]
    perhaps: bool = False
    """whether it may be left out"""
    place: Location | None = None
    """that of the child; None: it is the vault itself"""


def after(writes: Iterable[Write], before: AccessList, people: Collection[Key]) -> AccessList:
    """The list after all writes; `people`: whom an open entry can stand for."""
    for write in writes:
        written = _after(write, before, people)
        before = one_of([before, written]) if write.perhaps else written
    return before


def _after(write: Write, before: AccessList, people: Collection[Key]) -> AccessList:
    match write.operation:
        case "put":
            # what is surely written comes first: an open entry is not one for the same principal
            entries = sorted(write.entries, key=lambda each: not _is_definite(each))
            return _each({}, entries, people, _put)
        case None:
            return one_of(
                _each(before, write.entries, people, change) for change in _CHANGES.values()
            )
        case operation:
            return _each(before, write.entries, people, _CHANGES[operation])


Change = Callable[[Held | None, Entry], Held | None]
"""what an entry of a write makes of a principal's"""


def _each(
    before: AccessList, entries: Sequence[Entry], people: Collection[Key], change: Change
) -> AccessList:
    result = dict(before)
    for entry in entries:
        fitting = [key for key in people if entry.fits(key)] if entry.key is None else [entry.key]
        for key in fitting:
            ways = result.get(key, ABSENT)
            changed = [change(way, entry) for way in ways]
            result[key] = ways_of(*(() if _is_definite(entry) else ways), *changed)
    return result


def _is_definite(entry: Entry) -> bool:
    return entry.sure and entry.key is not None


def _put(had: Held | None, entry: Entry) -> Held | None:
    if had is None:
        return entry.held
    if not _is_definite(entry):
        return had
    # which of two entries for one principal counts is not established
    return Held(intersection(had.least, entry.held.least), union(had.most, entry.held.most))


def _add(had: Held | None, entry: Entry) -> Held | None:
    if had is None:
        return entry.held
    return Held(union(had.least, entry.held.least), union(had.most, entry.held.most))


def _replace(had: Held | None, entry: Entry) -> Held | None:
    return entry.held


def _remove(had: Held | None, entry: Entry) -> Held | None:
    if had is None:
        return None
    most = stripped(had.most, entry.held.least)
    return Held(without(had.least, entry.held.most), most) if most else None


_CHANGES: dict[Literal["add", "replace", "remove"], Change] = {
    "add": _add,
    "replace": _replace,
    "remove": _remove,
}


@record
class Shortage:
    """More principals than there are open entries that can stand for them."""

    least: int
    """how many of them lose something at least"""
    among: tuple[Key, ...]


def shortage(writes: Sequence[Write], before: Mapping[Key, Permissions]) -> Shortage | None:
    """Who competes for the open entries, if somebody surely comes away empty-handed. None: nobody,
    or who it is is known of each principal by itself."""
    opened = [each for write in writes for each in write.entries if not _is_definite(each)]
    if not opened or any(each.many for each in opened):
        return None
    had: AccessList = {key: (Held(held, held),) for key, held in before.items()}

    def safe(open_entries: Sequence[Entry]) -> set[Key]:
        """Those who may lose nothing where only these open entries are written."""
        left = [
            replace(
                write,
                entries=tuple(
                    each
                    for each in write.entries
                    if _is_definite(each) or any(each is other for other in open_entries)
                ),
            )
            for write in writes
        ]
        found = after(left, had, before)
        return {key for key in before if _may_keep(found.get(key, ABSENT), before[key])}

    competing = safe(opened) - safe(())
    if len(competing) < 2:
        return None
    groups = _by_principal(opened)
    alone = [competing & safe(each) for each in groups]
    # whom several entries together can keep is left out, so that nothing is claimed too much
    kept_by: dict[tuple[bool, ...], set[Key]] = {}
    together = set()
    for key in competing:
        useless = tuple(key not in kept for kept in alone)
        if useless not in kept_by:
            kept_by[useless] = safe([each for group in compress(groups, useless) for each in group])
        if key in kept_by[useless]:
            together.add(key)
    covered = [kept - together for kept in alone]
    among = sorted(set().union(*covered))
    least = len(among) - _matched(covered)
    return Shortage(least, tuple(among)) if least > 0 else None


def _by_principal(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries that are for one and the same principal, whoever that is, stand together."""
    found: dict[object, list[Entry]] = {}
    for each in entries:
        found.setdefault(each.who or id(each), []).append(each)
    return [*found.values()]


def _may_keep(ways: Ways, before: Permissions) -> bool:
    return any(way is not None and not missing(before, way.most)[0] for way in ways)


def _matched(covered: Sequence[set[Key]]) -> int:
    """How many principals can be given an entry of their own."""
    holder: dict[Key, int] = {}

    def give(entry: int, seen: set[Key]) -> bool:
        for key in covered[entry] - seen:
            seen.add(key)
            if key not in holder or give(holder[key], seen):
                holder[key] = entry
                return True
        return False

    return sum(give(entry, set()) for entry in range(len(covered)))
