"""What each kind of write makes of a list, and what goes between two lists."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.deployed.access_list import (
    ANYBODY,
    AccessList,
    Entry,
    Held,
    Key,
    deployed_list,
    one_of,
)
from armguard.deployed.changes import changes_between
from armguard.deployed.permission_sets import (
    ANYTHING,
    Permissions,
    added,
    intersection,
    missing,
    permissions_of,
    spelled,
    union,
)
from armguard.deployed.writes import Operation, Write, after
from armguard.evaluation.unknown import Reason, Unknown
from armguard.expressions.syntax import Literal

KINDS = ("keys", "secrets")
permissions = st.dictionaries(
    st.sampled_from(KINDS),
    st.frozensets(st.sampled_from(["get", "list", "set", "purge", "all"]), min_size=1),
)
keys = st.sampled_from([("t", who, app) for who in "abc" for app in ("", "x")])
lists = st.dictionaries(keys, permissions)
entries = st.lists(st.builds(lambda key, held: Entry(key, Held(held, held)), keys, permissions))


def known(deployed: dict[Key, Permissions]) -> AccessList:
    return {key: (Held(held, held),) for key, held in deployed.items()}


def written(
    operation: Operation | None, before: dict[Key, Permissions], listed: list[Entry]
) -> AccessList:
    return after([Write(operation, tuple(listed))], known(before), before)


@pytest.mark.parametrize(
    ("before", "after", "sure", "doubtful"),
    [
        ({"get", "list"}, {"get"}, {"list"}, set()),
        ({"get"}, {"get", "list"}, set(), set()),
        ({"get", "list"}, {"all"}, set(), set()),
        ({"get", "purge"}, {"all"}, set(), {"purge"}),
        ({"get", "purge"}, {"all", "purge"}, set(), set()),
        ({"all"}, {"get"}, {"all"}, set()),
        ({"all", "purge"}, {"get"}, {"all", "purge"}, set()),
        ({"all"}, set(ANYTHING["secrets"]) - {"all"}, set(), set()),
        ({"all"}, set(ANYTHING["secrets"]) - {"all", "purge"}, set(), {"all"}),
    ],
)
def test_what_goes(before: Any, after: Any, sure: Any, doubtful: Any) -> None:
    found = missing({"secrets": frozenset(before)}, {"secrets": frozenset(after)})
    assert [set(each.get("secrets", ())) for each in found] == [sure, doubtful]


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ({"get"}, {"get", "list"}, {"list"}),
        ({"get"}, {"all"}, {"all"}),
        ({"all"}, {"get"}, set()),
        ({"all"}, {"all", "get"}, set()),
        ({"all"}, {"all", "purge"}, {"purge"}),
    ],
)
def test_what_comes(before: Any, after: Any, new: Any) -> None:
    found = added({"secrets": frozenset(before)}, {"secrets": frozenset(after)})
    assert set(found.get("secrets", ())) == new


def test_names_have_no_case_and_are_spelled_as_azure_does() -> None:
    written = {"Keys": ["WRAPKEY", "get", "Get"], "secrets": None, "storage": []}
    held = permissions_of(written)
    assert held.least == held.most == {"keys": {"wrapkey", "get"}}
    assert spelled(held.least) == {"keys": ["get", "wrapKey"]}


def test_an_unknown_name_may_be_anything() -> None:
    unknown = Unknown(Reason.NOT_SUPPLIED, Literal("x"), "not supplied")
    held = permissions_of({"secrets": ["get", unknown], "keys": ["get"]})
    assert held.least == {"secrets": {"get"}, "keys": {"get"}}
    assert held.most["secrets"] == ANYTHING["secrets"]
    assert held.most["keys"] == {"get"}


def test_live_lists_may_repeat_entries_and_names() -> None:
    one = {"tenantId": "T", "objectId": "A", "permissions": {"secrets": ["Get", "get"]}}
    two = {"tenantId": "t", "objectId": "a", "applicationId": "", "permissions": {"keys": ["Get"]}}
    assert deployed_list([one, two]) == {("t", "a", ""): {"secrets": {"get"}, "keys": {"get"}}}


@given(lists, entries)
def test_add_never_narrows(before: dict[Key, Permissions], listed: list[Entry]) -> None:
    changes = changes_between(before, written("add", before, listed))
    assert {each.kind for each in changes} <= {"kept", "widened", "granted"}


@given(lists, entries)
def test_replace_leaves_others_alone(before: dict[Key, Permissions], listed: list[Entry]) -> None:
    found = written("replace", before, listed)
    keys = {entry.key for entry in listed}
    assert {key: held for key, held in found.items() if key not in keys} == {
        key: held for key, held in known(before).items() if key not in keys
    }


@given(lists, entries)
def test_remove_never_gives(before: dict[Key, Permissions], listed: list[Entry]) -> None:
    for change in changes_between(before, written("remove", before, listed)):
        assert change.gained == {}
        assert change.kind in ("kept", "narrowed", "lost", "undecided")


@given(lists)
def test_put_of_the_same_list_changes_nothing(before: dict[Key, Permissions]) -> None:
    same = [Entry(key, Held(held, held)) for key, held in before.items()]
    changes = changes_between(before, written("put", before, same))
    assert {each.kind for each in changes} <= {"kept"}
    assert [each.key for each in changes] == sorted(before)


@given(lists)
def test_put_of_nothing_loses_everything(before: dict[Key, Permissions]) -> None:
    changes = changes_between(before, written("put", before, []))
    assert {each.key: each.lost for each in changes} == before
    assert {each.kind for each in changes} <= {"lost"}


@given(lists, entries)
def test_an_unknown_list_is_never_safe(before: dict[Key, Permissions], listed: list[Entry]) -> None:
    """Whoever loses something by any list is not said to keep it."""
    unknown = changes_between(before, written("put", before, [ANYBODY]))
    kept = {each.key for each in unknown if each.kind in ("kept", "widened")}
    real = changes_between(before, written("put", before, listed))
    assert not kept & {each.key for each in real if each.kind in ("lost", "narrowed")}
    assert all(each.gained == {} for each in unknown)


@given(lists, entries)
def test_an_unknown_operation_is_never_safe(
    before: dict[Key, Permissions], listed: list[Entry]
) -> None:
    unknown = changes_between(before, written(None, before, listed))
    kept = {each.key for each in unknown if each.kind in ("kept", "widened")}
    for operation in ("replace", "remove"):
        real = changes_between(before, written(operation, before, listed))
        assert not kept & {each.key for each in real if each.kind in ("lost", "narrowed")}


@given(lists, entries, entries)
def test_what_is_said_of_two_outcomes_holds_in_both(
    before: dict[Key, Permissions], first: list[Entry], second: list[Entry]
) -> None:
    outcomes = [written("put", before, first), written("put", before, second)]
    said = {each.key: each for each in changes_between(before, one_of(outcomes))}
    for outcome in outcomes:
        for real in changes_between(before, outcome):
            if real.key not in before:
                continue
            change = said[real.key]
            if change.kind == "kept":
                assert real.kind in ("kept", "widened")
            if change.kind in ("lost", "narrowed"):
                assert real.kind in ("lost", "narrowed")
            if real.kind in ("lost", "narrowed"):
                assert missing(real.lost, union(change.lost, change.perhaps))[0] == {}


@given(permissions, permissions)
def test_union_and_intersection(first: Permissions, second: Permissions) -> None:
    assert missing(first, union(first, second)) == ({}, {})
    both = intersection(first, second)
    assert all(names <= first[kind] and names <= second[kind] for kind, names in both.items())
