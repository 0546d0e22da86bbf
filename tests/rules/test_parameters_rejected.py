"""parameters-rejected: what Azure refuses before it deploys anything, and where that is written."""

from typing import Any

import pytest

import armguard

RULE = "parameters-rejected"
WHY = "Azure would refuse the parameters: "
DECLARED = {
    "option": {"type": "string", "allowedValues": ["new", "existing"], "defaultValue": "new"},
    "list": {"type": "array", "minLength": 1, "maxLength": 2, "defaultValue": ["a"]},
    "days": {"type": "int", "minValue": 7, "maxValue": 90, "defaultValue": 90},
    "rbac": {"type": "bool", "defaultValue": False},
    "free": {"type": "object", "nullable": True},
    "name": {"type": "string"},
}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"option": "existing", "list": ["a", "b"], "days": 7, "rbac": True, "free": {"x": 1}},
        {"free": None, "rbac": None},
    ],
    ids=["defaults", "values", "null-where-allowed"],
)
def test_compliant(check: Any, vault_of: Any, given: dict[str, Any]) -> None:
    checked = check(vault_of(policies=[]), parameters=DECLARED, given=given)
    assert checked.told(RULE) == []
    assert checked.vault.verdict == "emptied"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("rbac", "true", "the value of parameter 'rbac' must be Boolean, but is String"),
        ("days", "7", "the value of parameter 'days' must be Integer, but is String"),
        ("list", {}, "the value of parameter 'list' must be Array, but is Object"),
        (
            "option",
            "old",
            "the value of parameter 'option' is 'old', but allowed are only 'new', 'existing'",
        ),
        ("days", 6, "the value of parameter 'days' is 6, but must be at least 7"),
        ("days", 91, "the value of parameter 'days' is 91, but may be at most 90"),
        ("list", [], "the value of parameter 'list' has 0 elements, but needs at least 1"),
        ("list", [1, 2, 3], "the value of parameter 'list' has 3 elements, but may have at most 2"),
        ("name", None, "the value of parameter 'name' must be String, but is Null"),
        (
            "lst",
            [],
            "the template declares no parameter 'lst', only: option, list, days, rbac, free, name",
        ),
    ],
)
def test_violating_value(
    check: Any, vault_of: Any, written: Any, name: str, value: Any, why: str
) -> None:
    checked = check(vault_of(policies=[]), parameters=DECLARED, given={name: value})
    span = written({"value": value}, name)
    assert checked.told(RULE) == [("error", "certain", WHY + why, span)]
    (finding,) = checked.of(RULE)
    assert finding.location.path == "main.parameters.json"
    assert (checked.vault.verdict, checked.vault.reason) == (
        "undecided",
        "Azure would refuse the parameters",
    )


def test_violating_default_is_refused_by_its_own_declaration(
    check: Any, vault_of: Any, written: Any
) -> None:
    declared = {"type": "bool", "defaultValue": "true"}
    why = "the value of parameter 'rbac' must be Boolean, but is String"
    assert check(vault_of(policies=[]), parameters={"rbac": declared}).told(RULE) == [
        ("error", "default", WHY + why, written(declared, "rbac"))
    ]


def test_compliant_placeholder_where_no_vault_is(check: Any) -> None:
    """Its template deploys with the parameters that it is meant for, and concerns no vault."""
    declared = {"type": "string", "defaultValue": "", "allowedValues": ["Standard_LRS"]}
    storage = {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "s"}
    assert check(storage, parameters={"sku": declared}).told(RULE) == []


def test_violating_value_of_the_python_api(template_of: Any, vault_of: Any) -> None:
    document = template_of(vault_of(policies=[]), parameters=DECLARED)
    (finding,) = armguard.check(document, {"q": {"value": 1}}).findings
    assert (finding.rule, finding.location.path, finding.location.pointer) == (
        RULE,
        "<parameters>",
        "/parameters/q",
    )


def test_undecided_without_a_required_value(check: Any, vault_of: Any) -> None:
    """It is no finding of its own: what hangs on it is not known."""
    vault = vault_of(policies="[parameters('list')]")
    checked = check(vault, parameters={"list": {"type": "array", "minLength": 1}})
    assert checked.told(RULE) == []
    assert checked.told("undecided-vault") == [
        (
            "note",
            "certain",
            "what a deployment does to the access policies of vault 'kv' is not known:"
            " accessPolicies is [parameters('list')]: parameter 'list' has no default and no value"
            " is supplied for it",
            '"accessPolicies": "[parameters(\'list\')]"',
        )
    ]


def test_undecided_whether_a_secret_is_what_was_declared(
    check_files: Any, template_of: Any, vault_of: Any
) -> None:
    secret = {"reference": {"keyVault": {"id": "/subscriptions/s"}, "secretName": "days"}}
    checked = check_files(
        {
            "main.json": template_of(vault_of(policies=[]), parameters={"days": {"type": "int"}}),
            "main.parameters.json": {"parameters": {"days": secret}},
        }
    )
    assert checked.told(RULE) == []
    assert checked.vault.verdict == "emptied"


def test_violating_default_that_null_asks_for(check: Any, vault_of: Any, written: Any) -> None:
    declared = {"type": "bool", "defaultValue": "true"}
    checked = check(vault_of(policies=[]), parameters={"rbac": declared}, given={"rbac": None})
    why = "the value of parameter 'rbac' must be Boolean, but is String"
    assert checked.told(RULE) == [("error", "default", WHY + why, written(declared, "rbac"))]
