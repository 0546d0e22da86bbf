"""invalid-expression: broken where the answer needs it; broken elsewhere is not looked at."""

from typing import Any

import pytest

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
