"""policies-ignored-under-rbac: a list that does nothing, now or on a new vault."""

from typing import Any

import pytest

RULE = "policies-ignored-under-rbac"


def test_a_list_while_rbac_is_on(check: Any, vault_of: Any, policy: Any) -> None:
    on = {"enableRbacAuthorization": True}
    checked = check(vault_of(policies=[policy()], properties=on))
    (finding,) = checked.of(RULE)
    assert finding.message == (
        "the accessPolicies of vault 'kv' have no effect while enableRbacAuthorization is true"
    )
    assert (finding.severity, finding.certainty) == ("note", "certain")
    assert finding.location.pointer == "/resources/0/properties/accessPolicies"
    assert checked.span(finding).startswith('"accessPolicies": [ { "tenantId":')


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


def test_an_unknown_flag_is_undecided(check: Any, vault_of: Any, policy: Any) -> None:
    open_ = {"enableRbacAuthorization": "[parameters('rbac')]"}
    checked = check(
        vault_of(policies=[policy()], properties=open_), parameters={"rbac": {"type": "bool"}}
    )
    assert checked.of(RULE) == []
    assert len(checked.of("undecided-vault")) == 1
