"""Functions on arrays and objects: order, case of names, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("createArray()", []),
        ("createArray(1, 'a', null())", [1, "a", None]),
        ("array('a')", ["a"]),
        ("array(createArray('a'))", ["a"]),
        ("array(createObject('a', 1))", [{"a": 1}]),
        ("first(createArray())", None),
        ("last(createArray(1, 2))", 2),
        ("length(createArray(1, null()))", 2),
        ("contains(createArray('a'), 'A')", False),
        ("contains(createArray(1), '1')", False),
        ("contains(createArray(createArray(1)), createArray(1))", True),
        ("indexOf(createArray('a', 'b'), 'b')", 1),
        ("lastIndexOf(createArray(1, 2, 1), 1)", 2),
        ("union(createArray(1, 2), createArray(2, 3))", [1, 2, 3]),
        ("intersection(createArray(3, 1, 2), createArray(2, 3))", [3, 2]),
        ("distinct(createArray('a', 'A', 'a'))", ["a", "A"]),
        ("flatten(createArray(createArray(1), createArray(createArray(2))))", [1, [2]]),
        ("range(3, 2)", [3, 4]),
        ("range(0, 0)", []),
        ("skip(createArray(1, 2, 3), 2)", [3]),
        ("take(createArray(1, 2, 3), 5)", [1, 2, 3]),
        ("min(createArray(3, 1))", 1),
        ("max(3, 1)", 3),
        ("indexFromEnd(createArray(1, 2, 3), 1)", 3),
        ("tryIndexFromEnd(createArray(1), 2)", None),
    ],
)
def test_arrays(text: str, value: Any, comes_to: Callable[..., None]) -> None:
    comes_to(text, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("createObject()", {}),
        ("createObject('a', 1, 'A', 2)", {"a": 1, "A": 2}),
        ("createObject('Name', 1).name", 1),
        ("createObject('name', 1, 'NAME', 2)['NAME']", 2),
        ("createObject('a', createArray(5))['a'][0]", 5),
        ("contains(createObject('Key', 1), 'KEY')", True),
        ("union(createObject('a', 1), createObject('A', 2))", {"A": 2}),
        (
            "union(createObject('a', createObject('x', 1)),"
            " createObject('a', createObject('y', 2)))",
            {"a": {"x": 1, "y": 2}},
        ),
        ("union(createObject('a', createArray(1)), createObject('a', createArray(2)))", {"a": [2]}),
        ("shallowMerge(createArray(createObject('a', 1), createObject('A', 2)))", {"a": 2}),
        ("intersection(createObject('a', 1, 'b', 2), createObject('b', 2))", {"b": 2}),
        ("objectKeys(createObject('b', 1, 'A', 1))", ["A", "b"]),
        (
            "items(createObject('b', 1, 'A', 2))",
            [{"key": "A", "value": 2}, {"key": "b", "value": 1}],
        ),
        ("tryGet(createObject('a', 1), 'b')", None),
        ("tryGet(createObject('a', createArray(7)), 'a', 0)", 7),
        ("tryGet(createArray(7), 3)", None),
        ("tryGet(null(), 'a')", None),
        ("tryGet(createObject(), 'a', createArray(true()))", None),
        ("tryIndexFromEnd(createArray(), 1, createArray())", None),
        ("objectKeys(createObject('\ufb01', 1, 'st', 2, '\xdf', 3))", ["st", "\xdf", "\ufb01"]),
        ("union(createObject('\xdf', 1), createObject('SS', 2))", {"\xdf": 1, "SS": 2}),
        ("length(createObject('a', 1))", 1),
        ("empty(createObject())", True),
        ("empty(null())", True),
        ("""json('{"a": [1, true, null]}')""", {"a": [1, True, None]}),
        ("json('null')", None),
    ],
)
def test_objects(text: str, value: Any, comes_to: Callable[..., None]) -> None:
    comes_to(text, value)


@pytest.mark.parametrize(
    "text",
    [
        "createObject('a')",
        "createObject(1, 2)",
        "createObject('x', true(), 'y', 1, 'x', false())",
        "createObject('x', environment().name, 'x', 1)",
        "dataUri(null())",
        "createObject('a', 1).b",
        "createObject('a', 1).?b",
        "createArray(1)[?0]",
        "createObject('a', null()).a.b",
        "createArray(1)[1]",
        "createArray(1)[-1]",
        "createArray(1)['0']",
        "createArray(1).length",
        "'text'[0]",
        "flatten(createArray(1))",
        "range(0, 10001)",
        "range(0, -1)",
        "union(createArray(1), createObject())",
        "union(createObject('a', 1), createObject('a', createObject()))",
        "indexFromEnd(createArray(1), 2)",
        "indexFromEnd(createArray(1), 0)",
        "max(createArray('a'))",
        "first(createObject('a', 1))",
        "json('')",
        "json('{')",
    ],
)
def test_what_arrays_and_objects_refuse(text: str, is_refused: Callable[..., None]) -> None:
    is_refused(text)
