"""The comparison against brute force: small vaults, and every way in which the unknown comes out.

Somebody loses for sure exactly if he loses in every way, keeps exactly if he loses in none, and is
undecided, with the worst case, in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from armguard.deployed.access_list import Entry, Key
from armguard.deployed.changes import changes_between
from armguard.deployed.permission_sets import Held
from armguard.deployed.writes import Operation, Write, after, shortage

Names = frozenset[str]
Written = tuple[Operation, tuple[tuple[str | None, Names], ...], bool]
"""operation, (principal or None for one that is open, names) of each entry, and whether it may be
left out"""

PEOPLE = "abcd"
NOBODY = "another"

names = st.frozensets(st.sampled_from(["get", "list", "set"]), min_size=1)
deployed = st.dictionaries(st.sampled_from(PEOPLE), names, min_size=1)
entry = st.tuples(st.sampled_from([None, None, *PEOPLE]), names)


def _is_once(entries: list[tuple[str | None, Names]]) -> bool:
    known = [who for who, _ in entries if who is not None]
    return len(known) == len(set(known))


put = st.tuples(
    st.just("put"), st.lists(entry, max_size=3).filter(_is_once).map(tuple), st.booleans()
)
child = st.tuples(
    st.sampled_from(["add", "replace", "remove"]),
    st.lists(entry, min_size=1, max_size=1).map(tuple),
    st.booleans(),
)
deployments = st.tuples(st.lists(put, max_size=1), st.lists(child, max_size=2)).map(
    lambda parts: [*parts[0], *parts[1]]
)


def _key(who: str) -> Key:
    return ("tenant", who, "")


def _held(permitted: Names) -> Held:
    return Held({"secrets": permitted}, {"secrets": permitted})


def _write(written: Written) -> Write:
    operation, entries, perhaps = written
    listed = tuple(Entry(("tenant", who, ""), _held(permitted)) for who, permitted in entries)
    return Write(operation, listed, perhaps)


def _ways(before: dict[str, Names], deployment: list[Written]) -> Iterator[dict[str, Names]]:
    """The list after the deployment, in every way that it can come out."""
    choices: list[list[list[tuple[str, Names]] | None]] = []
    for operation, entries, perhaps in deployment:
        ways: list[list[tuple[str, Names]] | None] = [None] if perhaps else []
        for filled in product(*([who] if who else [*PEOPLE, NOBODY] for who, _ in entries)):
            real = [who for who in filled if who != NOBODY]
            if operation != "put" or len(real) == len(set(real)):
                ways.append([(who, held) for who, (_, held) in zip(filled, entries, strict=True)])
        choices.append(ways)
    for chosen in product(*choices):
        found = dict(before)
        for (operation, _, _), listed in zip(deployment, chosen, strict=True):
            if listed is None:
                continue
            if operation == "put":
                found = {}
            for who, permitted in listed:
                had = found.get(who, frozenset())
                if operation == "remove":
                    found[who] = had - permitted
                else:
                    found[who] = had | permitted if operation == "add" else permitted
        yield {who: held for who, held in found.items() if held}


@given(deployed, deployments)
@settings(max_examples=400)
def test_each_principal_by_itself(before: dict[str, Names], deployment: list[Written]) -> None:
    stored = {_key(who): {"secrets": held} for who, held in before.items()}
    had = {_key(who): (_held(held),) for who, held in before.items()}
    found = after(map(_write, deployment), had, stored)
    said = {change.key[1]: change for change in changes_between(stored, found)}
    ways = list(_ways(before, deployment))
    for who, held in before.items():
        lost = [held - way.get(who, frozenset()) for way in ways]
        change = said[who]
        if all(lost):
            assert change.kind in ("lost", "narrowed")
            surely = frozenset.intersection(*lost)
            assert change.lost.get("secrets", frozenset()) == surely
            assert change.perhaps.get("secrets", frozenset()) == frozenset().union(*lost) - surely
        elif any(lost):
            assert change.kind == "undecided"
            assert change.lost["secrets"] == frozenset().union(*lost)
        else:
            assert change.kind in ("kept", "widened")


@given(deployed, deployments)
@settings(max_examples=400)
def test_all_of_them_together(before: dict[str, Names], deployment: list[Written]) -> None:
    stored = {_key(who): {"secrets": held} for who, held in before.items()}
    short = shortage(tuple(map(_write, deployment)), stored)
    among = {key[1] for key in short.among} if short else set()
    ways = list(_ways(before, deployment))
    losing = [
        sum(1 for who, held in before.items() if who in among and held - way.get(who, frozenset()))
        for way in ways
    ]
    if short is not None:
        assert min(losing) >= short.least
    elif [operation for operation, _, _ in deployment] == ["put"]:
        # where there are enough entries, everybody who may keep his keeps it in one of the ways
        may_keep = {
            who
            for who, held in before.items()
            if any(not held - way.get(who, frozenset()) for way in ways)
        }
        assert any(
            all(not before[who] - way.get(who, frozenset()) for who in may_keep) for way in ways
        )
