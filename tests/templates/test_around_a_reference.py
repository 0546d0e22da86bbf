"""reference() to what stands beside, around or inside of a deployment, as Azure knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import make_deployment

Ask = Callable[..., Any]
LIST = {
    "type": "Contoso.Store/lists",
    "apiVersion": "2020-01-01",
    "name": "list",
    "properties": {"items": []},
}
BY_ID = "[reference(resourceId('Contoso.Store/lists', 'list'), '{}').items]"


def nested(
    template: Any, scope: str = "inner", name: str = "inside", **members: Any
) -> dict[str, Any]:
    return make_deployment(name, template, evaluation=scope, **members)


@pytest.fixture
def answer(expanded: Ask) -> Ask:
    """What the resource `t` of an expansion asked."""

    def ask(document: Any) -> Any:
        resources = expanded(document).resources
        return next(each for each in resources if each["name"] == "t")["properties"]["asked"]

    return ask


@pytest.mark.parametrize("scope", ["inner", "outer"])
def test_a_resource_of_the_template_around(
    scope: str, template: Ask, thing: Ask, answer: Ask
) -> None:
    inside = template([thing("t", asked=BY_ID.format("2020-01-01"))])
    assert answer(template([LIST, nested(inside, scope)])) == []


def test_a_resource_two_templates_further_out(template: Ask, thing: Ask, answer: Ask) -> None:
    inside = template([thing("t", asked=BY_ID.format("2020-01-01"))])
    assert answer(template([LIST, nested(template([nested(inside)]), name="outer")])) == []


def test_a_resource_around_in_another_group_needs_its_id(
    template: Ask, thing: Ask, answer: Ask
) -> None:
    for group, known in (("'rg-one', ", True), ("", False)):
        asked = BY_ID.format("2020-01-01").replace("resourceId(", f"resourceId({group}")
        document = template([LIST, nested(template([thing("t", asked=asked)]), resourceGroup="b")])
        assert (answer(document) == []) is known


@pytest.mark.parametrize(
    "asked",
    [
        BY_ID.format("2021-01-01"),
        "[reference('list', '2020-01-01').items]",
        "[reference(resourceId('Contoso.Store/lists', 'list')).items]",
        "[reference(resourceId('Contoso.Store/lists', 'other'), '2020-01-01').items]",
    ],
)
def test_what_the_template_around_does_not_tell(
    asked: str, template: Ask, thing: Ask, answer: Ask
) -> None:
    got = answer(template([LIST, nested(template([thing("t", asked=asked)]))]))
    assert got.startswith("[reference(")


def test_what_a_deployment_beside_writes_is_not_known(
    template: Ask, thing: Ask, answer: Ask
) -> None:
    inside = template([thing("t", asked=BY_ID.format("2020-01-01"))])
    beside = nested(template([LIST]), name="beside")
    assert answer(template([beside, nested(inside)])).startswith("[reference(")


@pytest.mark.parametrize(("version", "known"), [("2020-01-01", True), ("2021-01-01", False)])
def test_an_existing_resource_that_is_written_around(
    version: str, known: bool, template: Ask, thing: Ask, answer: Ask
) -> None:
    existing = {**LIST, "existing": True, "apiVersion": version}
    asking = thing("t", asked="[reference('own').items]")
    inside = template({"own": existing, "asking": asking}, languageVersion="2.0")
    document = template({"list": LIST, "inside": nested(inside)}, languageVersion="2.0")
    assert (answer(document) == []) is known


def test_a_child_by_its_own_name(template: Ask, thing: Ask, answer: Ask) -> None:
    child = {**LIST, "type": "Contoso.Store/lists/items", "name": "list/item"}
    asking = thing("t", asked="[reference('item', '2020-01-01').items]")
    assert answer(template([child, asking])) == []
    other = {**child, "name": "list2/item"}
    assert answer(template([child, other, asking])).startswith("[reference(")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (".policies", []),
        (".deep.list[0]", 7),
        ("['policies']", []),
        (".host", "[environment().name]"),
        (".deep.list[1]", "[environment().name]"),
        (
            "",
            "[createObject('policies', createArray(), 'host', environment().name,"
            " 'deep', createObject('list', createArray(7, environment().name)))]",
        ),
    ],
)
def test_known_members_of_an_output_that_is_not_known_as_a_whole(
    path: str, value: Any, template: Ask, thing: Ask, answer: Ask
) -> None:
    info = {
        "policies": [],
        "host": "[environment().name]",
        "deep": {"list": [7, "[environment().name]"]},
    }
    inside = template(outputs={"info": {"type": "object", "value": info}})
    asked = f"[reference('inside').outputs.info.value{path}]"
    assert answer(template([nested(inside), thing("t", asked=asked)])) == value


def test_a_missing_member_of_such_an_output_is_left(template: Ask, thing: Ask, answer: Ask) -> None:
    info = {"policies": [], "host": "[environment().name]"}
    inside = template(outputs={"info": {"type": "object", "value": info}})
    asked = "[reference('inside').outputs.info.value.other]"
    assert answer(template([nested(inside), thing("t", asked=asked)])).startswith("[reference(")
