"""Templates inside other things: where they stand, who evaluates what, where they go.

What is evaluated first is told by the escapes: `[[...]` is for whoever deploys the template.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from support import (
    SCHEMA,
    make_change,
    make_deployment,
    make_policy,
    make_template,
    make_vault,
    make_workspace,
)

import armguard
from armguard.finding.report import DeploymentReport, Report, VaultReport

LISTED = make_template(
    make_vault("[parameters('name')]", "[parameters('list')]"),
    parameters={
        "name": {"type": "string", "defaultValue": "kv-default"},
        "list": {"type": "array", "defaultValue": []},
    },
)


def escaped(value: Any) -> Any:
    """As it is written one layer further out."""
    if isinstance(value, str):
        return f"[{value}" if value[:1] == "[" else value
    if isinstance(value, dict):
        return {name: escaped(each) for name, each in value.items()}
    return [escaped(each) for each in value] if isinstance(value, list) else value


def resource(type_: str, properties: Any, name: str = "it", **members: Any) -> dict[str, Any]:
    members = {"apiVersion": "2024-03-01", "location": "westeurope", **members}
    return {"type": type_, "name": name, **members, "properties": properties}


def stack(template: Any, **properties: Any) -> dict[str, Any]:
    kind = "Microsoft.Resources/deploymentStacks"
    return resource(kind, {"template": template, **properties})


def spec(template: Any, **properties: Any) -> dict[str, Any]:
    kind = "Microsoft.Resources/templateSpecs/versions"
    return resource(kind, {"mainTemplate": template, **properties}, "spec/1.0")


def definition(template: Any) -> dict[str, Any]:
    return resource("Microsoft.Solutions/applicationDefinitions", {"mainTemplate": template})


def rule(template: Any, effect: str = "deployIfNotExists", **passed: Any) -> dict[str, Any]:
    parameters = {name: {"value": value} for name, value in passed.items()}
    deployment = {"mode": "incremental", "template": template, "parameters": parameters}
    details = {"type": "Microsoft.KeyVault/vaults", "deployment": {"properties": deployment}}
    return {
        "if": {"field": "type", "equals": "Microsoft.KeyVault/vaults"},
        "then": {"effect": effect, "details": details},
    }


def policy(template: Any, effect: str = "deployIfNotExists", **passed: Any) -> dict[str, Any]:
    kind = "Microsoft.Authorization/policyDefinitions"
    return resource(kind, {"policyRule": rule(template, effect, **passed)})


def artifact(template: Any, kind: str = "template", **passed: Any) -> dict[str, Any]:
    parameters = {name: {"value": value} for name, value in passed.items()}
    properties = {"template": template, "parameters": parameters}
    return resource("Microsoft.Blueprint/blueprints/artifacts", properties, "b/a", kind=kind)


def nested(template: Any, scope: str = "inner", **properties: Any) -> dict[str, Any]:
    return make_deployment(
        "it", template, evaluation=scope, location="westeurope", properties=properties
    )


def checked(*resources: Any, **members: Any) -> Report:
    return armguard.check(make_template(*resources, **members))


def vaults(report: Report) -> list[VaultReport]:
    deployment: DeploymentReport
    (deployment,) = report.deployments
    return list(deployment.vaults)


def told(report: Report) -> list[tuple[str, str, str | None]]:
    """(name, verdict, certainty) of all vaults."""
    return [
        (each.name, each.verdict, None if each.certainty is None else str(each.certainty))
        for each in vaults(report)
    ]


KEEPERS = [spec, definition, policy, artifact]


@pytest.mark.parametrize("keep", KEEPERS)
def test_a_kept_template_is_judged_with_its_own_defaults(keep: Any) -> None:
    (vault,) = vaults(checked(keep(escaped(LISTED))))
    assert (vault.verdict, vault.certainty) == ("emptied", "default")
    assert vault.id is None, "nobody knows where it goes"


@pytest.mark.parametrize("keep", [*KEEPERS, stack])
def test_what_is_not_escaped_the_deployment_around_evaluates(keep: Any) -> None:
    name = {"n": {"type": "string", "defaultValue": "kv-of-main"}}
    template = make_template(make_vault("[parameters('n')]", policies=[]))
    assert told(checked(keep(template), parameters=name)) == [("kv-of-main", "emptied", "certain")]


def test_a_stack_deploys_with_what_it_is_passed() -> None:
    passed = {"name": {"value": "[concat('kv', '1')]"}, "list": {"value": [make_policy()]}}
    assert told(checked(stack(escaped(LISTED), parameters=passed))) == [
        ("kv1", "replaced", "certain")
    ]
    assert told(checked(stack(escaped(LISTED)))) == [("kv-default", "emptied", "certain")]


def test_a_stack_goes_where_the_deployment_around_goes_or_to_a_place_of_its_own() -> None:
    template = make_template(make_vault(policies=[]))
    scope = armguard.DeploymentScope(subscription_id="s", resource_group="rg")
    here = armguard.check(make_template(stack(template)), scope=scope)
    there = stack(template, deploymentScope="/subscriptions/s2/resourceGroups/other")
    elsewhere = armguard.check(make_template(there), scope=scope)
    rest = "providers/Microsoft.KeyVault/vaults/kv"
    assert [each.id for each in vaults(here)] == [f"/subscriptions/s/resourceGroups/rg/{rest}"]
    assert [each.id for each in vaults(elsewhere)] == [
        f"/subscriptions/s2/resourceGroups/other/{rest}"
    ]


def test_each_layer_takes_one_bracket() -> None:
    inside = spec(escaped(LISTED))
    assert [each.verdict for each in vaults(checked(nested(make_template(inside))))] == ["emptied"]
    outer = escaped(make_template(inside))
    outer["$schema"] = SCHEMA
    assert [each.verdict for each in vaults(checked(nested(outer, "outer")))] == ["emptied"]
    twice = spec(escaped(make_template(policy(escaped(LISTED), name="[[field('name')]"))))
    assert told(checked(twice)) == [("[field('name')]", "emptied", "default")]


def test_language_version_2_leaves_the_rule_of_a_policy_alone() -> None:
    for written in (LISTED, escaped(LISTED)):
        report = checked(resources={"p": policy(written)}, languageVersion="2.0")
        assert told(report) == [("kv-default", "emptied", "default")]


@pytest.mark.parametrize(
    ("passed", "verdict"),
    [
        ("[[field('Microsoft.KeyVault/vaults/accessPolicies')]", "undecided"),
        ("[[parameters('ofThePolicy')]", "undecided"),
        ([], "emptied"),
        ([{**make_policy(), "objectId": "[[field('identity.principalId')]"}], "replaced"),
    ],
)
@pytest.mark.parametrize("keep", [policy, artifact])
def test_what_a_keeper_computes_later_is_not_known(keep: Any, passed: Any, verdict: str) -> None:
    (vault,) = vaults(checked(keep(escaped(LISTED), list=passed, name="[[field('name')]")))
    assert (vault.name, vault.verdict) == ("[field('name')]", verdict)


@pytest.mark.parametrize("effect", ["audit", "Deny", "append", "modify", "disabled"])
def test_a_policy_that_does_not_deploy_has_no_template(effect: str) -> None:
    report = checked(policy(escaped(LISTED), effect))
    assert (vaults(report), report.findings) == ([], ())


@pytest.mark.parametrize("effect", ["DEPLOYIFNOTEXISTS", "[[parameters('effect')]"])
def test_a_policy_that_may_deploy_has_one(effect: str) -> None:
    assert [each.verdict for each in vaults(checked(policy(escaped(LISTED), effect)))] == [
        "emptied"
    ]


def test_an_artifact_of_another_kind_has_none() -> None:
    assert vaults(checked(artifact(escaped(LISTED), "policyAssignment"))) == []


def test_a_definition_from_a_variable_is_not_evaluated_again() -> None:
    """As Bicep compiles loadJsonContent(): the text of the variable is escaped."""
    variables = {"all": [{"rule": escaped(rule(LISTED))}, {"rule": escaped(rule(LISTED, "deny"))}]}
    written = policy(None)
    written["properties"] = {"policyRule": "[variables('all')[copyIndex()].rule]"}
    written["copy"] = {"name": "each", "count": 2}
    assert told(checked(written, variables=variables)) == [("kv-default", "emptied", "default")]


def test_a_template_may_be_a_text() -> None:
    text = json.dumps(LISTED)
    for written in (text, "[variables('text')]", "[string(variables('template'))]"):
        variables = {"text": text, "template": escaped(LISTED)}
        report = checked(definition(written), variables=variables)
        assert told(report) == [("kv-default", "emptied", "default")]
        (finding,) = report.findings
        lines = [each.text[0] for each in finding.details if each.label == "because"]
        assert not any("not written" in str(each) for each in lines)


def test_a_version_may_be_a_child_of_its_template_spec() -> None:
    version = {**spec(make_template(make_vault(policies=[]))), "type": "versions", "name": "1"}
    parent = resource("microsoft.resources/TEMPLATESPECS", {}, resources=[version])
    assert told(checked(parent)) == [("kv", "emptied", "certain")]


def link(path: str, **parameters: Any) -> dict[str, Any]:
    return make_deployment(
        "it", link={"relativePath": path}, parameters=parameters, location="westeurope"
    )


def test_links_inside_of_a_template_spec_are_followed() -> None:
    linked = [
        {"path": "modules/vault.json", "template": escaped(make_template(link("list.json")))},
        {"path": "modules/list.json", "template": escaped(LISTED)},
        {"path": "unused.json", "template": escaped(LISTED)},
    ]
    main = make_template(link("./Modules/vault.json"))
    report = checked(spec(main, linkedTemplates=linked))
    assert told(report) == [("kv-default", "emptied", "certain")]
    pointer = "/resources/0/properties/linkedTemplates/1/template/resources/0"
    assert vaults(report)[0].location.pointer == pointer
    main = make_template(link("modules/list.json", list="[parameters('p')]"))
    main["parameters"] = {"p": {"type": "array", "defaultValue": [make_policy()]}}
    report = checked(spec(escaped(main), linkedTemplates=linked))
    assert told(report) == [("kv-default", "replaced", "default")]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("a.json", "its template links itself in a circle"),
        ("none.json", "its template is elsewhere, at none.json"),
    ],
)
def test_links_inside_of_a_template_spec_that_lead_nowhere(path: str, why: str) -> None:
    linked = [{"path": "a.json", "template": make_template(link(path))}]
    report = checked(spec(make_template(link("a.json")), linkedTemplates=linked))
    assert [each.message.partition("undecided: ")[2] for each in report.findings] == [why]


@pytest.mark.parametrize("condition", [False, True])
def test_nothing_is_kept_where_the_condition_is_false(condition: bool) -> None:
    for keep in (*KEEPERS, stack):
        written = {**keep(make_template(make_vault(policies=[]))), "condition": condition}
        (vault,) = vaults(checked(written))
        assert vault.verdict == ("emptied" if condition else "not-written")


def test_what_is_kept_is_not_joined_with_what_is_deployed() -> None:
    """One deployment writes one of them, and another one the other."""
    report = checked(
        make_vault(policies=[make_policy()]),
        make_change(),
        make_workspace(),
        spec(make_template(make_vault(policies=[]))),
        spec(make_template(make_vault(policies=[]))),
    )
    assert "vault-written-twice" not in {each.rule for each in report.findings}
    own, *kept = vaults(report)
    assert own.workspaces == ("ml",)
    assert [each.workspaces for each in kept] == [(), ()]
    assert "add-child-does-not-protect" not in {
        each.rule for each in report.findings if each.location.pointer.startswith("/resources/3")
    }


def test_what_is_kept_together_is_joined() -> None:
    template = make_template(make_vault(policies=[]), make_vault(policies=[]), make_workspace())
    report = checked(spec(escaped(template)))
    assert "vault-written-twice" in {each.rule for each in report.findings}
    assert [each.workspaces for each in vaults(report)] == [("ml",), ("ml",)]


def test_complete_mode_does_not_reach_into_a_stack() -> None:
    vault = {**make_vault(policies=[]), "condition": False}
    report = checked(nested(make_template(stack(make_template(vault))), mode="Complete"))
    assert report.findings == ()
