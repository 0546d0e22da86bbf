"""add-child-does-not-protect: a vault that is rewritten, and a child that adds some back."""

from typing import Any

import pytest

RULE = "add-child-does-not-protect"
EMPTY, OWN = "an empty accessPolicies list", "an accessPolicies list of its own"
WORKSPACE = {
    "type": "Microsoft.MachineLearningServices/workspaces",
    "apiVersion": "2024-04-01",
    "name": "ml",
    "identity": {"type": "SystemAssigned"},
    "properties": {"keyVault": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"},
}


def half_fixed(with_list: str) -> str:
    others = "else" if with_list == EMPTY else "whom neither of them names"
    return (
        f"vault 'kv' is deployed with {with_list}, and the 'add' child grants access only to those"
        f" that it names: everybody {others} is removed, and those lose access during"
        " every deployment"
    )


def test_compliant_where_the_vault_is_not_written(
    check: Any, vault_of: Any, change: Any, policy: Any
) -> None:
    child = change("kv/add", [policy()])
    assert check(child).told(RULE) == []
    for member in ({"condition": False}, {"@options": {"onlyIfNotExists": []}}):
        assert check(vault_of(policies=[], **member), child).told(RULE) == []


@pytest.mark.parametrize("name", ["other/add", "kv/replace", "kv/remove"])
def test_compliant_where_the_child_adds_nothing(
    check: Any, vault_of: Any, change: Any, policy: Any, name: str
) -> None:
    assert check(vault_of(policies=[]), change(name, [policy()])).told(RULE) == []


@pytest.mark.parametrize("name", ["kv/add", "KV/Add", "[concat(parameters('vault'), '/add')]"])
def test_violating_with_an_empty_list(
    check: Any, vault_of: Any, change: Any, policy: Any, name: str
) -> None:
    vault = vault_of("[parameters('vault')]", policies=[])
    declared = {"vault": {"type": "string", "defaultValue": "kv"}}
    checked = check(vault, change(name, [policy()]), parameters=declared)
    assert checked.told(RULE) == [("error", "certain", half_fixed(EMPTY), '"accessPolicies": []')]
    (finding,) = checked.of(RULE)
    assert [(each.message, each.location.pointer) for each in finding.related] == [
        ("this child adds to the list only after the vault was rewritten", "/resources/1")
    ]
    assert checked.told("access-policies-emptied") == []


@pytest.mark.parametrize(("others", "severity"), [([], "warning"), ([WORKSPACE], "error")])
def test_violating_with_a_short_list(
    check: Any,
    vault_of: Any,
    change: Any,
    policy: Any,
    written: Any,
    others: list[Any],
    severity: str,
) -> None:
    policies = [policy("alice")]
    checked = check(vault_of(policies=policies), change("kv/add", [policy("bob")]), *others)
    span = written(policies, "accessPolicies")
    assert checked.told(RULE) == [(severity, "certain", half_fixed(OWN), span)]


def test_undecided_which_operation_the_child_is(
    check: Any, vault_of: Any, change: Any, policy: Any
) -> None:
    """The vault is emptied all the same."""
    child = change("[concat('kv/', parameters('operation'))]", [policy()])
    checked = check(vault_of(policies=[]), child, parameters={"operation": {"type": "string"}})
    assert checked.told(RULE) == []
    assert checked.told("access-policies-emptied") == [
        (
            "error",
            "certain",
            "vault 'kv' is deployed with an empty accessPolicies list, so every deployment removes"
            " all its access policies",
            '"accessPolicies": []',
        )
    ]


def test_undecided_whether_the_vault_is_rewritten(
    check: Any, vault_of: Any, change: Any, policy: Any
) -> None:
    vault = vault_of(policies=[], condition="[parameters('new')]")
    child = change("kv/add", [policy()])
    assert check(vault, child, parameters={"new": {"type": "bool"}}).told(RULE) == [
        (
            "warning",
            "possible",
            f"{half_fixed(EMPTY)}, if parameters('new') is true",
            '"accessPolicies": []',
        )
    ]


def test_a_child_that_replaces_grants_as_well(
    check: Any, vault_of: Any, change: Any, policy: Any
) -> None:
    children = [change("kv/add", [policy("a")]), change("kv/replace", [policy("b")])]
    (finding,) = check(vault_of(policies=[]), *children).of("add-child-does-not-protect")
    assert "and its children grant access only to those that they name" in finding.message
