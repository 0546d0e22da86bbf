"""Numbers: whole ones of 64 bits; fractions come from json() only and go nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("add(2, 3)", 5),
        ("sub(2, 3)", -1),
        ("mul(4, -3)", -12),
        ("div(7, 2)", 3),
        ("div(-7, 2)", -3),
        ("mod(7, 3)", 1),
        ("mod(-7, 3)", -1),
        ("int('42')", 42),
        ("int('-7')", -7),
        ("int('+7')", 7),
        ("int(5)", 5),
        ("bool(json('0.5'))", True),
        ("bool('\xa0True')", True),
        ("float(' 1,000.5e1 ')", 10005.0),
        ("float('5.')", 5.0),
        ("float(true())", 1.0),
        ("float('-infinity')", float("-inf")),
        ("min(2, json('1.5'))", 1.5),
        ("less(1, 2)", True),
        ("less(1, json('1.5'))", True),
        ("greaterOrEquals(2, 2)", True),
        ("lessOrEquals('a', 'B')", True),
        ("greater('A', 'a')", True),
        ("equals(1, json('1.0'))", False),
    ],
)
def test_numbers(text: str, value: Any, comes_to: Callable[..., None]) -> None:
    comes_to(text, value)


@pytest.mark.parametrize(
    "text",
    [
        "add('1', 2)",
        "add(1)",
        "add(1, 2, 3)",
        "add(json('1.5'), 1)",
        "add(9223372036854775807, 1)",
        "mul(9223372036854775807, 2)",
        "div(1, 0)",
        "mod(1, 0)",
        "int('5.0')",
        "int('')",
        "int('five')",
        "int(json('5.5'))",
        "int(true())",
        "bool('\x1ctrue')",
        "float(',5')",
        "float('1.5,0')",
        "float('1_000')",
        "float('\u0663')",
        "float('inf')",
        "float(null())",
        "less(1, 'a')",
        "less(null(), 1)",
    ],
)
def test_what_numbers_refuse(text: str, is_refused: Callable[..., None]) -> None:
    is_refused(text)
