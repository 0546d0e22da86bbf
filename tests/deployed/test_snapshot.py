"""The snapshot file: what is written is what is read, and nothing else is trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest_deployed import (
    SUBSCRIPTION,
    TENANT,
    deployed_vault,
    entry_of,
    inventory_of,
    vault_id_of,
    workspace_of,
)

from armguard.deployed.inventory import Inventory, Unread
from armguard.deployed.snapshot import checksum, lacks, read_snapshot, snapshot_document
from armguard.errors import UsageError
from armguard.evaluation.facts import DeploymentScope
from armguard.record import replace

INVENTORY = inventory_of(
    deployed_vault(entry_of("app", secrets=["get", "list"]), entry_of("user")),
    workspaces=[workspace_of("mlw-ä", "app")],
    groups=({"id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg", "location": "westeurope"},),
)


def document_of(inventory: Inventory = INVENTORY) -> Any:
    return snapshot_document(
        inventory, taken_at="2027-01-31T12:00:00Z", cloud="AzureCloud", endpoint="x", version="1"
    )


def write(folder: Path, document: Any) -> str:
    path = folder / "snapshot.json"
    path.write_text(json.dumps(document, indent=3), encoding="utf-8")
    return str(path)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    snapshot = read_snapshot(write(tmp_path, document_of()))
    assert snapshot.inventory == INVENTORY
    assert snapshot.taken_at == "2027-01-31T12:00:00Z"
    assert snapshot.size == (1, 2, 1)


def test_snapshot_may_be_larger_than_a_template(tmp_path: Path) -> None:
    """A subscription has many vaults."""
    from armguard.source.json_text import MAXIMUM_BYTES

    vault = {**deployed_vault(entry_of("app")), "tags": {"about": "x" * MAXIMUM_BYTES}}
    inventory = inventory_of(vault)
    path = write(tmp_path, document_of(inventory))
    assert read_snapshot(path).inventory == inventory


def test_snapshot_has_a_limit_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("armguard.deployed.snapshot.MAXIMUM_BYTES", 100)
    with pytest.raises(UsageError, match=r"at most 100$"):
        read_snapshot(write(tmp_path, document_of()))


@pytest.mark.parametrize("broken", ["NaN", "[" * 5000 + "]" * 5000, "[" * 800 + "]" * 800])
def test_what_nobody_can_write_is_refused(tmp_path: Path, broken: str) -> None:
    text = json.dumps({**document_of(), "tags": 0}).replace('"tags": 0', f'"tags": {broken}')
    (tmp_path / "snapshot.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"can't read the snapshot|checksum"):
        read_snapshot(str(tmp_path / "snapshot.json"))


def test_what_may_be_left_out(tmp_path: Path) -> None:
    """Other writers of the format, and earlier versions, don't have it."""
    optional = ("resourceGroups", "resources", "deletedVaults")
    inventory = replace(INVENTORY, resources=(), deleted=())
    assert {*optional} <= document_of(inventory).keys()
    document = {name: value for name, value in document_of().items() if name not in optional}
    document["sha256"] = checksum(document)
    read = read_snapshot(write(tmp_path, document)).inventory
    assert (read.groups, read.resources, read.deleted) == ((), None, None)


def test_what_was_not_read_is_not_written() -> None:
    """An empty list would say that there is nothing."""
    assert INVENTORY.resources is None
    assert not {"resources", "deletedVaults"} & document_of().keys()


def deleted(name: str) -> Any:
    place = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/westeurope"
    return {"id": f"{place}/deletedVaults/{name}", "name": name, "properties": {}}


def test_identities_and_deleted_vaults_are_written_and_read(tmp_path: Path) -> None:
    site = {"id": f"{vault_id_of('x')}", "type": "a/b", "identity": {"principalId": "p"}}
    inventory = replace(INVENTORY, resources=(site,), deleted=(deleted("gone"),))
    document = document_of(inventory)
    assert document["resources"] == [site]
    assert document["deletedVaults"] == [deleted("gone")]
    assert read_snapshot(write(tmp_path, document)).inventory == inventory


@pytest.mark.parametrize(
    ("known", "vault_id", "state", "has_doubt"),
    [
        (None, vault_id_of("gone"), "absent", True),
        ((), vault_id_of("gone"), "absent", False),
        ((deleted("GONE"),), vault_id_of("gone"), "deleted", False),
        ((deleted("gone"),), vault_id_of("gone", "elsewhere"), "deleted", False),
        ((deleted("gone"),), vault_id_of("gone").replace(SUBSCRIPTION, TENANT), "unread", True),
        ((deleted("gone"),), vault_id_of("other"), "absent", False),
        ((deleted("kv"),), vault_id_of("kv"), "exists", False),
    ],
)
def test_soft_deleted_name(known: Any, vault_id: str, state: str, has_doubt: bool) -> None:
    found = replace(INVENTORY, deleted=known).vault(vault_id, None)
    assert (found.state, found.note is not None) == (state, has_doubt)


def test_checksum_is_over_canonical_json() -> None:
    document = document_of()
    content = {name: value for name, value in document.items() if name != "sha256"}
    import hashlib

    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert document["sha256"] == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tenant": "other"}, "checksum"),
        ({"sha256": "0" * 64}, "checksum"),
        ({"format": "something"}, "is no snapshot"),
        ({"version": 2}, "reads version 1"),
        ({"version": True}, "reads version 1"),
        ({"version": None}, "reads version 1"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, change: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_snapshot(write(tmp_path, {**document_of(), **change}))


@pytest.mark.parametrize(
    "member",
    [
        *("tenant", "scope", "vaults", "workspaces", "identities", "unread", "takenAt"),
        *("resources", "deletedVaults", "resourceGroups"),
    ],
)
def test_broken_members_are_refused_in_spite_of_a_right_checksum(
    tmp_path: Path, member: str
) -> None:
    document = {**document_of(), member: 7}
    with pytest.raises(UsageError, match=f"no proper '{member}'"):
        read_snapshot(write(tmp_path, {**document, "sha256": checksum(document)}))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"', "[" * 100_000])
def test_no_snapshot_at_all(tmp_path: Path, text: str) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="snapshot"):
        read_snapshot(str(path))


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="can't read the snapshot"):
        read_snapshot("nowhere.json")


@pytest.mark.parametrize(
    ("fields", "vault_id", "state"),
    [
        ({}, vault_id_of("KV"), "exists"),
        ({}, vault_id_of("other"), "absent"),
        ({}, vault_id_of("other").replace(SUBSCRIPTION, TENANT), "unread"),
        ({"resource_group": "RG"}, vault_id_of("other"), "absent"),
        ({"resource_group": "rg2"}, vault_id_of("other"), "unread"),
        ({"names": ("OTHER",)}, vault_id_of("other"), "absent"),
        ({"names": ("kv",)}, vault_id_of("other"), "unread"),
        ({"unread_items": (Unread(vault_id_of("OTHER"), "no"),)}, vault_id_of("other"), "unread"),
        (
            {"unread_items": (Unread(f"/subscriptions/{SUBSCRIPTION}", "no"),)},
            vault_id_of("other"),
            "unread",
        ),
    ],
)
def test_a_vault_that_is_not_in_the_file(fields: Any, vault_id: str, state: str) -> None:
    inventory = inventory_of(deployed_vault(entry_of("app")), **fields)
    assert inventory.vault(vault_id, None).state == state


def test_the_place_is_completed_from_the_file() -> None:
    scope = inventory_of(resource_group="rg").completed(DeploymentScope())
    assert (scope.tenant_id, scope.subscription_id, scope.resource_group) == (
        TENANT,
        SUBSCRIPTION,
        "rg",
    )
    given = DeploymentScope(tenant_id="t", subscription_id="s", resource_group="g")
    assert inventory_of(resource_group="rg").completed(given) == given


@pytest.mark.parametrize(
    ("inventory", "lacking"),
    [
        (INVENTORY, None),
        (inventory_of(deployed_vault(entry_of("app"), entry_of("user"))), "some permissions"),
        (inventory_of(deployed_vault(entry_of("user"))), "the access policy"),
        (inventory_of(), "vault 'kv'"),
        (inventory_of(*INVENTORY.vaults), "'mlw-ä'"),
        (
            inventory_of(
                deployed_vault(entry_of("app", secrets=["all"]), entry_of("user")),
                workspaces=INVENTORY.workspaces,
            ),
            None,
        ),
    ],
)
def test_what_a_newer_one_lacks(inventory: Inventory, lacking: str | None) -> None:
    found = lacks(inventory, INVENTORY)
    assert (found is None) is (lacking is None)
    assert lacking is None or lacking in str(found)
