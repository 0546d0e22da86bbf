"""What the operators say of values, known and unknown."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.errors import UsageError
from armguard.evaluation.unknown import PartialObject, Reason, Unknown
from armguard.expressions.syntax import Call
from armguard.policy.operators import OPERATORS, every, passes, some

UNKNOWN = Unknown(Reason.RUNTIME, Call("reference", ()), "only Azure knows")


@pytest.mark.parametrize(
    ("operator", "value", "operand", "expected"),
    [
        ("equals", "Deny", "deny", True),
        ("equals", None, None, True),
        ("equals", None, "x", False),
        ("equals", 1, 1.0, True),
        ("equals", True, 1, False),
        ("equals", 1, True, False),
        ("equals", "true", True, False),
        ("equals", [1, "A"], [1, "a"], True),
        ("equals", [1], [1, 2], False),
        ("equals", {"A": 1}, {"a": 1}, True),
        ("equals", {"a": 1}, {"a": 1, "b": 2}, False),
        ("equals", [UNKNOWN], [1], None),
        ("equals", [UNKNOWN, 1], [1, 2], False),
        ("equals", {"[x]": 1}, {"a": 1}, None),
        ("not-equals", None, True, True),
        ("not-equals", True, True, False),
        ("in", "GET", ["get", "list"], True),
        ("in", None, ["get"], False),
        ("not-in", "purge", ["all", "purge"], False),
        ("not-in", None, ["all"], True),
        ("exists", None, True, False),
        ("exists", "", True, True),
        ("exists", [], False, False),
        ("empty", None, True, True),
        ("empty", "", True, True),
        ("empty", [], True, True),
        ("empty", {}, False, False),
        ("empty", [UNKNOWN], True, False),
        ("empty", 0, True, False),
        ("empty", False, False, True),
        ("empty", PartialObject({}, UNKNOWN), True, None),
        ("contains", "https://Example", "example", True),
        ("contains", ["A"], "a", True),
        ("contains", [UNKNOWN, "a"], "a", True),
        ("contains", [UNKNOWN], "a", None),
        ("contains", {"Key": 1}, "key", True),
        ("contains", {"[x]": 1}, "key", None),
        ("contains", None, "a", False),
        ("matches", "prod-kv", "^PROD-", True),
        ("matches", None, ".*", False),
        ("matches", 5, "5", False),
        ("greater", 8, 7, True),
        ("greater", 7, 7, False),
        ("greater", True, 0, False),
        ("greater", "8", 7, False),
        ("less", "2023-07-01", "2023-09-01", True),
        ("less", None, "2023-09-01", False),
        ("less", 6.5, 7, True),
        ("length-greater", [1, UNKNOWN], 1, True),
        ("length-greater", "abc", 3, False),
        ("length-less", None, 1, True),
        ("length-less", {"a": 1}, 1, False),
    ],
)
def test_operators(operator: str, value: Any, operand: Any, expected: bool | None) -> None:
    assert passes(operator, value, operand) is expected


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_unknown_value_passes_nothing_and_fails_nothing(operator: str) -> None:
    assert passes(operator, UNKNOWN, 1) is None


@pytest.mark.parametrize(
    ("operator", "operand", "said"),
    [
        ("in", "get", "needs a list with at least one value, not 'get'"),
        ("not-in", [], "not an empty list"),
        ("exists", "true", "needs true or false, not 'true'"),
        ("empty", 1, "needs true or false, not '1'"),
        ("contains", ["a"], "needs a text, a number or a boolean, not a list"),
        ("matches", 5, "needs a regular expression, not '5'"),
        ("matches", "(", "'(' is no regular expression"),
        ("greater", True, "needs a number or a text, not true"),
        ("less", None, "not null"),
        ("length-less", -1, "needs a whole number from 0, not '-1'"),
        ("length-greater", 1.5, "needs a whole number"),
    ],
)
def test_operands_of_another_kind_are_refused(operator: str, operand: Any, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        OPERATORS[operator].check(operand)


def test_three_valued_logic() -> None:
    assert every([]) is True
    assert every([True, None]) is None
    assert every([None, False]) is False
    assert some([]) is False
    assert some([None, True]) is True
    assert some([False, None]) is None


SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "A", "b"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    ),
    max_leaves=6,
)
OPERANDS = {
    "equals": VALUES,
    "not-equals": VALUES,
    "in": st.lists(VALUES, min_size=1, max_size=3),
    "not-in": st.lists(VALUES, min_size=1, max_size=3),
    "exists": st.booleans(),
    "empty": st.booleans(),
    "contains": st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b"]),
    "matches": st.sampled_from(["", "a", "^b$"]),
    "greater": st.integers(-3, 3) | st.just("a"),
    "less": st.integers(-3, 3) | st.just("a"),
    "length-greater": st.integers(0, 3),
    "length-less": st.integers(0, 3),
}


def test_the_property_below_covers_every_operator() -> None:
    assert OPERANDS.keys() == OPERATORS.keys()


def veiled(value: Any, data: st.DataObject) -> Any:
    """The value with some parts of it unknown."""
    if data.draw(st.integers(0, 3)) == 0:
        return UNKNOWN
    if isinstance(value, list):
        return [veiled(each, data) for each in value]
    if isinstance(value, dict):
        return {key: veiled(each, data) for key, each in value.items()}
    return value


@given(st.data(), st.sampled_from(sorted(OPERANDS)), VALUES)
def test_what_is_said_of_a_value_known_in_part_is_true_of_the_whole(
    data: st.DataObject, operator: str, value: Any
) -> None:
    operand = data.draw(OPERANDS[operator])
    whole = passes(operator, value, operand)
    assert whole is not None
    assert passes(operator, veiled(value, data), operand) in (None, whole)
