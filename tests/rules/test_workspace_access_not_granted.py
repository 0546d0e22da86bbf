"""workspace-access-not-granted: a list in which the workspace that uses the vault can't be."""

from typing import Any

import pytest
from support import make_workspace

RULE = "workspace-access-not-granted"
LEFT_OUT = (
    "the accessPolicies of vault 'kv' leave out the identity of workspace 'ml', so every deployment"
    " takes its access away"
)
UNLESS = ", unless one of these entries is the workspace's own identity"
WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
ITSELF = f"[reference(resourceId('{WORKSPACES}', 'ml'), '2024-04-01', 'Full').identity.principalId]"
SITE = (
    "[reference(resourceId('Microsoft.Web/sites', 's'), '2023-12-01', 'Full').identity.principalId]"
)
TRAINING = "[resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'train')]"
OF_TRAINING = (
    "[reference(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'train'),"
    " '2023-01-31').principalId]"
)


TRAINED = make_workspace(
    identity={"type": "UserAssigned", "userAssignedIdentities": {TRAINING: {}}},
    properties={"primaryUserAssignedIdentity": TRAINING},
)


@pytest.mark.parametrize(
    ("user", "granted"),
    [(make_workspace(), ITSELF), (TRAINED, OF_TRAINING)],
    ids=["system", "user"],
)
def test_compliant_with_the_identity_of_the_workspace(
    check: Any, vault_of: Any, policy: Any, user: Any, granted: str
) -> None:
    checked = check(vault_of(policies=[policy(SITE), policy(granted)]), user)
    assert checked.told(RULE) == []
    assert len(checked.told("access-policies-replaced")) == 1


def test_compliant_where_another_vault_is_used(check: Any, vault_of: Any, policy: Any) -> None:
    assert check(vault_of("other", policies=[policy(SITE)]), make_workspace()).told(RULE) == []


@pytest.mark.parametrize(
    ("user", "granted"),
    [
        (make_workspace(), SITE),
        (make_workspace(), "[deployer().objectId]"),
        (make_workspace(), OF_TRAINING),
        (TRAINED, SITE),
    ],
    ids=["another-resource", "deployer", "user-assigned", "not-the-primary"],
)
def test_violating(
    check: Any, vault_of: Any, policy: Any, written: Any, user: Any, granted: str
) -> None:
    policies = [policy(granted)]
    checked = check(vault_of(policies=policies), user)
    span = written(policies, "accessPolicies")
    assert checked.told(RULE) == [("error", "certain", LEFT_OUT, span)]
    assert checked.told("access-policies-replaced") == []


@pytest.mark.parametrize(
    "object_id", ["[parameters('who')]", "11111111-1111-1111-1111-111111111111"]
)
def test_undecided_whose_an_id_is(
    check: Any, vault_of: Any, policy: Any, written: Any, object_id: str
) -> None:
    policies = [policy(SITE), policy(object_id)]
    vault = vault_of(policies=policies)
    checked = check(vault, make_workspace(), parameters={"who": {"type": "string"}})
    assert checked.told(RULE) == [
        ("warning", "possible", LEFT_OUT + UNLESS, written(policies, "accessPolicies"))
    ]


def test_undecided_who_is_in_the_list(check: Any, vault_of: Any) -> None:
    vault = vault_of(policies="[parameters('list')]")
    checked = check(vault, make_workspace(), parameters={"list": {"type": "array"}})
    assert checked.told(RULE) == []
    assert [told[3] for told in checked.told("undecided-vault")] == [
        '"accessPolicies": "[parameters(\'list\')]"'
    ]
    assert checked.vault.workspaces == ("ml",)
