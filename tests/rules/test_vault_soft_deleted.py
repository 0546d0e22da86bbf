"""vault-soft-deleted: a deleted vault has the name, and the template does not recover it."""

from typing import Any

import pytest
from conftest_deployed import entry_of, inventory_of, vault_id_of, written_child, written_vault

from armguard.deployed.inventory import FoundVault, Inventory, Unread
from armguard.record import as_dict

RULE = "vault-soft-deleted"
SOFT_DELETED = (
    "vault 'kv' is soft-deleted until 2027-01-31T12:00:00Z, so its deployment fails; recover brings"
    " its access policies back but not its role assignments, purge loses both"
)


class SeesDeleted(Inventory):
    """As a reader that is online: a snapshot holds no deleted vaults."""

    def vault(self, vault_id: str, location: str | None) -> FoundVault:
        date = "2027-01-31T12:00:00Z"
        return FoundVault("deleted", {"properties": {"scheduledPurgeDate": date}})


DELETED = SeesDeleted(**as_dict(inventory_of()))


@pytest.mark.parametrize(
    "written",
    [
        written_vault([], properties={"createMode": "recover"}),
        written_vault([], properties={"createMode": "RECOVER"}),
        written_vault([], condition=False),
        written_child("add", entry_of("app")),
    ],
    ids=["recover", "recover-in-capitals", "not-written", "child"],
)
def test_compliant(against: Any, written: Any) -> None:
    checked = against(DELETED, written)
    assert checked.told(RULE) == []
    assert checked.live.state == "deleted"


def test_compliant_where_there_is_none(against: Any) -> None:
    checked = against(inventory_of(), written_vault([]))
    assert checked.told(RULE) == []
    assert checked.live.state == "absent"


@pytest.mark.parametrize("mode", ["default", "[parameters('mode')]"])
def test_violating(against: Any, mode: str) -> None:
    vault = written_vault([], properties={"createMode": mode})
    declared = {"mode": {"type": "string", "defaultValue": "default"}}
    certainty = "certain" if mode == "default" else "default"
    checked = against(DELETED, vault, parameters=declared)
    assert checked.told(RULE) == [("error", certainty, SOFT_DELETED, f'"createMode": "{mode}"')]
    assert checked.exit_code == 1


def test_violating_without_a_mode(against: Any, written: Any) -> None:
    vault = written_vault(properties={"enableRbacAuthorization": True})
    assert against(DELETED, vault).told(RULE) == [
        ("error", "certain", SOFT_DELETED, written(vault["properties"], "properties"))
    ]


@pytest.mark.parametrize(
    ("mode", "world"),
    [
        ("[parameters('mode')]", ""),
        (
            "[if(parameters('exists'), 'recover', 'default')]",
            ", if parameters('exists') is false",
        ),
    ],
)
def test_undecided_which_mode_it_is(against: Any, mode: str, world: str) -> None:
    vault = written_vault([], properties={"createMode": mode})
    declared = {"mode": {"type": "string"}, "exists": {"type": "bool"}}
    checked = against(DELETED, vault, parameters=declared)
    assert checked.told(RULE) == [
        ("warning", "possible", SOFT_DELETED + world, f'"createMode": "{mode}"')
    ]
    assert checked.exit_code == 0


def test_undecided_since_nobody_could_look(against: Any) -> None:
    unread = inventory_of(unread_items=(Unread(vault_id_of("kv"), "access was denied"),))
    checked = against(unread, written_vault([entry_of("app")]))
    assert checked.told(RULE) == []
    assert (checked.live.state, checked.exit_code) == ("unread", 3)
