"""Templates whose structure is written in expressions: what the parent makes of it counts."""

from __future__ import annotations

from typing import Any

import pytest
from support import make_deployment, make_template, make_vault

import armguard

VAULT = make_vault(policies=[])
HEADERS = {name: each for name, each in VAULT.items() if name != "properties"}
SUB = {"apiVersion": "2026-02-01", "name": "sub", "type": "Microsoft.Own/things"}


def without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: each for name, each in document.items() if name not in names}


def module(template: Any, scope: str | None = None, **properties: Any) -> dict[str, Any]:
    return make_deployment(template=template, evaluation=scope, properties=properties)


def checked(*resources: Any, **members: Any) -> tuple[dict[str, str], bool]:
    """The vaults with their verdicts, and whether something is undecided."""
    report = armguard.check(make_template(*resources, **members))
    assert report.crashes == ()
    rules = {each.rule for each in report.findings}
    assert rules <= {"access-policies-emptied", "undecided-vault"}
    (deployment,) = report.deployments
    verdicts = {vault.name: vault.verdict for vault in deployment.vaults}
    return verdicts, "undecided-vault" in rules


EMPTY = without(make_template(), "resources")


@pytest.mark.parametrize(
    "template",
    [
        {**EMPTY, "[concat('resour', 'ces')]": [VAULT]},
        {**EMPTY, "[concat('RESOUR', 'CES')]": [VAULT]},
        {**EMPTY, "[variables('key')]": [VAULT]},
        make_template({**without(VAULT, "type"), "[toLower('TYPE')]": VAULT["type"]}),
        make_template(
            {**without(VAULT, "type"), "type": "[concat('Microsoft.KeyVault', '/vaults')]"}
        ),
        make_template({**HEADERS, "[concat('proper', 'ties')]": VAULT["properties"]}),
        make_template({**without(VAULT, "name"), "[concat('na', 'me')]": "kv"}),
        make_template({**HEADERS, "properties": {"[concat('access', 'Policies')]": []}}),
        make_template({**SUB, "[concat('resour', 'ces')]": [VAULT]}),
        make_template(
            {**SUB, "resources": [{**without(VAULT, "type"), "[trim(' type ')]": VAULT["type"]}]}
        ),
        make_template(module({**EMPTY, "[concat('resour', 'ces')]": [VAULT]})),
        make_template(module({**EMPTY, "[concat('resour', 'ces')]": [VAULT]}, "inner")),
        {**EMPTY, "resources": "[variables('vaults')]"},
    ],
)
def test_the_vault_is_seen(template: dict[str, Any]) -> None:
    variables = {"key": "resources", "vaults": [VAULT]}
    assert checked(module(template), variables=variables) == ({"kv": "emptied"}, False)
    assert checked(module(template, "Outer"), variables=variables) == ({"kv": "emptied"}, False)
    around = module(make_template(module(template)))
    assert checked(around, variables=variables) == ({"kv": "emptied"}, False)


def test_the_names_of_a_module_s_own_properties_are_evaluated() -> None:
    hidden = module(None, **{"[concat('temp', 'late')]": make_template(VAULT)})
    assert checked(hidden) == ({"kv": "emptied"}, False)


@pytest.mark.parametrize(
    "template",
    [
        {**EMPTY, "resources": "[parameters('open')]"},
        {**EMPTY, "[parameters('open')]": [VAULT]},
        make_template("[parameters('open')]"),
        make_template({**without(VAULT, "type"), "type": "[parameters('open')]"}),
        make_template({**SUB, "resources": "[parameters('open')]"}),
        make_template({**SUB, "[parameters('open')]": [VAULT]}),
        make_template(module({**EMPTY, "resources": "[parameters('open')]"})),
        make_template(module(None, **{"[parameters('open')]": make_template(VAULT)})),
        {**EMPTY, "resources": [], "[concat('resour', 'ces')]": [VAULT]},
    ],
)
def test_what_nobody_knows_is_said(template: dict[str, Any]) -> None:
    parameters = {"open": {"type": "string"}}
    assert checked(module(template), parameters=parameters) == ({}, True)


def test_names_that_are_no_structure_may_be_open() -> None:
    tagged = {**VAULT, "tags": {"[concat('hidden-link:', parameters('open'))]": "Resource"}}
    parameters = {"open": {"type": "string"}}
    assert checked(module(make_template(tagged)), parameters=parameters) == (
        {"kv": "emptied"},
        False,
    )


LINK = {"uri": "https://deploy.contoso.example/values.json", "contentVersion": "1.0.0.0"}


@pytest.mark.parametrize(
    "name", ["parametersLink", "ParametersLink", "[concat('parameters', 'Link')]"]
)
@pytest.mark.parametrize(
    ("parameters", "properties", "verdict"),
    [
        (
            {"p": {"type": "array", "defaultValue": []}},
            {"accessPolicies": "[parameters('p')]"},
            "undecided",
        ),
        (
            {"p": {"type": "bool", "defaultValue": True}},
            {"enableRbacAuthorization": "[parameters('p')]"},
            "undecided",
        ),
        ({"p": {"type": "bool", "defaultValue": True}}, {"accessPolicies": []}, "emptied"),
    ],
)
def test_the_values_of_a_parameters_link_are_not_known(
    name: str, parameters: Any, properties: Any, verdict: str
) -> None:
    template = make_template(make_vault(policies=[], properties=properties), parameters=parameters)
    verdicts, _ = checked(module(template, "inner", **{name: LINK}))
    assert verdicts == {"kv": verdict}


def test_a_parameters_link_that_is_null_is_none() -> None:
    parameters = {"p": {"type": "array", "defaultValue": []}}
    template = make_template(make_vault(policies="[parameters('p')]"), parameters=parameters)
    assert checked(module(template, "inner", parametersLink=None)) == ({"kv": "emptied"}, False)
