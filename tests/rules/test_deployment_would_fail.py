"""deployment-would-fail: what is fixed when a vault is created is written differently."""

from typing import Any

import pytest
from conftest_deployed import deployed_vault, entry_of, inventory_of, vault_id_of, written_vault

from armguard.deployed.inventory import Unread

RULE = "deployment-would-fail"
LIVE = inventory_of(deployed_vault(entry_of("app"), softDeleteRetentionInDays=90))
ELSEWHERE = (
    "the deployment of vault 'kv' fails: its location is 'westeurope' and can't be changed to"
    " 'northeurope'"
)
SHORTER = (
    "the deployment of vault 'kv' fails: its softDeleteRetentionInDays is 90 and can't be changed"
    " to 7"
)


def vault(**more: Any) -> Any:
    return written_vault([entry_of("app")], **more)


@pytest.mark.parametrize(
    "written",
    [
        vault(location="WestEurope"),
        vault(location="West Europe"),
        vault(properties={"softDeleteRetentionInDays": 90}),
        vault(properties={"softDeleteRetentionInDays": None}),
        vault(location="northeurope", condition=False),
    ],
)
def test_compliant(against: Any, written: Any) -> None:
    assert against(LIVE, written).told(RULE) == []


def test_compliant_where_the_vault_is_new(against: Any) -> None:
    checked = against(inventory_of(), vault(location="northeurope"))
    assert checked.told(RULE) == []
    assert checked.live.state == "absent"


@pytest.mark.parametrize(
    ("written", "message", "span"),
    [
        (vault(location="northeurope"), ELSEWHERE, '"location": "northeurope"'),
        (
            vault(properties={"softDeleteRetentionInDays": 7}),
            SHORTER,
            '"softDeleteRetentionInDays": 7',
        ),
    ],
)
def test_violating(against: Any, written: Any, message: str, span: str) -> None:
    checked = against(LIVE, written)
    assert checked.told(RULE) == [("error", "certain", message, span)]
    assert checked.exit_code == 1


def test_violating_in_both(against: Any) -> None:
    both = vault(location="northeurope", properties={"softDeleteRetentionInDays": 7})
    assert {told[2] for told in against(LIVE, both).told(RULE)} == {ELSEWHERE, SHORTER}


@pytest.mark.parametrize(
    "written",
    [
        vault(location="[parameters('place')]"),
        vault(properties={"softDeleteRetentionInDays": "[parameters('days')]"}),
    ],
)
def test_undecided_which_value_is_written(against: Any, written: Any) -> None:
    declared = {"place": {"type": "string"}, "days": {"type": "int"}}
    checked = against(LIVE, written, parameters=declared)
    assert checked.told(RULE) == []
    assert [each.change for each in checked.live.changes] == ["kept"]


def test_undecided_whether_the_vault_is_written(against: Any) -> None:
    written = vault(location="northeurope", condition="[parameters('new')]")
    checked = against(LIVE, written, parameters={"new": {"type": "bool"}})
    message = f"{ELSEWHERE}, if parameters('new') is true"
    assert checked.told(RULE) == [("warning", "possible", message, '"location": "northeurope"')]
    assert checked.exit_code == 0


def test_undecided_since_the_vault_was_not_read(against: Any) -> None:
    unread = inventory_of(unread_items=(Unread(vault_id_of("kv"), "access was denied"),))
    checked = against(unread, vault(location="northeurope"))
    assert checked.told(RULE) == []
    assert (checked.live.state, checked.exit_code) == ("unread", 3)
