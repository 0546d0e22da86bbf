"""policies-ignored-under-rbac: a list that does nothing, now or on a new vault."""

from typing import Any

import pytest

RULE = "policies-ignored-under-rbac"


def test_compliant(check: Any, vault_of: Any, policy: Any) -> None:
    assert check(vault_of(policies=[policy()])).told(RULE) == []
    assert check(vault_of(properties={"enableRbacAuthorization": True})).told(RULE) == []


def test_violating(check: Any, vault_of: Any, policy: Any, written: Any) -> None:
    on = {"enableRbacAuthorization": True}
    checked = check(vault_of(policies=[policy()], properties=on))
    assert checked.told(RULE) == [
        (
            "note",
            "certain",
            "the accessPolicies of vault 'kv' have no effect while enableRbacAuthorization is true",
            written([policy()], "accessPolicies"),
        )
    ]


def test_a_list_while_rbac_is_on_by_default(check: Any, vault_of: Any, policy: Any) -> None:
    by_default = {"enableRbacAuthorization": "[parameters('rbac')]"}
    checked = check(
        vault_of(policies=[policy()], properties=by_default),
        parameters={"rbac": {"type": "bool", "defaultValue": True}},
    )
    assert [finding.certainty for finding in checked.of(RULE)] == ["default"]


@pytest.mark.parametrize(
    ("version", "rbac", "ignored"),
    [
        ("2026-02-01", None, True),
        ("2026-05-01-preview", None, True),
        ("2025-05-01", None, False),
        ("2026-02-01", False, False),
    ],
)
def test_a_new_vault(
    check: Any, vault_of: Any, policy: Any, version: str, rbac: Any, ignored: bool
) -> None:
    resource = vault_of(policies=[policy()], apiVersion=version)
    resource["properties"]["enableRbacAuthorization"] = rbac
    found = check(resource).of(RULE)
    assert [finding.message for finding in found] == (
        [
            "the accessPolicies of vault 'kv' have no effect if it is a new one: with API version"
            f" {version} it uses role assignments unless enableRbacAuthorization is false"
        ]
        if ignored
        else []
    )


@pytest.mark.parametrize("rbac", [True, None])
def test_an_empty_list_does_nothing_anyway(check: Any, vault_of: Any, rbac: Any) -> None:
    assert check(vault_of(policies=[], properties={"enableRbacAuthorization": rbac})).of(RULE) == []


def test_undecided_while_the_flag_is_not_supplied(check: Any, vault_of: Any, policy: Any) -> None:
    open_ = {"enableRbacAuthorization": "[parameters('rbac')]"}
    checked = check(
        vault_of(policies=[policy()], properties=open_), parameters={"rbac": {"type": "bool"}}
    )
    assert checked.told(RULE) == []
    assert [told[2] for told in checked.told("undecided-vault")] == [
        "what a deployment does to the access policies of vault 'kv' is not known:"
        " enableRbacAuthorization is [parameters('rbac')]: parameter 'rbac' has no default and no"
        " value is supplied for it"
    ]
