"""A list of which something inside is open stays a list, whatever it goes through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SCHEMA, make_deployment, make_template

import armguard

Ask = Callable[..., Any]

OPEN = "createObject('objectId', parameters('who'))"
KNOWN = "createObject('objectId', 'b')"
LIST = f"createArray({OPEN})"
UNITED = f"union({LIST}, createArray())"
IS_B = "lambda('p', equals(lambdaVariables('p').objectId, 'b'))"
PARAMETERS = {
    "who": {"type": "string"},
    "live": {"type": "array"},
    "flag": {"type": "bool"},
    **{f"flag{index}": {"type": "bool"} for index in range(8)},
}
MANY_FLAGS = ", ".join(
    f"if(parameters('flag{index}'), createArray({KNOWN}), createArray())" for index in range(8)
)

EXPRESSIONS = [
    (LIST, "replaced"),
    (UNITED, "replaced"),
    (f"union(createArray(), {LIST}, createArray({KNOWN}))", "replaced"),
    (f"concat({LIST}, {UNITED})", "replaced"),
    (f"intersection({LIST}, createArray({KNOWN}))", "undecided"),
    (f"intersection({LIST}, createArray())", "emptied"),
    (f"intersection(createArray({KNOWN}, {OPEN}), createArray({OPEN}))", "replaced"),
    (f"filter(createArray({KNOWN}, {OPEN}), {IS_B})", "replaced"),
    (f"filter(union({LIST}, createArray({KNOWN})), {IS_B})", "replaced"),
    (f"filter({LIST}, {IS_B})", "undecided"),
    (f"filter(filter({LIST}, {IS_B}), lambda('p', false()))", "emptied"),
    (f"map({UNITED}, lambda('p', lambdaVariables('p')))", "replaced"),
    (f"map({UNITED}, lambda('p', 'i', lambdaVariables('i')))", "replaced"),
    (
        f"reduce(createArray({LIST}, createArray({KNOWN})), createArray(),"
        " lambda('a', 'b', union(lambdaVariables('a'), lambdaVariables('b'))))",
        "replaced",
    ),
    (
        f"sort(createArray({KNOWN}, {OPEN}),"
        " lambda('a', 'b', less(lambdaVariables('a').objectId, lambdaVariables('b').objectId)))",
        "replaced",
    ),
    (f"json(string({LIST}))", "replaced"),
    (f"json(string({UNITED}))", "replaced"),
    (f"take({UNITED}, 1)", "replaced"),
    (f"take(union({LIST}, createArray({KNOWN})), 0)", "emptied"),
    (f"skip(union({LIST}, createArray({KNOWN})), 1)", "undecided"),
    (f"skip(union({LIST}, createArray({KNOWN})), 0)", "replaced"),
    (f"skip({UNITED}, 1)", "emptied"),
    (f"coalesce(null(), {UNITED}, createArray())", "replaced"),
    (f"if(empty({UNITED}), createArray(), createArray({KNOWN}))", "replaced"),
    (f"if(equals(length({UNITED}), 0), createArray(), createArray({KNOWN}))", "replaced"),
    (f"if(greater(length({UNITED}), 0), createArray({KNOWN}), createArray())", "replaced"),
    (f"if(lessOrEquals(1, length({UNITED})), createArray({KNOWN}), createArray())", "replaced"),
    (f"if(equals({UNITED}, createArray()), createArray(), createArray({KNOWN}))", "replaced"),
    (f"if(contains({UNITED}, {OPEN}), createArray(), createArray({KNOWN}))", "emptied"),
    (f"if(parameters('flag'), {UNITED}, createArray({KNOWN}))", "replaced"),
    (f"if(parameters('flag'), {UNITED}, createArray())", "emptied"),
    (f"flatten(createArray({UNITED}, createArray()))", "replaced"),
    (f"distinct(createArray({KNOWN}, {OPEN}))", "replaced"),
    (f"array({UNITED})", "replaced"),
    (f"createObject('p', {UNITED}).p", "replaced"),
    (f"union(createObject('p', {LIST}), createObject('q', 1)).p", "replaced"),
    (f"tryGet(createObject('p', {UNITED}), 'p')", "replaced"),
    (f"concat({MANY_FLAGS}, createArray({KNOWN}))", "replaced"),
    # what may hold anybody may also be the list that the vault has
    (f"union(parameters('live'), createArray({KNOWN}))", "undecided"),
    ("union(parameters('live'), createArray())", "undecided"),
]


def _vault(policies: str) -> dict[str, Any]:
    return {
        "type": "Microsoft.KeyVault/vaults",
        "apiVersion": "2026-02-01",
        "name": "kv",
        "properties": {"enableRbacAuthorization": False, "accessPolicies": policies},
    }


def _in_the_root(expression: str) -> Any:
    return make_template(_vault(f"[{expression}]"), parameters=PARAMETERS)


def _in_a_variable(expression: str) -> Any:
    variables = {"list": f"[{expression}]"}
    return make_template(_vault("[variables('list')]"), parameters=PARAMETERS, variables=variables)


def _passed_to_a_module(expression: str) -> Any:
    inner = make_template(_vault("[parameters('p')]"), parameters={"p": {"type": "array"}})
    module = make_deployment(template=inner, parameters={"p": f"[{expression}]"})
    return make_template(module, parameters=PARAMETERS)


def _in_outer_scope(expression: str) -> Any:
    inside = make_template(_vault(f"[{expression}]"))
    return make_template(make_deployment(template=inside, evaluation=None), parameters=PARAMETERS)


def _lists(expression: str) -> dict[str, Any]:
    outputs = {
        "list": {"type": "array", "value": f"[{expression}]"},
        "all": {"type": "object", "value": {"list": f"[{expression}]", "x": "[deployer()]"}},
    }
    passed = {name: f"[parameters('{name}')]" for name in PARAMETERS}
    inner = make_template(parameters=PARAMETERS, outputs=outputs)
    return make_deployment(template=inner, parameters=passed)


def _from_an_output(expression: str) -> Any:
    name = "resourceId('Microsoft.Resources/deployments', 'module')"
    vault = _vault(f"[reference({name}).outputs.list.value]")
    return make_template(_lists(expression), vault, parameters=PARAMETERS)


def _from_a_member_of_an_output(expression: str) -> Any:
    vault = _vault("[reference('module').outputs.all.value.list]")
    return make_template(_lists(expression), vault, parameters=PARAMETERS)


PLACES = [
    _in_the_root,
    _in_a_variable,
    _passed_to_a_module,
    _in_outer_scope,
    _from_an_output,
    _from_a_member_of_an_output,
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_what_a_list_goes_through(
    expression: str, expected: str, place: Callable[[str], Any], judged: Ask
) -> None:
    assert judged(place(expression)).verdict == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("union(createArray({}), createArray())", ("replaced", "possible")),
        ("filter(createArray({}), lambda('p', empty(lambdaVariables('p'))))", ("undecided", None)),
        (
            "filter(filter(createArray({}), lambda('p', empty(lambdaVariables('p')))),"
            " lambda('p', false()))",
            ("emptied", "possible"),
        ),
    ],
)
def test_what_only_azure_computes_is_a_conclusion(
    expression: str, expected: Any, verdict_on: Ask
) -> None:
    at_run_time = "reference('x', '2020-01-01').principalId"
    policies = f"[{expression.format(at_run_time)}]"
    assert verdict_on({"accessPolicies": policies}) == expected


def test_strict_evaluation_leaves_it_as_the_engine_does() -> None:
    entry = "createObject('objectId', deployer().objectId)"
    expansion = armguard.expand(
        make_template(_vault(f"[union(createArray({entry}), createArray())]"))
    )
    (resource,) = expansion.resources
    assert resource["properties"]["accessPolicies"].startswith("[union(createArray(createObject(")


def test_entries_that_are_known_are_told(judged: Ask) -> None:
    report = judged(_in_the_root(f"filter(createArray({KNOWN}, {OPEN}), {IS_B})"))
    assert [each.object_id for each in report.access] == ["b", "[parameters('who')]"]


ENTRIES = st.sampled_from(["'a'", "'b'", "parameters('one')", "parameters('two')"])
LISTS = st.recursive(
    st.lists(ENTRIES, max_size=3).map(lambda each: f"createArray({', '.join(each)})"),
    lambda inside: st.one_of(
        st.tuples(st.sampled_from(["union", "concat", "intersection"]), inside, inside).map(
            lambda each: f"{each[0]}({each[1]}, {each[2]})"
        ),
        st.tuples(st.sampled_from(["take", "skip"]), inside, st.integers(0, 2)).map(
            lambda each: f"{each[0]}({each[1]}, {each[2]})"
        ),
        inside.map(lambda each: f"filter({each}, lambda('x', equals(lambdaVariables('x'), 'a')))"),
        inside.map(lambda each: f"map({each}, lambda('x', toLower(lambdaVariables('x'))))"),
        inside.map(lambda each: f"distinct({each})"),
        inside.map(lambda each: f"coalesce({each}, createArray())"),
        inside.map(lambda each: f"json(string({each}))"),
        st.tuples(inside, inside).map(lambda each: f"if(empty({each[0]}), {each[1]}, {each[0]})"),
        st.tuples(inside, inside).map(
            lambda each: f"if(greater(length({each[0]}), 1), {each[0]}, {each[1]})"
        ),
    ),
    max_leaves=5,
)
TWO = {"one": {"type": "string"}, "two": {"type": "string"}}


@given(expression=LISTS, one=st.sampled_from("abc"), two=st.sampled_from("abc"))
@settings(max_examples=150)
def test_what_is_known_holds_whatever_the_open_entries_are(
    expression: str, one: str, two: str
) -> None:
    """With an entry opened a verdict stays right, and never becomes more certain."""
    template = {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": TWO,
        "resources": [_vault(f"[{expression}]")],
    }
    given_values = {"one": {"value": one}, "two": {"value": two}}
    (open_,) = armguard.check(template).deployments[0].vaults
    (closed,) = armguard.check(template, given_values).deployments[0].vaults
    assert closed.verdict in ("emptied", "replaced")
    if open_.certainty == "certain":
        assert open_.verdict == closed.verdict
