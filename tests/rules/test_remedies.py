"""The ways out that a finding offers: none that can't work, and none that does harm."""

from typing import Any

import pytest

EMPTIED = "access-policies-emptied"
SWITCH = "where the vault exists, pass a value of parameter"


def ways(checked: Any) -> list[str]:
    (finding,) = checked.of(EMPTIED)
    return [detail.text[0] for detail in finding.details if detail.label in ("fix", "or")]


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
