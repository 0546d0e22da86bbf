"""Copy loops on resources, properties, variables and outputs, and copyIndex() in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard

Ask = Callable[..., Any]


def names(expansion: armguard.Expansion) -> list[str]:
    return [resource["name"] for resource in expansion.resources]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (3, ["t0", "t1", "t2"]),
        (1, ["t0"]),
        (0, []),
        ("[add(1, 1)]", ["t0", "t1"]),
        ("[length(parameters('list'))]", ["t0", "t1"]),
        ("[if(empty(parameters('list')), 5, 1)]", ["t0"]),
    ],
)
def test_a_resource_is_made_count_times(
    count: Any, expected: list[str], template: Ask, thing: Ask, expanded: Ask
) -> None:
    resource = {**thing("[format('t{0}', copyIndex())]"), "copy": {"name": "c", "count": count}}
    parameters = {"list": {"type": "array", "defaultValue": ["a", "b"]}}
    assert names(expanded(template([resource], parameters=parameters))) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("copyIndex()", ["0", "1"]),
        ("copyIndex(5)", ["5", "6"]),
        ("copyIndex('loop')", ["0", "1"]),
        ("copyIndex('LOOP')", ["0", "1"]),
        ("copyIndex('loop', 10)", ["10", "11"]),
        ("COPYINDEX(add(1, 1))", ["2", "3"]),
    ],
)
def test_copy_index_in_all_its_forms(
    call: str, expected: list[str], template: Ask, thing: Ask, expanded: Ask
) -> None:
    resource = {**thing(f"[string({call})]"), "copy": {"name": "loop", "count": 2}}
    assert names(expanded(template([resource]))) == expected


@pytest.mark.parametrize(
    "call",
    [
        "copyIndex('other')",
        "copyIndex(-1)",
        "copyIndex('loop', -1)",
        "copyIndex(true())",
        "copyIndex('loop', 1, 2)",
        "copyIndex(1, 'loop')",
    ],
)
def test_copy_index_is_refused(call: str, template: Ask, thing: Ask, refused: Ask) -> None:
    resource = {**thing(f"[string({call})]"), "copy": {"name": "loop", "count": 2}}
    assert "copyIndex" in refused(template([resource]))


def test_copy_index_needs_a_loop(error_of: Ask) -> None:
    assert "with a copy loop" in error_of("[copyIndex()]")


@pytest.mark.parametrize(
    ("count", "message"),
    [
        ("2", "must be an integer"),
        (-1, "must be an integer from 0 to 800"),
        (1.0, "must be an integer"),
        (None, "must be an integer"),
        (True, "must be an integer"),
        (801, "accepts at most 800"),
        (1_000_000, "accepts at most 800"),
        ("[environment().name]", "not known"),
        ("[length(reference('x').y)]", "reference() may not stand in"),
    ],
)
@pytest.mark.parametrize("where", ["resource", "property", "variable", "output"])
def test_a_count_is_refused(
    count: Any, message: str, where: str, template: Ask, thing: Ask, refused: Ask
) -> None:
    loop = {"name": "c", "count": count, "input": 1}
    match where:
        case "resource":
            document = template([{**thing(), "copy": loop}])
        case "property":
            document = template([thing(copy=[loop])])
        case "variable":
            document = template([thing()], variables={"copy": [loop]})
        case _:
            document = template([thing()], outputs={"o": {"type": "array", "copy": loop}})
    assert message in refused(document)


def test_800_is_the_most(template: Ask, thing: Ask, expanded: Ask) -> None:
    resource = {**thing("[string(copyIndex())]"), "copy": {"name": "c", "count": 800}}
    assert len(expanded(template([resource])).resources) == 800


def test_a_property_loop_makes_an_array(value_of: Ask) -> None:
    written = {
        "kept": 1,
        "copy": [
            {"name": "some", "count": 2, "input": {"n": "[copyIndex('some', 1)]"}},
            {"name": "none", "count": 0, "input": "x"},
        ],
    }
    assert value_of(written) == {"kept": 1, "some": [{"n": 1}, {"n": 2}], "none": []}


def test_a_property_loop_inside_of_a_resource_loop_sees_both(
    template: Ask, thing: Ask, expanded: Ask
) -> None:
    inner = {
        "name": "list",
        "count": 2,
        "input": "[format('{0}{1}', copyIndex(), copyIndex('list'))]",
    }
    resource = {
        **thing("[string(copyIndex('outer'))]", copy=[inner]),
        "copy": {"name": "outer", "count": 2},
    }
    expansion = expanded(template([resource]))
    lists = [each["properties"]["list"] for each in expansion.resources]
    assert lists == [["00", "01"], ["10", "11"]]


def test_a_member_copy_that_is_no_loop_is_plain_data(value_of: Ask) -> None:
    assert value_of({"copy": "on"}) == {"copy": "on"}
    assert value_of({"copy": [1]}) == {"copy": [1]}
    assert value_of({"copy": []}) == {"copy": []}


def test_a_loop_in_a_supplied_value_is_plain_data(value_of: Ask) -> None:
    data = {"copy": [{"name": "n", "count": 1, "input": 1}]}
    got = value_of("[parameters('p')]", {"p": data}, parameters={"p": {"type": "object"}})
    assert got == data


def test_a_property_written_twice_is_refused(error_of: Ask) -> None:
    loop = {"name": "List", "count": 1, "input": 1}
    assert "written twice" in error_of({"list": [], "copy": [loop]})


def test_a_loop_in_a_loop_is_refused(error_of: Ask) -> None:
    inner = {"copy": [{"name": "inner", "count": 1, "input": 1}]}
    assert "another loop" in error_of({"copy": [{"name": "o", "count": 1, "input": inner}]})


def test_a_child_has_no_loop_of_its_own(template: Ask, thing: Ask, refused: Ask) -> None:
    child = {**thing("c", "parts"), "copy": {"name": "c", "count": 1}}
    parent = {**thing("p"), "resources": [child]}
    assert "inside of another one" in refused(template([parent]))


def test_a_child_sees_the_loop_of_its_parent(template: Ask, thing: Ask, expanded: Ask) -> None:
    parent = {
        **thing("[format('p{0}', copyIndex())]"),
        "copy": {"name": "c", "count": 2},
        "resources": [thing("[string(copyIndex('c'))]", "parts")],
    }
    assert names(expanded(template([parent]))) == ["p0", "p0/0", "p1", "p1/1"]


def test_the_count_is_evaluated_where_the_condition_is_false(
    template: Ask, thing: Ask, refused: Ask
) -> None:
    resource = {**thing(), "condition": False, "copy": {"name": "c", "count": "[nosuch()]"}}
    assert "nosuch" in refused(template([resource]))


def test_a_condition_may_hang_on_the_index(template: Ask, thing: Ask, expanded: Ask) -> None:
    resource = {
        **thing("[string(copyIndex())]"),
        "condition": "[equals(mod(copyIndex(), 2), 0)]",
        "copy": {"name": "c", "count": 4},
    }
    assert names(expanded(template([resource]))) == ["0", "2"]


def test_an_output_loop(template: Ask, expanded: Ask) -> None:
    copy = {"count": 3, "input": "[copyIndex(1)]"}
    outputs = {"o": {"type": "array", "copy": copy}}
    assert expanded(template(outputs=outputs)).outputs == {"o": [1, 2, 3]}


def test_in_a_check_a_loop_of_unknown_count_is_one_resource(template: Ask, vault: Ask) -> None:
    resource = {
        **vault("[format('kv{0}', copyIndex())]", accessPolicies=[]),
        "copy": {"name": "c", "count": "[parameters('count')]"},
    }
    report = armguard.check(template([resource], parameters={"count": {"type": "int"}}))
    assert [each.verdict for each in report.deployments[0].vaults] == ["emptied"]


def test_in_a_check_a_refused_count_is_a_finding(template: Ask, vault: Ask) -> None:
    resource = {**vault(accessPolicies=[]), "copy": {"name": "c", "count": 1_000_000}}
    report = armguard.check(template([resource]))
    assert [finding.rule for finding in report.findings] == ["invalid-expression"]
    assert "at most 800" in report.findings[0].message
    assert report.findings[0].location.pointer == "/resources/0/copy/count"
