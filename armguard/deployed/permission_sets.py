"""What an access policy permits, as sets of names per kind of object, and what goes between two.

Names have no case, and a kind that is absent permits nothing. `all` covers every name of its kind,
but whether it covers `purge` is not established, so that stays a doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import member
from armguard.keyvault.permissions import PERMISSIONS
from armguard.record import record

Permissions = Mapping[str, frozenset[str]]
"""kind -> names, both in lower case; no kind without names"""

NOTHING: Permissions = {}
ANYTHING: Permissions = {
    kind: frozenset(name.lower() for name in names) for kind, names in PERMISSIONS.items()
}

_SPELLING = {name.lower(): name for names in PERMISSIONS.values() for name in names}
_KINDS = list(PERMISSIONS)


@record
class Held:
    """What an entry of the list permits: `least` surely, nothing beyond `most`."""

    least: Permissions
    most: Permissions


def permissions_of(written: Value) -> Held:
    """The `permissions` of an entry; what is unknown in it may be anything."""
    if isinstance(written, Unknown):
        return Held(NOTHING, ANYTHING)
    if not isinstance(written, Mapping):
        return Held(NOTHING, NOTHING)
    least: dict[str, frozenset[str]] = {}
    most: dict[str, frozenset[str]] = {}
    for kind in (*PERMISSIONS, *(each.lower() for each in written if each.lower() not in _KINDS)):
        names = member(written, kind)
        listed = names if isinstance(names, list) else []
        known = frozenset(name.lower() for name in listed if isinstance(name, str))
        is_open = isinstance(names, Unknown) or any(isinstance(name, Unknown) for name in listed)
        least[kind] = known
        most[kind] = known | ANYTHING.get(kind, frozenset()) if is_open else known
    return Held(_tidy(least), _tidy(most))


def union(*several: Permissions) -> Permissions:
    kinds = dict.fromkeys(kind for each in several for kind in each)
    return {kind: frozenset().union(*(each.get(kind, ()) for each in several)) for kind in kinds}


def intersection(first: Permissions, second: Permissions) -> Permissions:
    return _tidy({kind: names & second.get(kind, frozenset()) for kind, names in first.items()})


def without(before: Permissions, taken: Permissions) -> Permissions:
    """What is left for sure once `taken` is removed; what happens to an `all` of which single names
    are taken is not established, so it does not count as left."""
    left: dict[str, frozenset[str]] = {}
    for kind, names in before.items():
        gone = taken.get(kind, frozenset())
        if "all" in gone:
            continue
        left[kind] = names - gone - ({"all"} if gone else frozenset())
    return _tidy(left)


def stripped(before: Permissions, taken: Permissions) -> Permissions:
    """What is left at most once `taken` is removed."""
    return _tidy({kind: names - taken.get(kind, frozenset()) for kind, names in before.items()})


def missing(before: Permissions, after: Permissions) -> tuple[Permissions, Permissions]:
    """(what of `before` is surely not in `after`, what may not be)."""
    sure: dict[str, frozenset[str]] = {}
    doubtful: dict[str, frozenset[str]] = {}
    for kind, names in before.items():
        left = after.get(kind, frozenset())
        gone = names - left
        if "all" in left:
            doubtful[kind] = gone & {"purge"}
        elif gone == {"all"} and ANYTHING.get(kind, frozenset()) - {"all", "purge"} <= left:
            doubtful[kind] = frozenset() if "purge" in left else gone
        else:
            sure[kind] = gone
    return _tidy(sure), _tidy(doubtful)


def added(before: Permissions, after: Permissions) -> Permissions:
    """What `after` permits beyond `before`."""
    new: dict[str, frozenset[str]] = {}
    for kind, names in after.items():
        had = before.get(kind, frozenset())
        new[kind] = (names - had) & {"purge"} if "all" in had and "all" in names else names - had
        if "all" in had and "all" not in names:
            new[kind] = frozenset()
    return _tidy(new)


def spelled(permissions: Permissions) -> dict[str, list[str]]:
    """For reports: kinds and names in the order and spelling of Azure's schema."""
    kinds = sorted(permissions, key=lambda kind: (_rank(kind, _KINDS), kind))
    return {kind: _spelled(kind, permissions[kind]) for kind in kinds if permissions[kind]}


def _spelled(kind: str, names: Iterable[str]) -> list[str]:
    order = [name.lower() for name in PERMISSIONS.get(kind, ())]
    return [
        _SPELLING.get(name, name)
        for name in sorted(names, key=lambda name: (_rank(name, order), name))
    ]


def _rank(name: str, order: list[str]) -> int:
    return order.index(name) if name in order else len(order)


def _tidy(permissions: Mapping[str, frozenset[str]]) -> Permissions:
    return {kind: names for kind, names in permissions.items() if names}
