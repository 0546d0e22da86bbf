"""foreign-tenant-policy: both tenants known, and they differ."""

from typing import Any

import pytest

RULE = "foreign-tenant-policy"
OWN = "aaaaaaaa-1111-1111-1111-111111111111"
OTHER = "bbbbbbbb-2222-2222-2222-222222222222"


def test_compliant(check: Any, vault_of: Any, policy: Any) -> None:
    resource = vault_of(policies=[policy(tenantId=OWN.upper())], properties={"tenantId": OWN})
    assert check(resource).told(RULE) == []


def test_violating(check: Any, vault_of: Any, policy: Any) -> None:
    entries = [policy(tenantId=OWN.upper()), policy("b", tenantId=OTHER)]
    checked = check(vault_of(policies=entries, properties={"tenantId": OWN}))
    assert checked.told(RULE) == [
        (
            "warning",
            "certain",
            f"an access policy of vault 'kv' is for tenant '{OTHER}', but the vault belongs to"
            f" tenant '{OWN}': Azure may refuse it, or its principal gets no access",
            f'"tenantId": "{OTHER}"',
        )
    ]


def test_the_tenant_of_the_subscription_is_known_by_option(
    check: Any, vault_of: Any, policy: Any
) -> None:
    resource = vault_of(policies=[policy(tenantId=OTHER)])
    assert len(check(resource, tenant=OWN).of(RULE)) == 1
    assert check(resource, tenant=OTHER).of(RULE) == []


def test_undecided_which_tenant_the_vault_has(check: Any, vault_of: Any, policy: Any) -> None:
    assert check(vault_of(policies=[policy(tenantId=OTHER)])).told(RULE) == []


@pytest.mark.parametrize("text", ["REPLACED-BY-THE-PIPELINE", "", "[parameters('t')]"])
def test_undecided_which_tenant_the_entry_is_for(
    check: Any, vault_of: Any, policy: Any, text: str
) -> None:
    resource = vault_of(policies=[policy(tenantId=text)], properties={"tenantId": OWN})
    assert check(resource, parameters={"t": {"type": "string"}}).told(RULE) == []


def test_a_child_is_compared_with_its_vault(
    check: Any, vault_of: Any, change: Any, policy: Any
) -> None:
    child = change("kv/add", [policy(tenantId=OTHER)])
    own = vault_of(policies=[], properties={"tenantId": OWN})
    (finding,) = check(own, child).of(RULE)
    assert "an access policy of child 'kv/add' is for tenant" in finding.message
    assert finding.location.pointer == "/resources/1/properties/accessPolicies/0/tenantId"
    assert check(child).of(RULE) == []


def test_under_rbac_the_list_does_not_count(check: Any, vault_of: Any, policy: Any) -> None:
    properties = {"tenantId": OWN, "enableRbacAuthorization": True}
    checked = check(vault_of(policies=[policy(tenantId=OTHER)], properties=properties))
    assert checked.of(RULE) == []


def test_a_list_in_a_variable_has_as_many_as_one_that_is_written_out(
    check: Any, vault_of: Any, policy: Any
) -> None:
    third = "cccccccc-3333-3333-3333-333333333333"
    entries = [policy("b", tenantId=OTHER), policy("c", tenantId=third)]

    def messages(policies: Any) -> list[str]:
        resource = vault_of(policies=policies, properties={"tenantId": OWN})
        checked = check(resource, variables={"entries": entries})
        return sorted(message for _, _, message, _ in checked.told(RULE))

    inline = messages(entries)
    assert len(inline) == 2
    assert messages("[variables('entries')]") == inline
