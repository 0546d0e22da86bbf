"""deployer-object-id: the deploying user by deployer(), and by name alone only as a note."""

from typing import Any

import pytest

RULE = "deployer-object-id"


@pytest.mark.parametrize(
    "written",
    ["[deployer().objectId]", "[Deployer().objectid]", "[deployer()['objectId']]"],
)
def test_violating(check: Any, vault_of: Any, policy: Any, written: str) -> None:
    checked = check(vault_of(policies=[policy(), policy(written)]))
    assert checked.told(RULE) == [
        (
            "warning",
            "certain",
            "an access policy of vault 'kv' is for whoever deploys (deployer().objectId), so each"
            " deployment by somebody else removes the previous one's access",
            f'"objectId": "{written}"',
        )
    ]


def test_the_deployer_by_a_default(check: Any, vault_of: Any, policy: Any) -> None:
    who = {"type": "string", "defaultValue": "[deployer().objectId]"}
    resource = vault_of(policies=[policy("[parameters('who')]")])
    (finding,) = check(resource, parameters={"who": who}).of(RULE)
    assert finding.severity == "warning"
    assert check(resource, parameters={"who": who}, given={"who": "x"}).of(RULE) == []


def test_undecided_but_by_its_name(check: Any, vault_of: Any, policy: Any) -> None:
    """Who the parameter is depends on who supplies it: a note."""
    checked = check(
        vault_of(policies=[policy("[parameters('userObjectId')]")]),
        parameters={"userObjectId": {"type": "string"}},
    )
    assert checked.told(RULE) == [
        (
            "note",
            "possible",
            "an access policy of vault 'kv' is for parameter 'userObjectId', by its name the user"
            " who deploys: if so, each deployment by somebody else removes the previous one's"
            " access",
            '"objectId": "[parameters(\'userObjectId\')]"',
        )
    ]


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


def test_compliant_with_a_value_since_that_is_the_same_principal_each_time(
    check: Any, vault_of: Any, policy: Any
) -> None:
    resource = vault_of(policies=[policy("[parameters('userObjectId')]")])
    declared = {"userObjectId": {"type": "string"}}
    assert check(resource, parameters=declared, given={"userObjectId": "x"}).told(RULE) == []
    declared = {"userObjectId": {"type": "string", "defaultValue": "x"}}
    assert check(resource, parameters=declared).told(RULE) == []


def test_compliant_add_child_evicts_nobody(check: Any, change: Any, policy: Any) -> None:
    assert check(change("kv/add", [policy("[deployer().objectId]")])).told(RULE) == []


def test_undecided_who_else_it_may_be(check: Any, vault_of: Any, policy: Any) -> None:
    entries = [policy("[parameters('who')]"), policy("[deployer().tenantId]")]
    checked = check(vault_of(policies=entries), parameters={"who": {"type": "string"}})
    assert checked.told(RULE) == []
