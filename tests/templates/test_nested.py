"""Nested deployments: inner and outer scope, parameters passed, outputs used, other places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_deployment

import armguard

Ask = Callable[..., Any]
SUBSCRIPTION = "00000000-0000-0000-0000-0000000000bb"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-one"


def nested(
    template: Any,
    scope: str | None = "inner",
    parameters: Any = None,
    name: str = "inside",
    **members: Any,
) -> dict[str, Any]:
    return make_deployment(name, template, evaluation=scope, parameters=parameters, **members)


def asked(expansion: armguard.Expansion) -> Any:
    assert len(expansion.resources) == 1, expansion
    return expansion.resources[0]["properties"]["asked"]


INNER_NAMES = {
    "parameters": {"p": {"type": "string", "defaultValue": "inner default"}},
    "variables": {"v": "inner variable"},
}
OUTER_NAMES = {
    "parameters": {"p": {"type": "string", "defaultValue": "outer default"}},
    "variables": {"v": "outer variable"},
}


@pytest.mark.parametrize(
    ("scope", "text", "value"),
    [
        ("inner", "parameters('p')", "inner default"),
        ("inner", "variables('v')", "inner variable"),
        ("Inner", "variables('v')", "inner variable"),
        ("outer", "parameters('p')", "outer default"),
        ("outer", "variables('v')", "outer variable"),
        (None, "variables('v')", "outer variable"),
        ("inner", "deployment().name", "inside"),
        ("outer", "deployment().name", "run-1"),
    ],
)
def test_names_mean_what_they_mean_in_their_scope(
    scope: str | None, text: str, value: str, template: Ask, thing: Ask, expanded: Ask
) -> None:
    inside = template([thing(asked=f"[{text}]")], **INNER_NAMES)
    assert asked(expanded(template([nested(inside, scope)], **OUTER_NAMES))) == value


def test_an_escaped_expression_is_the_nested_templates_own_in_outer_scope(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    inside = template([thing(asked="[[variables('v')]")], **INNER_NAMES)
    assert asked(expanded(template([nested(inside, "outer")], **OUTER_NAMES))) == "inner variable"


def test_in_language_version_2_the_scope_is_inner(
    template: Ask, thing: Ask, expanded: Ask, refused: Ask
) -> None:
    inside = template([thing(asked="[variables('v')]")], **INNER_NAMES)
    document = template({"n": nested(inside, None)}, languageVersion="2.0", **OUTER_NAMES)
    assert asked(expanded(document)) == "inner variable"
    outer = template({"n": nested(inside, "outer")}, languageVersion="2.0", **OUTER_NAMES)
    assert "outer scope" in refused(outer)


@pytest.mark.parametrize(
    ("passed", "value"),
    [
        ({"p": "given"}, "given"),
        ({"P": "given"}, "given"),
        ({"p": "[parameters('p')]"}, "outer default"),
        ({"p": "[concat(variables('v'), '!')]"}, "outer variable!"),
        ({"p": None}, "inner default"),
        ({}, "inner default"),
        ({"p": "[environment().name]"}, "[environment().name]"),
    ],
)
def test_parameters_are_passed(
    passed: Any, value: str, template: Ask, thing: Ask, expanded: Ask
) -> None:
    inside = template([thing(asked="[parameters('p')]")], **INNER_NAMES)
    document = template([nested(inside, "inner", passed)], **OUTER_NAMES)
    assert asked(expanded(document)) == value


@pytest.mark.parametrize(
    ("passed", "message"),
    [
        ({"p": 5}, "must be String, but is Integer"),
        ({"q": "x"}, "declares no parameter 'q'"),
        ({"p": "[nosuch()]"}, "there is no function 'nosuch'"),
        ({"p": "[parameters('none')]"}, "there is no parameter 'none'"),
    ],
)
def test_what_is_passed_is_checked(
    passed: Any, message: str, template: Ask, thing: Ask, refused: Ask
) -> None:
    document = template([nested(template([thing()], **INNER_NAMES), "inner", passed)])
    assert message in refused(document)


def test_inner_scope_knows_nothing_of_the_parent(template: Ask, thing: Ask, refused: Ask) -> None:
    inside = template([thing(asked="[variables('v')]")])
    assert "no variable 'v'" in refused(template([nested(inside)], **OUTER_NAMES))


def test_outputs_are_used_by_reference(template: Ask, thing: Ask, expanded: Ask) -> None:
    inside = template(
        [thing("made")],
        parameters={"p": {"type": "int"}},
        outputs={"o": {"type": "int", "value": "[add(parameters('p'), 1)]"}},
    )
    asking = thing("asking", asked="[reference('inside').outputs.o.value]")
    expansion = expanded(template([asking, nested(inside, "inner", {"p": 41})]))
    shown = {each["name"]: each["properties"] for each in expansion.resources}
    assert shown["asking"] == {"asked": 42}


def test_an_output_passes_from_one_deployment_to_the_next(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    first = template(outputs={"o": {"type": "string", "value": "handed on"}})
    second = template([thing(asked="[parameters('p')]")], parameters={"p": {"type": "string"}})
    handed = {"p": "[reference('first').outputs.o.value]"}
    document = template(
        [nested(first, name="first"), nested(second, "inner", handed, name="second")]
    )
    assert asked(expanded(document)) == "handed on"


def test_loops_make_deployments(template: Ask, thing: Ask, expanded: Ask) -> None:
    inside = template([thing("[parameters('p')]")], parameters={"p": {"type": "string"}})
    looped = nested(
        inside,
        "inner",
        {"p": "[format('t{0}', copyIndex())]"},
        name="[format('d{0}', copyIndex())]",
        copy={"name": "c", "count": 2},
    )
    resources = expanded(template([looped])).resources
    assert [each["name"] for each in resources] == ["t0", "t1"]


def test_a_deployment_that_is_not_made_holds_nothing(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    document = template([nested(template([thing()]), "inner", condition=False)])
    assert expanded(document).resources == ()


def test_three_deep_and_renamed_at_each_step(template: Ask, thing: Ask, expanded: Ask) -> None:
    def takes(name: str, *resources: Any) -> Any:
        return template(list(resources), parameters={name: {"type": "string"}})

    bottom = takes("c", thing(asked="[parameters('c')]"))
    middle = takes("b", nested(bottom, "inner", {"c": "[parameters('b')]"}))
    top = takes("a", nested(middle, "inner", {"b": "[toUpper(parameters('a'))]"}))
    document = template([nested(top, "inner", {"a": "x"})])
    assert asked(expanded(document)) == "X"


@pytest.mark.parametrize(
    ("place", "identifier", "location"),
    [
        ({}, f"{GROUP}/providers/My.Own/things/t", "westeurope"),
        (
            {"resourceGroup": "rg-two"},
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-two/providers/My.Own/things/t",
            None,
        ),
        (
            {"resourceGroup": "[concat('rg-', 'three')]"},
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-three/providers/My.Own/things/t",
            None,
        ),
        (
            {
                "resourceGroup": "rg-two",
                "subscriptionId": "00000000-0000-0000-0000-0000000000dd",
            },
            "/subscriptions/00000000-0000-0000-0000-0000000000dd/resourceGroups/rg-two"
            "/providers/My.Own/things/t",
            None,
        ),
        ({"resourceGroup": "RG-ONE"}, None, "westeurope"),
    ],
)
def test_other_groups_and_subscriptions(
    place: Any,
    identifier: str | None,
    location: str | None,
    template: Ask,
    thing: Ask,
    expanded: Ask,
) -> None:
    inside = template([thing("t", asked="[resourceGroup().location]")])
    expansion = expanded(template([nested(inside, **place)]))
    if identifier is not None:
        assert expansion.resources[0]["id"] == identifier
    if location is not None:
        assert asked(expansion) == location
    else:
        assert asked(expansion).startswith("[resourceGroup(")


def test_a_subscription_deployment_makes_its_group(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    group = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2024-03-01",
        "name": "made",
        "location": "northeurope",
    }
    inside = template([thing("t", asked="[resourceGroup().name]")])
    document = template([group, nested(inside, resourceGroup="made")])
    document["$schema"] = document["$schema"].replace("deployment", "subscriptionDeployment")
    made = expanded(document).resources[1]
    assert made["properties"]["asked"] == "made"
    assert made["id"].endswith("/resourceGroups/made/providers/My.Own/things/t")


def at_subscription(document: dict[str, Any]) -> dict[str, Any]:
    schema = document["$schema"].replace("deployment", "subscriptionDeployment")
    return {**document, "$schema": schema}


MADE = {
    "type": "Microsoft.Resources/resourceGroups",
    "apiVersion": "2024-03-01",
    "name": "made",
    "location": "northeurope",
}


@pytest.mark.parametrize("depth", [1, 2])
def test_a_group_that_a_deployment_beside_makes_is_where_that_says(
    depth: int, template: Ask, thing: Ask, expanded: Ask
) -> None:
    makes: Any = MADE
    for _ in range(depth):
        inside = at_subscription(template([makes]))
        makes = nested(inside, name="makes", location="westeurope")
    uses = template([thing("t", asked="[resourceGroup().location]")])
    document = at_subscription(template([nested(uses, resourceGroup="made"), makes]))
    assert expanded(document).resources[0]["properties"]["asked"] == "northeurope"


def test_groups_whose_locations_hang_on_each_other_end(template: Ask, thing: Ask) -> None:
    made = {**MADE, "name": "[parameters('name')]"}
    makes = nested(
        at_subscription(template([made], parameters={"name": {"type": "string"}})),
        parameters={"name": "[reference('uses').outputs.where.value]"},
        name="makes",
        location="westeurope",
    )
    where = {"type": "string", "value": "[resourceGroup().location]"}
    uses = template([thing("t")], outputs={"where": where})
    document = at_subscription(template([makes, nested(uses, name="uses", resourceGroup="made")]))
    (problem,) = armguard.expand(document).problems
    assert problem.message == "parameter 'name' depends on itself"


def test_a_deployment_outside_of_groups_needs_a_location(
    template: Ask, vault: Ask, refused: Ask, expanded: Ask
) -> None:
    group = nested(template([vault(accessPolicies=[])]), name="group", resourceGroup="g")
    inside = at_subscription(template([group]))
    message = "a nested deployment at subscription level needs a location"
    document = at_subscription(template([nested(inside)]))
    assert message in refused(document)
    report = armguard.check(document)
    assert sorted(each.rule for each in report.findings) == [
        "access-policies-emptied",
        "invalid-expression",
    ]
    assert report.findings[0].message == message
    assert report.findings[0].location.pointer == "/resources/0"
    expanded(at_subscription(template([nested(inside, location="westeurope")])))


def test_nothing_of_a_linked_deployment_that_is_not_made_is_evaluated(
    template: Ask, vault: Ask, expanded: Ask
) -> None:
    link = {"uri": "https://example.invalid/t.json"}
    passed = {"a": "[uri('', 'x')]"}
    off = make_deployment("inside", link=link, parameters=passed, condition=False)
    assert len(expanded(template([vault(accessPolicies=[]), off])).resources) == 1


@pytest.mark.parametrize(
    "link",
    [
        {"uri": "https://example.invalid/t.json"},
        {"id": "/subscriptions/x/providers/Microsoft.Resources/templateSpecs/s/versions/1"},
        {"uri": "[concat(environment().name, '/t.json')]"},
    ],
)
def test_what_is_linked_elsewhere_is_left_out_with_a_word(
    link: Any, template: Ask, thing: Ask, expanded: Ask
) -> None:
    linked = nested({})
    del linked["properties"]["template"]
    linked["properties"]["templateLink"] = link
    expansion = expanded(template([thing("here"), linked]))
    assert [each["name"] for each in expansion.resources] == ["here"]
    assert [problem.severity for problem in expansion.problems] == ["warning"]
    assert "'inside' was not opened" in expansion.problems[0].message


@pytest.mark.parametrize("properties", [None, {}, {"mode": "Incremental"}, {"templateLink": {}}])
def test_a_deployment_without_template_is_refused(
    properties: Any, template: Ask, refused: Ask
) -> None:
    deployment = {**nested({}), "properties": properties}
    assert refused(template([deployment]))


def test_a_check_looks_into_outer_scope_with_something_open(template: Ask, vault: Ask) -> None:
    """Azure's own prediction leaves the whole template closed; a check does not."""
    inside = template([vault("[format('kv-{0}', environment().name)]", accessPolicies=[])])
    report = armguard.check(template([nested(inside, "outer")]))
    assert [each.verdict for each in report.deployments[0].vaults] == ["emptied"]
    finding = report.findings[0]
    assert finding.location.pointer == (
        "/resources/0/properties/template/resources/0/properties/accessPolicies"
    )


def test_a_check_without_a_place_looks_into_other_groups(template: Ask, vault: Ask) -> None:
    inside = template([vault(accessPolicies=[])])
    for group in ("other", "[parameters('group')]", "[resourceGroup().name]"):
        document = template(
            [nested(inside, resourceGroup=group)], parameters={"group": {"type": "string"}}
        )
        report = armguard.check(document)
        assert [each.verdict for each in report.deployments[0].vaults] == ["emptied"]


def test_a_subscription_check_without_location_looks_into_its_groups(
    template: Ask, vault: Ask
) -> None:
    group = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2024-03-01",
        "name": "made",
        "location": "[deployment().location]",
    }
    document = template([group, nested(template([vault(accessPolicies=[])]), resourceGroup="made")])
    document["$schema"] = document["$schema"].replace("deployment", "subscriptionDeployment")
    report = armguard.check(document)
    assert [each.verdict for each in report.deployments[0].vaults] == ["emptied"]


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://a.invalid", "https://a.invalid"),
        ("https://a.invalid/b.json?sig=word", "https://a.invalid/b.json"),
        ("https://ann:word@a.invalid/b.json", "https://***@a.invalid/b.json"),
        ("[concat('https://ann:', 'word@a.invalid')]", "https://***@a.invalid"),
    ],
)
def test_a_check_says_what_it_could_not_look_into(uri: str, shown: str, template: Ask) -> None:
    report = armguard.check(template([make_deployment("inside", link={"uri": uri})]))
    assert [finding.rule for finding in report.findings] == ["undecided-vault"]
    assert report.findings[0].message.endswith(f"its template is elsewhere, at {shown}")


def test_parameters_that_hang_on_a_test_are_looked_into(template: Ask, vault: Ask) -> None:
    inside = template(
        [vault(accessPolicies="[parameters('list')]")],
        parameters={"list": {"type": "array", "defaultValue": []}},
    )
    passed = "createObject('list', createObject('value', createArray(1)))"
    deployment = nested(inside, "inner")
    deployment["properties"]["parameters"] = f"[if(parameters('p'), {passed}, createObject())]"
    report = armguard.check(template([deployment], parameters={"p": {"type": "bool"}}))
    (found,) = report.deployments[0].vaults
    assert (found.verdict, found.certainty) == ("emptied", "possible")
