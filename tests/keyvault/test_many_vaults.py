"""Thousands of vaults with children and workspaces are looked up, not compared with each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard

Ask = Callable[..., Any]
COUNT = 1_000


def child(index: int) -> dict[str, Any]:
    return {
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "apiVersion": "2026-02-01",
        "name": f"kv{index}/add",
        "properties": {"accessPolicies": [{"objectId": "o", "tenantId": "t", "permissions": {}}]},
    }


def workspace(name: str, **properties: str) -> dict[str, Any]:
    return {
        "type": "Microsoft.MachineLearningServices/workspaces",
        "apiVersion": "2024-10-01",
        "name": name,
        "properties": properties,
    }


@pytest.mark.usefixtures("ends")
def test_each_vault_has_a_child(template: Ask, vault: Ask) -> None:
    vaults = [vault(f"kv{index}", accessPolicies=[]) for index in range(COUNT)]
    document = template([*vaults, *map(child, range(COUNT))])
    found = armguard.check(document).deployments[0].vaults
    assert [each.verdict for each in found] == ["emptied"] * COUNT


@pytest.mark.usefixtures("ends")
def test_the_children_are_of_vaults_that_are_not_here(template: Ask) -> None:
    found = armguard.check(template(map(child, range(COUNT)))).deployments[0].vaults
    assert [each.name for each in found] == [f"kv{index}" for index in range(COUNT)]


@pytest.mark.usefixtures("ends")
def test_each_vault_has_a_workspace_and_a_project(template: Ask, vault: Ask) -> None:
    identifier = "[resourceId('{}', '{}{}')]"
    kind = "Microsoft.MachineLearningServices/workspaces"
    resources = [
        resource
        for index in range(COUNT)
        for resource in (
            workspace(f"project{index}", hubResourceId=identifier.format(kind, "ws", index)),
            workspace(
                f"ws{index}", keyVault=identifier.format("Microsoft.KeyVault/vaults", "kv", index)
            ),
            vault(f"kv{index}", accessPolicies=[]),
        )
    ]
    found = armguard.check(template(resources)).deployments[0].vaults
    assert [(each.name, each.workspaces) for each in found] == [
        (f"kv{index}", (f"project{index}", f"ws{index}")) for index in range(COUNT)
    ]


@pytest.mark.usefixtures("ends")
def test_each_vault_hangs_on_more_tests_than_can_be_told_apart(template: Ask, vault: Ask) -> None:
    expression = "createArray()"
    for index in range(64):
        expression = f"if(parameters('c{index}'), createArray({index}), {expression})"
    vaults = [vault(f"kv{index}", accessPolicies=f"[{expression}]") for index in range(40)]
    parameters = {f"c{index}": {"type": "bool"} for index in range(64)}
    found = armguard.check(template(vaults, parameters=parameters)).deployments[0].vaults
    assert {each.verdict for each in found} == {"undecided"}
