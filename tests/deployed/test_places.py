"""Where resource groups are as it is deployed, also the other groups of nested deployments.

Nothing is guessed: without a known group, what hangs on its location stays undecided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest_deployed import (
    SUBSCRIPTION,
    Compared,
    deployed_vault,
    entry_of,
    inventory_of,
    vault_id_of,
    written_vault,
)
from support import make_deployment, make_template

Compare = Callable[..., Compared]

OTHER = {**deployed_vault(entry_of("app"), entry_of("user")), "id": vault_id_of("kv", "rg-other")}
EMPTIED_IN_THE_NORTH = (
    "[if(equals(resourceGroup().location, 'northeurope'), createArray(), parameters('policies'))]"
)


def group(name: str, location: str) -> Any:
    return {"id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}", "location": location}


def nested(vault: Any, **place: Any) -> Any:
    parameters = {"policies": {"type": "array", "defaultValue": [entry_of("app")]}}
    template = make_template(vault, parameters=parameters)
    return make_deployment("elsewhere", template, **place)


IN_ANOTHER_GROUP: list[Any] = [
    {"resourceGroup": "rg-other"},
    {"resourceGroup": "RG-Other", "subscriptionId": SUBSCRIPTION.upper()},
    {"scope": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-other"},
]


@pytest.mark.parametrize("place", IN_ANOTHER_GROUP)
@pytest.mark.parametrize(
    ("groups", "changes"),
    [
        ([group("rg-other", "northeurope")], {"app": "lost", "user": "lost"}),
        ([group("rg-other", "westeurope")], {"app": "kept", "user": "lost"}),
        ([group("rg", "northeurope")], {"app": "undecided", "user": "lost"}),
        ([], {"app": "undecided", "user": "lost"}),
    ],
)
def test_list_that_hangs_on_the_location_of_another_group(
    compare: Compare, place: Any, groups: Any, changes: Any
) -> None:
    inventory = inventory_of(OTHER, groups=tuple(groups))
    compared = compare(inventory, nested(written_vault(EMPTIED_IN_THE_NORTH), **place))
    assert compared.changes() == changes


def test_location_of_another_group_that_the_vault_can_not_take(compare: Compare) -> None:
    vault = written_vault([entry_of("app"), entry_of("user")])
    vault["location"] = "[resourceGroup().location]"
    north = inventory_of(OTHER, groups=(group("rg-other", "northeurope"),))
    compared = compare(north, nested(vault, resourceGroup="rg-other"))
    (finding,) = compared.of("deployment-would-fail")
    assert "can't be changed to 'northeurope'" in finding.message
    west = inventory_of(OTHER, groups=(group("rg-other", "westeurope"),))
    compared = compare(west, nested(vault, resourceGroup="rg-other"))
    assert compared.of("deployment-would-fail") == []


def test_location_of_the_group_that_is_deployed_to(compare: Compare) -> None:
    vault = written_vault(EMPTIED_IN_THE_NORTH)
    parameters = {"policies": {"type": "array", "defaultValue": [entry_of("app")]}}
    live = deployed_vault(entry_of("app"))
    inventory = inventory_of(live, groups=(group("RG", "northeurope"),))
    assert compare(inventory, vault, parameters=parameters).changes() == {"app": "lost"}
    inventory = inventory_of(live, groups=(group("rg", "westeurope"),))
    assert compare(inventory, vault, parameters=parameters).changes() == {"app": "kept"}


def test_group_of_another_subscription_is_another_one(compare: Compare) -> None:
    """A group of the same name that the template makes is in its own subscription."""
    made = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2022-09-01",
        "name": "rg-other",
        "location": "northeurope",
    }
    there = "33333333-3333-4333-8333-333333333333"
    vault = written_vault(EMPTIED_IN_THE_NORTH)
    placed = nested(vault, resourceGroup="rg-other", subscriptionId=there)
    compared = compare(inventory_of(OTHER), made, placed)
    (judged,) = compared.vaults
    assert judged.verdict != "emptied" or judged.certainty == "possible"
