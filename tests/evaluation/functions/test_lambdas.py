"""Functions with a lambda: its variables, their scope, and what it must give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

X = "lambdaVariables('x')"
Y = "lambdaVariables('y')"
I = "lambdaVariables('i')"  # noqa: E741
LIST = "createArray(3, 1, 2)"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"map({LIST}, lambda('x', add({X}, 1)))", [4, 2, 3]),
        (f"map({LIST}, lambda('x', 'i', {I}))", [0, 1, 2]),
        (f"map({LIST}, lambda('x', lambdaVariables('X')))", [3, 1, 2]),
        ("map(createArray(), lambda('x', 1))", []),
        (
            f"map(createArray(1, 2), lambda('x',"
            f" map(createArray(10), lambda('y', add({X}, {Y})))))",
            [[11], [12]],
        ),
        (f"filter({LIST}, lambda('x', greater({X}, 1)))", [3, 2]),
        (f"filter({LIST}, lambda('x', 'i', equals({I}, 0)))", [3]),
        (f"reduce({LIST}, 10, lambda('x', 'y', add({X}, {Y})))", 16),
        (f"reduce(createArray(), 'start', lambda('x', 'y', {X}))", "start"),
        (f"sort({LIST}, lambda('x', 'y', less({X}, {Y})))", [1, 2, 3]),
        (f"sort({LIST}, lambda('x', 'y', greater({X}, {Y})))", [3, 2, 1]),
        (f"toObject(createArray('a', 'b'), lambda('x', {X}))", {"a": "a", "b": "b"}),
        (
            f"toObject(createArray('a', 'b'), lambda('x', {X}), lambda('x', 'i', {I}))",
            {"a": 0, "b": 1},
        ),
        (
            f"groupBy(createArray('b', 'a', 'B'), lambda('x', {X}))",
            {"b": ["b", "B"], "a": ["a"]},
        ),
        (
            f"toObject(createArray('k', '\u212a'), lambda('x', {X}), lambda('x', 1))",
            {"k": 1, "\u212a": 1},
        ),
        (f"mapValues(createObject('a', 1), lambda('x', add({X}, 1)))", {"a": 2}),
    ],
)
def test_lambdas(text: str, value: Any, comes_to: Callable[..., None]) -> None:
    comes_to(text, value)


@pytest.mark.parametrize(
    "text",
    [
        "lambda('x', 1)",
        "concat(lambda('x', 'a'))",
        X,
        f"map({LIST}, 1)",
        f"map({LIST}, lambda(1))",
        f"map({LIST}, lambda('x', 'i', 'j', 1))",
        "map('abc', lambda('x', 1))",
        "map(createObject('a', 1), lambda('x', 1))",
        f"map({LIST}, lambda('x', {Y}))",
        f"filter({LIST}, lambda('x', 1))",
        f"sort({LIST}, lambda('x', 'y', 1))",
        f"toObject({LIST}, lambda('x', {X}))",
        f"toObject(createArray('a', 'A'), lambda('x', {X}))",
        f"reduce({LIST}, 0, lambda('x', 1))",
    ],
)
def test_what_lambdas_refuse(text: str, is_refused: Callable[..., None]) -> None:
    is_refused(text)
