"""Workspaces of one template whose vault another template of the run writes."""

from typing import Any

import pytest
from support import make_deployment, make_workspace

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"


def workspace(vault: str, **properties: Any) -> dict[str, Any]:
    return make_workspace("ml-prod", vault, location="westeurope", properties=properties)


def vault_id(group: str = "rg", name: str = "kv") -> str:
    return (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.KeyVault"
        f"/vaults/{name}"
    )


def breaks(finding: Any) -> list[str]:
    return ["".join(map(str, each.text)) for each in finding.details if each.label == "breaks"]


@pytest.mark.parametrize(
    "reference",
    [
        "[resourceId('Microsoft.KeyVault/vaults', 'KV')]",
        "[resourceId('somewhere', 'Microsoft.KeyVault/vaults', 'kv')]",
        vault_id(),
    ],
)
def test_an_emptied_vault_names_them(
    check_files: Any, template_of: Any, vault_of: Any, reference: str
) -> None:
    checked = check_files(
        {
            "vault.json": template_of(vault_of(policies=[])),
            "ml.json": template_of(workspace(reference)),
        }
    )
    (finding,) = checked.of("access-policies-emptied")
    assert breaks(finding) == [
        "workspace 'ml-prod' (ml.json:5:5) of another template: the identity that Azure Machine"
        " Learning added to this vault is removed"
    ]
    assert [each.location.path for each in finding.related] == ["ml.json"]
    by_template = {each.template: each for each in checked.report.deployments}
    assert by_template["vault.json"].vaults[0].workspaces == ("ml-prod",)


@pytest.mark.parametrize(
    "reference",
    [
        "[resourceId('Microsoft.KeyVault/vaults', 'other')]",
        "[resourceId('Microsoft.KeyVault/vaults', parameters('name'))]",
        "[parameters('name')]",
    ],
)
def test_other_vaults(check_files: Any, template_of: Any, vault_of: Any, reference: str) -> None:
    parameters = {"name": {"type": "string"}}
    checked = check_files(
        {
            "vault.json": template_of(
                vault_of("[parameters('name')]", policies=[]), parameters=parameters
            ),
            "kv.json": template_of(vault_of("kv", policies=[])),
            "ml.json": template_of(workspace(reference), parameters=parameters),
        }
    )
    assert [breaks(each) for each in checked.of("access-policies-emptied")] == [[], []]


def test_a_scope_that_differs(check_files: Any, template_of: Any, vault_of: Any) -> None:
    inside = template_of(vault_of(policies=[]))
    nested = make_deployment("n", inside, evaluation=None, resourceGroup="another")
    checked = check_files(
        {"ml.json": template_of(workspace(vault_id("rg"))), "vault.json": template_of(nested)}
    )
    assert breaks(checked.of("access-policies-emptied")[0]) == []


def test_a_list_without_them(
    check_files: Any, template_of: Any, vault_of: Any, policy: Any
) -> None:
    checked = check_files(
        {
            "vault.json": template_of(vault_of(policies=[policy()])),
            "ml.json": template_of(workspace("[resourceId('Microsoft.KeyVault/vaults', 'kv')]")),
        }
    )
    assert checked.of("access-policies-replaced") == []
    (finding,) = checked.of("workspace-access-not-granted")
    assert finding.message == (
        "the accessPolicies of vault 'kv' leave out the identity of workspace 'ml-prod', so every"
        " deployment takes its access away, unless one of these entries is the workspace's own"
        " identity"
    )
    assert (finding.severity, finding.certainty) == ("warning", "possible")
    assert finding.location.pointer == "/resources/0/properties/accessPolicies"
    assert len(breaks(finding)) == 1


def test_a_list_with_them(check_files: Any, template_of: Any, vault_of: Any, policy: Any) -> None:
    identity = (
        "[reference(resourceId('Microsoft.MachineLearningServices/workspaces', 'ml-prod'),"
        " '2024-04-01', 'Full').identity.principalId]"
    )
    checked = check_files(
        {
            "vault.json": template_of(vault_of(policies=[policy(identity)])),
            "ml.json": template_of(workspace("[resourceId('Microsoft.KeyVault/vaults', 'kv')]")),
        }
    )
    assert checked.of("workspace-access-not-granted") == []
    assert len(checked.of("access-policies-replaced")) == 1


def test_a_list_with_their_user_assigned_identity(
    check_files: Any, template_of: Any, vault_of: Any, policy: Any
) -> None:
    own = "Microsoft.ManagedIdentity/userAssignedIdentities/id"
    identity = {"type": "UserAssigned", "userAssignedIdentities": {f"[concat('{own}')]": {}}}
    used = workspace("[resourceId('Microsoft.KeyVault/vaults', 'kv')]")
    entry = policy(f"[reference('{own}', '2023-01-31').principalId]")
    checked = check_files(
        {
            "vault.json": template_of(vault_of(policies=[entry])),
            "ml.json": template_of({**used, "identity": identity}),
        }
    )
    assert checked.of("workspace-access-not-granted") == []


def test_the_vault_of_their_encryption_key(
    check_files: Any, template_of: Any, vault_of: Any
) -> None:
    encryption = {"keyVaultProperties": {"keyVaultArmId": vault_id()}}
    used = workspace("[resourceId('Microsoft.KeyVault/vaults', 'own')]", encryption=encryption)
    checked = check_files(
        {"vault.json": template_of(vault_of(policies=[])), "ml.json": template_of(used)}
    )
    (finding,) = checked.of("access-policies-emptied")
    assert breaks(finding) == [
        "workspace 'ml-prod' (ml.json:5:5) of another template: its encryption key is in this"
        " vault, and who reads the key (the Azure Cosmos DB principal, or the workspace's identity)"
        " loses access"
    ]


def test_a_half_fix_is_an_error_then(
    check_files: Any, template_of: Any, vault_of: Any, change: Any, policy: Any
) -> None:
    checked = check_files(
        {
            "vault.json": template_of(
                vault_of(policies=[policy()]), change("kv/add", [policy("b")])
            ),
            "ml.json": template_of(workspace("[resourceId('Microsoft.KeyVault/vaults', 'kv')]")),
        }
    )
    (finding,) = checked.of("add-child-does-not-protect")
    assert finding.severity == "error"
    assert len(breaks(finding)) == 1


def test_a_linked_workspace_is_not_elsewhere(
    check_files: Any, template_of: Any, vault_of: Any
) -> None:
    link = make_deployment("ml", link={"relativePath": "ml.json"})
    checked = check_files(
        {
            "vault.json": template_of(vault_of(policies=[]), link),
            "ml.json": template_of(workspace("[resourceId('Microsoft.KeyVault/vaults', 'kv')]")),
        }
    )
    (finding,) = checked.of("access-policies-emptied")
    assert len(breaks(finding)) == 1
    assert "of another template" not in breaks(finding)[0]


REPLACED = "access-policies-replaced"
NOT_GRANTED = "workspace-access-not-granted"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [NOT_GRANTED]),
        ({"select": (NOT_GRANTED,)}, [NOT_GRANTED]),
        ({"select": (REPLACED,)}, [REPLACED]),
        ({"ignore": (REPLACED,)}, [NOT_GRANTED]),
        ({"ignore": (NOT_GRANTED,)}, [REPLACED]),
        ({"select": (NOT_GRANTED, REPLACED)}, [NOT_GRANTED]),
    ],
)
def test_selection_sees_the_rule_that_is_reported(
    check_files: Any,
    template_of: Any,
    vault_of: Any,
    policy: Any,
    asked: dict[str, Any],
    expected: list[str],
) -> None:
    checked = check_files(
        {
            "vault.json": template_of(vault_of(policies=[policy()])),
            "ml.json": template_of(workspace("[resourceId('Microsoft.KeyVault/vaults', 'kv')]")),
        },
        **asked,
    )
    assert [each.rule for each in checked.report.findings] == expected
