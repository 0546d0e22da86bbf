"""parameters-rejected: what Azure refuses before it deploys anything, and where that is written."""

from typing import Any

import pytest
from support import make_deployment

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
        ("lst", [], "the template declares no parameter 'lst'; did you mean 'list'?"),
        ("removedLongAgo", "x", "the template declares no parameter 'removedLongAgo'"),
    ],
)
def test_violating_value_on_which_no_verdict_hangs(
    check: Any, vault_of: Any, written: Any, name: str, value: Any, why: str
) -> None:
    checked = check(vault_of(policies=[]), parameters=DECLARED, given={name: value})
    span = written({"value": value}, name)
    assert checked.told(RULE) == [("warning", "certain", WHY + why, span)]
    (finding,) = checked.of(RULE)
    assert finding.location.path == "main.parameters.json"
    assert (checked.vault.verdict, checked.vault.certainty) == ("emptied", "certain")


@pytest.mark.parametrize(
    ("members", "verdict"),
    [
        ({"policies": "[parameters('list')]"}, "undecided"),
        ({"policies": "[variables('indirect')]"}, "undecided"),
        ({"policies": [], "condition": "[contains(parameters('list'), 'a')]"}, "emptied"),
        ({"policies": "[if(empty(parameters('list')), createArray(), null())]"}, "emptied"),
        ({"policies": [], "name": "[concat('kv', parameters('list')[0])]"}, "emptied"),
    ],
    ids=["list", "variable", "condition", "if", "name"],
)
def test_violating_value_is_an_error_where_a_verdict_hangs_on_it(
    check: Any, vault_of: Any, members: Any, verdict: str
) -> None:
    checked = check(
        vault_of(**members),
        parameters=DECLARED,
        given={"list": "a"},
        variables={"indirect": "[parameters('list')]"},
    )
    ((severity, *_),) = checked.told(RULE)
    assert severity == ("warning" if "name" in members else "error")
    assert checked.vault.verdict == verdict


def test_violating_default_in_a_parameter_file(check: Any, vault_of: Any, written: Any) -> None:
    checked = check(vault_of(policies=[]), parameters=DECLARED, given={"option": "${OPTION=old}"})
    why = "the value of parameter 'option' is 'old', but allowed are only 'new', 'existing'"
    span = written({"value": "${OPTION=old}"}, "option")
    assert checked.told(RULE) == [("warning", "default", WHY + why, span)]


def test_violating_value_of_a_link(check: Any, written: Any) -> None:
    link = make_deployment("linked", link={"uri": "[parameters('name')]"})
    checked = check(link, parameters=DECLARED, given={"name": 5})
    why = "the value of parameter 'name' must be String, but is Integer"
    assert checked.told(RULE) == [("error", "certain", WHY + why, written({"value": 5}, "name"))]


def test_violating_secret_is_told_by_the_rule_that_it_breaks(check: Any, vault_of: Any) -> None:
    secret = "quietHeron"
    for rule, declared in {
        "type": {"type": "secureObject"},
        "minLength": {"type": "secureString", "minLength": 12},
        "maxLength": {"type": "securestring", "maxLength": 3},
        "allowedValues": {"type": "securestring", "allowedValues": ["a", "b"]},
    }.items():
        checked = check(vault_of(policies=[]), parameters={"p": declared}, given={"p": secret})
        ((severity, _, message, _),) = checked.told(RULE)
        assert (severity, message) == (
            "warning",
            f"{WHY}the value of parameter 'p', which is secure, is not one that its declaration"
            f" accepts: it breaks the rule '{rule}'",
        )


@pytest.mark.parametrize("given", ["refused", "#{p}#"])
def test_what_a_secret_may_be_is_not_told(check: Any, vault_of: Any, given: str) -> None:
    declared = {"type": "securestring", "allowedValues": ["quietHeron", "b"]}
    policies = "[if(contains(parameters('p'), 'q'), createArray(), null())]"
    checked = check(vault_of(policies=policies), parameters={"p": declared}, given={"p": given})
    assert (checked.vault.verdict, checked.vault.certainty) == ("emptied", "possible")
    assert "quietHeron" not in str(checked.report.findings)


def test_compliant_with_no_allowed_values_listed(check: Any, vault_of: Any) -> None:
    declared = {"type": "string", "defaultValue": "small", "allowedValues": []}
    checked = check(vault_of(policies=[]), parameters={"size": declared}, given={"size": "large"})
    assert checked.told(RULE) == []
    assert (checked.vault.verdict, checked.vault.certainty) == ("emptied", "certain")


def test_ignoring_it_hides_nothing_else(check_files: Any, template_of: Any, vault_of: Any) -> None:
    files = {
        "main.json": template_of(
            vault_of("a", policies=[]),
            vault_of("b", policies="[parameters('list')]"),
            parameters=DECLARED,
        ),
        "main.parameters.json": {"parameters": {"list": {"value": 5}, "lst": {"value": 5}}},
    }
    told, ignored = check_files(files), check_files(files, ignore=(RULE,))
    assert [each.verdict for each in ignored.report.deployments[0].vaults] == [
        "emptied",
        "undecided",
    ]
    assert len(told.of(RULE)) == 2
    for rule in ("access-policies-emptied", "undecided-vault"):
        assert len(ignored.of(rule)) == len(told.of(rule)) == 1


def test_violating_default_is_refused_by_its_own_declaration(
    check: Any, vault_of: Any, written: Any
) -> None:
    declared = {"type": "bool", "defaultValue": "true"}
    vault = vault_of(policies=[], properties={"enableRbacAuthorization": "[parameters('rbac')]"})
    checked = check(vault, parameters={"rbac": declared})
    why = "the value of parameter 'rbac' must be Boolean, but is String"
    assert checked.told(RULE) == [("error", "default", WHY + why, written(declared, "rbac"))]
    assert checked.vault.verdict == "undecided"


@pytest.mark.parametrize("given", [{}, {"sku": "x", "removedLongAgo": "x"}])
def test_compliant_where_no_vault_is(check: Any, given: Any) -> None:
    """Other tools check parameters, and what nobody has filled in yet hurts no vault."""
    declared = {"type": "string", "defaultValue": "", "allowedValues": ["Standard_LRS"]}
    storage = {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "s"}
    assert check(storage, parameters={"sku": declared}, given=given).told(RULE) == []
    workspace = {**storage, "type": "Microsoft.MachineLearningServices/workspaces"}
    assert check(workspace, parameters={"sku": declared}, given=given).told(RULE) == []


def test_violating_value_of_the_python_api(template_of: Any, vault_of: Any) -> None:
    document = template_of(vault_of(policies=[]), parameters=DECLARED)
    finding, _ = armguard.check(document, {"q": {"value": 1}}).findings
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
    assert checked.told(RULE) == [("warning", "default", WHY + why, written(declared, "rbac"))]
