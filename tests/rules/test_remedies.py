"""The ways out that a finding offers: none that can't work, and none that does harm."""

from typing import Any

import pytest
from support import make_workspace

EMPTIED = "access-policies-emptied"
SWITCH = "where the vault exists, pass a value of parameter"


def ways(checked: Any) -> list[str]:
    (finding,) = checked.of(EMPTIED)
    texts = [detail.text[0] for detail in finding.details if detail.label in ("fix", "or")]
    return [each for each in texts if not each.startswith("armguard fix ")]


@pytest.mark.parametrize(
    ("condition", "declared", "value"),
    [
        ("[equals(parameters('option'), 'new')]", {"type": "string", "defaultValue": "new"}, None),
        (
            "[equals('new', toLower(parameters('option')))]",
            {"type": "string", "defaultValue": "new"},
            None,
        ),
        ("[empty(parameters('option'))]", {"type": "string", "defaultValue": ""}, None),
        (
            "[equals(parameters('option'), 'new')]",
            {"type": "string", "defaultValue": "new", "allowedValues": ["new", "existing"]},
            "'existing'",
        ),
        ("[parameters('option')]", {"type": "bool", "defaultValue": True}, "false"),
        ("[not(parameters('option'))]", {"type": "bool", "defaultValue": False}, "true"),
        (
            "[equals(parameters('option'), true())]",
            {"type": "bool", "defaultValue": True},
            "false",
        ),
    ],
)
def test_the_switch_that_the_template_has_comes_first(
    check: Any, vault_of: Any, condition: str, declared: Any, value: str | None
) -> None:
    checked = check(vault_of(policies=[], condition=condition), parameters={"option": declared})
    first, *others = ways(checked)
    if value is None:
        assert first == f"{SWITCH} 'option' with which its condition is false"
    else:
        assert first == (
            f"where the vault exists, pass {value} for parameter 'option': it is not written then"
        )
    assert not any("or a condition that is false" in other for other in others)


@pytest.mark.parametrize(
    "condition",
    [
        "[or(parameters('a'), parameters('b'))]",
        "[or(parameters('a'), true())]",
        "[parameters('fixed')]",
        "[variables('v')]",
    ],
)
def test_what_can_not_be_switched(check: Any, vault_of: Any, condition: str) -> None:
    on = {"type": "bool", "defaultValue": True}
    parameters = {"a": on, "b": on, "fixed": {**on, "allowedValues": [True]}}
    variables = {"v": "[or(parameters('a'), parameters('b'))]"}
    vault = vault_of(policies=[], condition=condition)
    checked = check(vault, parameters=parameters, variables=variables)
    assert not any(SWITCH in way for way in ways(checked))


def test_in_complete_mode_nothing_that_deletes_the_vault(check: Any, vault_of: Any) -> None:
    vault = vault_of(policies=[], condition="[parameters('c')]")
    parameters = {"c": {"type": "bool", "defaultValue": True}}
    offered = " ".join(ways(check(vault, parameters=parameters, mode="complete")))
    assert SWITCH not in offered
    assert "a condition that is false" not in offered
    assert "Complete mode would delete it" in offered


@pytest.mark.parametrize(
    ("name", "shown"),
    [("kv-1", "kv-1"), ('kv"; rm -rf / #', "NAME"), ("[parameters('n')]", "NAME")],
)
def test_names_that_a_shell_would_read(check: Any, vault_of: Any, name: str, shown: str) -> None:
    checked = check(vault_of(name, policies=[]), parameters={"n": {"type": "string"}})
    assert f"az keyvault show --name {shown} --query" in " ".join(ways(checked))


def test_a_flag_has_a_safe_value(check: Any, vault_of: Any) -> None:
    mode = "[if(parameters('exists'), 'recover', 'default')]"
    vault = vault_of(policies=[], properties={"createMode": mode})
    checked = check(vault, parameters={"exists": {"type": "bool", "defaultValue": False}})
    first, second, *_ = ways(checked)
    assert first == (
        "where the vault exists, pass true for parameter 'exists': its access policies are kept"
        " then"
    )
    assert "through a parameter" in second


@pytest.mark.parametrize(
    ("policies", "declared", "as_what"),
    [
        ("[parameters('p')]", {"type": "array", "defaultValue": []}, "parameter"),
        (
            "[coalesce(parameters('p'), createArray())]",
            {"type": "array", "nullable": True},
            "parameter",
        ),
        ("[variables('list')]", {"type": "array", "defaultValue": []}, "parameter"),
        (
            "[parameters('p').accessPolicies]",
            {"type": "object", "defaultValue": {"accessPolicies": []}},
            "part of parameter",
        ),
        (
            "[if(parameters('p'), createArray(createObject()), createArray())]",
            {"type": "bool", "defaultValue": False},
            None,
        ),
        (
            "[map(parameters('p'), lambda('id', createObject('objectId', lambdaVariables('id'))))]",
            {"type": "array", "defaultValue": []},
            None,
        ),
    ],
    ids=["array", "nullable", "variable", "part", "flag", "ids"],
)
def test_only_a_parameter_that_can_hold_the_list_is_named(
    check: Any, vault_of: Any, policies: str, declared: Any, as_what: str | None
) -> None:
    variables = {"list": "[parameters('p')]"} if "variables" in policies else {}
    vault = vault_of(policies=policies)
    offered = " ".join(ways(check(vault, parameters={"p": declared}, variables=variables)))
    assert (f"pass it in as {as_what} 'p'" in offered) is (as_what is not None)
    assert ("through a parameter" in offered) is (as_what is None)


def test_roles_by_a_flag(check: Any, vault_of: Any) -> None:
    flag = {"type": "bool", "defaultValue": False}
    vault = vault_of(policies=[], properties={"enableRbacAuthorization": "[parameters('roles')]"})
    offered = ways(check(vault, parameters={"roles": flag}))
    assert "switch to role assignments: true for parameter 'roles' (first" in offered[-1]


def test_from_which_version_on_the_command_works(check: Any, vault_of: Any) -> None:
    live, *_ = ways(check(vault_of(policies=[])))
    assert "from 2027-02-27 on that takes Azure CLI 2.90.0 or later" in live


FLAG = {"flag": {"type": "bool", "defaultValue": True}}
ON, OFF = "[parameters('flag')]", "[not(parameters('flag'))]"


def told(checked: Any) -> list[str]:
    found = [each for each in checked.of(EMPTIED) if each.severity == "error"]
    return [each.text[0] for each in found[0].details if each.label in ("fix", "or")]


def test_no_value_with_which_the_twin_writes_the_vault(check: Any, vault_of: Any) -> None:
    checked = check(
        vault_of(policies=[], condition=ON), vault_of(policies=[], condition=OFF), parameters=FLAG
    )
    assert not any(way.startswith("where the vault exists") for way in told(checked))


def test_no_value_with_which_another_vault_is_wiped(check: Any, vault_of: Any) -> None:
    other = vault_of("other", policies="[if(parameters('flag'), reference('x').l, createArray())]")
    checked = check(vault_of(policies=[], condition=ON), other, parameters=FLAG)
    assert not any(way.startswith("where the vault exists") for way in told(checked))
    harmless = vault_of("other", policies=[])  # it is wiped with either value
    checked = check(vault_of(policies=[], condition=ON), harmless, parameters=FLAG)
    assert told(checked)[1].startswith("where the vault exists, pass false")


def test_no_value_that_makes_it_another_vault(check: Any, vault_of: Any) -> None:
    name = "[if(parameters('flag'), 'kv', 'kv-2')]"
    listed = "[if(parameters('flag'), createArray(), target('full').properties.accessPolicies)]"
    checked = check(vault_of(name, policies=listed), parameters=FLAG)
    assert not any(way.startswith("where the vault exists") for way in told(checked))


@pytest.mark.parametrize(
    ("other", "offered"),
    [("'elsewhere'", False), ("'kv'", True), ("parameters('existing')", True)],
)
def test_no_value_that_gives_the_workspace_another_vault(
    check: Any, vault_of: Any, other: str, offered: bool
) -> None:
    used = f"[resourceId('Microsoft.KeyVault/vaults', if(parameters('flag'), 'kv', {other}))]"
    checked = check(
        vault_of(policies=[], condition=ON),
        make_workspace(vault=used),
        parameters={**FLAG, "existing": {"type": "string", "defaultValue": ""}},
    )
    assert any(way.startswith("where the vault exists") for way in told(checked)) is offered


def test_no_parameter_that_two_vaults_have_for_their_list(check: Any, vault_of: Any) -> None:
    declared = {"list": {"type": "array", "defaultValue": []}}
    two = [vault_of(name, policies="[parameters('list')]") for name in ("kva", "kvb")]
    assert not any("'list'" in way for way in told(check(*two, parameters=declared)))
    assert any("'list'" in way for way in told(check(two[0], parameters=declared)))


@pytest.mark.parametrize("more", [{"maxLength": 0}, {"allowedValues": [[]]}])
def test_no_parameter_that_refuses_a_list(check: Any, vault_of: Any, more: Any) -> None:
    declared = {"list": {"type": "array", "defaultValue": [], **more}}
    checked = check(vault_of(policies="[parameters('list')]"), parameters=declared)
    assert not any("'list'" in way for way in told(checked))


def test_each_kind_of_safe_value_of_one_flag(check: Any, vault_of: Any) -> None:
    declared = {"defaultValue": "policies", "allowedValues": ["policies", "roles", "none"]}
    vault = vault_of(
        policies=[],
        condition="[not(equals(parameters('model'), 'none'))]",
        properties={"enableRbacAuthorization": "[equals(parameters('model'), 'roles')]"},
    )
    ways = told(check(vault, parameters={"model": {"type": "string", **declared}}))
    assert ways[1].startswith("where the vault exists, pass 'none' for parameter 'model'")
    assert "switch to role assignments: 'roles' for parameter 'model'" in ways[-1]


def test_no_value_that_is_not_allowed(check: Any, vault_of: Any) -> None:
    declared = {"flag": {"type": "bool", "defaultValue": True, "allowedValues": [True]}}
    checked = check(vault_of(policies=[], condition=ON), parameters=declared)
    assert not any(way.startswith("where the vault exists") for way in told(checked))
