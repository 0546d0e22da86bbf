"""Sections and variables of a template that are written twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_deployment, make_template, make_vault

import armguard
from armguard.source.json_text import parse_json

Ask = Callable[..., Any]


def text_of(vault: Any, *sections: str) -> str:
    import json

    document = json.dumps(make_template(vault)).removesuffix("}")
    return ", ".join((document, *sections)) + "}"


def verdict_on(text: str) -> tuple[str, str | None]:
    vault = armguard.check(text).deployments[0].vaults[0]
    return vault.verdict, None if vault.certainty is None else vault.certainty.value


BY_VARIABLE = make_vault("kv", "[variables('policies')]")
BY_PARAMETER = make_vault("kv", "[parameters('policies')]")
UNDECIDED = ("undecided", None)


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (('"variables": {"policies": []}', '"variables": {"x": 1}'), ("emptied", "certain")),
        (('"variables": {"x": 1}', '"variables": {"policies": []}'), ("emptied", "certain")),
        (
            ('"variables": {"policies": []}', '"variables": {}', '"variables": {"x": 1}'),
            ("emptied", "certain"),
        ),
        (('"variables": {"policies": []}', '/* c */ "variables": {}'), ("emptied", "certain")),
        (('"variables": {"policies": []}', '"variables": {"policies": [1]}'), UNDECIDED),
        (('"variables": {"policies": []}', '"Variables": {"x": 1}'), UNDECIDED),
        (('"Variables": {"policies": []}', '"variables": {"x": 1}'), UNDECIDED),
        (('"variables": {"policies": []}', '"resources": []'), None),
    ],
)
def test_variables(sections: tuple[str, ...], expected: Any) -> None:
    text = text_of(BY_VARIABLE, *sections)
    if expected is None:
        (finding,) = armguard.check(text).findings
        assert "'resources' of a template is not known: it is written twice" in finding.message
    else:
        assert verdict_on(text) == expected


def test_parameters_that_are_declared_in_two_sections_are_in_doubt() -> None:
    sections = (
        '"parameters": {"policies": {"type": "array", "defaultValue": []}}',
        '"parameters": {"x": {"type": "int", "defaultValue": 1}}',
    )
    text = text_of(BY_PARAMETER, *sections)
    assert verdict_on(text) == UNDECIDED
    reason = armguard.check(text).deployments[0].vaults[0].reason or ""
    assert reason.endswith(
        "the section 'parameters' of the template is written twice and which one counts is not"
        " established"
    )
    assert armguard.expand(text_of(BY_PARAMETER, *sections)).problems == ()


def test_a_vault_in_one_of_two_lists_of_resources_is_in_doubt() -> None:
    vault = make_vault("kv", [])
    text = text_of(vault).replace('"resources"', '"resources": [], "resources"')
    assert verdict_on(text) == UNDECIDED


def test_outputs_in_two_sections_are_in_doubt() -> None:
    document = parse_json('{"outputs": {"a": {"type": "array", "value": []}}, "outputs": {}}')
    document.update(make_template())
    vault = make_vault("kv", "[reference('inside').outputs.a.value]")
    template = make_template(make_deployment("inside", document), vault)
    report = armguard.check(template).deployments[0].vaults[0]
    assert report.verdict == "undecided"
    properties = armguard.expand(template).resources[-1]["properties"]
    assert properties["accessPolicies"] == []


@pytest.mark.parametrize(
    "variables",
    [
        {"copy": [{"name": "p", "count": 1, "input": "x"}], "p": []},
        {"P": [], "copy": [{"name": "p", "count": 1, "input": "x"}]},
    ],
)
def test_a_variable_that_is_a_loop_and_plain_as_well_is_refused(
    variables: Any, refused: Ask
) -> None:
    message = "variable 'p' is written twice, once as a copy loop"
    document = make_template(make_vault("kv", "[variables('p')]"), variables=variables)
    assert message in refused(document)
    (finding,) = armguard.check(document).findings
    assert finding.rule == "invalid-expression"
    assert message in finding.message
    unused = make_template(make_vault("kv", []), variables=variables)
    assert message in refused(unused)
    assert armguard.check(unused).deployments[0].vaults[0].verdict == "emptied"
