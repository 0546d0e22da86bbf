"""Resources of one template: names, conditions, children, symbolic names, ids and scopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard

Ask = Callable[..., Any]
GROUP = "/subscriptions/00000000-0000-0000-0000-0000000000bb/resourceGroups/rg-one"


def shown(expansion: armguard.Expansion) -> list[tuple[str, str]]:
    return [(resource["type"], resource["name"]) for resource in expansion.resources]


@pytest.mark.parametrize(
    ("condition", "is_there", "kept"),
    [
        (True, True, False),
        (False, False, False),
        (None, True, False),
        ("[equals(1, 1)]", True, False),
        ("[not(equals(1, 1))]", False, False),
        ("[parameters('p')]", True, False),
        ("false", True, True),
        (0, True, True),
        ("[environment().name]", True, True),
    ],
)
def test_a_condition_that_is_not_false_writes_the_resource(
    condition: Any, is_there: bool, kept: bool, template: Ask, thing: Ask, expanded: Ask
) -> None:
    parameters = {"p": {"type": "bool", "defaultValue": True}}
    document = template([{**thing(), "condition": condition}], parameters=parameters)
    resources = expanded(document).resources
    assert bool(resources) is is_there
    assert [("condition" in resource) for resource in resources] == [kept] * is_there


def test_nothing_of_a_resource_that_is_not_written_is_evaluated(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    resource = {**thing("[nosuch()]", a="[nosuch()]"), "condition": False}
    assert expanded(template([resource])).resources == ()


def test_a_policy_definition_may_have_properties_whose_names_are_not_known(
    template: Ask, expanded: Ask
) -> None:
    policy = {
        "type": "Microsoft.Authorization/policyDefinitions",
        "apiVersion": "2021-06-01",
        "name": "p",
        "properties": {"policyRule": {"if": "[field('x')]"}, "[environment().name]": 1},
    }
    shown = expanded(template({"p": policy}, languageVersion="2.0")).resources[0]
    assert shown["properties"] == policy["properties"]


@pytest.mark.parametrize("call", ["reference('x').a", "listKeys('x', '2024-01-01').a", "nosuch()"])
def test_a_condition_is_known_before_the_deployment(
    call: str, template: Ask, thing: Ask, refused: Ask
) -> None:
    assert refused(template([{**thing(), "condition": f"[{call}]"}]))


@pytest.mark.parametrize(
    "resource",
    [
        {"type": "My.Own/things", "apiVersion": "2024-01-01"},
        {"type": "My.Own/things", "apiVersion": "2024-01-01", "name": ""},
        {"type": "My.Own/things", "apiVersion": "2024-01-01", "name": 5},
        {"type": "My.Own/things", "apiVersion": "2024-01-01", "name": "a/b"},
        {"type": "My.Own/things/parts", "apiVersion": "2024-01-01", "name": "a"},
        {"type": "My.Own/things", "apiVersion": "2024-01-01", "name": "[null()]"},
        "not an object",
    ],
)
def test_broken_headers_are_refused(resource: Any, template: Ask, refused: Ask) -> None:
    assert refused(template([resource]))


def test_children_have_the_type_and_name_of_their_parents(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    grandchild = thing("g", "bits", deep=True)
    parent = {**thing("p"), "resources": [{**thing("c", "parts"), "resources": [grandchild]}]}
    expansion = expanded(template([parent]))
    assert shown(expansion) == [
        ("My.Own/things", "p"),
        ("My.Own/things/parts", "p/c"),
        ("My.Own/things/parts/bits", "p/c/g"),
    ]
    assert expansion.resources[2]["id"] == (f"{GROUP}/providers/My.Own/things/p/parts/c/bits/g")


def test_a_child_outlives_a_parent_that_is_not_written(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    parent = {**thing("p"), "condition": False, "resources": [thing("c", "parts")]}
    assert shown(expanded(template([parent]))) == [("My.Own/things/parts", "p/c")]


def test_a_child_with_a_full_type_stands_for_itself(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    parent = {**thing("p"), "resources": [thing("p/c", "My.Own/things/parts")]}
    assert shown(expanded(template([parent])))[1] == ("My.Own/things/parts", "p/c")


def test_member_names_have_any_casing(template: Ask, expanded: Ask) -> None:
    resource = {"TYPE": "My.Own/things", "ApiVersion": "1", "Name": "n", "Properties": {"A": 1}}
    shown = expanded(template([resource])).resources[0]
    assert (shown["type"], shown["name"], shown["properties"]) == ("My.Own/things", "n", {"A": 1})


def test_what_is_not_of_the_resource_is_not_shown(template: Ask, thing: Ask, expanded: Ask) -> None:
    resource = {
        **thing(),
        "comments": "[nosuch()]",
        "dependsOn": ["other"],
        "metadata": {"a": 1},
        "sku": None,
        "tags": {"a": "[concat('b')]", "c": None},
    }
    shown = expanded(template([resource])).resources[0]
    assert sorted(shown) == ["apiVersion", "id", "name", "properties", "tags", "type"]
    assert shown["tags"] == {"a": "b", "c": None}


def test_symbolic_names(template: Ask, thing: Ask, expanded: Ask) -> None:
    resources = {"first": thing("a"), "second": thing("b")}
    assert shown(expanded(template(resources, languageVersion="2.0"))) == [
        ("My.Own/things", "a"),
        ("My.Own/things", "b"),
    ]


def test_existing_resources_are_not_written(template: Ask, thing: Ask, expanded: Ask) -> None:
    resources = {"old": {**thing("a"), "existing": True}, "new": thing("b")}
    assert shown(expanded(template(resources, languageVersion="2.0"))) == [("My.Own/things", "b")]


def test_options_leave_no_trace(template: Ask, thing: Ask, expanded: Ask) -> None:
    resources = {"a": {**thing("a"), "@options": {"onlyIfNotExists": []}}}
    shown = expanded(template(resources, languageVersion="2.0")).resources[0]
    assert "@options" not in shown


@pytest.mark.parametrize(
    ("resource", "identifier"),
    [
        ({}, f"{GROUP}/providers/My.Own/things/n"),
        ({"scope": "/"}, "/providers/My.Own/things/n"),
        ({"scope": "/subscriptions/s"}, "/subscriptions/s/providers/My.Own/things/n"),
        (
            {"scope": "Microsoft.KeyVault/vaults/v"},
            f"{GROUP}/providers/Microsoft.KeyVault/vaults/v/providers/My.Own/things/n",
        ),
        (
            {"scope": "[format('Microsoft.KeyVault/vaults/{0}', 'w')]"},
            f"{GROUP}/providers/Microsoft.KeyVault/vaults/w/providers/My.Own/things/n",
        ),
    ],
)
def test_ids_are_below_the_scope(
    resource: Any, identifier: str, template: Ask, thing: Ask, expanded: Ask
) -> None:
    document = template([{**thing("n"), **resource}])
    assert expanded(document).resources[0]["id"] == identifier


@pytest.mark.parametrize(
    ("schema", "identifier"),
    [
        ("deploymentTemplate.json#", f"{GROUP}/providers/My.Own/things/n"),
        (
            "subscriptionDeploymentTemplate.json#",
            "/subscriptions/00000000-0000-0000-0000-0000000000bb/providers/My.Own/things/n",
        ),
        (
            "managementGroupDeploymentTemplate.json#",
            "/providers/Microsoft.Management/managementGroups/mg/providers/My.Own/things/n",
        ),
        ("TENANTDEPLOYMENTTEMPLATE.json", "/providers/My.Own/things/n"),
    ],
)
def test_the_schema_says_where_a_template_is_deployed(
    schema: str, identifier: str, template: Ask, thing: Ask, expanded: Ask
) -> None:
    document = template([thing("n")])
    document["$schema"] = f"https://schema.management.azure.com/schemas/2018-05-01/{schema}"
    assert expanded(document, management_group="mg").resources[0]["id"] == identifier


def test_an_id_of_an_unknown_place_is_an_expression(template: Ask, thing: Ask) -> None:
    resource = armguard.expand(template([thing("n")])).resources[0]
    assert resource["name"] == "n"
    assert resource["id"].startswith("[")
    assert "/providers/My.Own/things/n" in resource["id"]


def test_a_resource_group_is_below_its_subscription(template: Ask, expanded: Ask) -> None:
    group = {"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2024-03-01", "name": "g"}
    document = template([group])
    document["$schema"] = document["$schema"].replace("deployment", "subscriptionDeployment")
    assert expanded(document).resources[0]["id"] == (
        "/subscriptions/00000000-0000-0000-0000-0000000000bb/resourceGroups/g"
    )


def test_without_api_version_the_default_of_the_profile_is_asked_for(
    template: Ask, expanded: Ask, refused: Ask
) -> None:
    resource = {"type": "My.Own/things", "name": "n"}
    document = template([resource], apiProfile="2020-09-01-hybrid")
    shown = expanded(document).resources[0]
    assert shown["apiVersion"] == "[defaultApiVersion('2020-09-01-hybrid')]"
    assert "needs an apiVersion" in refused(template([resource]))


def test_a_resource_group_in_a_group_is_an_ordinary_resource(template: Ask, expanded: Ask) -> None:
    group = {"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2024-03-01", "name": "g"}
    below = "/providers/Microsoft.Resources/resourceGroups/g"
    assert expanded(template([group])).resources[0]["id"] == f"{GROUP}{below}"
    unknown = armguard.expand(template([group])).resources[0]["id"]
    assert unknown.endswith(f"resourceGroup().name, '{below}')]")


@pytest.mark.parametrize(
    ("resource", "identifier"),
    [
        (
            {},
            "/providers/Microsoft.Management/managementGroups/mg"
            "/providers/Microsoft.Subscription/aliases/a",
        ),
        ({"scope": "/"}, "/providers/Microsoft.Subscription/aliases/a"),
    ],
)
def test_an_alias_of_a_subscription_is_below_the_management_group(
    resource: Any, identifier: str, template: Ask, thing: Ask, expanded: Ask
) -> None:
    document = template([{**thing("a", "Microsoft.Subscription/aliases"), **resource}])
    document["$schema"] = document["$schema"].replace("deployment", "managementGroupDeployment")
    assert expanded(document, management_group="mg").resources[0]["id"] == identifier


@pytest.mark.parametrize("version", ["1.9-experimental", "1.10-Experimental", "2.0"])
def test_experimental_versions_have_symbolic_names(
    version: str, template: Ask, thing: Ask, expanded: Ask
) -> None:
    resources = {"one": thing("n"), "two": thing("[resourceInfo('one').name]")}
    document = template(resources, languageVersion=version)
    assert [each["name"] for each in expanded(document).resources] == ["n", "n"]


def test_nulls_stay_in_properties(value_of: Ask) -> None:
    assert value_of({"a": None, "b": [None]}) == {"a": None, "b": [None]}


def test_property_names_are_expressions_too(value_of: Ask) -> None:
    assert value_of({"[concat('a', 'b')]": 1, "[[c]": 2}) == {"ab": 1, "[c]": 2}


def test_a_property_name_that_is_not_known_stands_in_brackets(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    properties = {
        "[concat('x-', environment().name)]": 1,
        "list": [{"[environment().name]": {"a": "[environment().name]"}}],
    }
    shown = expanded(template([thing(**properties)])).resources[0]["properties"]
    assert shown == properties


def test_as_an_argument_an_object_with_such_a_name_is_one_expression(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    variables = {"o": {"[environment().name]": 1}}
    document = template([thing(asked="[string(variables('o'))]")], variables=variables)
    asked = expanded(document).resources[0]["properties"]["asked"]
    assert asked == "[string(createObject(environment().name, 1))]"
    output = {"type": "object", "value": variables["o"]}
    outputs = expanded(template(outputs={"o": output})).outputs
    assert outputs == {"o": "[createObject(environment().name, 1)]"}


def test_a_check_says_that_a_property_may_be_the_one_whose_name_is_not_known(
    template: Ask, vault: Ask
) -> None:
    written = vault(accessPolicies=[], **{"[concat('x-', environment().name)]": True})
    del written["properties"]["enableRbacAuthorization"]
    reason = armguard.check(template([written])).deployments[0].vaults[0].reason
    assert reason == (
        "enableRbacAuthorization is not known: a member written there has the name"
        " [concat('x-', environment().name)], which may be this one"
    )


@pytest.mark.parametrize("missing", ["contentVersion", "resources"])
def test_a_template_needs_its_members(missing: str, template: Ask, refused: Ask) -> None:
    document = template([])
    del document[missing]
    assert missing in refused(document)
