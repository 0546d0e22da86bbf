"""The ways out that a finding offers: none that can't work, and none that does harm."""

from typing import Any

import pytest

EMPTIED = "access-policies-emptied"
SWITCH = "where the vault exists, pass a value of parameter"


def ways(checked: Any) -> list[str]:
    (finding,) = checked.of(EMPTIED)
    return [detail.text[0] for detail in finding.details if detail.label in ("fix", "or")]


@pytest.mark.parametrize(
    ("condition", "declared"),
    [
        ("[equals(parameters('option'), 'new')]", {"type": "string", "defaultValue": "new"}),
        (
            "[equals('new', toLower(parameters('option')))]",
            {"type": "string", "defaultValue": "new"},
        ),
        ("[parameters('option')]", {"type": "bool", "defaultValue": True}),
        ("[not(parameters('option'))]", {"type": "bool", "defaultValue": False}),
        ("[empty(parameters('option'))]", {"type": "string", "defaultValue": ""}),
        ("[equals(parameters('option'), true())]", {"type": "bool", "defaultValue": True}),
    ],
)
def test_the_switch_that_the_template_has_comes_first(
    check: Any, vault_of: Any, condition: str, declared: Any
) -> None:
    checked = check(vault_of(policies=[], condition=condition), parameters={"option": declared})
    first, *others = ways(checked)
    assert first == f"{SWITCH} 'option' with which its condition is false"
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
