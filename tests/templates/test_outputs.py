"""Outputs: types, conditions, and unknown values inside of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., Any]


@pytest.mark.parametrize(
    ("output", "value"),
    [
        ({"type": "string", "value": "a"}, "a"),
        ({"type": "String", "value": "[concat('a', 'b')]"}, "ab"),
        ({"type": "int", "value": "[add(1, 1)]"}, 2),
        ({"type": "bool", "value": True}, True),
        ({"type": "array", "value": [1, "[string(2)]"]}, [1, "2"]),
        ({"type": "object", "value": {"a": "[createArray()]"}}, {"a": []}),
        ({"type": "string", "value": "[environment().name]"}, "[environment().name]"),
        ({"type": "string", "condition": True, "value": "a"}, "a"),
        (
            {"type": "object", "value": {"a": 1, "b": "[environment().name]"}},
            "[createObject('a', 1, 'b', environment().name)]",
        ),
        (
            {"type": "array", "value": ["[environment().name]"]},
            "[createArray(environment().name)]",
        ),
        ({"type": "string", "value": "[reference('thing').size]"}, "big"),
    ],
)
def test_an_output_has_its_value(
    output: Any, value: Any, template: Ask, thing: Ask, expanded: Ask
) -> None:
    document = template([thing(size="big")], outputs={"o": output})
    assert expanded(document).outputs == {"o": value}


def test_an_output_whose_condition_is_false_is_absent(template: Ask, expanded: Ask) -> None:
    output = {"type": "string", "condition": "[equals(1, 2)]", "value": "[nosuch()]"}
    assert expanded(template(outputs={"o": output})).outputs == {}


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ({"type": "int", "value": "5"}, "output 'o' must be Integer, but is String"),
        ({"type": "string", "value": 5}, "must be String, but is Integer"),
        ({"type": "array", "value": {}}, "must be Array, but is Object"),
        ({"type": "string", "value": "[nosuch()]"}, "there is no function 'nosuch'"),
        ({"type": "string", "value": "[copyIndex()]"}, "copyIndex()"),
        ("text", "output 'o' must be an object"),
    ],
)
def test_an_output_is_refused(output: Any, message: str, template: Ask, refused: Ask) -> None:
    assert message in refused(template(outputs={"o": output}))
