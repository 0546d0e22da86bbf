"""vault-tenant-mismatch: a vault whose tenant is not the one that is deployed to."""

from typing import Any

import pytest
from conftest_deployed import deployed_vault, inventory_of

RULE = "vault-tenant-mismatch"
HERE = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
ELSEWHERE = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
MESSAGE = (
    f"vault 'kv' is deployed with tenant '{ELSEWHERE}', but the deployment goes to tenant '{HERE}',"
    " of which nobody gets in then"
)


def of_tenant(vault_of: Any, tenant: Any, **more: Any) -> Any:
    return vault_of(policies=[], properties={"tenantId": tenant}, **more)


@pytest.mark.parametrize(
    "tenant", [HERE, HERE.upper(), "[subscription().tenantId]", "[tenant().tenantId]", "<tenant>"]
)
def test_compliant(check: Any, vault_of: Any, tenant: str) -> None:
    assert check(of_tenant(vault_of, tenant), tenant=HERE).told(RULE) == []


@pytest.mark.parametrize("member", [{"condition": False}, {"existing": True}])
def test_compliant_where_the_vault_is_not_written(
    check: Any, vault_of: Any, member: dict[str, Any]
) -> None:
    vault = of_tenant(vault_of, ELSEWHERE, **member)
    assert check(vault, tenant=HERE).told(RULE) == []


@pytest.mark.parametrize("rbac", [False, True])
def test_violating(check: Any, vault_of: Any, rbac: bool) -> None:
    """Neither entries nor roles help those of another tenant."""
    properties = {"tenantId": ELSEWHERE, "enableRbacAuthorization": rbac}
    checked = check(vault_of(policies=[], properties=properties), tenant=HERE.upper())
    assert checked.told(RULE) == [("warning", "certain", MESSAGE, f'"tenantId": "{ELSEWHERE}"')]


def test_violating_by_a_parameter(check: Any, vault_of: Any) -> None:
    vault = of_tenant(vault_of, "[parameters('tenant')]")
    declared = {"tenant": {"type": "string", "defaultValue": HERE}}
    assert check(vault, parameters=declared, tenant=HERE).told(RULE) == []
    given = {"tenant": ELSEWHERE}
    checked = check(vault, parameters=declared, given=given, tenant=HERE)
    span = '"tenantId": "[parameters(\'tenant\')]"'
    assert checked.told(RULE) == [("warning", "certain", MESSAGE, span)]


def test_violating_as_it_is_deployed(against: Any, vault_of: Any) -> None:
    state = inventory_of(deployed_vault())
    ((_, certainty, message, _),) = against(state, of_tenant(vault_of, ELSEWHERE)).told(RULE)
    assert certainty == "certain"
    assert message.startswith(f"vault 'kv' is deployed with tenant '{ELSEWHERE}', but")


def test_undecided_which_tenant_it_is(check: Any, vault_of: Any) -> None:
    assert check(of_tenant(vault_of, ELSEWHERE)).told(RULE) == []
    open_ = of_tenant(vault_of, "[parameters('tenant')]")
    declared = {"tenant": {"type": "string"}}
    assert check(open_, parameters=declared, tenant=HERE).told(RULE) == []


def test_undecided_whether_the_vault_is_written(check: Any, vault_of: Any) -> None:
    vault = of_tenant(vault_of, ELSEWHERE, condition="[parameters('new')]")
    checked = check(vault, parameters={"new": {"type": "bool"}}, tenant=HERE)
    message = f"{MESSAGE}, if parameters('new') is true"
    assert checked.told(RULE) == [("warning", "possible", message, f'"tenantId": "{ELSEWHERE}"')]
