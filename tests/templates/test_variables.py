"""variables(): any JSON, evaluated once, in any order, never in a circle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard
from armguard.errors import EvaluationError

Ask = Callable[..., Any]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (1, 1),
        ("text", "text"),
        (True, True),
        ([], []),
        ({}, {}),
        (1.5, 1.5),
        ("[[not an expression]", "[not an expression]"),
        ("[concat('a', 'b')]", "ab"),
        (["[add(1, 1)]", {"deep": "[add(2, 2)]"}], [2, {"deep": 4}]),
        ({"a": None}, {"a": None}),
        ({"[concat('k', '1')]": "v"}, {"k1": "v"}),
        ("[variables('other')]", "the other"),
        ("[VARIABLES('OTHER')]", "the other"),
        ("[variables(concat('ot', 'her'))]", "the other"),
    ],
)
def test_a_variable_is_any_value(written: Any, value: Any, value_of: Ask) -> None:
    variables = {"asked": written, "other": "the other"}
    assert value_of("[variables('asked')]", variables=variables) == value


def test_order_of_variables_does_not_matter(value_of: Ask) -> None:
    variables = {"a": "[variables('b')]", "b": "[variables('c')]", "c": "[string(3)]"}
    assert value_of("[variables('a')]", variables=variables) == "3"


@pytest.mark.parametrize(
    "variables",
    [
        {"a": "[variables('a')]"},
        {"a": "[variables('b')]", "b": "[variables('a')]"},
        {"a": ["[variables('b').x]"], "b": {"x": "[length(variables('a'))]"}},
        {"a": "[parameters('p')]"},
    ],
)
def test_a_circle_is_refused(variables: dict[str, Any], error_of: Ask) -> None:
    parameters = {"p": {"type": "string", "defaultValue": "[variables('a')]"}}
    message = error_of("x", variables=variables, parameters=parameters)
    assert "depends on itself" in message


def test_an_unused_broken_variable_is_refused_all_the_same(error_of: Ask) -> None:
    message = error_of("x", variables={"fine": 1, "broken": "[substring('abc', 9)]"})
    assert "substring" in message


def test_a_variable_that_is_null_is_refused(error_of: Ask, value_of: Ask) -> None:
    assert "variable 'nothing' is null" in error_of("x", variables={"nothing": None})
    assert value_of("[variables('v')]", variables={"v": {"inside": None}}) == {"inside": None}


@pytest.mark.parametrize(
    "written",
    ["[reference('thing').x]", "[listKeys('thing', '2024-01-01').value]", "[utcNow()]"],
)
def test_what_only_the_deployment_knows_is_refused(written: str, error_of: Ask) -> None:
    assert error_of("x", variables={"v": written})


def test_a_missing_variable_is_named(error_of: Ask) -> None:
    assert "there is no variable 'vv'" in error_of("[variables('vv')]", variables={"v": 1})


def test_variables_by_a_loop(value_of: Ask) -> None:
    variables = {
        "copy": [
            {"name": "names", "count": 3, "input": "[format('n{0}', copyIndex('names', 1))]"},
            {"name": "none", "count": 0, "input": "x"},
        ],
        "object": {"COPY": [{"name": "inner", "count": 2, "input": "[copyIndex('inner')]"}]},
        "last": "[last(variables('names'))]",
    }

    def asked(name: str) -> Any:
        return value_of(f"[variables('{name}')]", variables=variables)

    assert asked("names") == ["n1", "n2", "n3"]
    assert asked("none") == []
    assert asked("object") == {"inner": [0, 1]}
    assert asked("last") == "n3"


def test_a_check_looks_only_at_the_variables_that_it_needs(
    template: Ask, vault: Ask, place: armguard.DeploymentScope
) -> None:
    variables = {
        "broken": "[substring('abc', 9)]",
        "circle": "[variables('circle')]",
        "list": [],
    }
    document = template([vault(accessPolicies="[variables('list')]")], variables=variables)
    report = armguard.check(document, scope=place)
    assert [each.verdict for each in report.deployments[0].vaults] == ["emptied"]
    assert [finding.rule for finding in report.findings] == ["access-policies-emptied"]


def test_evaluate_takes_variables_as_a_template_has_them() -> None:
    variables = {"a": "[add(variables('b'), 1)]", "b": 2}
    assert armguard.evaluate("[variables('a')]", variables=variables) == 3
    with pytest.raises(EvaluationError, match="depends on itself"):
        armguard.evaluate("x", variables={"a": "[variables('a')]"})
