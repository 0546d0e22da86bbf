"""stored-policies-erased: what is stored in a vault with role assignments, and goes."""

from typing import Any

import pytest
from conftest_deployed import (
    deployed_vault,
    entry_of,
    id_of,
    inventory_of,
    written_child,
    written_vault,
)

RULE = "stored-policies-erased"
ON, OFF = {"enableRbacAuthorization": True}, {"enableRbacAuthorization": False}
LIVE = inventory_of(deployed_vault(entry_of("app"), entry_of("user"), **ON))
ERASED = (
    "vault 'kv' uses role assignments, so nobody loses access now, but stored access policies are"
    " erased, the way back to that model: "
)


@pytest.mark.parametrize(
    ("policies", "properties"),
    [
        ([entry_of("app"), entry_of("user")], ON),
        (None, ON),
        ([], {**ON, "createMode": "recover"}),
        ([], OFF),
    ],
    ids=["same-list", "no-list", "recover", "flip"],
)
def test_compliant(against: Any, policies: Any, properties: dict[str, Any]) -> None:
    assert against(LIVE, written_vault(policies, properties=properties)).told(RULE) == []


def test_compliant_where_access_policies_decide(against: Any) -> None:
    live = inventory_of(deployed_vault(entry_of("app")))
    assert against(live, written_vault([])).told(RULE) == []


@pytest.mark.parametrize("properties", [ON, {}])
def test_violating(against: Any, properties: dict[str, Any]) -> None:
    checked = against(LIVE, written_vault([], properties=properties))
    named = f"principal {id_of('app')}, principal {id_of('user')}"
    assert checked.told(RULE) == [("note", "certain", ERASED + named, '"accessPolicies": []')]
    assert (checked.live.changes, checked.exit_code) == ((), 0)


def test_violating_a_shorter_list(against: Any, written: Any) -> None:
    policies = [entry_of("app")]
    assert against(LIVE, written_vault(policies, properties=ON)).told(RULE) == [
        (
            "note",
            "certain",
            f"{ERASED}principal {id_of('user')}",
            written(policies, "accessPolicies"),
        )
    ]


def test_undecided_whose_an_entry_is(against: Any) -> None:
    """What one open entry may be is not told of."""
    live = inventory_of(deployed_vault(entry_of("app"), **ON))
    vault = written_vault([entry_of("[parameters('who')]")], properties=ON)
    assert against(live, vault, parameters={"who": {"type": "string"}}).told(RULE) == []


def test_compliant_where_a_child_puts_them_back(against: Any) -> None:
    vault = written_vault([], properties=ON)
    child = written_child("add", entry_of("app"), entry_of("user"))
    assert against(LIVE, vault, child).told(RULE) == []
