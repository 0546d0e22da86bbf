"""What may hold a vault, as it is written: on the safe side, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support import make_change, make_template, make_vault

from armguard.templates.holding import may_hold, resource_may_hold

VAULTS = ("microsoft.keyvault/vaults", "microsoft.keyvault/vaults/accesspolicies")
STORAGE = {"type": "Microsoft.Storage/storageAccounts", "name": "st"}
EMPTY, FULL = make_template(STORAGE), make_template(make_vault())


def holder(type_: str, *path: str, value: Any, **members: Any) -> dict[str, Any]:
    for name in reversed(path):
        value = {name: value}
    return {"type": type_, "name": "x", **members, **value}


NESTED = ("Microsoft.Resources/deployments", "properties", "template")
STACK = ("Microsoft.Resources/deploymentStacks", "properties", "template")
SPEC = ("Microsoft.Resources/templateSpecs/versions", "properties", "mainTemplate")
DEFINITION = ("Microsoft.Solutions/applicationDefinitions", "properties", "mainTemplate")
ARTIFACT = ("Microsoft.Blueprint/blueprints/artifacts", "Properties", "Template")
POLICY = (
    "Microsoft.Authorization/policyDefinitions",
    *("properties", "policyRule", "then", "details", "deployment", "properties", "template"),
)


@pytest.mark.parametrize("where", [NESTED, STACK, SPEC, DEFINITION, ARTIFACT, POLICY])
@pytest.mark.parametrize(
    ("template", "may"), [(EMPTY, False), (FULL, True), ("[variables('t')]", True), (5, True)]
)
def test_a_template_inside(where: tuple[str, ...], template: Any, may: bool) -> None:
    kind, *path = where
    resource = holder(kind.upper(), *path, value=template)
    assert resource_may_hold(resource, VAULTS) is may
    # once more inside
    around = make_template(holder(*NESTED, value=make_template(resource)))
    assert may_hold(around, VAULTS) is may


@pytest.mark.parametrize(
    ("resource", "may"),
    [
        (STORAGE, False),
        ({"type": "Microsoft.KeyVault/vaults/secrets", "name": "kv/s"}, False),
        (make_change(), True),
        ({"type": "[variables('t')]"}, True),
        ({"[variables('t')]": "x"}, True),
        ({**STORAGE, "resources": [{"type": "blobServices"}]}, False),
        ({**STORAGE, "resources": "[variables('r')]"}, True),
        ({**make_vault(), "type": "Microsoft.KeyVault/managedHSMs"}, False),
        ({"type": "Microsoft.KeyVault/vaults", "resources": [{"type": "accessPolicies"}]}, True),
        (holder(NESTED[0], "properties", value="[variables('p')]"), True),
        (holder(NESTED[0], "properties", "templateLink", value={"uri": "x"}), True),
        (holder(NESTED[0], "properties", "templateLink", value=None), False),
        (holder(DEFINITION[0], "properties", "packageFileUri", value="x"), True),
        (holder(*DEFINITION, value=json.dumps(EMPTY)), False),
        (holder(*DEFINITION, value=json.dumps(FULL)), True),
        (holder(*DEFINITION, value="{"), True),
        (holder(*ARTIFACT, value=FULL, kind="roleAssignment"), False),
        (holder(*ARTIFACT, value=FULL, kind="Template"), True),
        (holder(*ARTIFACT, value=FULL, kind="[variables('k')]"), True),
        ("[variables('r')]", True),
        (None, True),
    ],
)
def test_a_resource(resource: Any, may: bool) -> None:
    assert resource_may_hold(resource, VAULTS) is may


def test_a_child_has_the_type_of_what_is_around_it() -> None:
    child = {"type": "accessPolicies", "name": "add"}
    assert resource_may_hold(child, VAULTS, "microsoft.keyvault/vaults")
    assert not resource_may_hold(child, VAULTS, "microsoft.storage/storageaccounts")


def test_without_types_only_what_is_open_counts() -> None:
    assert not may_hold(FULL)
    assert may_hold(make_template("[variables('r')]"))
