"""workspace-access-already-lost: the deployed vault has no entry for a workspace that uses it."""

from typing import Any

import pytest
from conftest_deployed import (
    SUBSCRIPTION,
    deployed_vault,
    entry_of,
    id_of,
    inventory_of,
    workspace_of,
    written_vault,
)

from armguard.deployed.inventory import Unread

RULE = "workspace-access-already-lost"
MLW = workspace_of("ml-prod", "mlw")
LOST = (
    "workspace 'ml-prod' uses vault 'kv' but has no access to it today: no access policy permits"
    f" its identity {id_of('mlw')} anything"
)
TRAIN = f"/subscriptions/{SUBSCRIPTION}/userAssignedIdentities/train"
TRAINED = {
    **workspace_of("ml-prod", "mlw", primaryUserAssignedIdentity=TRAIN),
    "identity": {"type": "UserAssigned", "userAssignedIdentities": {TRAIN: {}}},
}


@pytest.mark.parametrize(
    ("live", "workspaces"),
    [
        (deployed_vault(entry_of("app"), entry_of("mlw")), [MLW]),
        (deployed_vault(entry_of(id_of("mlw").upper())), [MLW]),
        (deployed_vault(enableRbacAuthorization=True), [MLW]),
        (deployed_vault(entry_of("app")), [workspace_of("ml-prod", "mlw", vault="other")]),
    ],
    ids=["has-its-entry", "in-capitals", "by-roles", "another-vault"],
)
def test_compliant(against: Any, live: Any, workspaces: list[Any]) -> None:
    inventory = inventory_of(live, workspaces=workspaces)
    assert against(inventory, written_vault([entry_of("app")])).told(RULE) == []


def test_violating(against: Any, written: Any) -> None:
    policies = [entry_of("app")]
    inventory = inventory_of(deployed_vault(entry_of("app")), workspaces=[MLW])
    checked = against(inventory, written_vault(policies))
    assert checked.told(RULE) == [("error", "certain", LOST, written(policies, "accessPolicies"))]
    assert checked.exit_code == 1


def test_violating_entry_through_an_application_is_another_one(against: Any) -> None:
    through = deployed_vault(entry_of("mlw", application=id_of("app")))
    checked = against(inventory_of(through, workspaces=[MLW]), written_vault([]))
    assert checked.told(RULE) == [("error", "certain", LOST, '"accessPolicies": []')]


@pytest.mark.parametrize("permissions", [{}, {"keys": [], "secrets": []}])
def test_violating_entry_that_permits_nothing(against: Any, permissions: Any) -> None:
    empty = {**entry_of("mlw"), "permissions": permissions}
    inventory = inventory_of(deployed_vault(empty), workspaces=[MLW])
    checked = against(inventory, written_vault([]))
    assert checked.told(RULE) == [("error", "certain", LOST, '"accessPolicies": []')]


def test_violating_hub_and_its_project(against: Any) -> None:
    hub, project = workspace_of("hub", "hub"), workspace_of("one", "one", hub="hub")
    inventory = inventory_of(deployed_vault(entry_of("hub")), workspaces=[hub, project])
    checked = against(inventory, written_vault([]))
    assert checked.told(RULE) == [
        (
            "error",
            "certain",
            "workspace 'one' uses vault 'kv' but has no access to it today: no access policy"
            f" permits its identity {id_of('one')} anything",
            '"accessPolicies": []',
        )
    ]


def test_undecided_whose_identity_the_workspace_has(against: Any) -> None:
    inventory = inventory_of(
        deployed_vault(entry_of("app")),
        workspaces=[TRAINED],
        unread_items=(Unread(TRAIN, "access was denied"),),
    )
    checked = against(inventory, written_vault([entry_of("app")]))
    assert checked.told(RULE) == []
    assert checked.report.unread == (f"{TRAIN}: access was denied",)
    assert checked.exit_code == 3


def test_undecided_which_workspaces_there_are(against: Any) -> None:
    place = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/workspaces"
    inventory = inventory_of(
        deployed_vault(entry_of("app")), unread_items=(Unread(place, "access was denied"),)
    )
    checked = against(inventory, written_vault([entry_of("app")]))
    assert checked.told(RULE) == []
    assert (checked.report.unread, checked.exit_code) == ((f"{place}: access was denied",), 3)
