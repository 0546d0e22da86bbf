"""The rules about what a deployment does to a vault: which speaks, what it says, and about what.

Each rule has a violating, a compliant and an undecided template; at most one of these rules speaks
of a vault, since one cause is one finding.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import armguard
from armguard.finding import Finding, Report
from armguard.rules import all_rules

Ask = Callable[..., Any]

VAULT_RULES = {
    "access-policies-emptied",
    "access-policies-missing",
    "access-policies-replaced",
    "add-child-does-not-protect",
    "invalid-expression",
    "parameters-rejected",
    "recover-mode",
    "undecided-vault",
    "workspace-access-not-granted",
}
SOMEBODY = {"tenantId": "t", "objectId": "o", "permissions": {"secrets": ["get"]}}
OTHER = {
    **SOMEBODY,
    "objectId": "[reference(resourceId('Microsoft.Web/sites', 's'), '2023-12-01', 'Full')"
    ".identity.principalId]",
}
WORKSPACE = {
    "type": "Microsoft.MachineLearningServices/workspaces",
    "apiVersion": "2024-04-01",
    "name": "ml",
    "identity": {"type": "SystemAssigned"},
    "properties": {"keyVault": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"},
}
PARAMETERS = {
    "flag": {"type": "bool"},
    "list": {"type": "array"},
    "empty": {"type": "array", "defaultValue": []},
    "rbac": {"type": "bool", "defaultValue": True},
    "mode": {"type": "string", "defaultValue": "default", "allowedValues": ["default", "recover"]},
}


def child(operation: str) -> dict[str, Any]:
    return {
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "apiVersion": "2026-02-01",
        "name": f"kv/{operation}",
        "properties": {"accessPolicies": [SOMEBODY]},
    }


def spoken(report: Report) -> list[Finding]:
    assert report.crashes == ()
    return [finding for finding in report.findings if finding.rule in VAULT_RULES]


def line_of(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


CASES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], str | None, str, str]] = {
    # name: properties of the vault, other resources, rule, severity and certainty, message
    "emptied": (
        {"accessPolicies": []}, [],
        "access-policies-emptied", "error certain",
        "vault 'kv' is deployed with an empty accessPolicies list, so every deployment removes all"
        " its access policies",
    ),
    "emptied by default": (
        {"accessPolicies": "[parameters('empty')]"}, [],
        "access-policies-emptied", "error default",
        "vault 'kv' is deployed with an empty accessPolicies list, so every deployment removes all"
        " its access policies",
    ),
    "emptied in one world": (
        {"accessPolicies": "[if(parameters('flag'), createArray(), createArray(1))]"}, [],
        "access-policies-emptied", "warning possible",
        "vault 'kv' is deployed with an empty accessPolicies list, so every deployment removes all"
        " its access policies, if parameters('flag') is true",
    ),
    "missing": (
        {}, [],
        "access-policies-missing", "error certain",
        "vault 'kv' is deployed without accessPolicies and without RBAC, so a deployment fails or"
        " removes all its access policies",
    ),
    "null": (
        {"accessPolicies": "[null()]"}, [],
        "access-policies-missing", "error certain",
        "vault 'kv' is deployed without accessPolicies and without RBAC, so a deployment fails or"
        " removes all its access policies",
    ),
    "replaced": (
        {"accessPolicies": [SOMEBODY]}, [],
        "access-policies-replaced", "note certain",
        "the access policies of vault 'kv' become exactly the list in this template: whoever was"
        " granted access elsewhere is removed",
    ),
    "workspace left out": (
        {"accessPolicies": [OTHER]}, [WORKSPACE],
        "workspace-access-not-granted", "error certain",
        "the accessPolicies of vault 'kv' leave out the identity of workspace 'ml', so every"
        " deployment takes its access away",
    ),
    "workspace perhaps left out": (
        {"accessPolicies": [SOMEBODY]}, [WORKSPACE],
        "workspace-access-not-granted", "warning possible",
        "the accessPolicies of vault 'kv' leave out the identity of workspace 'ml', so every"
        " deployment takes its access away, unless one of these entries is the workspace's own"
        " identity",
    ),
    "half fix": (
        {"accessPolicies": []}, [child("add")],
        "add-child-does-not-protect", "error certain",
        "vault 'kv' is deployed with an empty accessPolicies list, and the 'add' child grants"
        " access only to those that it names: everybody else is removed, and those lose access"
        " during every deployment",
    ),
    "half fix of a short list": (
        {"accessPolicies": [SOMEBODY]}, [child("Add")],
        "add-child-does-not-protect", "warning certain",
        "vault 'kv' is deployed with an accessPolicies list of its own, and the 'add' child grants"
        " access only to those that it names: everybody else is removed, and those lose access"
        " during every deployment",
    ),
    "half fix of a short list with a workspace": (
        {"accessPolicies": [SOMEBODY]}, [child("add"), WORKSPACE],
        "add-child-does-not-protect", "error certain",
        "vault 'kv' is deployed with an accessPolicies list of its own, and the 'add' child grants"
        " access only to those that it names: everybody else is removed, and those lose access"
        " during every deployment",
    ),
    "a remove child grants nobody anything": (
        {"accessPolicies": []}, [child("remove")],
        "access-policies-emptied", "error certain",
        "vault 'kv' is deployed with an empty accessPolicies list, so every deployment removes all"
        " its access policies",
    ),
    "recover": (
        {"accessPolicies": [], "createMode": "recover"}, [WORKSPACE],
        "recover-mode", "note certain",
        "vault 'kv' is deployed with createMode recover: its access policies are kept, but a first"
        " deployment fails and other changes may be ignored",
    ),
    "undecided": (
        {"accessPolicies": "[parameters('list')]"}, [WORKSPACE],
        "undecided-vault", "note certain",
        "what a deployment does to the access policies of vault 'kv' is not known: accessPolicies"
        " is [parameters('list')]: parameter 'list' has no default and no value is supplied for"
        " it",
    ),
    "broken": (
        {"accessPolicies": "[nosuch()]"}, [],
        "invalid-expression", "error certain",
        "accessPolicies of vault 'kv' can't be evaluated: there is no function 'nosuch'",
    ),
    "unparsable": (
        {"accessPolicies": "[concat('a'"+"]"}, [],
        "invalid-expression", "error certain",
        "accessPolicies of vault 'kv' can't be evaluated: expected ',' or ')', but found the end"
        " of the expression",
    ),
    "rbac": ({"accessPolicies": [], "enableRbacAuthorization": True}, [WORKSPACE], None, "", ""),
    "rbac by default": (
        {"accessPolicies": [], "enableRbacAuthorization": "[parameters('rbac')]"}, [WORKSPACE],
        None, "", "",
    ),
    "live list": (
        {"accessPolicies": "[target('full').properties.accessPolicies]"}, [WORKSPACE],
        None, "", "",
    ),
    "unneeded trouble": (
        {"accessPolicies": [], "enableRbacAuthorization": True, "networkAcls": "[nosuch()]"}, [],
        None, "", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_one_rule_speaks_of_a_vault(name: str, template: Ask, vault: Ask) -> None:
    properties, others, rule, sure, message = CASES[name]
    document = template([vault(**properties), *others], parameters=PARAMETERS)
    findings = spoken(armguard.check(document))
    if rule is None:
        assert findings == []
        return
    (finding,) = findings
    assert finding.rule == rule
    assert f"{finding.severity} {finding.certainty}" == sure
    assert finding.message == message


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[2] is not None])
def test_a_finding_points_at_the_property_or_at_what_is_around_it(
    name: str, template: Ask, vault: Ask
) -> None:
    properties, others, rule, _, _ = CASES[name]
    document = template([vault(**properties), *others], parameters=PARAMETERS)
    text = json.dumps(document, indent=2)
    (finding,) = spoken(armguard.check(text))
    asked = "createMode" if rule == "recover-mode" else "accessPolicies"
    if asked in properties:
        assert finding.location.pointer == f"/resources/0/properties/{asked}"
        line = line_of(text, f'"{asked}"')
    else:
        assert finding.location.pointer == "/resources/0/properties"
        line = line_of(text, '"properties"')
    start, end = finding.location.start, finding.location.end
    assert start is not None
    assert end is not None
    assert start.line == line
    shown = text.split("\n")[line - 1]
    assert start.column == shown.index('"') + 1
    if start.line == end.line:
        assert shown[start.column - 1 : end.column - 1] == shown.strip().rstrip(",")


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
        ({"accessPolicies": [SOMEBODY]}, False),
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


@pytest.mark.parametrize(
    ("supplied", "message", "pointer"),
    [
        ({"p": 5}, "the value of parameter 'p' must be String, but is Integer", "/parameters/p"),
        ({"q": 1}, "the template declares no parameter 'q', only: p", "/parameters/q"),
        ({"p": "c"}, "the value of parameter 'p' is 'c', but allowed are only 'a', 'b'", None),
    ],
)
def test_parameters_that_azure_would_refuse(
    supplied: Any, message: str, pointer: str | None, template: Ask, vault: Ask
) -> None:
    declared = {"type": "string", "allowedValues": ["a", "b"], "defaultValue": "a"}
    document = template([vault(accessPolicies=[])], parameters={"p": declared})
    given = {name: {"value": value} for name, value in supplied.items()}
    report = armguard.check(document, given)
    (finding,) = spoken(report)
    assert finding.rule == "parameters-rejected"
    assert finding.severity == "error"
    assert finding.message == f"Azure would refuse the parameters: {message}"
    if pointer is not None:
        assert finding.location.path == "<parameters>"
        assert finding.location.pointer == pointer
    assert report.summary.undecided == 1


def test_a_refused_default_points_at_its_declaration(template: Ask, vault: Ask) -> None:
    declared = {"type": "string", "defaultValue": 5}
    document = template([vault(accessPolicies=[])], parameters={"p": declared})
    (finding,) = spoken(armguard.check(document))
    assert finding.rule == "parameters-rejected"
    assert finding.location.pointer == "/parameters/p"
    assert finding.location.start is not None


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
