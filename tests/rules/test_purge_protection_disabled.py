"""purge-protection-disabled: exactly false, also on a vault that is only created once."""

from typing import Any

import pytest

RULE = "purge-protection-disabled"


def test_false(check: Any, vault_of: Any, policy: Any) -> None:
    checked = check(vault_of(policies=[policy()], properties={"enablePurgeProtection": False}))
    (finding,) = checked.of(RULE)
    assert finding.message == (
        "vault 'kv' is deployed with enablePurgeProtection false, which Azure refuses; write true,"
        " or null to leave it as it is"
    )
    assert (finding.severity, finding.certainty) == ("warning", "certain")
    assert finding.location.pointer == "/resources/0/properties/enablePurgeProtection"
    assert checked.span(finding) == '"enablePurgeProtection": false'


@pytest.mark.parametrize(
    ("written", "certainty"),
    [
        (True, None),
        (None, None),
        ("[if(parameters('off'), null(), true())]", None),
        ("[parameters('open')]", None),
        ("[if(parameters('off'), true(), false())]", "default"),
    ],
)
def test_values(check: Any, vault_of: Any, written: Any, certainty: str | None) -> None:
    checked = check(
        vault_of(policies=[], properties={"enablePurgeProtection": written}),
        parameters={"open": {"type": "bool"}, "off": {"type": "bool", "defaultValue": False}},
    )
    found = [finding.certainty for finding in checked.of(RULE)]
    assert found == ([] if certainty is None else [certainty])


def test_a_vault_that_is_created_once(check: Any, vault_of: Any) -> None:
    once = {"@options": {"onlyIfNotExists": []}}
    checked = check(vault_of(policies=[], properties={"enablePurgeProtection": False}, **once))
    assert len(checked.of(RULE)) == 1


def test_a_condition_that_is_false(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies=[], properties={"enablePurgeProtection": False}, condition=False)
    assert check(resource).of(RULE) == []
