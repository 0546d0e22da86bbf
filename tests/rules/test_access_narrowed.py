"""access-narrowed: a principal that stays in the list, with less than it has."""

from typing import Any

import pytest
from conftest_deployed import (
    deployed_vault,
    entry_of,
    id_of,
    inventory_of,
    vault_id_of,
    written_child,
    written_vault,
)

from armguard.deployed.inventory import Unread

RULE = "access-narrowed"
LIVE = inventory_of(deployed_vault(entry_of("app", keys=["get"], secrets=["get", "list", "set"])))
NARROWED = f"principal {id_of('app')} loses access to vault 'kv' when it is deployed now"
MAY = f"principal {id_of('app')} may lose access to vault 'kv' when it is deployed now"


@pytest.mark.parametrize(
    "written",
    [
        written_vault([entry_of("app", Secrets=["SET", "LIST", "GET"], keys=["get", "list"])]),
        written_vault([entry_of("app", secrets=["all"], keys=["all"])]),
        written_child("add", entry_of("app", secrets=["get"])),
        written_child("remove", entry_of("app", certificates=["get"])),
    ],
    ids=["as-many", "all", "child-add", "child-remove-of-nothing"],
)
def test_compliant(against: Any, written: Any) -> None:
    checked = against(LIVE, written)
    assert checked.told(RULE) == []
    assert {each.change for each in checked.live.changes} <= {"kept", "widened"}


def test_violating(against: Any, written: Any) -> None:
    policies = [entry_of("app", secrets=["Get"])]
    checked = against(LIVE, written_vault(policies))
    assert checked.told(RULE) == [
        (
            "error",
            "certain",
            f"{NARROWED}: keys get; secrets list, set",
            written(policies, "accessPolicies"),
        )
    ]
    (change,) = checked.live.changes
    assert (change.change, change.lost) == (
        "narrowed",
        {"keys": ["get"], "secrets": ["list", "set"]},
    )
    assert checked.exit_code == 1


@pytest.mark.parametrize(
    ("operation", "lost"), [("replace", "keys get; secrets list, set"), ("remove", "secrets get")]
)
def test_violating_child(against: Any, written: Any, operation: str, lost: str) -> None:
    entry = entry_of("app", secrets=["get"])
    message = NARROWED.replace("is deployed", "has its access policies changed")
    assert against(LIVE, written_child(operation, entry)).told(RULE) == [
        ("error", "certain", f"{message}: {lost}", written([entry], "accessPolicies"))
    ]


@pytest.mark.parametrize("operation", ["replace", "remove"])
def test_a_child_takes_away_what_the_vault_grants(
    against: Any, written: Any, operation: str
) -> None:
    entry = entry_of("app", keys=["get"], secrets=["get"])
    own = entry_of("app", keys=["get"], secrets=["get", "list", "set"])
    (finding,) = against(LIVE, written_vault([own]), written_child(operation, entry)).of(RULE)
    assert "when it has its access policies changed now" in finding.message
    assert finding.location.pointer == "/resources/1/properties/accessPolicies"
    labels = [(each.label, each.text[0]) for each in finding.details]
    assert labels[0] == ("because", f"child 'kv/{operation}' (")
    assert [label for label, _ in labels[1:]] == (["fix"] if operation == "replace" else [])


def test_the_vault_takes_away_what_no_child_gives_back(against: Any) -> None:
    entry = entry_of("app", secrets=["get"])
    (finding,) = against(LIVE, written_vault([]), written_child("replace", entry)).of(RULE)
    assert finding.location.pointer == "/resources/0/properties/accessPolicies"
    assert finding.details[0].text == ("accessPolicies is written as []",)


def test_undecided_whether_all_covers_purge(against: Any, written: Any) -> None:
    live = inventory_of(deployed_vault(entry_of("app", secrets=["get", "purge"])))
    policies = [entry_of("app", secrets=["all"])]
    checked = against(live, written_vault(policies))
    span = written(policies, "accessPolicies")
    assert checked.told(RULE) == [("warning", "possible", f"{MAY}: secrets purge", span)]
    assert checked.live.note == "whether 'all' covers purge is not established"
    assert checked.live.changes[0].change == "undecided"
    assert (checked.report.summary.undecided, checked.exit_code) == (1, 0)


def test_undecided_which_permissions_are_written(against: Any, written: Any) -> None:
    policies = [entry_of("app", keys=["get"], secrets=["get", "[parameters('more')]"])]
    checked = against(LIVE, written_vault(policies), parameters={"more": {"type": "string"}})
    assert checked.told(RULE) == [
        (
            "warning",
            "possible",
            f"{MAY}: secrets list, set",
            written(policies, "accessPolicies"),
        )
    ]


def test_undecided_since_the_vault_was_not_read(against: Any) -> None:
    unread = inventory_of(unread_items=(Unread(vault_id_of("kv"), "access was denied"),))
    checked = against(unread, written_vault([entry_of("app")]))
    assert checked.told(RULE) == []
    assert (checked.live.state, checked.exit_code) == ("unread", 3)
