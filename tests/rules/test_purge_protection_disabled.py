"""purge-protection-disabled: exactly false, also on a vault that is only created once."""

from typing import Any

import pytest

RULE = "purge-protection-disabled"
OFF = {"type": "bool", "defaultValue": False}


def test_violating(check: Any, vault_of: Any, policy: Any) -> None:
    checked = check(vault_of(policies=[policy()], properties={"enablePurgeProtection": False}))
    assert checked.told(RULE) == [
        (
            "warning",
            "certain",
            "vault 'kv' is deployed with enablePurgeProtection false, which Azure refuses; write"
            " true, or null to leave it as it is",
            '"enablePurgeProtection": false',
        )
    ]


@pytest.mark.parametrize("value", [True, None, "[if(parameters('off'), null(), true())]"])
def test_compliant(check: Any, vault_of: Any, value: Any) -> None:
    resource = vault_of(policies=[], properties={"enablePurgeProtection": value})
    assert check(resource, parameters={"off": OFF}).told(RULE) == []


def test_by_a_default(check: Any, vault_of: Any) -> None:
    by_default = {"enablePurgeProtection": "[if(parameters('off'), true(), false())]"}
    checked = check(vault_of(policies=[], properties=by_default), parameters={"off": OFF})
    assert [finding.certainty for finding in checked.of(RULE)] == ["default"]


def test_undecided_which_value_it_has(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies=[], properties={"enablePurgeProtection": "[parameters('on')]"})
    declared = {"on": {"type": "bool"}}
    assert check(resource, parameters=declared).told(RULE) == []
    assert len(check(resource, parameters=declared, given={"on": False}).told(RULE)) == 1


def test_a_vault_that_is_created_once(check: Any, vault_of: Any) -> None:
    once = {"@options": {"onlyIfNotExists": []}}
    checked = check(vault_of(policies=[], properties={"enablePurgeProtection": False}, **once))
    assert len(checked.of(RULE)) == 1


def test_a_condition_that_is_false(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies=[], properties={"enablePurgeProtection": False}, condition=False)
    assert check(resource).of(RULE) == []
