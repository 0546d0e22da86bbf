"""User-defined functions: their own parameters, the template's variables, checked types."""

from __future__ import annotations

from typing import Any

import pytest

import armguard
from armguard.errors import EvaluationError


def declared(*parameters: Any, kind: str = "string", value: Any = "x") -> list[Any]:
    member = {"parameters": list(parameters), "output": {"type": kind, "value": value}}
    return [{"namespace": "my", "members": {"own": member}}]


TEXT = {"name": "t", "type": "string"}
NUMBER = {"name": "n", "type": "int"}


@pytest.mark.parametrize(
    ("functions", "text", "value"),
    [
        (declared(), "my.own()", "x"),
        (declared(), "MY.OWN()", "x"),
        (declared(TEXT, value="[concat(parameters('t'), '!')]"), "my.own('a')", "a!"),
        (declared(TEXT, value="[concat(parameters('T'), '!')]"), "my.own(string(5))", "5!"),
        (
            declared(TEXT, NUMBER, value="[take(parameters('t'), parameters('n'))]"),
            "my.own('abc', 2)",
            "ab",
        ),
        (declared(kind="array", value=["[string(1)]"]), "my.own()", ["1"]),
        (declared(kind="object", value={"a": "[add(1, 1)]"}), "my.own().a", 2),
        (declared(value="[variables('v')]"), "my.own()", "of v"),
        (declared(TEXT, value="[if(true(), 'a', parameters('t'))]"), "my.own('b')", "a"),
    ],
)
def test_a_call_has_the_value_of_its_output(functions: Any, text: str, value: Any) -> None:
    assert armguard.evaluate(f"[{text}]", functions=functions, variables={"v": "of v"}) == value


@pytest.mark.parametrize(
    ("functions", "text", "message"),
    [
        (declared(TEXT), "my.own()", "takes 1 argument"),
        (declared(), "my.own(1)", "takes 0 arguments"),
        (declared(TEXT), "my.own(1)", "argument 't' of function 'my.own' must be String"),
        (declared(kind="int", value="x"), "my.own()", "the result of function 'my.own'"),
        (declared(value="[parameters('p')]"), "my.own()", "has no parameter 'p'"),
        (declared(value="[nosuch()]"), "my.own()", "there is no function 'nosuch'"),
        (
            declared(value="[reference('x', '2024-01-01').a]"),
            "my.own()",
            "reference() may not stand in a user-defined function",
        ),
        (declared(), "my.other()", "there is no function 'my.other'"),
        (declared(), "own()", "there is no function 'own'"),
    ],
)
def test_a_call_is_refused(functions: Any, text: str, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        armguard.evaluate(f"[{text}]", functions=functions, parameters={"p": "x"})
    assert message in str(caught.value)


def test_what_is_unknown_stays_so_and_the_call_is_resolved() -> None:
    functions = declared(TEXT, value="[concat(parameters('t'), '!')]")
    value = armguard.evaluate("[my.own(environment().name)]", functions=functions)
    assert str(value) == "[concat(environment().name, '!')]"


@pytest.mark.parametrize(
    "functions",
    [
        ["text"],
        [{}],
        [{"namespace": "my"}],
        [{"namespace": "my", "members": []}],
        [{"namespace": "my", "members": {"own": "text"}}],
        [{"namespace": "my", "members": {"own": {}}}],
        [{"namespace": "my", "members": {"own": {"output": "text"}}}],
        [{"namespace": "my", "members": {"own": {"parameters": {}}}}],
        declared("text"),
        declared({"type": "string"}),
        declared({"name": 5, "type": "string"}),
        declared({"name": "t", "type": 5}),
    ],
)
def test_broken_declarations_are_refused_or_harmless(functions: Any, template: Any) -> None:
    document = template(functions=functions, variables={"v": "[my.own('x')]"})
    expansion = armguard.expand(document)
    assert expansion.outputs == {}
    assert armguard.check(document).crashes == ()


def test_declarations_may_refer_to_the_types_of_the_template(value_of: Any, error_of: Any) -> None:
    pairs = {"type": "object", "properties": {"list": {"$ref": "#/definitions/list"}}}
    parameter = {"name": "p", "$ref": "#/definitions/pairs"}
    output = {"$ref": "#/definitions/list", "value": "[parameters('p').list]"}
    members = {
        "languageVersion": "2.0",
        "definitions": {"pairs": pairs, "list": {"type": "array", "items": {"type": "int"}}},
        "functions": [
            {"namespace": "my", "members": {"own": {"parameters": [parameter], "output": output}}}
        ],
    }
    assert value_of("[my.own(createObject('list', createArray(1)))]", **members) == [1]
    message = error_of("[my.own(createObject('list', createArray('a')))]", **members)
    assert "property 'list', element 0, must be Integer" in message
