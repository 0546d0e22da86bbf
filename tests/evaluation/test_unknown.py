"""What is left of an expression when something in it is unknown: no more and no less than Azure
leaves.

`U` stands for `environment().name`, which nobody knows before the deployment.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

import armguard
from armguard.errors import EvaluationError
from armguard.evaluation.unknown import Reason, Unknown, first_unknown, holds_unknown
from armguard.expressions.syntax import Call

U = "environment().name"
UNKNOWN = re.compile(r"\bU\b")


def left(text: str) -> str:
    """What stays of the expression, without its brackets."""
    value = armguard.evaluate(f"[{UNKNOWN.sub(U, text)}]", parameters={"o": {"a": 1}})
    assert isinstance(value, Unknown), value
    assert str(value)[0] == "["
    return str(value)[1:-1].replace(U, "U")


def known(text: str) -> Any:
    value = armguard.evaluate(f"[{UNKNOWN.sub(U, text)}]", parameters={"o": {"a": 1}})
    assert not holds_unknown(value)
    return value


@pytest.mark.parametrize(
    ("text", "remains"),
    [
        ("U", "U"),
        ("toLower(U)", "toLower(U)"),
        ("concat('a', U, 'b', add(1, 1))", "concat('a', U, 'b', 2)"),
        ("concat(toUpper('a'), string(U))", "concat('A', string(U))"),
        ("format('{0}-{1}', U, add(1, 2))", "format('{0}-{1}', U, 3)"),
        ("replace(U, 'a', concat('b', 'c'))", "replace(U, 'a', 'bc')"),
        ("add(length(U), add(1, 1))", "add(length(U), 2)"),
        ("parameters('o')[U]", "createObject('a', 1)[U]"),
        ("split(U, '-')[0]", "split(U, '-')[0]"),
        ("union(createArray(1), createArray(U))", "union(createArray(1), createArray(U))"),
        ("string(createArray(U))", "string(createArray(U))"),
        ("join(createArray('a', U), ',')", "join(createArray('a', U), ',')"),
        ("first(createArray(U, 1))", "U"),
        ("createObject('k', U).k", "U"),
        ("not(equals(U, 'a'))", "not(equals(U, 'a'))"),
        ("equals(U, U)", "equals(U, U)"),
        ("equals(createArray(U, 1), createArray(2, 1))", None),
        ("empty(U)", "empty(U)"),
        ("empty(concat(U, U))", "empty(concat(U, U))"),
        ("empty(resourceGroup().tags)", "empty(resourceGroup().tags)"),
        ("empty(toLower(U))", "empty(toLower(U))"),
        ("map(split(U, ','), lambda('x', 1))", "map(split(U, ','), lambda('x', 1))"),
        ("add(U, 'a')", "add(U, 'a')"),
        ("if(U, 1, 2)", "if(U, 1, 2)"),
        ("less(concat('日', '本'), '本')", "less('日本', '本')"),
        ("not(greaterOrEquals('あ', 'ア'))", "not(greaterOrEquals('あ', 'ア'))"),
        (
            "sort(split('日-本', '-'), lambda('x', 'y', less(lambdaVariables('x'), 'あ')))",
            "sort(createArray('日', '本'), lambda('x', 'y', less(lambdaVariables('x'), 'あ')))",
        ),
        ("resourceId('My.Own/things', U)", None),
    ],
)
def test_known_arguments_are_computed_and_the_call_is_left(text: str, remains: str | None) -> None:
    got = left(text)
    assert remains is None or got == remains


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("createObject('k', U, 'l', 2).l", 2),
        ("length(createArray(U))", 1),
        ("length(createObject('a', U))", 1),
        ("first(createArray(1, U))", 1),
        ("last(skip(createArray(U, 1, 2), 1))", 2),
        ("take(createArray(1, U), 1)", [1]),
        ("contains(createArray('a', U), 'a')", True),
        ("contains(createObject('a', U), 'A')", True),
        ("empty(createArray(U))", False),
        ("equals(createArray(U), createArray(1, 2))", False),
        ("equals(createArray(U, 1), createArray(U, 2))", False),
        ("objectKeys(createObject('b', U, 'a', 1))", ["a", "b"]),
        ("union(createObject('a', U), createObject('b', 1)).b", 1),
        ("flatten(createArray(createArray(1), createArray(U)))[0]", 1),
        ("map(createArray(U, U), lambda('x', 1))", [1, 1]),
        ("items(createObject('a', U))[0].key", "a"),
        ("concat(createArray(1), createArray(U))[0]", 1),
        ("array(createObject('a', U, 'b', 1))[0].b", 1),
        ("tryGet(createObject('a', U, 'b', 1), 'b')", 1),
        ("shallowMerge(createArray(createObject('a', U), createObject('b', 1))).b", 1),
        ("and(false(), U)", False),
        ("or(true(), U)", True),
        ("coalesce('a', U)", "a"),
        ("if(true(), 1, U)", 1),
    ],
)
def test_what_does_not_hang_on_the_unknown_is_known(text: str, value: Any) -> None:
    assert known(text) == value


@pytest.mark.parametrize(
    ("text", "remains"),
    [
        ("if(equals(U, 'x'), 1, add(1, 1))", "if(equals(U, 'x'), 1, add(1, 1))"),
        ("and(equals(U, 'x'), false())", "and(equals(U, 'x'), false())"),
        ("or(equals(U, 'x'), true())", "or(equals(U, 'x'), true())"),
        ("coalesce(null(), U)", "coalesce(null(), U)"),
        ("if(equals(U, 'x'), nosuch(), 1)", "if(equals(U, 'x'), nosuch(), 1)"),
    ],
)
def test_what_may_not_be_reached_stays_untouched(text: str, remains: str) -> None:
    assert left(text) == remains


@pytest.mark.parametrize(
    "text",
    [
        "createObject('k', U).m",
        "nosuch(U)",
        "toLower(U, U)",
        "toLower()",
        "resourceGroup().nope",
        "parameters(concat('n', 'o'))",
        "createArray(U)[3]",
    ],
)
def test_names_and_counts_are_errors_in_spite_of_the_unknown(text: str) -> None:
    with pytest.raises(EvaluationError):
        left(text)


@pytest.mark.parametrize(
    "text",
    [
        "guid(U, 1)",
        "uniqueString(1, U)",
        "intersection('a', environment())",
        "union(environment(), 1)",
        "less(U, true())",
        "toLower(createArray(U))",
        "padLeft(U, 'a')",
        "replace(U, 'a', 1)",
        "join(U, 1)",
        "cidrHost(U, 'a')",
        "resourceId(U, 1)",
    ],
)
def test_a_wrong_type_is_an_error_beside_the_unknown(text: str) -> None:
    with pytest.raises(EvaluationError):
        left(text)


@pytest.mark.parametrize(
    "text",
    ["add(U, 'a')", "sub('a', U)", "mul(U, true())", "div(U, 'a')", "mod('a', U)",
     "concat(U, createObject('a', 1))", "concat(U, null())", "min(U, 'a')"],
)  # fmt: skip
def test_arithmetic_and_concat_look_at_types_last(text: str) -> None:
    assert left(text) == text


def test_arrays_and_objects_keep_their_known_parts() -> None:
    got = armguard.evaluate({"a": [1, f"[{U}]"], "b": "[concat('x', 'y')]"})
    assert got["b"] == "xy"
    assert got["a"][0] == 1
    assert isinstance(got["a"][1], Unknown)
    assert first_unknown(got) is got["a"][1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("subscription().subscriptionId", Reason.CONTEXT),
        ("resourceGroup().location", Reason.CONTEXT),
        ("concat('a', resourceGroup().id)", Reason.CONTEXT),
        ("reference('/x/y').z", Reason.RUNTIME),
        ("listKeys('/x/y', '2024-01-01').keys", Reason.SECRET),
    ],
)
def test_an_unknown_says_why(text: str, reason: Reason) -> None:
    value = armguard.evaluate(f"[{text}]")
    assert isinstance(value, Unknown)
    assert value.reason is reason
    assert value.detail
    assert not value.detail.endswith(".")


def test_an_unknown_has_no_truth_value() -> None:
    unknown = Unknown(Reason.RUNTIME, Call("f", ()), "nobody knows")
    with pytest.raises(TypeError):
        bool(unknown)
    with pytest.raises(TypeError):
        assert not unknown


def test_a_place_makes_known_what_hangs_on_it(place: armguard.DeploymentScope) -> None:
    text = "[concat(resourceGroup().id, '|', subscription().tenantId, '|', deployment().name)]"
    assert armguard.evaluate(text, scope=place) == (
        "/subscriptions/00000000-0000-0000-0000-0000000000bb/resourceGroups/rg-one"
        "|00000000-0000-0000-0000-0000000000aa|run-1"
    )
