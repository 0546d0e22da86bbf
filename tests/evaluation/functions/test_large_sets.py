"""union() and intersection() of ten thousand values look each up once."""

from __future__ import annotations

from typing import Any

import pytest

import armguard

COUNT = 10_000


def evaluated(function: str, first: Any, second: Any) -> Any:
    expression = f"[{function}(variables('first'), variables('second'))]"
    return armguard.evaluate(expression, variables={"first": first, "second": second})


def objects(count: int) -> list[Any]:
    return [{"objectId": f"o{index}", "permissions": {}} for index in range(count)]


@pytest.mark.usefixtures("ends")
def test_large_arrays() -> None:
    numbers = [*range(COUNT)]
    assert evaluated("intersection", numbers, numbers[::-1]) == numbers
    assert evaluated("union", numbers, [*range(5_000, 15_000)]) == [*range(15_000)]


@pytest.mark.usefixtures("ends")
def test_large_arrays_of_objects_that_look_alike() -> None:
    policies = objects(COUNT)
    assert evaluated("intersection", policies, policies[::-1]) == policies
    assert evaluated("union", policies, policies[5_000:]) == policies


@pytest.mark.usefixtures("ends")
def test_large_objects_with_names_in_another_case() -> None:
    first = {f"Name{index}": index for index in range(COUNT)}
    second = {f"name{index}": index for index in range(COUNT)}
    assert evaluated("union", first, second) == second
    assert evaluated("intersection", first, first) == first


def test_values_of_different_types_are_different() -> None:
    values = [1, 1.0, "1", True, [1], [1.0], [True], {"a": 1}, {"a": 1.0}, {"A": 1}, None, 0, False]
    assert evaluated("union", values, values[::-1]) == values
    kinds = [type(each) for each in evaluated("intersection", values, values)]
    assert kinds == [type(each) for each in values]
    assert evaluated("union", [{"a": 1, "b": 2}], [{"b": 2, "a": 1}]) == [{"a": 1, "b": 2}]


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        ({"A": 1, "a": 2}, {"a": 3}, [("a", 3)]),
        ({"x": 0, "A": 1, "y": 5, "a": 2}, {"a": 3, "A": 4}, [("x", 0), ("A", 4), ("y", 5)]),
        ({}, {"a": 1, "A": 2}, [("A", 2)]),
        ({"a": {"b": 1}}, {"A": {"B": 2, "c": 3}}, [("A", {"B": 2, "c": 3})]),
    ],
)
def test_spellings_of_one_name_become_one_member(first: Any, second: Any, merged: Any) -> None:
    assert [*evaluated("union", first, second).items()] == merged
