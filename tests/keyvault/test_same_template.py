"""What reference() of something in the same template gives, whether or not it is known where the
template goes and what the deployment is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_deployment

import armguard
from armguard.evaluation.facts import DeploymentScope
from armguard.finding.report import VaultReport

Ask = Callable[..., Any]
SCOPES = [
    None,
    DeploymentScope(subscription_id="00000000-0000-0000-0000-00000000000b", resource_group="rg"),
]
BY_NAME = "format('{0}-vault', deployment().name)"
BY_ID = f"resourceId('Microsoft.Resources/deployments', {BY_NAME})"
BY_CONCAT = "resourceId('Microsoft.Resources/deployments', concat(deployment().name, '-', 'vault'))"
OWN = "resourceId('Microsoft.KeyVault/vaults', 'kv')"
WORKSPACE = {
    "type": "Microsoft.MachineLearningServices/workspaces",
    "apiVersion": "2024-04-01",
    "name": "ml",
    "identity": {"type": "SystemAssigned"},
}


def module(name: str, template: Any, **parameters: Any) -> dict[str, Any]:
    return make_deployment(name, template, parameters=parameters)


def report_on(document: Any, scope: DeploymentScope | None) -> VaultReport:
    report = armguard.check(document, scope=scope)
    (vault,) = report.deployments[0].vaults
    return vault


def vault_module(template: Ask, vault: Ask, name: str) -> Any:
    value = {"type": "string", "value": f"[{OWN}]"}
    return module(f"[{name}]", template([vault(accessPolicies=[])], outputs={"id": value}))


@pytest.mark.parametrize("scope", SCOPES, ids=["anywhere", "somewhere"])
@pytest.mark.parametrize("target", [BY_NAME, BY_ID, BY_CONCAT])
@pytest.mark.parametrize("nested", [False, True], ids=["beside", "module"])
def test_the_vault_of_a_workspace(
    scope: Any, target: str, nested: bool, template: Ask, vault: Ask
) -> None:
    identifier = f"[reference({target}, '2022-09-01').outputs.id.value]"
    made = vault_module(template, vault, BY_NAME)
    workspace = {**WORKSPACE, "properties": {"keyVault": identifier}}
    if nested:
        inner = {**WORKSPACE, "properties": {"keyVault": "[parameters('vault')]"}}
        declared = template([inner], parameters={"vault": {"type": "string"}})
        name = "[format('{0}-workspace', deployment().name)]"
        workspace = module(name, declared, vault=identifier)
    found = report_on(template([made, workspace]), scope)
    assert (found.verdict, found.workspaces) == ("emptied", ("ml",))


@pytest.mark.parametrize("scope", SCOPES, ids=["anywhere", "somewhere"])
@pytest.mark.parametrize("target", ["format('{0}-other', deployment().name)", "parameters('name')"])
def test_the_output_of_another_module(scope: Any, target: str, template: Ask, vault: Ask) -> None:
    workspace = {
        **WORKSPACE,
        "properties": {"keyVault": f"[reference({target}).outputs.id.value]"},
    }
    document = template(
        [vault_module(template, vault, BY_NAME), workspace],
        parameters={"name": {"type": "string"}},
    )
    assert report_on(document, scope).workspaces == ()


def test_two_modules_that_only_look_alike(template: Ask, vault: Ask) -> None:
    """Each of two newGuid() is another one."""
    parameters = {
        name: {"type": "string", "defaultValue": "[newGuid()]"} for name in ("first", "second")
    }
    output = {"type": "string", "value": "x"}
    workspace = {
        **WORKSPACE,
        "properties": {"keyVault": "[reference(parameters('second')).outputs.id.value]"},
    }
    document = template(
        [
            module("[parameters('second')]", template([], outputs={"id": output})),
            vault_module(template, vault, "parameters('first')"),
            workspace,
        ],
        parameters=parameters,
    )
    assert report_on(document, None).workspaces == ()


@pytest.mark.parametrize("scope", SCOPES, ids=["anywhere", "somewhere"])
@pytest.mark.parametrize(("listed", "verdict"), [([], "emptied"), ([1], "replaced")])
def test_a_list_from_the_output_of_a_module(
    scope: Any, listed: Any, verdict: str, template: Ask, vault: Ask
) -> None:
    outputs = {"list": {"type": "array", "value": listed}}
    lists = module("[concat(deployment().name, '-lists')]", template([], outputs=outputs))
    target = "resourceId('Microsoft.Resources/deployments', format('{0}-lists', deployment().name))"
    kv = vault(accessPolicies=f"[reference({target}, '2022-09-01').outputs.list.value]")
    assert report_on(template([lists, kv]), scope).verdict == verdict


@pytest.mark.parametrize("scope", SCOPES, ids=["anywhere", "somewhere"])
@pytest.mark.parametrize(
    "listed",
    [
        f"reference({OWN}, '2023-07-01').accessPolicies",
        f"reference({OWN}, '2023-07-01', 'Full').properties.accessPolicies",
        "reference('kv').accessPolicies",
        f"union(reference({OWN}, '2023-07-01').accessPolicies, createArray(1))",
        f"coalesce(null(), reference({OWN}, '2023-07-01').accessPolicies, createArray())",
        f"coalesce(tryGet(reference({OWN}, '2023-07-01'), 'accessPolicies'), createArray())",
        "reference(format('{0}/providers/Microsoft.KeyVault/vaults/{1}', resourceGroup().id, 'kv'),"
        " '2023-07-01').accessPolicies",
        "reference('Microsoft.KeyVault/vaults/kv', '2023-07-01').accessPolicies",
        f"flatten(createArray(reference({OWN}, '2023-07-01').accessPolicies, createArray(1)))",
        "if(empty(reference('kv').accessPolicies), createArray(), reference('kv').accessPolicies)",
    ],
)
@pytest.mark.parametrize("nested", [False, True], ids=["root", "module"])
def test_a_vault_that_reads_its_own_list(
    scope: Any, listed: str, nested: bool, template: Ask, vault: Ask
) -> None:
    document = template([vault(accessPolicies=f"[{listed}]")])
    if nested:
        document = template([module("m", document)])
    found = report_on(document, scope)
    assert found.verdict == "undecided"
    assert "a circle that Azure may refuse" in str(found.reason)


@pytest.mark.parametrize("scope", SCOPES, ids=["anywhere", "somewhere"])
def test_the_deployed_list_that_is_given_to_a_module(scope: Any, template: Ask, vault: Ask) -> None:
    inner = template(
        [vault(accessPolicies="[parameters('list')]")], parameters={"list": {"type": "array"}}
    )
    live = f"[reference({OWN}, '2023-07-01').accessPolicies]"
    assert report_on(template([module("m", inner, list=live)]), scope).verdict == "kept"


@pytest.mark.parametrize("scope", SCOPES, ids=["anywhere", "somewhere"])
def test_the_own_list_by_way_of_a_module(scope: Any, template: Ask, vault: Ask) -> None:
    passing = template(
        [],
        parameters={"list": {"type": "array"}},
        outputs={"list": {"type": "array", "value": "[parameters('list')]"}},
    )
    own = f"[reference({OWN}, '2023-07-01').accessPolicies]"
    through = "[reference('Microsoft.Resources/deployments/m').outputs.list.value]"
    document = template([module("m", passing, list=own), vault(accessPolicies=through)])
    found = report_on(document, scope)
    assert found.verdict == "undecided"
    assert "a circle that Azure may refuse" in str(found.reason)


@pytest.mark.parametrize("flag", ["parameters('flag')", "empty(reference('kv').tenantId)"])
def test_a_test_that_comes_before_the_own_list_still_splits(
    flag: str, template: Ask, vault: Ask
) -> None:
    listed = f"[if({flag}, reference('kv').accessPolicies, createArray())]"
    parameters = {"flag": {"type": "bool"}}
    found = report_on(template([vault(accessPolicies=listed)], parameters=parameters), None)
    assert found.verdict == ("emptied" if "flag" in flag else "undecided")
