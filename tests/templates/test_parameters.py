"""parameters(): what is supplied, what is default, what Azure would refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard
from armguard.evaluation.unknown import Reason, Unknown

Ask = Callable[..., Any]
MISSING = object()


@pytest.mark.parametrize(
    ("declaration", "supplied", "value"),
    [
        ({"type": "string", "defaultValue": "d"}, MISSING, "d"),
        ({"type": "string", "defaultValue": "d"}, "s", "s"),
        ({"type": "string", "defaultValue": "d"}, "", ""),
        ({"type": "string", "defaultValue": "d"}, None, "d"),
        ({"type": "string"}, "s", "s"),
        ({"type": "string"}, "[concat('not', 'evaluated')]", "[concat('not', 'evaluated')]"),
        ({"type": "String", "DEFAULTVALUE": "d"}, MISSING, "d"),
        ({"type": "string", "defaultValue": "[concat('a', 'b')]"}, MISSING, "ab"),
        ({"type": "string", "defaultValue": "[parameters('other')]"}, MISSING, "of other"),
        ({"type": "string", "defaultValue": "[variables('v')]"}, MISSING, "of v"),
        ({"type": "string", "defaultValue": "[resourceGroup().name]"}, MISSING, "rg-one"),
        ({"type": "string", "defaultValue": "[utcNow('yyyy')]"}, MISSING, "2025"),
        ({"type": "int", "defaultValue": 0}, 5, 5),
        ({"type": "bool", "defaultValue": True}, False, False),
        ({"type": "array", "defaultValue": [1]}, [], []),
        ({"type": "object", "defaultValue": {}}, {"a": [None]}, {"a": [None]}),
        ({"type": "secureString", "defaultValue": "d"}, MISSING, "d"),
        ({"type": "string", "allowedValues": ["a", "b"]}, "b", "b"),
        ({"type": "array", "allowedValues": ["a", "b"]}, ["b", "a"], ["b", "a"]),
        ({"type": "string", "minLength": 2, "maxLength": 2}, "ab", "ab"),
        ({"type": "int", "minValue": 2, "maxValue": 2}, 2, 2),
    ],
)
def test_a_parameter_has_its_supplied_value_or_its_default(
    declaration: Any, supplied: Any, value: Any, value_of: Ask
) -> None:
    parameters = {"p": declaration, "other": {"type": "string", "defaultValue": "of other"}}
    given = {} if supplied is MISSING else {"P": supplied}
    got = value_of("[Parameters('p')]", given, parameters=parameters, variables={"v": "of v"})
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("declaration", "supplied", "message"),
    [
        ({"type": "string"}, MISSING, "parameter 'p' has no default and no value is supplied"),
        ({"type": "string"}, None, "must be String, but is Null"),
        ({"type": "string"}, 5, "the value of parameter 'p' must be String, but is Integer"),
        ({"type": "int"}, "5", "must be Integer, but is String"),
        ({"type": "int"}, 5.0, "must be Integer, but is Float"),
        ({"type": "bool"}, "true", "must be Boolean, but is String"),
        ({"type": "array"}, {}, "must be Array, but is Object"),
        ({"type": "object"}, [], "must be Object, but is Array"),
        ({"type": "string", "defaultValue": 5}, MISSING, "must be String, but is Integer"),
        ({"type": "string", "allowedValues": ["a"]}, "b", "is 'b', but allowed are only 'a'"),
        ({"type": "string", "allowedValues": ["a"]}, "A", "is 'A', but allowed are only 'a'"),
        ({"type": "int", "allowedValues": [1, 2]}, 3, "is 3, but allowed are only 1, 2"),
        ({"type": "string", "allowedValues": ["a"], "defaultValue": "b"}, MISSING, "'b'"),
        ({"type": "array", "allowedValues": ["a"]}, ["a", "c"], "allowed are only 'a'"),
        ({"type": "string", "minLength": 3}, "ab", "has 2 characters, but needs at least 3"),
        ({"type": "string", "maxLength": 1}, "ab", "has 2 characters, but may have at most 1"),
        ({"type": "array", "minLength": 1}, [], "has 0 elements, but needs at least 1"),
        ({"type": "int", "minValue": 3}, 2, "is 2, but must be at least 3"),
        ({"type": "int", "maxValue": 1}, 2, "is 2, but may be at most 1"),
        ({"type": "string", "defaultValue": "[parameters('p')]"}, MISSING, "depends on itself"),
        ({"type": "string", "defaultValue": "[reference('x').y]"}, MISSING, "reference() may not"),
        ({"type": "string", "defaultValue": "[copyIndex()]"}, MISSING, "copyIndex()"),
    ],
)
def test_azure_refuses(declaration: Any, supplied: Any, message: str, error_of: Ask) -> None:
    given = {} if supplied is MISSING else {"p": supplied}
    assert message in error_of("unused", given, parameters={"p": declaration})


def test_surplus_parameters_are_refused(error_of: Ask) -> None:
    names = ("p", "surplice", "surpluses", "Surplus2", "surplus_3")
    parameters = {name: {"type": "string", "defaultValue": ""} for name in names}
    message = error_of("x", {"surplus": 1}, parameters=parameters)
    assert message == (
        "the template declares no parameter 'surplus'; did you mean 'Surplus2' or 'surpluses' or"
        " 'surplus_3'?"
    )
    message = error_of("x", {"other": 1}, parameters=parameters)
    assert message == "the template declares no parameter 'other'"


def test_a_missing_parameter_is_named(error_of: Ask) -> None:
    assert "there is no parameter 'q'" in error_of("[parameters('q')]")


@pytest.mark.parametrize("kind", ["secureString", "securestring"])
def test_a_supplied_secret_stays_an_expression(kind: str, value_of: Ask) -> None:
    got = value_of(
        "[concat('a', parameters('s'))]", {"s": "hidden"}, parameters={"s": {"type": kind}}
    )
    assert got == "[concat('a', parameters('s'))]"


def test_a_key_vault_reference_stays_an_expression(template: Ask, thing: Ask) -> None:
    document = template(
        [thing(asked="[parameters('s')]")], parameters={"s": {"type": "secureString"}}
    )
    reference = {"reference": {"keyVault": {"id": "/x"}, "secretName": "n"}}
    expansion = armguard.expand(document, {"s": reference})
    assert expansion.resources[0]["properties"]["asked"] == "[parameters('s')]"


def test_a_secret_never_gets_into_a_message(error_of: Ask) -> None:
    declaration = {"type": "secureString", "maxLength": 3, "allowedValues": ["abc"]}
    message = error_of("x", {"s": "hunter2"}, parameters={"s": declaration})
    assert "hunter2" not in message
    assert "secure" in message


NEWER = {
    "languageVersion": "2.0",
    "definitions": {
        "short": {"type": "string", "maxLength": 3},
        "shorter": {"$ref": "#/definitions/short", "maxLength": 2},
        "maybe": {"type": "string", "nullable": True},
        "pair": {"type": "array", "prefixItems": [{"type": "int"}, {"type": "string"}]},
        "person": {
            "type": "object",
            "properties": {
                "name": {"$ref": "#/definitions/short"},
                "nick": {"$ref": "#/definitions/maybe"},
            },
            "additionalProperties": False,
        },
        "people": {"type": "array", "items": {"$ref": "#/definitions/person"}},
        "circle": {"$ref": "#/definitions/circle"},
        "shape": {
            "type": "object",
            "discriminator": {
                "propertyName": "kind",
                "mapping": {
                    "dot": {"type": "object", "properties": {}},
                    "box": {"type": "object", "properties": {"size": {"type": "int"}}},
                },
            },
        },
    },
}


@pytest.mark.parametrize(
    ("name", "supplied", "accepted"),
    [
        ("short", "abc", True),
        ("short", "abcd", False),
        ("short", 1, False),
        ("short", None, False),
        ("shorter", "ab", True),
        ("shorter", "abc", False),
        ("maybe", None, True),
        ("maybe", "x", True),
        ("maybe", 1, False),
        ("pair", [1, "a"], True),
        ("pair", ["a", 1], False),
        ("pair", [1], False),
        ("person", {"name": "ann"}, True),
        ("person", {"NAME": "ann", "nick": None}, True),
        ("person", {"nick": "a"}, False),
        ("person", {"name": "johanna"}, False),
        ("person", {"name": "ann", "age": 5}, False),
        ("people", [], True),
        ("people", [{"name": "ann"}, {"name": "bob"}], True),
        ("people", [{"name": "ann"}, {}], False),
        ("shape", {"kind": "dot"}, True),
        ("shape", {"kind": "box", "size": 1}, True),
        ("shape", {"kind": "box"}, False),
        ("shape", {"kind": "line"}, False),
        ("circle", "x", False),
        ("nowhere", "x", False),
    ],
)
def test_types_are_looked_up_in_the_definitions(
    name: str, supplied: Any, accepted: bool, template: Ask
) -> None:
    parameters = {"p": {"$ref": f"#/definitions/{name}"}}
    document = template({}, parameters=parameters, **NEWER)
    expansion = armguard.expand(document, {"p": {"value": supplied}})
    assert [p.message for p in expansion.problems] == [] if accepted else expansion.problems


@pytest.mark.parametrize("odd", [5, [], "x", None, {"kind": "dot"}, True])
@pytest.mark.parametrize(
    "place", ["properties", "items", "discriminator", "mapping", "prefixItems"]
)
def test_a_type_of_an_odd_shape_is_no_bug(place: str, odd: Any, template: Ask) -> None:
    declaration = {"type": "object", "additionalProperties": False, place: odd}
    if place == "mapping":
        declaration = {"type": "object", "discriminator": {"propertyName": "kind", "mapping": odd}}
    if place in ("items", "prefixItems"):
        declaration["type"] = "array"
    document = template({}, parameters={"p": declaration}, languageVersion="2.0")
    for value in ({"kind": "dot"}, [1], {}, []):
        expansion = armguard.expand(document, {"p": {"value": value}})
        assert all("bug" not in problem.message for problem in expansion.problems)
        assert armguard.check(document, {"p": {"value": value}}).crashes == ()


def test_a_nullable_parameter_without_a_value_is_null(template: Ask, thing: Ask) -> None:
    document = template(
        {"t": thing(asked="[coalesce(parameters('p'), 'none')]")},
        parameters={"p": {"type": "string", "nullable": True}},
        languageVersion="2.0",
    )
    assert armguard.expand(document).resources[0]["properties"]["asked"] == "none"


def test_evaluate_takes_values_and_types() -> None:
    got = armguard.evaluate(
        ["[parameters('a')]", "[parameters('b').c]", "[parameters('n')]"],
        parameters={"a": 1, "b": {"c": [True]}, "n": None},
    )
    assert got == [1, [True], None]


def test_evaluate_hides_what_is_declared_secure() -> None:
    got = armguard.evaluate(
        "[parameters('s')]", parameters={"s": "x"}, parameter_types={"s": "secureString"}
    )
    assert isinstance(got, Unknown)
    assert got.reason is Reason.SECRET


@pytest.mark.parametrize(
    ("parameters", "supplied", "verdict", "rules"),
    [
        ({"list": {"type": "array"}}, {}, "undecided", ["undecided-vault"]),
        ({"list": {"type": "array"}}, {"list": []}, "emptied", ["access-policies-emptied"]),
        (
            {"list": {"type": "array", "defaultValue": []}, "unused": {"type": "string"}},
            {},
            "emptied",
            ["access-policies-emptied"],
        ),
        ({"list": {"type": "secureObject", "defaultValue": {}}}, {}, "undecided", None),
        (
            {"list": {"type": "array"}},
            {"list": "[]"},
            "undecided",
            ["parameters-rejected", "undecided-vault"],
        ),
        (
            {"list": {"type": "array"}},
            {"list": [], "more": 1},
            "emptied",
            ["parameters-rejected", "access-policies-emptied"],
        ),
    ],
)
def test_in_a_check_what_is_not_supplied_is_unknown(
    parameters: Any,
    supplied: dict[str, Any],
    verdict: str,
    rules: list[str] | None,
    template: Ask,
    vault: Ask,
) -> None:
    document = template([vault(accessPolicies="[parameters('list')]")], parameters=parameters)
    given = {name: {"value": value} for name, value in supplied.items()}
    report = armguard.check(document, given)
    assert report.deployments[0].vaults[0].verdict == verdict
    if rules is not None:
        assert [finding.rule for finding in report.findings] == rules
