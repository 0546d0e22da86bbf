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
IN_GROUP = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
    "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
)
WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
DEFAULT = "/providers/Microsoft.ManagedIdentity/Identities/default"
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
OF_MI = f"reference({USER}).principalId"
OF_USER = f"identity.userAssignedIdentities[{USER}]"
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
        ("[reference('ml', '2024-04-01', 'Full').identity.principalId]", GRANTED),
        (f"[reference(concat({OWN}, '{DEFAULT}'), '2018-11-30').principalId]", GRANTED),
        (f"[reference('{WORKSPACES}/ml{DEFAULT}').principalId]", GRANTED),
        (f"[reference(concat({SITE}, '{DEFAULT}'), '2018-11-30').principalId]", REMOVED),
        (f"[reference('{WORKSPACES}/another', '1', 'Full').identity.principalId]", REMOVED),
        ("[reference(parameters('who'), '1', 'Full').identity.principalId]", PERHAPS),
        ("[reference(parameters('who'), '1').principalId]", PERHAPS),
        ("[reference(resourceId('a.b/scripts', 's')).outputs.principalId]", PERHAPS),
        (f"[reference(resourceId('a.b/c', 'd'), '1', 'Full').{OF_USER}.principalId]", REMOVED),
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
        (f"[reference({SITE}, '2023-12-01', 'Full').{OF_USER}.principalId]", GRANTED),
        (f"[if(empty(parameters('who')), {OF_MI}, {OF_MI})]", GRANTED),
        (f"[if(empty(parameters('who')), {OF_MI}, deployer().objectId)]", PERHAPS),
        (f"[reference({USER}).clientId]", PERHAPS),
        (f"[toLower(format('{{0}}', {OF_MI}))]", GRANTED),
        (f"[coalesce(tryGet(reference({USER}), 'principalId'), '')]", GRANTED),
        (f"[coalesce(tryGet(reference({OTHER}), 'principalId'), '')]", REMOVED),
        (f"[coalesce(parameters('who'), {OF_MI})]", PERHAPS),
        (f"[coalesce(tryGet(reference({OTHER}), 'principalId'), {OF_MI})]", PERHAPS),
        (f"[concat({OF_MI}, 'x')]", PERHAPS),
        ("[reference(parameters('who')).principalId]", PERHAPS),
        (f"[reference(resourceId(parameters('who'), '{IDENTITIES}', 'mi')).principalId]", PERHAPS),
        (f"[reference(resourceId(parameters('who'), '{IDENTITIES}', 'x')).principalId]", REMOVED),
        (f"[reference('{IDENTITIES}/mi').principalId]", GRANTED),
        (f"[reference('{IDENTITIES}/another').principalId]", REMOVED),
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
        (f"[reference({USER}).principalId]", f"[toUpper({USER})]", GRANTED),
        (f"[reference({USER}).principalId]", f"[trim({USER})]", GRANTED),
        (f"[reference({USER.replace('mi', 'MI')}).principalId]", f"[{USER}]", GRANTED),
        (f"[reference('{IN_GROUP}/x').principalId]", f"{IN_GROUP.upper()}/X", GRANTED),
        (f"[reference('{IN_GROUP}/y').principalId]", f"{IN_GROUP.upper()}/X", REMOVED),
        (f"[{OF_WORKSPACE}[{USER}].principalId]", f"[{USER}]", GRANTED),
        (f"[{OF_WORKSPACE}[{OTHER}].principalId]", f"[{USER}]", REMOVED),
        (f"[{OF_WORKSPACE}]", f"[{USER}]", PERHAPS),
        (f"[reference({OWN}, '2024-04-01', 'Full').identity.principalId]", f"[{USER}]", REMOVED),
        ("[reference(parameters('who')).principalId]", "[parameters('who')]", GRANTED),
        (f"[reference({OTHER}).principalId]", "[parameters('who')]", PERHAPS),
        (f"[reference({OTHER}).principalId]", "[reference('elsewhere').outputs.id.value]", PERHAPS),
        (f"[reference({OTHER}).principalId]", "[nosuch()]", PERHAPS),
        ("00000000-0000-0000-0000-000000000001", f"[{USER}]", PERHAPS),
        (f"[reference({OTHER}).principalId]", None, PERHAPS),
        (f"[reference({OTHER}).principalId]", "", PERHAPS),
        (f"[reference({OTHER.replace('another', 'third')}).principalId]", None, REMOVED),
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
    ],
)
def test_an_identity_that_is_not_known_may_be_in_the_list(
    identity: Any, template: Ask, vault: Ask
) -> None:
    assert certainty(template, vault, "[deployer().objectId]", identity) == PERHAPS


BOTH = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {f"[{USER}]": {}}}


@pytest.mark.parametrize(
    ("object_id", "expected"),
    [
        (f"[reference({USER}).principalId]", PERHAPS),
        (f"[reference({OWN}, '2024-04-01', 'Full').identity.principalId]", PERHAPS),
        (f"[reference({OTHER}).principalId]", REMOVED),
        ("[deployer().objectId]", REMOVED),
    ],
)
def test_of_both_kinds_without_a_primary_it_may_be_either(
    object_id: str, expected: str | None, template: Ask, vault: Ask
) -> None:
    assert certainty(template, vault, object_id, BOTH) == expected


NAMED = "createArray(resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'mi'))"
ENTRY = "createObject(format('{0}', lambdaVariables('id')), createObject())"


@pytest.mark.parametrize(
    "assigned",
    [
        f"[reduce(map({NAMED}, lambda('id', {ENTRY})), createObject(), lambda('a', 'b',"
        " union(lambdaVariables('a'), lambdaVariables('b'))))]",
        f"[toObject({NAMED}, lambda('id', lambdaVariables('id')), lambda('id', createObject()))]",
        f"[union(createObject(), createObject({USER}, createObject()))]",
        f"[createObject(join(createArray('', {USER}), ''), createObject())]",
    ],
)
@pytest.mark.parametrize(("granted", "expected"), [(USER, GRANTED), (OTHER, REMOVED)])
def test_user_assigned_identities_as_modules_compute_them(
    assigned: str, granted: str, expected: str | None, template: Ask, vault: Ask
) -> None:
    identity = {"type": "UserAssigned", "userAssignedIdentities": assigned}
    assert certainty(template, vault, f"[reference({granted}).principalId]", identity) == expected


def test_a_name_that_is_put_together_in_json_stays_open(template: Ask, vault: Ask) -> None:
    text = "concat('{\"', " + USER + ", '\": {}}')"
    identity = {"type": "UserAssigned", "userAssignedIdentities": f"[json({text})]"}
    granted = f"[reference({USER}).principalId]"
    assert certainty(template, vault, granted, identity) != REMOVED
