"""deployer-object-id: the deploying user by deployer(), and by name alone only as a note."""

from typing import Any

import pytest

RULE = "deployer-object-id"


@pytest.mark.parametrize(
    "written",
    ["[deployer().objectId]", "[Deployer().objectid]", "[deployer()['objectId']]"],
)
def test_the_deployer(check: Any, vault_of: Any, policy: Any, written: str) -> None:
    checked = check(vault_of(policies=[policy(), policy(written)]))
    (finding,) = checked.of(RULE)
    assert finding.message == (
        "an access policy of vault 'kv' is for whoever deploys (deployer().objectId), so each"
        " deployment by somebody else removes the previous one's access"
    )
    assert (finding.severity, finding.certainty) == ("warning", "certain")
    assert finding.location.pointer == "/resources/0/properties/accessPolicies/1/objectId"
    assert checked.span(finding) == f'"objectId": "{written}"'


def test_the_deployer_by_a_default(check: Any, vault_of: Any, policy: Any) -> None:
    who = {"type": "string", "defaultValue": "[deployer().objectId]"}
    resource = vault_of(policies=[policy("[parameters('who')]")])
    (finding,) = check(resource, parameters={"who": who}).of(RULE)
    assert finding.severity == "warning"
    assert check(resource, parameters={"who": who}, given={"who": "x"}).of(RULE) == []


def test_by_name_alone_it_is_a_note(check: Any, vault_of: Any, policy: Any) -> None:
    checked = check(
        vault_of(policies=[policy("[parameters('userObjectId')]")]),
        parameters={"userObjectId": {"type": "string"}},
    )
    (finding,) = checked.of(RULE)
    assert finding.message == (
        "an access policy of vault 'kv' is for parameter 'userObjectId', by its name the user who"
        " deploys: if so, each deployment by somebody else removes the previous one's access"
    )
    assert finding.severity == "note"
    assert checked.span(finding) == '"objectId": "[parameters(\'userObjectId\')]"'


@pytest.mark.parametrize(
    ("name", "speaks"),
    [
        ("userObjectId", True),
        ("currentUserObjectId", True),
        ("aadUserId", True),
        ("deployerPrincipalId", True),
        ("deployer_object_id", True),
        ("signedInUserObjectId", True),
        ("signedinPrincipalId", True),
        ("myObjectId", True),
        ("myId", True),
        ("objectId", False),
        ("principalId", False),
        ("user", False),
        ("userName", False),
        ("userValid", False),
        ("userObjectID", True),
        ("userAssignedIdentityPrincipalId", False),
        ("userManagedIdentityId", False),
        ("adminUserObjectId", False),
        ("userGroupObjectId", False),
        ("mysqlServicePrincipalId", False),
        ("mysqlPrincipalId", False),
        ("superuserObjectId", False),
    ],
)
def test_names(check: Any, vault_of: Any, policy: Any, name: str, speaks: bool) -> None:
    checked = check(
        vault_of(policies=[policy(f"[parameters('{name}')]")]),
        parameters={name: {"type": "string"}},
    )
    assert bool(checked.of(RULE)) is speaks


def test_a_parameter_with_a_value_is_the_same_principal_each_time(
    check: Any, vault_of: Any, policy: Any
) -> None:
    resource = vault_of(policies=[policy("[parameters('userObjectId')]")])
    declared = {"userObjectId": {"type": "string"}}
    assert check(resource, parameters=declared, given={"userObjectId": "x"}).of(RULE) == []
    declared = {"userObjectId": {"type": "string", "defaultValue": "x"}}
    assert check(resource, parameters=declared).of(RULE) == []


def test_an_add_child_evicts_nobody(check: Any, change: Any, policy: Any) -> None:
    assert check(change("kv/add", [policy("[deployer().objectId]")])).of(RULE) == []


def test_what_else_is_not_known(check: Any, vault_of: Any, policy: Any) -> None:
    entries = [policy("[parameters('who')]"), policy("[deployer().tenantId]")]
    checked = check(vault_of(policies=entries), parameters={"who": {"type": "string"}})
    assert checked.of(RULE) == []
