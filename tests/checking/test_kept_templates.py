"""Files of something else that hold a template: policy definitions and artifacts of Blueprints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import Ran, make_policy, make_template, make_vault, run_armguard

TEMPLATE = make_template(
    make_vault("[parameters('name')]", "[parameters('list')]"),
    parameters={"name": {"type": "string"}, "list": {"type": "array", "defaultValue": []}},
)


def rule(template: Any, effect: str = "deployIfNotExists", **passed: Any) -> dict[str, Any]:
    parameters = {name: {"value": value} for name, value in passed.items()}
    deployment = {"properties": {"template": template, "parameters": parameters}}
    return {
        "if": {"field": "type", "equals": "Microsoft.KeyVault/vaults"},
        "then": {"effect": effect, "details": {"deployment": deployment}},
    }


NAME = "[field('name')]"
RULE = rule(TEMPLATE, name=NAME)
ARTIFACT = {"template": TEMPLATE, "parameters": {"name": {"value": NAME}}}
FORMS = {
    "whole": {"name": "p", "properties": {"policyRule": RULE, "parameters": {"list": {}}}},
    "without-properties": {"policyRule": RULE, "parameters": {"list": {}}},
    "rule-alone": RULE,
    "other-casing": {"Properties": {"PolicyRule": rule(TEMPLATE, "DEPLOYIFNOTEXISTS", name=NAME)}},
    "effect-by-parameter": {"policyRule": rule(TEMPLATE, "[parameters('effect')]", name=NAME)},
    "artifact": {"kind": "template", "properties": ARTIFACT},
    "artifact-in-other-casing": {"Kind": "Template", "Properties": ARTIFACT},
}


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)

    def run(files: dict[str, Any], *arguments: str, exit_code: int | None = None) -> Ran:
        for name, document in files.items():
            Path(name).write_text(json.dumps(document, indent=1))
        return run_armguard("check", *arguments, "--format", "json", exit_code=exit_code)

    return run


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("arguments", [(), ("a.json",)], ids=["met", "named"])
def test_the_template_is_judged_where_it_stands(
    check: Any, form: str, arguments: tuple[str, ...]
) -> None:
    ran = check({"a.json": FORMS[form], "main.json": make_template()}, *arguments, exit_code=1)
    vault = ran.vault("[field('name')]")
    assert (vault["verdict"], vault["certainty"], vault["path"]) == ("emptied", "default", "a.json")
    assert vault["id"] is None, "nobody knows where it goes"
    (finding,) = ran.document["findings"]
    found: Any = FORMS[form]
    for key in finding["pointer"].split("/")[1:]:
        found = found[int(key) if isinstance(found, list) else key]
    assert found == "[parameters('list')]"


@pytest.mark.parametrize(
    "document",
    [
        {"policyRule": rule(TEMPLATE, "audit")},
        {"policyRule": rule(TEMPLATE, "Deny")},
        {"policyRule": {"if": {}, "then": {"effect": "modify", "details": {"operations": []}}}},
        {"policyRule": rule("[parameters('template')]")},
        {"kind": "roleAssignment", "properties": ARTIFACT},
        {"kind": "template", "properties": {"template": {"$schema": TEMPLATE["$schema"]}}},
        {"properties": ARTIFACT},
        {"if": [], "then": "deployIfNotExists"},
        [FORMS["whole"]],
    ],
)
def test_what_deploys_no_template_is_skipped_quietly(check: Any, document: Any) -> None:
    schema = {"note": TEMPLATE["$schema"], "inside": document}
    files = {"a.json": document, "b.json": schema, "main.json": make_template()}
    ran = check(files, exit_code=0)
    assert (ran.document["findings"], ran.document["summary"]["skipped"]) == ([], 2)


@pytest.mark.parametrize(
    ("passed", "verdict"),
    [
        ("[field('Microsoft.KeyVault/vaults/accessPolicies')]", "undecided"),
        ("[parameters('list')]", "undecided"),
        ([], "emptied"),
        ([make_policy()], "replaced"),
    ],
)
def test_what_is_passed(check: Any, passed: Any, verdict: str) -> None:
    ran = check({"a.json": {"policyRule": rule(TEMPLATE, name=NAME, list=passed)}})
    assert ran.vault(NAME)["verdict"] == verdict


def test_no_parameter_file_is_meant_for_it(check: Any) -> None:
    """The files beside a policy definition hold parameters of the policy."""
    main = make_template(parameters={"list": {"type": "array"}})
    given = {"parameters": {"list": {"value": [make_policy()]}}}
    files = {"a.json": RULE, "a.parameters.json": given, "main.json": main, "prod.json": given}
    for arguments in ((), ("--parameters", "prod.json")):
        ran = check(files, *arguments, exit_code=1)
        assert ran.vault(NAME)["verdict"] == "emptied"
        of_policy = [d for d in ran.document["deployments"] if d["template"] == "a.json"]
        assert [each["parameters"] for each in of_policy] == [[]]


def test_other_templates_are_apart(check: Any) -> None:
    """One that keeps a template, and one that is that template."""
    template = make_template(make_vault(policies=[]))
    ran = check({"a.json": rule(template), "b.json": rule(template), "main.json": template})
    assert ran.rules() == {"access-policies-emptied"}
    assert ran.document["summary"]["vaults"] == 3


def test_a_surplus_parameter_is_refused(check: Any) -> None:
    ran = check({"a.json": rule(TEMPLATE, name=NAME, nosuch=1)}, exit_code=1)
    assert ran.rules() == {"parameters-rejected", "access-policies-emptied"}


def test_a_place_of_the_run_is_not_that_of_a_later_deployment(check: Any) -> None:
    place = ("--subscription", "11111111-1111-1111-1111-111111111111", "--resource-group", "rg")
    template = make_template(make_vault(policies=[]))
    for document in (rule(template), {"kind": "template", "properties": {"template": template}}):
        ran = check({"a.json": document}, *place, "--mode", "complete", exit_code=1)
        assert (ran.vault("kv")["id"], ran.rules()) == (None, {"access-policies-emptied"})


def test_parameters_for_what_is_kept_are_refused(check: Any) -> None:
    ran = check(
        {"a.json": rule(TEMPLATE, name=NAME), "q.json": {"parameters": {"x": {"value": 1}}}},
        *("--parameters", "q.json"),
        exit_code=2,
    )
    assert "'a.json'" in ran.stderr
    assert "is kept for a later deployment; leave --parameters out" in ran.stderr
