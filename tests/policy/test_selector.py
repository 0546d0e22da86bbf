"""Which paths a policy may have, and what they select."""

from __future__ import annotations

from typing import Any

import pytest

from armguard.errors import UsageError
from armguard.evaluation.unknown import PartialObject, Reason, Unknown
from armguard.expressions.syntax import Call
from armguard.policy.selector import At, Below, Every, Field, Step, parse_path, select

UNKNOWN = Unknown(Reason.RUNTIME, Call("reference", ()), "only Azure knows")
VALUE: dict[str, Any] = {
    "Name": "vnet",
    "properties": {
        "subnets": [
            {"name": "a", "properties": {"routeTable": {"id": "r"}}},
            {"name": "b", "properties": {}},
        ],
        "open": UNKNOWN,
        "empty": [],
        "[parameters('x')]": 1,
    },
}


def selected(path: str, value: Any = VALUE) -> list[tuple[Any, tuple[str | int, ...]]]:
    return [(each.value, each.at) for each in select(value, parse_path(path).steps)]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$", ()),
        ("$.a.b", (Field("a"), Field("b"))),
        ("a.b", (Field("a"), Field("b"))),
        ("$['@options'].x", (Field("@options"), Field("x"))),
        ("a[0]", (Field("a"), At(0))),
        ("a[*].b", (Field("a"), Every(), Field("b"))),
        ("a.*", (Field("a"), Every())),
        ("$..b", (Below(), Field("b"))),
        ("a..b[1]", (Field("a"), Below(), Field("b"), At(1))),
    ],
)
def test_paths_become_steps(text: str, steps: tuple[Step, ...]) -> None:
    assert parse_path(text).steps == steps


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a[?(@.b==1)]", "path 'a[?(@.b==1)]' has a filter"),
        ("a | b", "joins paths"),
        ("a & b", "joins paths"),
        ("a[1:2]", "uses"),
        ("a[-1]", "uses"),
        ("a[0,1]", "uses"),
        ("a['b','c']", "uses"),
        ("a.`parent`", "uses"),
        ("a.`this`.b", "uses"),
        ("a.`len`", "can't be read"),
        ("a.$.b", "has a $ inside"),
        ("a where b", "uses"),
        ("a.b.", "can't be read"),
        ("a[", "can't be read"),
        ("%", "can't be read"),
        ("$" + ".a" * 250, "has 501 characters, but at most 500"),
        ("a[" + "9" * 5000 + "]", "has 5,003 characters"),
    ],
)
def test_other_paths_are_refused_with_advice(text: str, said: str) -> None:
    with pytest.raises(UsageError, match="path") as error:
        parse_path(text)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_filters_are_refused_with_what_to_use_instead() -> None:
    with pytest.raises(UsageError, match="choose resources with 'where'"):
        parse_path("$.subnets[?(@.name=='a')]")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("name", [("vnet", ("Name",))]),
        ("PROPERTIES.Subnets[0].NAME", [("a", ("properties", "subnets", 0, "name"))]),
        (
            "properties.subnets[*].name",
            [
                ("a", ("properties", "subnets", 0, "name")),
                ("b", ("properties", "subnets", 1, "name")),
            ],
        ),
        # what is not there is null, one for each element around it
        (
            "properties.subnets[*].properties.routeTable.id",
            [
                ("r", ("properties", "subnets", 0, "properties", "routeTable", "id")),
                (None, ("properties", "subnets", 1, "properties", "routeTable", "id")),
            ],
        ),
        ("missing.further", [(None, ("missing", "further"))]),
        ("properties.subnets[7]", [(None, ("properties", "subnets", 7))]),
        ("name.inside", [(None, ("Name", "inside"))]),
        # a wildcard over nothing selects nothing
        ("properties.empty[*]", []),
        ("missing[*].x", []),
        ("name[*]", []),
        # what lies below something unknown is unknown
        ("properties.open.further[*]", [(UNKNOWN, ("properties", "open"))]),
        ("properties.open", [(UNKNOWN, ("properties", "open"))]),
    ],
)
def test_what_a_path_selects(path: str, found: list[Any]) -> None:
    assert selected(path) == found


def test_descendants_are_those_that_are_there() -> None:
    value = {"a": {"id": 1}, "b": [{"ID": 2}, {"c": {"id": {"id": 3}}}], "d": "text"}
    assert [found for found, _ in selected("$..id", value)] == [1, 2, {"id": 3}, 3]
    assert selected("$..nothing", value) == []


def test_descendants_of_something_unknown_are_unknown() -> None:
    assert selected("$..id", {"a": {"id": 1}, "b": UNKNOWN}) == [
        (1, ("a", "id")),
        (UNKNOWN, ("b",)),
    ]


def test_a_member_is_unknown_where_a_name_is() -> None:
    (found,) = select(VALUE, parse_path("properties.enabled").steps)
    assert isinstance(found.value, Unknown)
    assert found.at == ("properties", "enabled")


def test_a_member_of_an_object_known_in_part_is_unknown() -> None:
    partly = PartialObject({"known": 1}, UNKNOWN)
    assert selected("known", partly) == [(1, ("known",))]
    (found,) = selected("other", partly)
    assert isinstance(found[0], Unknown)
    assert [value for value, _ in selected("*", partly)] == [1, UNKNOWN]


@pytest.mark.parametrize("text", ["a" + ".a" * 249, "['a']" * 100, "[0]" * 166])
def test_the_longest_paths_are_walked(text: str) -> None:
    value: Any = "end"
    for _ in range(30):
        value = {"a": [value]}
    assert len(list(select(value, parse_path(text).steps))) < 100
