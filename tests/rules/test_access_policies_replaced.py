"""access-policies-replaced: a list of its own, which takes the place of the one that there is."""

from typing import Any

import pytest

RULE = "access-policies-replaced"
REPLACED = (
    "the access policies of vault 'kv' become exactly the list in this template: whoever was"
    " granted access elsewhere is removed"
)


@pytest.mark.parametrize(
    "properties",
    [
        {"enableRbacAuthorization": True},
        {"createMode": "recover"},
        {"accessPolicies": "[target('full').properties.accessPolicies]"},
        {"accessPolicies": []},
    ],
    ids=["rbac", "recover", "live-list", "empty"],
)
def test_compliant(check: Any, vault_of: Any, policy: Any, properties: dict[str, Any]) -> None:
    assert check(vault_of(policies=[policy()], properties=properties)).told(RULE) == []


def test_violating(check: Any, vault_of: Any, policy: Any, written: Any) -> None:
    policies = [policy("alice"), policy("[parameters('who')]")]
    checked = check(vault_of(policies=policies), parameters={"who": {"type": "string"}})
    span = written(policies, "accessPolicies")
    assert checked.told(RULE) == [("note", "certain", REPLACED, span)]
    (finding,) = checked.of(RULE)
    assert [(each.label, each.text) for each in finding.details if each.label == "stays"] == [
        ("stays", ("alice, [parameters('who')]",))
    ]


@pytest.mark.parametrize(
    ("permissions", "stays"),
    [
        ({"secrets": []}, "alice"),
        ({}, "alice"),
        ({"secrets": ["get"]}, "bob, alice"),
        ("[parameters('what')]", "bob, alice"),
    ],
)
def test_who_has_no_permission_does_not_stay(
    check: Any, vault_of: Any, policy: Any, permissions: Any, stays: str
) -> None:
    policies = [{**policy("bob"), "permissions": permissions}, policy("alice")]
    checked = check(vault_of(policies=policies), parameters={"what": {"type": "object"}})
    (finding,) = checked.of(RULE)
    assert [each.text for each in finding.details if each.label == "stays"] == [(stays,)]


def test_nobody_stays_where_no_entry_permits_anything(
    check: Any, vault_of: Any, policy: Any
) -> None:
    checked = check(vault_of(policies=[{**policy("bob"), "permissions": {}}]))
    (finding,) = checked.of(RULE)
    (stays,) = (each.text for each in finding.details if each.label == "stays")
    assert stays == ("nobody, for its entries permit nothing",)


@pytest.mark.parametrize(
    ("policies", "certainty", "world"),
    [
        ("[variables('people')]", "certain", ""),
        ("[parameters('people')]", "default", ""),
        (
            "[if(parameters('flag'), variables('people'),"
            " target('full').properties.accessPolicies)]",
            "possible",
            ", if parameters('flag') is true",
        ),
    ],
)
def test_violating_by_an_expression(
    check: Any,
    vault_of: Any,
    policy: Any,
    written: Any,
    policies: str,
    certainty: str,
    world: str,
) -> None:
    checked = check(
        vault_of(policies=policies),
        parameters={
            "people": {"type": "array", "defaultValue": [policy()]},
            "flag": {"type": "bool"},
        },
        variables={"people": [policy()]},
    )
    span = written(policies, "accessPolicies")
    assert checked.told(RULE) == [("note", certainty, REPLACED + world, span)]


def test_undecided_while_the_list_is_known_only_at_run_time(check: Any, vault_of: Any) -> None:
    checked = check(vault_of(policies="[reference('people').outputs.list.value]"))
    assert checked.told(RULE) == []
    assert checked.told("undecided-vault") == [
        (
            "note",
            "certain",
            "what a deployment does to the access policies of vault 'kv' is not known:"
            " accessPolicies is [reference('people').outputs.list.value]: only Azure knows it,"
            " while it deploys",
            '"accessPolicies": "[reference(\'people\').outputs.list.value]"',
        )
    ]
