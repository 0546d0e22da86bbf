"""Whatever comes in, a value, an `Unknown`, a problem or an `ArmguardError` comes out.

Random expressions, well-typed and not, over all functions, and the project's own templates with
something in them changed. `ARMGUARD_HYPOTHESIS=deep` tries many more.
"""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import armguard
from armguard.errors import ArmguardError, EvaluationError
from armguard.evaluation.functions import all_functions
from armguard.evaluation.functions.registry import Function, Kind
from armguard.evaluation.unknown import Unknown
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property, to_text

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"

TEXTS = st.sampled_from(
    [
        "", "a", "A", "abc", "1", "-5", "true", "a,b", "{0}", "{0:N2}", "{", "[1,2]", '{"a": 1}',
        "2020-01-31T00:00:00Z", "P1D", "yyyy-MM", "10.0.0.0/24", "10.0.0.5", "https://a.b/c",
        "Microsoft.KeyVault/vaults", "kv/add", "/subscriptions/s/resourceGroups/g", "%41",
        "YQ==", "data:,a", "Full", "name", "x", "\ud800", "é", "\u0000", "ß" * 40,
    ]
)  # fmt: skip
INTEGERS = st.sampled_from([0, 1, -1, 2, 3, 16, 63, 255, 801, 10_001, 2**31, -(2**63), 2**63 - 1])
VALUES = st.recursive(
    TEXTS | INTEGERS | st.sampled_from([None, True, False, 1.5, -0.0]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "A", "b", "name", "value"]), inner, max_size=3)
    ),
    max_leaves=5,
)
PARAMETERS: dict[str, Any] = {
    "text": "abc",
    "int": 5,
    "list": [1, "b", {"a": None}],
    "object": {"a": {"b": [1]}, "B": 2},
    "nothing": None,
}
FUNCTIONS = [{
    "namespace": "my",
    "members": {"own": {
        "parameters": [{"name": "x", "type": "string"}],
        "output": {"type": "string", "value": "[concat(parameters('x'), 'y')]"},
    }},
}]  # fmt: skip
NAMED: list[Expression] = [
    Call("parameters", (Literal(name),)) for name in [*PARAMETERS, "missing"]
] + [
    Call("variables", (Literal("v"),)),
    Call("lambdaVariables", (Literal("x"),)),
    Call("copyIndex", ()),
    Property(Call("environment", ()), "name"),
    Call("reference", (Literal("r"),)),
    Property(Call("resourceGroup", ()), "id"),
]


def literals(kind: Kind) -> st.SearchStrategy[Expression]:
    """Expressions that give a value of a kind, as good as always."""
    choices: list[st.SearchStrategy[Any]] = []
    if Kind.STRING in kind:
        choices.append(TEXTS)
    if Kind.INTEGER in kind:
        choices.append(INTEGERS)
    if kind & ~(Kind.STRING | Kind.INTEGER):
        choices.append(VALUES)
    return st.one_of(choices).map(Literal)


def calls(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    lambdas: st.SearchStrategy[Expression] = st.builds(
        Lambda, st.lists(st.sampled_from(["x", "y"]), max_size=3).map(tuple), inner
    )

    def call(function: Function) -> st.SearchStrategy[Expression]:
        fixed = [inner | literals(kind) | lambdas for kind in function.parameters]
        more = st.lists(inner | lambdas, max_size=3 if function.rest is not None else 1)
        name = "listKeys" if function.name == "list*" else function.name
        return st.builds(
            lambda arguments, rest, cut: Call(name, (*arguments, *rest)[cut:]),
            st.tuples(*fixed),
            more,
            st.sampled_from([0, 0, 0, 0, 1]),
        )

    return (
        st.sampled_from(sorted(all_functions().values(), key=lambda each: each.name)).flatmap(call)
        | st.builds(Call, st.sampled_from(["my.own", "nosuch", "listX"]), st.tuples(inner))
        | st.builds(Property, inner, st.sampled_from(["a", "name", "id", "none"]), st.booleans())
        | st.builds(Index, inner, inner, st.booleans())
    )


EXPRESSIONS = st.recursive(
    st.builds(Literal, VALUES) | st.sampled_from(NAMED), calls, max_leaves=12
)


def outcome(text: str, **context: Any) -> Any:
    """The value of an expression, or what is said where Azure would refuse it."""
    try:
        return armguard.evaluate(text, **context)
    except EvaluationError as error:
        return str(error)


def is_plain(value: Any) -> bool:
    """Whether a value is made of JSON data and unknowns only."""
    if isinstance(value, dict):
        return all(isinstance(name, str) and is_plain(each) for name, each in value.items())
    if isinstance(value, list):
        return all(map(is_plain, value))
    return isinstance(value, (str, int, float, bool, Unknown, type(None)))


@given(EXPRESSIONS, st.booleans())
def test_any_expression_has_a_value_or_is_refused(node: Expression, somewhere: bool) -> None:
    text = f"[{to_text(node)}]"
    scope = armguard.DeploymentScope(resource_group="g") if somewhere else None
    assert is_plain(
        outcome(text, parameters=PARAMETERS, variables={"v": [1]}, functions=FUNCTIONS, scope=scope)
    )


@settings(max_examples=settings.default.max_examples // 5)
@given(st.data())
@pytest.mark.parametrize("name", sorted(all_functions()))
def test_every_function_takes_anything(name: str, data: st.DataObject) -> None:
    function = all_functions()[name]
    most = len(function.parameters) + (2 if function.rest is not None else 0)
    count = data.draw(st.integers(function.required, max(function.required, most)))
    written = "listKeys" if name == "list*" else function.name
    for _ in range(3):
        kinds = [
            function.parameters[index] if index < len(function.parameters) else function.rest
            for index in range(count)
        ]
        arguments = [data.draw(literals(kind or Kind.ANY)) for kind in kinds]
        text = f"[{to_text(Call(written, tuple(arguments)))}]"
        assert is_plain(outcome(text))


@cache
def documents() -> dict[str, Any]:
    """The project's own templates, parsed, by their names."""
    from armguard.source.json_text import parse_json, read_text

    found: dict[str, Any] = {}
    for path in sorted(FIXTURES.rglob("*.json")):
        try:
            document = parse_json(read_text(str(path)))
        except ArmguardError:
            continue
        if isinstance(document, dict) and "resources" in document:
            found[path.relative_to(FIXTURES).as_posix()] = document
    return found


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """(container, key) of everything inside of a document."""
    found: list[tuple[Any, Any]] = []
    pending = [value]
    while pending:
        each = pending.pop()
        keys = list(each) if isinstance(each, dict) else range(len(each))
        for key in keys:
            found.append((each, key))
            if isinstance(each[key], (dict, list)):
                pending.append(each[key])
    return found


SPLICES = st.one_of(
    VALUES,
    EXPRESSIONS.map(lambda node: f"[{to_text(node)}]"),
    st.sampled_from(
        [
            "[", "[]", "[[x]", "[concat(", "[parameters('nope')]", "[variables('nope')]",
            "[copyIndex()]", "[resourceGroup().location]", "[target('full').properties]",
            {"copy": [{"name": "accessPolicies", "count": 2, "input": {}}]},
            {"name": "c", "count": "[length(parameters('nope'))]"},
            {"$ref": "#/definitions/none"},
        ]
    ),
)  # fmt: skip


@given(st.data())
def test_any_template_is_judged(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(documents())))
    document = copy.deepcopy(documents()[name])
    for _ in range(data.draw(st.integers(1, 4))):
        places = places_in(document)
        container, key = places[data.draw(st.integers(0, len(places) - 1))]
        match data.draw(st.sampled_from(["replace", "delete", "rename", "swap"])):
            case "replace":
                container[key] = data.draw(SPLICES)
            case "delete":
                del container[key]
            case "rename" if isinstance(container, dict):
                container[data.draw(SPLICES.filter(lambda new: type(new) is str))] = container.pop(
                    key
                )
            case _:
                other, place = places[data.draw(st.integers(0, len(places) - 1))]
                if place in other if isinstance(other, dict) else place < len(other):
                    container[key] = copy.deepcopy(other[place])
        if not places_in(document):
            break
    text = json.dumps(document)
    report = armguard.check(text)
    assert report.crashes == ()
    for finding in report.findings:
        assert finding.message
    expansion = armguard.expand(text)
    assert is_plain(list(expansion.resources))
    assert is_plain(expansion.outputs)


@given(st.sampled_from(sorted(documents())), st.data())
def test_any_text_is_judged_or_refused(name: str, data: st.DataObject) -> None:
    text = json.dumps(documents()[name])
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    damaged = text[:start] + data.draw(st.text(max_size=5)) + text[end:]
    with suppress(ArmguardError):
        assert armguard.check(damaged).crashes == ()
    armguard.expand(damaged)


@given(st.dictionaries(st.sampled_from(["a", "b"]), VALUES, max_size=2), st.booleans())
def test_any_parameters_are_taken_or_refused(values: dict[str, Any], wrapped: bool) -> None:
    document = copy.deepcopy(documents()["workspace.json"])
    document["parameters"]["a"] = {"type": "object", "nullable": True}
    document["parameters"]["keyVaultAccessPolicies"]["defaultValue"] = "[parameters('a').list]"
    supplied = {name: {"value": each} if wrapped else each for name, each in values.items()}
    assert armguard.check(document, supplied).crashes == ()
    armguard.expand(document, supplied)
