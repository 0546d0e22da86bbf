"""if(), and(), or() and coalesce(): what is not chosen is not looked at."""

from __future__ import annotations

from typing import Any

import pytest

import armguard
from armguard.errors import EvaluationError

BROKEN = ("nosuch()", "parameters('nope')", "substring('abc', 9)", "add('a', 1)", "toLower()")


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("if(true(), 1, BROKEN)", 1),
        ("if(false(), BROKEN, 2)", 2),
        ("and(false(), BROKEN)", False),
        ("and(true(), false(), BROKEN)", False),
        ("or(true(), BROKEN)", True),
        ("or(false(), true(), BROKEN)", True),
        ("coalesce('a', BROKEN)", "a"),
        ("coalesce(null(), 'a', BROKEN)", "a"),
        ("if(and(true(), true()), if(or(true(), BROKEN), 1, BROKEN), BROKEN)", 1),
    ],
)
def test_dead_branches_may_be_anything(text: str, value: Any, broken: str) -> None:
    assert armguard.evaluate(f"[{text.replace('BROKEN', broken)}]") == value


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize(
    "text",
    [
        "if(true(), BROKEN, 1)",
        "if(BROKEN, 1, 2)",
        "and(true(), BROKEN)",
        "and(BROKEN, false())",
        "or(false(), BROKEN)",
        "coalesce(null(), BROKEN)",
        "coalesce(BROKEN, 'a')",
        "concat('a', BROKEN)",
    ],
)
def test_what_is_looked_at_must_be_right(text: str, broken: str) -> None:
    with pytest.raises(EvaluationError):
        armguard.evaluate(f"[{text.replace('BROKEN', broken)}]")


@pytest.mark.parametrize(
    "text",
    [
        "if(null(), 1, 2)",
        "if('true', 1, 2)",
        "if(1, 1, 2)",
        "and(true(), 'x')",
        "or(false(), 1)",
        "and(true())",
        "or(false())",
        "not('true')",
        "if(true(), 1)",
        "if(true(), 1, 2, 3)",
    ],
)
def test_tests_are_booleans_and_nothing_else(text: str) -> None:
    with pytest.raises(EvaluationError):
        armguard.evaluate(f"[{text}]")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("coalesce()", None),
        ("coalesce(null(), null())", None),
        ("coalesce(null(), false())", False),
        ("coalesce('', 'a')", ""),
        ("and(true(), true(), true())", True),
        ("or(false(), false())", False),
        ("not(false())", True),
        ("equals('a', 'A')", False),
        ("equals(1, '1')", False),
        ("equals(null(), null())", True),
        ("equals(createArray(1, 2), createArray(1, 2))", True),
        ("equals(createObject('a', 1, 'b', 2), createObject('b', 2, 'a', 1))", True),
        ("equals(createObject('a', 1), createObject('A', 1))", False),
        ("bool('TRUE')", True),
        ("bool(0)", False),
    ],
)
def test_logic(text: str, value: Any) -> None:
    got = armguard.evaluate(f"[{text}]")
    assert got == value
    assert type(got) is type(value)
