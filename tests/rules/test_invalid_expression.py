"""invalid-expression: broken where the answer needs it; broken elsewhere is not looked at."""

from typing import Any

import pytest
from support import make_deployment, make_template, make_vault

RULE = "invalid-expression"


@pytest.mark.parametrize(
    "properties",
    [
        {"networkAcls": "[nosuch()]"},
        {"enableRbacAuthorization": True, "accessPolicies": "[nosuch()]"},
        {"accessPolicies": "[if(true(), createArray(), nosuch())]"},
        {"accessPolicies": "[[nosuch()]"},
    ],
    ids=["another-property", "dormant", "branch-not-taken", "escaped"],
)
def test_compliant_where_the_answer_needs_no_more(
    check: Any, vault_of: Any, properties: dict[str, Any]
) -> None:
    assert check(vault_of(policies=[], properties=properties)).told(RULE) == []


@pytest.mark.parametrize(
    ("policies", "why"),
    [
        ("[nosuch()]", "there is no function 'nosuch'"),
        ("[concat('a']", "expected ',' or ')', but found the end of the expression"),
        ("[variables('none')]", "there is no variable 'none' in this template"),
        ("[parameters('none')]", "there is no parameter 'none' in this template"),
    ],
)
def test_violating_list(check: Any, vault_of: Any, written: Any, policies: str, why: str) -> None:
    checked = check(vault_of(policies=policies), variables={"list": []})
    message = f"accessPolicies of vault 'kv' can't be evaluated: {policies}: {why}"
    assert checked.told(RULE) == [
        ("error", "certain", message, written(policies, "accessPolicies"))
    ]
    assert (checked.vault.verdict, checked.told("undecided-vault")) == ("undecided", [])


@pytest.mark.parametrize("name", ["enableRbacAuthorization", "createMode"])
def test_violating_setting(check: Any, vault_of: Any, name: str) -> None:
    assert check(vault_of(policies=[], properties={name: "[nosuch()]"})).told(RULE) == [
        (
            "error",
            "certain",
            f"{name} of vault 'kv' can't be evaluated: [nosuch()]: there is no function 'nosuch'",
            f'"{name}": "[nosuch()]"',
        )
    ]


def test_violating_condition(check: Any, vault_of: Any) -> None:
    assert check(vault_of(policies=[], condition="[nosuch()]")).told(RULE) == [
        (
            "error",
            "certain",
            "condition of vault 'kv' can't be evaluated: [nosuch()]: there is no function 'nosuch'",
            '"condition": "[nosuch()]"',
        )
    ]


def test_undecided_while_what_it_is_about_is_not_supplied(check: Any, vault_of: Any) -> None:
    """The text may or may not be JSON: that is no error of the template."""
    resource = vault_of(policies="[json(parameters('text'))]")
    declared = {"text": {"type": "string"}}
    checked = check(resource, parameters=declared)
    assert checked.told(RULE) == []
    assert checked.told("undecided-vault") == [
        (
            "note",
            "certain",
            "what a deployment does to the access policies of vault 'kv' is not known:"
            " accessPolicies is [json(parameters('text'))]: parameter 'text' has no default and no"
            " value is supplied for it",
            '"accessPolicies": "[json(parameters(\'text\'))]"',
        )
    ]
    assert len(check(resource, parameters=declared, given={"text": "{"}).told(RULE)) == 1


def nested(template: Any, **members: Any) -> dict[str, Any]:
    return make_deployment(template=template, evaluation=None, **members)


BROKEN = {
    "place": {"resourceGroup": "[nosuch()]"},
    "condition": {"condition": "[nosuch()]"},
    "count": {"copy": {"name": "each", "count": "[nosuch()]"}},
}
WITH_VAULT = make_template(make_vault(policies=[]))
WITHOUT = make_template(
    {"type": "Microsoft.KeyVault/vaults/secrets", "apiVersion": "2023-07-01", "name": "kv/s"}
)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("template", [WITHOUT, make_template(nested(WITHOUT))], ids=["own", "deep"])
def test_compliant_where_no_vault_hangs_on_it(
    check: Any, vault_of: Any, broken: Any, template: Any
) -> None:
    """Another resource of the template has a vault; this deployment has none."""
    resources = (nested(template, **broken), vault_of(policies=[]))
    checked = check(*resources, variables={"plans": ["KeyVaults"]})
    assert checked.told(RULE) == []
    assert checked.vault.verdict == "emptied"


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize(
    "template", [WITH_VAULT, make_template(nested(WITH_VAULT))], ids=["own", "deep"]
)
def test_violating_where_a_vault_hangs_on_it(
    check: Any, written: Any, broken: Any, template: Any
) -> None:
    (told,) = check(nested(template, **broken)).told(RULE)
    key = "count" if "copy" in broken else next(iter(broken))
    message = "[nosuch()]: there is no function 'nosuch'"
    assert told == ("error", "certain", message, written("[nosuch()]", key))


def test_violating_variable_is_told_of_where_it_is_written(check: Any, written: Any) -> None:
    variables = {"place": "[nosuch()]", "group": "[concat('rg-', variables('place'))]"}
    module = nested(WITH_VAULT, resourceGroup="[variables('group')]")
    message = "[nosuch()]: there is no function 'nosuch'"
    assert check(module, variables=variables).told(RULE) == [
        ("error", "certain", message, written("[nosuch()]", "place"))
    ]


def test_a_long_expression_is_cut(check: Any, vault_of: Any) -> None:
    list_ = f"[nosuch('{'x' * 200}')]"
    ((_, _, message, _),) = check(vault_of(policies=list_)).told(RULE)
    assert f"{list_[:117]}...: there is no function" in message


def test_a_default_that_may_be_secret_is_not_quoted(check: Any, vault_of: Any) -> None:
    declared = {"list": {"type": "secureObject", "defaultValue": "[json(nosuch('hunter2'))]"}}
    findings = check(vault_of(policies="[parameters('list')]"), parameters=declared).report.findings
    assert findings
    assert "hunter2" not in str(findings)


def test_a_template_without_a_vault_that_can_not_be_read_at_all(check: Any) -> None:
    checked = check(parameters={"keyVaultName": 5})
    assert checked.report.findings == ()
