"""Which workspaces use which vault: by equal ids, however they are written, never by guessing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_deployment, make_workspace

import armguard
from armguard import DeploymentScope

Ask = Callable[..., Any]

PLACES = {
    "nowhere": DeploymentScope(),
    "somewhere": DeploymentScope(
        subscription_id="00000000-0000-0000-0000-0000000000bb", resource_group="rg-one"
    ),
}
VARIABLES = {
    "name": "kv",
    "id": "[resourceId('Microsoft.KeyVault/vaults', variables('name'))]",
    "ids": {"vault": "[variables('id')]"},
}
PARAMETERS = {
    "name": {"type": "string", "defaultValue": "kv"},
    "id": {
        "type": "string",
        "defaultValue": "[resourceId('Microsoft.KeyVault/vaults', parameters('name'))]",
    },
    "unset": {"type": "string"},
    "group": {"type": "string", "defaultValue": "[resourceGroup().name]"},
}


def workspace(vault: Any, name: str = "ml", **members: Any) -> dict[str, Any]:
    written = make_workspace(name, vault, **members)
    if vault is None:
        del written["properties"]["keyVault"]
    return written


def users(template: Any, place: str = "nowhere", **supplied: Any) -> dict[str, tuple[str, ...]]:
    """Name of each vault -> the workspaces that use it."""
    given = {name: {"value": value} for name, value in supplied.items()}
    report = armguard.check(template, given, scope=PLACES[place])
    assert report.crashes == ()
    return {each.name: each.workspaces for each in report.deployments[0].vaults}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "identifier",
    [
        "resourceId('Microsoft.KeyVault/vaults', 'kv')",
        "RESOURCEID('microsoft.keyvault/VAULTS', 'KV')",
        "resourceId('Microsoft.KeyVault/vaults', variables('name'))",
        "resourceId('Microsoft.KeyVault/vaults', parameters('name'))",
        "resourceId('Microsoft.KeyVault/vaults/', concat('k', 'v'))",
        "resourceId(resourceGroup().name, 'Microsoft.KeyVault/vaults', 'kv')",
        "resourceId(parameters('group'), 'Microsoft.KeyVault/vaults', 'kv')",
        "resourceId(subscription().subscriptionId, resourceGroup().name,"
        " 'Microsoft.KeyVault/vaults', 'kv')",
        "variables('id')",
        "variables('ids').vault",
        "parameters('id')",
        "concat(resourceGroup().id, '/providers/Microsoft.KeyVault/vaults/kv')",
        "format('{0}/providers/Microsoft.KeyVault/vaults/{1}', resourceGroup().id, 'kv')",
        "concat('/subscriptions/', subscription().subscriptionId, '/resourceGroups/',"
        " resourceGroup().name, '/providers/Microsoft.KeyVault/vaults/kv')",
        "extensionResourceId(resourceGroup().id, 'Microsoft.KeyVault/vaults', 'kv')",
        "'Microsoft.KeyVault/vaults/kv'",
        "concat('/Microsoft.KeyVault/vaults/', parameters('name'))",
        "concat('subscriptions/', subscription().subscriptionId, '/resourceGroups/',"
        " resourceGroup().name, '/providers/Microsoft.KeyVault/vaults/kv')",
        "resourceId('Microsoft.KeyVault/vaults', last(split(parameters('id'), '/')))",
    ],
)
def test_a_workspace_is_linked_by_the_id_of_its_vault(
    identifier: str, place: str, template: Ask, vault: Ask
) -> None:
    if identifier.startswith("resourceId('Microsoft.KeyVault/vaults/'"):
        identifier = identifier.replace("vaults/'", "vaults'")
    resources = [vault(accessPolicies=[]), workspace(f"[{identifier}]")]
    document = template(resources, variables=VARIABLES, parameters=PARAMETERS)
    assert users(document, place) == {"kv": ("ml",)}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "identifier",
    [
        "resourceId('Microsoft.KeyVault/vaults', 'another')",
        "resourceId('other-group', 'Microsoft.KeyVault/vaults', 'kv')",
        "resourceId('00000000-0000-0000-0000-0000000000ee', resourceGroup().name,"
        " 'Microsoft.KeyVault/vaults', 'kv')",
        "resourceId('Microsoft.Storage/storageAccounts', 'kv')",
        "concat('kv')",
        "parameters('unset')",
        "environment().name",
        "nosuch()",
    ],
)
def test_another_id_is_another_vault(
    identifier: str, place: str, template: Ask, vault: Ask
) -> None:
    resources = [vault(accessPolicies=[]), workspace(f"[{identifier}]")]
    document = template(resources, variables=VARIABLES, parameters=PARAMETERS)
    assert users(document, place) == {"kv": ()}


@pytest.mark.parametrize(
    "name",
    [
        "[parameters('unset')]",
        "[concat('kv-', uniqueString(resourceGroup().id))]",
        "[format('kv-{0}', parameters('unset'))]",
        "[toLower(concat(parameters('unset'), '-kv'))]",
    ],
)
def test_equal_unknown_names_are_the_same_vault(name: str, template: Ask, vault: Ask) -> None:
    asked = name[1:-1]
    other = asked.replace("unset", "other").replace("'kv-'", "'kx-'")
    resources = [
        vault(name, accessPolicies=[]),
        workspace(f"[resourceId('Microsoft.KeyVault/vaults', {asked})]", "same"),
        workspace(f"[resourceId('Microsoft.KeyVault/vaults', {other})]", "another"),
    ]
    parameters = {"unset": {"type": "string"}, "other": {"type": "string"}}
    assert list(users(template(resources, parameters=parameters)).values()) == [("same",)]


def test_symbolic_references(template: Ask, vault: Ask) -> None:
    resources = {
        "vault": vault(accessPolicies=[]),
        "by_info": workspace("[resourceInfo('vault').id]", "by-info"),
        "by_id": workspace("[resourceId('Microsoft.KeyVault/vaults', 'kv')]", "by-id"),
    }
    document = template(resources, languageVersion="2.0")
    assert users(document) == {"kv": ("by-id", "by-info")}


@pytest.mark.parametrize("place", PLACES)
def test_a_project_uses_the_vault_of_its_hub(place: str, template: Ask, vault: Ask) -> None:
    hub = "[resourceId('Microsoft.MachineLearningServices/workspaces', 'hub')]"
    resources = [
        vault(accessPolicies=[]),
        workspace("[resourceId('Microsoft.KeyVault/vaults', 'kv')]", "hub", kind="Hub"),
        workspace(None, "project", kind="Project", properties={"hubResourceId": hub}),
        workspace(None, "stray", kind="Project", properties={"hubResourceId": "/else/where"}),
        workspace(None, "lonely", kind="Project"),
    ]
    assert users(template(resources), place) == {"kv": ("hub", "project")}


def test_two_vaults_and_their_workspaces(template: Ask, vault: Ask) -> None:
    loop = {"copy": {"name": "c", "count": 2}}
    resources = [
        {**vault("[format('kv{0}', copyIndex())]", accessPolicies=[]), **loop},
        {
            **workspace(
                "[resourceId('Microsoft.KeyVault/vaults', format('kv{0}', copyIndex()))]",
                "[format('ml{0}', copyIndex())]",
            ),
            **loop,
        },
    ]
    assert users(template(resources)) == {"kv0": ("ml0",), "kv1": ("ml1",)}


def test_a_workspace_in_a_module_is_linked_through_its_parameters(
    template: Ask, vault: Ask
) -> None:
    inside = template(
        [workspace("[parameters('vaultId')]")], parameters={"vaultId": {"type": "string"}}
    )
    passed = {"vaultId": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"}
    module = make_deployment(template=inside, parameters=passed)
    assert users(template([vault(accessPolicies=[]), module])) == {"kv": ("ml",)}


def test_the_output_of_a_module_is_the_vault_in_it(template: Ask, vault: Ask) -> None:
    inside = template(
        [vault(accessPolicies=[])],
        outputs={
            "id": {
                "type": "string",
                "value": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]",
            }
        },
    )
    module = make_deployment(template=inside)
    user = workspace("[reference('module').outputs.id.value]")
    assert users(template([module, user])) == {"kv": ("ml",)}


@pytest.mark.parametrize("written", [{"condition": False}, {"existing": True}])
def test_a_workspace_that_is_not_written_is_not_of_this_deployment(
    written: Any, template: Ask, vault: Ask
) -> None:
    resources = {
        "v": vault(accessPolicies=[]),
        "w": {**workspace("[resourceId('Microsoft.KeyVault/vaults', 'kv')]"), **written},
    }
    assert users(template(resources, languageVersion="2.0")) == {"kv": ()}


def test_a_vault_in_another_group_is_another_vault(template: Ask, vault: Ask) -> None:
    inside = template([vault(accessPolicies=[])])
    module = make_deployment(template=inside, resourceGroup="rg-two")
    here = workspace("[resourceId('Microsoft.KeyVault/vaults', 'kv')]", "here")
    there = workspace("[resourceId('rg-two', 'Microsoft.KeyVault/vaults', 'kv')]", "there")
    assert users(template([module, here, there])) == {"kv": ("there",)}


def encrypted(key_vault: str, **members: Any) -> dict[str, Any]:
    """A workspace with a vault of its own and its encryption key in another one."""
    encryption = {"keyVaultProperties": {"keyVaultArmId": key_vault}}
    own = "[resourceId('Microsoft.KeyVault/vaults', 'own')]"
    return workspace(own, properties={"encryption": encryption}, **members)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "identifier",
    ["resourceId('Microsoft.KeyVault/vaults', 'KV')", "'Microsoft.KeyVault/vaults/kv'"],
)
def test_a_workspace_uses_the_vault_of_its_encryption_key(
    identifier: str, place: str, template: Ask, vault: Ask
) -> None:
    resources = [vault(accessPolicies=[]), encrypted(f"[{identifier}]")]
    assert users(template(resources), place) == {"kv": ("ml",)}
    (found,) = armguard.check(template(resources)).findings
    assert found.rule == "access-policies-emptied"
    breaks = next(each for each in found.details if each.label == "breaks")
    said = "".join(each for each in breaks.text if isinstance(each, str))
    assert said.startswith("workspace 'ml' (): its encryption key is in this vault")


def test_encryption_that_is_switched_off_uses_no_vault(template: Ask, vault: Ask) -> None:
    switched_off = encrypted("[resourceId('Microsoft.KeyVault/vaults', 'kv')]")
    switched_off["properties"]["encryption"]["status"] = "Disabled"
    assert users(template([vault(accessPolicies=[]), switched_off])) == {"kv": ()}


def test_the_list_of_the_vault_of_the_encryption_key_needs_no_entry_of_the_workspace(
    template: Ask, vault: Ask, one: Any
) -> None:
    key_vault = "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"
    report = armguard.check(template([vault(accessPolicies=[one]), encrypted(key_vault)]))
    assert {each.rule for each in report.findings} == {"access-policies-replaced"}
