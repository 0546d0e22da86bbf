"""Syntax trees printed back to text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.evaluation.unknown import Reason, Unknown
from armguard.expressions.parser import parse_expression
from armguard.expressions.syntax import Call, Expression, Literal, Property, to_text


@pytest.mark.parametrize(
    "text",
    [
        "'it''s'",
        "''",
        "-7",
        "a()",
        "concat('a', parameters('b'), 1)",
        "contoso.unique('x').name",
        "a()[0]['k'].b.?c[?1]",
        "map(a(), lambda('x', 'i', lambdaVariables('x')))",
        "lambda(1)",
    ],
)
def test_azures_own_spacing_prints_back_as_it_was(text: str) -> None:
    assert to_text(parse_expression(f"[{text}]")) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("[ a( 1,2 ) ]", "a(1, 2)"),
        ("[a()\n  .b]", "a().b"),
        ("[a()[ ? 0 ]]", "a()[?0]"),
        ("[LAMBDA('x',1)]", "lambda('x', 1)"),
    ],
)
def test_other_spacing_is_printed_as_azure_would(text: str, printed: str) -> None:
    assert to_text(parse_expression(text)) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (None, "null()"),
        (True, "true()"),
        (False, "false()"),
        (1, "1"),
        (1.5, "json('1.5')"),
        ([], "createArray()"),
        ([1, "a"], "createArray(1, 'a')"),
        ({}, "createObject()"),
        ({"it's": [None]}, "createObject('it''s', createArray(null()))"),
    ],
)
def test_computed_values_are_printed_as_what_makes_them(value: object, printed: str) -> None:
    assert to_text(Call("f", (Literal(value),))) == f"f({printed})"


def test_what_is_unknown_inside_of_a_value_is_printed_as_its_expression() -> None:
    inside = Unknown(Reason.RUNTIME, Property(Call("environment", ()), "name"), "")
    assert to_text(Literal({"k": [inside]})) == (
        "createObject('k', createArray(environment().name))"
    )


@given(st.data())
def test_what_is_printed_means_the_same(
    expressions: st.SearchStrategy[Expression], data: st.DataObject
) -> None:
    tree = data.draw(expressions)
    assert parse_expression(f"[{to_text(tree)}]") == tree


@given(st.data())
def test_printing_is_stable(
    expressions: st.SearchStrategy[Expression], data: st.DataObject
) -> None:
    text = to_text(data.draw(expressions))
    assert to_text(parse_expression(f"[{text}]")) == text


def test_trees_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        Call("a", ()).name = "b"  # type: ignore[misc]


def test_very_long_trees_can_be_printed() -> None:
    tree = Call("concat", tuple(Literal(str(index)) for index in range(50_000)))
    assert to_text(tree).count(",") == 49_999
