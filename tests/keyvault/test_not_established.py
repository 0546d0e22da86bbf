"""What nobody has established makes no verdict certain: members written twice, properties that an
API version does not have, members of languageVersion 2.0 in a template without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_template, make_vault

import armguard

Ask = Callable[..., Any]
LOOP = [{"name": "accessPolicies", "count": 0, "input": {}}]


@pytest.mark.parametrize(
    ("properties", "version", "expected"),
    [
        ({"enableRbacAuthorization": True}, "2015-06-01", ("dormant", "default")),
        ({"enableRbacAuthorization": True}, "2016-10-01", ("dormant", "default")),
        ({"enableRbacAuthorization": "[true()]"}, "2018-02-14-preview", ("dormant", "default")),
        ({"enableRbacAuthorization": True}, "[variables('old')]", ("dormant", "default")),
        ({"enableRbacAuthorization": True}, "[environment().name]", ("dormant", "default")),
        ({"enableRbacAuthorization": True}, None, ("dormant", "default")),
        ({"enableRbacAuthorization": True}, "2019-09-01", ("dormant", "certain")),
        ({"enableRbacAuthorization": True}, "2026-02-01", ("dormant", "certain")),
        ({"createMode": "recover"}, "2015-06-01", ("kept", "default")),
        ({"createMode": "Recover"}, "2016-10-01", ("kept", "certain")),
        ({"accessPolicies": []}, "2015-06-01", ("emptied", "certain")),
        (
            {"accessPolicies": [], "enableRbacAuthorization": False},
            "2016-10-01",
            ("emptied", "certain"),
        ),
        ({"accessPolicies": [], "createMode": "default"}, "2015-06-01", ("emptied", "certain")),
    ],
)
def test_a_property_that_the_version_does_not_have(
    properties: Any, version: str | None, expected: Any, verdict_on: Ask
) -> None:
    headers = {"apiVersion": version}
    assert verdict_on(properties, headers, variables={"old": "2018-02-14"}) == expected


def test_two_spellings_of_the_version(verdict_on: Ask) -> None:
    headers = {"apiVersion": "2026-02-01", "ApiVersion": "2015-06-01"}
    assert verdict_on({"enableRbacAuthorization": True}, headers) == ("dormant", "default")


@pytest.mark.parametrize(
    ("properties", "headers"),
    [
        ({"AccessPolicies": []}, {}),
        ({"accesspolicies": [], "ACCESSPOLICIES": []}, {}),
        ({"copy": LOOP}, {}),
        ({"Copy": LOOP}, {}),
        ({"copy": [{**LOOP[0], "name": "[concat('access', 'policies')]"}]}, {}),
        ({"[concat('access', 'Policies')]": []}, {}),
        ({"enableRbacAuthorization": False, "EnableRbacAuthorization": True}, {}),
        ({"enableRbacAuthorization": True, "enableRBACAuthorization": False}, {}),
        ({"createMode": "default", "CreateMode": "recover"}, {}),
        ({}, {"condition": True, "Condition": False}),
        ({}, {"condition": False, "Condition": True}),
        ({}, {"existing": False, "Existing": True}),
        ({}, {"@options": {}, "@Options": {"onlyIfNotExists": []}}),
        ({}, {"Properties": {"enableRbacAuthorization": True}}),
        ({}, {"copy": {"name": "c", "count": 1}, "Copy": {"name": "c", "count": 0}}),
        ({}, {"copy": {"name": "c", "count": 0}, "COPY": {"name": "c", "count": 1}}),
    ],
)
def test_what_is_written_twice_decides_nothing(
    properties: Any, headers: Any, verdict_on: Ask, one: Any
) -> None:
    written = {"accessPolicies": [one], **properties}
    assert verdict_on(written, headers) == ("undecided", None)


def test_two_spellings_of_property_loops(verdict_on: Ask) -> None:
    written = {"copy": LOOP, "Copy": [{**LOOP[0], "count": 1}]}
    assert verdict_on(written) == ("undecided", None)


@pytest.mark.parametrize("section", ["variables", "parameters"])
def test_two_spellings_of_a_section(section: str, verdict_on: Ask) -> None:
    empty: Any = [] if section == "variables" else {"type": "array", "defaultValue": []}
    sections = {section: {"p": empty}, section.title(): {"q": empty}}
    asked = {"accessPolicies": f"[{section}('p')]"}
    assert verdict_on(asked, **sections) == ("undecided", None)
    sections[section.title()] = {}
    assert verdict_on({"accessPolicies": []}, **sections) == ("emptied", "certain")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"variables": {"p": [], "P": [1]}}, ("undecided", None)),
        (
            {"variables": {"p": [1], "copy": [{"name": "P", "count": 0, "input": 1}]}},
            ("undecided", None),
        ),
        ({"variables": {"p": [], "q": [1]}}, ("emptied", "certain")),
        ({"variables": {"p": "[variables('Q')]", "q": []}}, ("emptied", "certain")),
    ],
)
def test_variables(members: Any, expected: Any, verdict_on: Ask) -> None:
    assert verdict_on({"accessPolicies": "[variables('p')]"}, **members) == expected


@pytest.mark.parametrize("other", ["P", "p "])
def test_parameters(other: str, verdict_on: Ask) -> None:
    declared = {
        "p": {"type": "array", "defaultValue": []},
        other: {"type": "array", "defaultValue": [1]},
    }
    expected = ("undecided", None) if other == "P" else ("emptied", "default")
    assert verdict_on({"accessPolicies": "[parameters('p')]"}, parameters=declared) == expected


def test_properties_as_one_value(verdict_on: Ask, one: Any) -> None:
    variables = {"p": {"accessPolicies": [one], "AccessPolicies": []}}
    headers = {"properties": "[variables('p')]"}
    assert verdict_on({}, headers, variables=variables) == ("undecided", None)


@pytest.mark.parametrize("member", [{"existing": True}, {"@options": {"onlyIfNotExists": []}}])
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ({}, ("undecided", None)),
        ({"languageVersion": "1.0"}, ("undecided", None)),
        ({"languageVersion": "2.0"}, ("not-written", "certain")),
        ({"languageVersion": "2.1-experimental"}, ("not-written", "certain")),
        ({"languageVersion": "1.9-experimental"}, ("not-written", "certain")),
    ],
)
def test_members_of_language_version_2(
    member: Any, language: Any, expected: Any, verdict_on: Ask
) -> None:
    assert verdict_on({"accessPolicies": []}, member, **language) == expected


def test_the_reason_says_what_is_written_twice(judged: Ask, template: Ask, vault: Ask) -> None:
    report = judged(template([vault(accessPolicies=[], AccessPolicies=[1])]))
    assert report.reason == (
        "accessPolicies is not known: it is written twice, as 'accessPolicies' and"
        " 'AccessPolicies', and which one counts is not established"
    )


def test_the_template_of_a_module_is_written_twice(template: Ask, vault: Ask) -> None:
    properties = {
        "mode": "Incremental",
        "template": template([]),
        "Template": template([vault(accessPolicies=[])]),
    }
    module = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "m",
        "properties": properties,
    }
    (finding,) = armguard.check(template([module])).findings
    assert (finding.rule, finding.message) == (
        "undecided-vault",
        "nested deployment 'm' was not looked into, so vaults in it are undecided: its template is"
        " not known: it is written twice, as 'template' and 'Template', and which one counts is"
        " not established",
    )


def test_the_resources_of_a_template_are_written_twice(template: Ask, vault: Ask) -> None:
    document = {**template([]), "Resources": [vault(accessPolicies=[])]}
    (finding,) = armguard.check(document).findings
    assert (finding.rule, finding.message) == (
        "invalid-expression",
        "'resources' of a template is not known: it is written twice, as 'resources' and"
        " 'Resources', and which one counts is not established",
    )


@pytest.mark.parametrize("member", [{"existing": True}, {"@options": {"onlyIfNotExists": []}}])
@pytest.mark.parametrize(
    "kind", ["Microsoft.KeyVault/vaults/accessPolicies", "Microsoft.Resources/deployments"]
)
def test_members_of_language_version_2_elsewhere_are_told_of(kind: str, member: Any) -> None:
    template = make_template(make_vault(policies=[]))
    inside = {"mode": "Incremental", "template": template, "accessPolicies": []}
    resource = {"type": kind, "apiVersion": "2023-07-01", "name": "kv/add", "properties": inside}
    messages = [each.message for each in armguard.check(make_template(resource | member)).findings]
    assert any("needs languageVersion 2.0" in each for each in messages)


@pytest.mark.parametrize("odd", ["[parameters('p')]", "text", 5, None, []])
def test_a_resource_that_is_no_object_is_told_of(odd: Any) -> None:
    template = make_template({"type": "My.Own/things", "name": "x", "apiVersion": "1"}, odd)
    findings = armguard.check(template, {}).findings
    assert [each.message for each in findings] == ["resource 1 must be an object"]
