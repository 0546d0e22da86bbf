"""What armguard asks for: vaults at their own places, listings, and nothing else.

Templates and options write names; none of them leads to another path of the host.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_arm import FakeArm
from support import make_deployment
from training import GROUP, IDENTITY, SUBSCRIPTION, USER, VAULT, WORKSPACE, state, template

Run = Callable[..., Any]


def named_by(resource_id: str) -> Any:
    """A template in which the name of another vault hangs on what `reference` reads."""
    read = f"[reference('{resource_id}', '2023-05-01').description]"
    other = {**template(USER)["resources"][0], "name": read}
    return {**template(USER), "resources": [*template(USER)["resources"], other]}


OTHERS = {
    "automation": f"{GROUP}/providers/Microsoft.Automation/automationAccounts/variables/a/b",
    "storage": f"{GROUP}/providers/Microsoft.Storage/storageAccounts/train",
    "workspace": WORKSPACE,
    "identity": f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-train",
    "secret": f"{VAULT}/providers/Microsoft.KeyVault/vaults/other",
    "extension": f"{WORKSPACE}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/x",
    "child": f"{WORKSPACE}/computes/gpu",
    "up": f"{GROUP}/providers/Microsoft.KeyVault/vaults/..",
    "up-and-elsewhere": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/../providers/Microsoft."
    "KeyVault/vaults/elsewhere",
    "query": f"{GROUP}/providers/Microsoft.Storage/x/Microsoft.KeyVault/vaults/a?b#c",
}


@pytest.mark.parametrize("resource_id", OTHERS.values(), ids=OTHERS)
def test_other_resources_are_not_asked_for(check: Run, tmp_path: Path, resource_id: str) -> None:
    def requests_for(written: Any) -> list[tuple[str, str]]:
        fake = FakeArm(state(USER))
        assert check(fake, written).exit == 3
        return sorted((each.method, each.path) for each in fake.requests)

    plain = FakeArm(state(USER))
    assert check(plain).exit == 0
    expected = sorted((each.method, each.path) for each in plain.requests)
    assert requests_for(named_by(resource_id)) == expected


def test_vault_is_asked_for(check: Run) -> None:
    """In armguard's own api-version, whatever the template writes."""
    fake = FakeArm(state(USER, IDENTITY))
    check(fake, named_by(VAULT))
    asked = [each for each in fake.requests if each.path.lower() == VAULT.lower()]
    assert asked
    assert "2023-05-01" not in {each.query["api-version"] for each in asked}


ODD_NAMES = ["..", ".", "...", " ", "", "a/b", "a\\b", "a\nb", "a\x00b", "../../x", "x" * 400]


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("option", ["--subscription", "--resource-group", "--vault"])
def test_odd_name_of_an_option(armguard: Run, serving: Run, option: str, name: str) -> None:
    fake = FakeArm(state(USER))
    place = ["--subscription", SUBSCRIPTION, "--resource-group", "rg-train", "-o", "s.json"]
    with serving(fake) as url:
        ran = armguard("snapshot", *place, "--arm-endpoint", url, option, name)
    assert ran.exit == 2
    assert "can't be a" in ran.stderr
    assert fake.requests == []


@pytest.mark.parametrize("name", ["..", "a/b", " "])
@pytest.mark.parametrize("option", ["--subscription", "--resource-group"])
def test_odd_place_of_a_check(check: Run, option: str, name: str) -> None:
    fake = FakeArm(state(USER))
    ran = check(fake, None, option, name)
    assert ran.exit == 2
    assert fake.requests == []


def nested_in(group: str) -> Any:
    deployment = make_deployment("elsewhere", template(USER), resourceGroup=group)
    return {**template(), "resources": [deployment]}


@pytest.mark.parametrize("name", ["..", "../..", "a\nb", "\ud800"])
def test_odd_name_in_a_template(check: Run, name: str) -> None:
    for written in (nested_in(name), template_of(name)):
        fake = FakeArm(state(USER))
        ran = check(fake, written)
        assert ran.exit in (1, 3)
        known = {f"/subscriptions/{SUBSCRIPTION}", GROUP}
        keyvault = [each.path for each in fake.requests if "KeyVault" in each.path]
        groups = {each.path for each in fake.requests} - known
        assert keyvault == []
        assert not [path for path in groups if "resourceGroups" in path]


def template_of(vault: str) -> Any:
    written = template(USER)
    written["resources"][0]["name"] = vault
    return written


@pytest.mark.parametrize("name", ["kv?x=1#y", "kv%2f..%2f..", "kv {x}", "kv&a=b", "kv;x"])
def test_name_in_a_template_is_quoted(check: Run, name: str) -> None:
    """It arrives as it was written, and the query is armguard's own."""
    fake = FakeArm(state(USER))
    check(fake, template_of(name))
    asked = [each for each in fake.requests if "/vaults/" in each.path]
    assert {each.path.rpartition("/")[2] for each in asked} <= {name}
    assert all(set(each.query) == {"api-version"} for each in asked)


def test_location_in_a_template_is_quoted(check: Run) -> None:
    written = template(USER)
    written["resources"][0]["location"] = "../../x?y"
    fake = FakeArm(state(vaults=[]))
    check(fake, written)
    assert not [each for each in fake.requests if "/locations/" in each.path]
