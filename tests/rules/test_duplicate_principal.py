"""duplicate-principal: same tenant, object and application; nothing that only might be the same."""

from typing import Any

import pytest

RULE = "duplicate-principal"
ALICE = "aaaaaaaa-0000-0000-0000-00000000000a"
BOB = "bbbbbbbb-0000-0000-0000-00000000000b"


def test_violating(check: Any, vault_of: Any, policy: Any, written: Any) -> None:
    again = policy(ALICE.upper())
    checked = check(vault_of(policies=[policy(ALICE), policy(BOB), again]))
    assert checked.told(RULE) == [
        (
            "warning",
            "certain",
            "the accessPolicies of vault 'kv' have more than one entry for principal"
            f" '{ALICE.upper()}': which of them counts is not documented",
            written(again),
        )
    ]
    (finding,) = checked.of(RULE)
    (first,) = finding.related
    assert first.location.pointer == "/resources/0/properties/accessPolicies/0"


def test_each_later_entry_is_reported_where_it_stands(
    check: Any, vault_of: Any, policy: Any
) -> None:
    checked = check(vault_of(policies=[policy(ALICE), policy(ALICE), policy(ALICE)]))
    pointers = [finding.location.pointer for finding in checked.of(RULE)]
    assert pointers == [f"/resources/0/properties/accessPolicies/{index}" for index in (1, 2)]


def test_a_list_that_is_not_written_out_has_a_finding_for_each_principal(
    check: Any, vault_of: Any, policy: Any
) -> None:
    entries = [policy(ALICE), policy(BOB), policy(ALICE), policy(BOB), policy(ALICE)]
    checked = check(
        vault_of(policies="[variables('list')]"),
        variables={"list": entries},
    )
    findings = checked.of(RULE)
    assert [each.subject for each in findings] == [f"principal '{ALICE}'", f"principal '{BOB}'"]
    assert all(each.subject in each.message for each in findings)
    assert {checked.span(each) for each in findings} == {
        '"accessPolicies": "[variables(\'list\')]"'
    }


def test_a_child_is_looked_at_too(check: Any, change: Any, policy: Any) -> None:
    checked = check(change("kv/add", [policy(ALICE), policy(ALICE)]))
    (finding,) = checked.of(RULE)
    assert finding.message.startswith("the accessPolicies of child 'kv/add' have more than one")
    assert finding.location.pointer == "/resources/0/properties/accessPolicies/1"


def test_equal_expressions_are_the_same_principal(check: Any, vault_of: Any, policy: Any) -> None:
    entries = [policy("[parameters('who')]"), policy("[parameters('WHO')]")]
    checked = check(vault_of(policies=entries), parameters={"who": {"type": "string"}})
    (finding,) = checked.of(RULE)
    assert "principal [parameters('who')]" in finding.message


@pytest.mark.parametrize(
    "second",
    [
        {"object_id": BOB},
        {"object_id": ALICE, "applicationId": "cccccccc-0000-0000-0000-00000000000c"},
        {"object_id": ALICE, "tenantId": "dddddddd-0000-0000-0000-00000000000d"},
    ],
    ids=["other-object", "with-application", "other-tenant"],
)
def test_compliant(check: Any, vault_of: Any, policy: Any, second: dict[str, str]) -> None:
    assert check(vault_of(policies=[policy(ALICE), policy(**second)])).told(RULE) == []


@pytest.mark.parametrize("second", ["[parameters('who')]", "[newGuid()]"])
def test_undecided_whether_it_is_the_same(
    check: Any, vault_of: Any, policy: Any, second: str
) -> None:
    entries = [policy(ALICE), policy(second)]
    checked = check(vault_of(policies=entries), parameters={"who": {"type": "string"}})
    assert checked.told(RULE) == []


def test_an_empty_application_is_none(check: Any, vault_of: Any, policy: Any) -> None:
    entries = [policy(ALICE, applicationId=""), policy(ALICE), policy(ALICE, applicationId=None)]
    assert len(check(vault_of(policies=entries)).of(RULE)) == 2


def test_two_new_guids_are_two_principals(check: Any, vault_of: Any, policy: Any) -> None:
    guid = {"type": "string", "defaultValue": "[newGuid()]"}
    entries = [policy("[parameters('a')]"), policy("[parameters('b')]")]
    checked = check(vault_of(policies=entries), parameters={"a": guid, "b": guid})
    assert checked.of(RULE) == []


def test_undecided_which_application(check: Any, vault_of: Any, policy: Any) -> None:
    entries = [policy(ALICE, applicationId="[parameters('app')]"), policy(ALICE)]
    checked = check(vault_of(policies=entries), parameters={"app": {"type": "string"}})
    assert checked.told(RULE) == []


def test_under_rbac_the_list_does_not_count(check: Any, vault_of: Any, policy: Any) -> None:
    entries = [policy(ALICE), policy(ALICE)]
    on = {"enableRbacAuthorization": True}
    checked = check(vault_of(policies=entries, properties=on), change_of(entries))
    assert checked.of(RULE) == []


def change_of(entries: list[Any]) -> dict[str, Any]:
    return {
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "apiVersion": "2026-02-01",
        "name": "kv/add",
        "properties": {"accessPolicies": entries},
    }


def test_undecided_who_is_in_the_list(check: Any, vault_of: Any) -> None:
    checked = check(vault_of(policies="[parameters('l')]"), parameters={"l": {"type": "array"}})
    assert checked.told(RULE) == []
    assert len(checked.told("undecided-vault")) == 1
