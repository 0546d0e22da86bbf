"""Whose identity an entry of a list can be: surely, surely not, or perhaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard

Ask = Callable[..., Any]
OWN = "resourceId('Microsoft.MachineLearningServices/workspaces', 'ml')"
USER = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'mi')"
OTHER = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'another')"
SITE = "resourceId('Microsoft.Web/sites', 'site')"
GRANTED, REMOVED, PERHAPS = None, "certain", "possible"


def certainty(
    template: Ask,
    vault: Ask,
    object_id: str,
    identity: Any,
    primary: str | None = None,
    **entry: Any,
) -> str | None:
    """How sure `workspace-access-not-granted` is; None: there is no such finding. `primary`: the
    workspace's primaryUserAssignedIdentity."""
    policy = {"tenantId": "t", "objectId": object_id, "permissions": {"keys": ["all"]}, **entry}
    workspace = {
        "type": "Microsoft.MachineLearningServices/workspaces",
        "apiVersion": "2024-04-01",
        "name": "ml",
        "identity": identity,
        "properties": {
            "keyVault": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]",
            **({} if primary is None else {"primaryUserAssignedIdentity": primary}),
        },
    }
    document = template(
        [vault(accessPolicies=[policy]), workspace], parameters={"who": {"type": "string"}}
    )
    report = armguard.check(document)
    found = [f for f in report.findings if f.rule == "workspace-access-not-granted"]
    replaced = [f for f in report.findings if f.rule == "access-policies-replaced"]
    assert len(found) + len(replaced) == 1
    return str(found[0].certainty) if found else None


@pytest.mark.parametrize(
    ("object_id", "expected"),
    [
        (f"[reference({OWN}, '2024-04-01', 'Full').identity.principalId]", GRANTED),
        (f"[reference({SITE}, '2023-12-01', 'Full').identity.principalId]", REMOVED),
        (f"[reference({USER}).principalId]", REMOVED),
        ("[deployer().objectId]", REMOVED),
        ("00000000-0000-0000-0000-000000000001", PERHAPS),
        ("[parameters('who')]", PERHAPS),
        ("[environment().name]", PERHAPS),
    ],
)
def test_the_system_assigned_identity(
    object_id: str, expected: str | None, template: Ask, vault: Ask
) -> None:
    assert certainty(template, vault, object_id, {"type": "SystemAssigned"}) == expected


@pytest.mark.parametrize(
    ("object_id", "expected"),
    [
        (f"[reference({USER}).principalId]", GRANTED),
        (f"[reference({USER}, '2023-01-31', 'Full').properties.principalId]", GRANTED),
        (f"[reference({OTHER}).principalId]", REMOVED),
        (f"[reference({SITE}, '2023-12-01', 'Full').identity.principalId]", REMOVED),
        ("[deployer().objectId]", REMOVED),
        ("[parameters('who')]", PERHAPS),
    ],
)
def test_a_user_assigned_identity(
    object_id: str, expected: str | None, template: Ask, vault: Ask
) -> None:
    identity = {"type": "UserAssigned", "userAssignedIdentities": {f"[{USER}]": {}}}
    assert certainty(template, vault, object_id, identity) == expected


OF_WORKSPACE = f"reference({OWN}, '2024-04-01', 'Full').identity.userAssignedIdentities"


@pytest.mark.parametrize(
    ("object_id", "primary", "expected"),
    [
        (f"[reference({USER}).principalId]", f"[{USER}]", GRANTED),
        (f"[reference({OTHER}).principalId]", f"[{USER}]", REMOVED),
        (f"[reference({USER}).principalId]", f"[toUpper({USER})]", REMOVED),
        (f"[reference({USER.replace('mi', 'MI')}).principalId]", f"[{USER}]", GRANTED),
        ("[reference('/subscriptions/S/x').principalId]", "/Subscriptions/s/X", GRANTED),
        ("[reference('/subscriptions/S/y').principalId]", "/Subscriptions/s/X", REMOVED),
        (f"[{OF_WORKSPACE}[{USER}].principalId]", f"[{USER}]", GRANTED),
        (f"[{OF_WORKSPACE}[{OTHER}].principalId]", f"[{USER}]", REMOVED),
        (f"[{OF_WORKSPACE}]", f"[{USER}]", REMOVED),
        (f"[reference({OWN}, '2024-04-01', 'Full').identity.principalId]", f"[{USER}]", REMOVED),
        ("[reference(parameters('who')).principalId]", "[parameters('who')]", GRANTED),
        (f"[reference({OTHER}).principalId]", "[parameters('who')]", PERHAPS),
        (f"[reference({OTHER}).principalId]", "[reference('elsewhere').outputs.id.value]", PERHAPS),
        (f"[reference({OTHER}).principalId]", "[nosuch()]", PERHAPS),
        ("00000000-0000-0000-0000-000000000001", f"[{USER}]", PERHAPS),
        (f"[reference({OTHER}).principalId]", None, GRANTED),
        (f"[reference({OTHER}).principalId]", "", GRANTED),
    ],
)
@pytest.mark.parametrize("kind", ["UserAssigned", "userassigned"])
def test_of_two_user_assigned_identities_the_primary_counts(
    object_id: str, primary: str | None, expected: str | None, kind: str, template: Ask, vault: Ask
) -> None:
    identity = {"type": kind, "userAssignedIdentities": {f"[{USER}]": {}, f"[{OTHER}]": {}}}
    assert certainty(template, vault, object_id, identity, primary) == expected


@pytest.mark.parametrize(
    ("permissions", "granted"),
    [
        ({}, False),
        ({"keys": [], "secrets": []}, False),
        ({"keys": None, "secrets": []}, False),
        ("[variables('none')]", False),
        ({"keys": [], "secrets": ["get"]}, True),
        ({"secrets": "[parameters('some')]"}, True),
        ("[parameters('all')]", True),
    ],
)
@pytest.mark.parametrize(
    "object_id", [f"[reference({OWN}, '2024-04-01', 'Full').identity.principalId]"]
)
def test_an_entry_that_permits_nothing_is_no_access(
    permissions: Any, granted: bool, object_id: str, template: Ask, vault: Ask
) -> None:
    policy = {"tenantId": "t", "objectId": object_id, "permissions": permissions}
    workspace = {
        "type": "Microsoft.MachineLearningServices/workspaces",
        "apiVersion": "2024-04-01",
        "name": "ml",
        "identity": {"type": "SystemAssigned"},
        "properties": {"keyVault": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"},
    }
    report = armguard.check(
        template(
            [vault(accessPolicies=[policy]), workspace],
            parameters={"some": {"type": "array"}, "all": {"type": "object"}},
            variables={"none": {"secrets": []}},
        )
    )
    rules = {each.rule: str(each.certainty) for each in report.findings}
    assert rules.get("workspace-access-not-granted") == (None if granted else "certain")


def test_an_entry_with_an_application_is_another_principal(template: Ask, vault: Ask) -> None:
    own = f"[reference({OWN}, '2024-04-01', 'Full').identity.principalId]"
    identity = {"type": "SystemAssigned"}
    assert certainty(template, vault, own, identity, applicationId="app") == REMOVED
    assert certainty(template, vault, own, identity, applicationId="") == GRANTED
    assert certainty(template, vault, own, identity, applicationId=None) == GRANTED


@pytest.mark.parametrize(
    "identity",
    [
        "[parameters('who')]",
        {"type": "[parameters('who')]"},
        {"type": "UserAssigned"},
        {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {"/x": {}}},
    ],
)
def test_an_identity_that_is_not_known_may_be_in_the_list(
    identity: Any, template: Ask, vault: Ask
) -> None:
    assert certainty(template, vault, "[deployer().objectId]", identity) == PERHAPS
