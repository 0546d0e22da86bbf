"""Nested deployments to other resource groups: their vaults, and where those groups are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_arm import FakeArm
from support import make_deployment
from training import GROUP, USER, VAULT, entry, fault, live_state, state, template

Check = Callable[..., Any]
OTHER = GROUP.replace("rg-train", "rg-other")


def elsewhere() -> Any:
    """The vault of a nested deployment is emptied if its group is in the north."""
    north = "equals(resourceGroup().location, 'northeurope')"
    vault = template(USER)["resources"][0]
    vault["properties"]["accessPolicies"] = f"[if({north}, createArray(), variables('list'))]"
    inner = {**template(), "variables": {"list": [entry(USER)]}, "resources": [vault]}
    deployment = make_deployment("elsewhere", inner, resourceGroup="rg-other")
    return {**template(), "resources": [deployment]}


def world(location: str, **more: Any) -> Any:
    document = state(USER, **more)
    document["vaults"][0]["id"] = VAULT.replace("rg-train", "rg-other")
    groups = document["subscriptions"][0]["resourceGroups"]
    groups.append({"name": "rg-other", "location": location})
    return document


@pytest.mark.parametrize(
    ("location", "change", "exit_code"),
    [("northeurope", "lost", 1), ("westeurope", "kept", 0)],
)
def test_location_of_another_group_is_read(
    check: Check, tmp_path: Path, location: str, change: str, exit_code: int
) -> None:
    ran = check(FakeArm(world(location)), elsewhere())
    assert ran.exit == exit_code
    assert [each["change"] for each in live_state(tmp_path)["changes"]] == [change]


def test_location_that_can_not_be_read_is_not_guessed(check: Check, tmp_path: Path) -> None:
    denied = fault(f"^GET {OTHER}\\?", 403, "AuthorizationFailed", "no")
    fake = FakeArm(world("westeurope", faults=[denied]))
    ran = check(fake, elsewhere(), "--fail-on-undecided")
    assert ran.exit == 3
    assert [each["change"] for each in live_state(tmp_path)["changes"]] == ["undecided"]
