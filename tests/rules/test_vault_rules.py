"""The rules about what a deployment does to a vault: at most one of them speaks, since one cause
is one finding; why it speaks, what breaks and what to do about it is told in the same way by all.

What each of them says, and about which text, is in the file of the rule.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support import VAULT_RULES, make_change, make_workspace

import armguard
from armguard.finding import Finding
from armguard.finding.report import Report
from armguard.rules import all_rules

Ask = Callable[..., Any]

SOMEBODY = {"tenantId": "t", "objectId": "o", "permissions": {"secrets": ["get"]}}
OTHER = {
    **SOMEBODY,
    "objectId": "[reference(resourceId('Microsoft.Web/sites', 's'), '2023-12-01', 'Full')"
    ".identity.principalId]",
}
WORKSPACE = make_workspace()
PARAMETERS = {
    "flag": {"type": "bool"},
    "list": {"type": "array"},
    "empty": {"type": "array", "defaultValue": []},
    "rbac": {"type": "bool", "defaultValue": True},
    "mode": {"type": "string", "defaultValue": "default", "allowedValues": ["default", "recover"]},
}


def child(operation: str) -> dict[str, Any]:
    return make_change(f"kv/{operation}", [SOMEBODY])


def spoken(report: Report) -> list[Finding]:
    assert report.crashes == ()
    return [finding for finding in report.findings if finding.rule in VAULT_RULES]


CASES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], str | None, str]] = {
    # name: properties of the vault, other resources, rule, severity and certainty
    "emptied": ({"accessPolicies": []}, [], "access-policies-emptied", "error certain"),
    "emptied by default": (
        {"accessPolicies": "[parameters('empty')]"}, [],
        "access-policies-emptied", "error default",
    ),
    "emptied in one world": (
        {"accessPolicies": "[if(parameters('flag'), createArray(), createArray(1))]"}, [],
        "access-policies-emptied", "warning possible",
    ),
    "missing": ({}, [], "access-policies-missing", "error certain"),
    "null": ({"accessPolicies": "[null()]"}, [], "access-policies-missing", "error certain"),
    "replaced": ({"accessPolicies": [SOMEBODY]}, [], "access-policies-replaced", "note certain"),
    "workspace left out": (
        {"accessPolicies": [OTHER]}, [WORKSPACE],
        "workspace-access-not-granted", "error certain",
    ),
    "workspace perhaps left out": (
        {"accessPolicies": [SOMEBODY]}, [WORKSPACE],
        "workspace-access-not-granted", "warning possible",
    ),
    "half fix": (
        {"accessPolicies": []}, [child("add")],
        "add-child-does-not-protect", "error certain",
    ),
    "half fix of a short list": (
        {"accessPolicies": [OTHER]}, [child("Add")],
        "add-child-does-not-protect", "warning certain",
    ),
    "a child that adds whom the list has": (
        {"accessPolicies": [SOMEBODY]}, [child("add")], "access-policies-replaced", "note certain",
    ),
    "half fix of a short list with a workspace": (
        {"accessPolicies": [OTHER]}, [child("add"), WORKSPACE],
        "add-child-does-not-protect", "error certain",
    ),
    "a remove child grants nobody anything": (
        {"accessPolicies": []}, [child("remove")],
        "access-policies-emptied", "error certain",
    ),
    "recover": (
        {"accessPolicies": [], "createMode": "recover"}, [WORKSPACE],
        "recover-mode", "note certain",
    ),
    "undecided": (
        {"accessPolicies": "[parameters('list')]"}, [WORKSPACE],
        "undecided-vault", "note certain",
    ),
    "broken": ({"accessPolicies": "[nosuch()]"}, [], "invalid-expression", "error certain"),
    "unparsable": ({"accessPolicies": "[concat('a']"}, [], "invalid-expression", "error certain"),
    "rbac": ({"accessPolicies": [], "enableRbacAuthorization": True}, [WORKSPACE], None, ""),
    "rbac by default": (
        {"accessPolicies": [], "enableRbacAuthorization": "[parameters('rbac')]"}, [WORKSPACE],
        None, "",
    ),
    "live list": (
        {"accessPolicies": "[target('full').properties.accessPolicies]"}, [WORKSPACE], None, "",
    ),
    "unneeded trouble": (
        {"accessPolicies": [], "enableRbacAuthorization": True, "networkAcls": "[nosuch()]"}, [],
        None, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_one_rule_speaks_of_a_vault(name: str, template: Ask, vault: Ask) -> None:
    properties, others, rule, sure = CASES[name]
    document = template([vault(**properties), *others], parameters=PARAMETERS)
    spoke = [
        (each.rule, f"{each.severity} {each.certainty}")
        for each in spoken(armguard.check(document))
    ]
    assert spoke == ([] if rule is None else [(rule, sure)])


@pytest.mark.parametrize(
    ("list_is", "chain"),
    [
        (
            "[parameters('empty')]",
            ["accessPolicies is [parameters('empty')]", "parameter 'empty' defaults to []"],
        ),
        (
            "[variables('of')]",
            [
                "accessPolicies is [variables('of')]",
                "variable 'of' is [parameters('empty')]",
                "parameter 'empty' defaults to []",
            ],
        ),
        ([], ["accessPolicies is written as []"]),
        ("[if(parameters('flag'), createArray(), createArray(1))]", ["parameters('flag') is true"]),
    ],
)
def test_details_show_the_chain_that_decides(
    list_is: Any, chain: list[str], template: Ask, vault: Ask
) -> None:
    document = template(
        [vault(accessPolicies=list_is)],
        parameters=PARAMETERS,
        variables={"of": "[parameters('empty')]"},
    )
    (finding,) = spoken(armguard.check(document))
    text = " ".join(
        "".join(part if isinstance(part, str) else str(part) for part in detail.text)
        for detail in finding.details
    )
    positions = [text.find(link) for link in chain]
    assert -1 not in positions, text
    assert positions == sorted(positions)
    for related in finding.related:
        assert related.location.start is not None
    if "parameter 'empty' defaults to []" in chain:
        pointers = [related.location.pointer for related in finding.related]
        assert "/parameters/empty/defaultValue" in pointers


def test_the_broken_workspaces_are_named(template: Ask, vault: Ask) -> None:
    second = {**WORKSPACE, "name": "ml2"}
    document = template([vault(accessPolicies=[]), WORKSPACE, second])
    (finding,) = spoken(armguard.check(document))
    breaks = [detail.text for detail in finding.details if detail.label == "breaks"]
    assert [text[0] for text in breaks] == ["workspace 'ml' (", "workspace 'ml2' ("]
    pointers = [related.location.pointer for related in finding.related]
    assert pointers == ["/resources/1", "/resources/2"]


def test_ways_out_are_offered_where_access_is_lost(template: Ask, vault: Ask) -> None:
    labels = {"fix", "or", "help"}
    for properties, offered in (
        ({"accessPolicies": []}, True),
        ({}, True),
        ({"accessPolicies": [SOMEBODY]}, True),
        ({"createMode": "recover"}, False),
    ):
        (finding,) = spoken(armguard.check(template([vault(**properties)])))
        assert (labels <= {detail.label for detail in finding.details}) is offered


def test_a_name_that_is_not_known_is_shown_as_its_expression(template: Ask, vault: Ask) -> None:
    name = "[concat('kv', uniqueString(resourceGroup().id))]"
    (finding,) = spoken(armguard.check(template([vault(name, accessPolicies=[])])))
    assert finding.message.startswith(f"vault {name} is deployed")
    assert finding.resource is not None
    assert finding.resource.name == name


def test_one_cause_is_one_finding_in_a_loop(template: Ask, vault: Ask) -> None:
    resource = {
        **vault("[format('kv{0}', copyIndex())]", accessPolicies=[]),
        "copy": {"name": "c", "count": 3},
    }
    report = armguard.check(template([resource]))
    (finding,) = spoken(report)
    assert len(report.deployments[0].vaults) == 3
    assert [detail.text for detail in finding.details if detail.label == "also"] == [("kv1, kv2",)]


def test_every_rule_has_a_page_with_an_example() -> None:
    rules = {rule.id: rule for rule in all_rules()}
    assert rules.keys() >= VAULT_RULES | {"unreadable-template"}
    for rule in rules.values():
        assert rule.page.startswith(f"# {rule.id}\n")
        assert rule.summary
        assert rule.summary[0].islower() or not rule.summary[0].isalpha()
        assert not rule.summary.endswith(".")


def example_in(page: str) -> str | None:
    """The first JSON example below the heading `Example`."""
    _, found, rest = page.partition("## Example")
    if not found:
        return None
    fence = rest.partition("```json\n")[2]
    return fence.partition("```")[0] or None


@pytest.mark.parametrize(
    "rule",
    [
        "access-policies-emptied",
        "access-policies-missing",
        "access-policies-replaced",
        "add-child-does-not-protect",
        "invalid-expression",
        "recover-mode",
    ],
)
def test_the_example_on_its_page_breaks_the_rule(rule: str, template: Ask, vault: Ask) -> None:
    text = example_in(next(each.page for each in all_rules() if each.id == rule))
    assert text is not None
    example = json.loads(text)
    if isinstance(example, dict):
        example = [example if "type" in example else vault(**example)]
    found = {finding.rule for finding in armguard.check(template(example)).findings}
    assert found & VAULT_RULES == {rule}
