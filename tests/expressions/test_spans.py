"""Where calls and their arguments stand: each text parses back to what it is said to be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.errors import ExpressionSyntaxError
from armguard.expressions.parser import MAXIMUM_LENGTH, parse_expression
from armguard.expressions.spans import calls_in
from armguard.expressions.syntax import Call, Expression, Lambda, parts_of, to_text

TOKEN = re.compile(r"'(?:[^']|'')*'|[-+]?\w+|[$\w]+|.", re.DOTALL)
BLANKS = st.sampled_from(["", "", " ", "\t", "\n", " \r\n ", "\u00a0", "\v\f"])


def shown(text: str) -> list[tuple[str, list[str]]]:
    """Each call as it is written, with its arguments."""
    return [
        (text[call.start : call.end], [text[each.start : each.end] for each in call.arguments])
        for call in calls_in(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[f()]", [("f()", [])]),
        ("[ f ( ) ]", [("f ( )", [])]),
        ("['f()']", []),
        ("[12]", []),
        ("[f(1, 'a''b', g())]", [("g()", []), ("f(1, 'a''b', g())", ["1", "'a''b'", "g()"])]),
        ("[f( 1 ,\n 'a' ).b]", [("f( 1 ,\n 'a' )", ["1", "'a'"])]),
        ("[f(g().a.?b[0])]", [("g()", []), ("f(g().a.?b[0])", ["g().a.?b[0]"])]),
        ("[f(g( ) . a )]", [("g( )", []), ("f(g( ) . a )", ["g( ) . a"])]),
        ("[f()[g()]]", [("f()", []), ("g()", [])]),
        (
            "[f(a()[b(1)], 2)]",
            [("a()", []), ("b(1)", ["1"]), ("f(a()[b(1)], 2)", ["a()[b(1)]", "2"])],
        ),
        ("[my . own (1)]", [("my . own (1)", ["1"])]),
        ("[f(1, 1)]", [("f(1, 1)", ["1", "1"])]),
        ("[map(x(), lambda('i', y(lambdaVariables('i'))))]", [
            ("x()", []),
            ("lambdaVariables('i')", ["'i'"]),
            ("y(lambdaVariables('i'))", ["lambdaVariables('i')"]),
            (
                "map(x(), lambda('i', y(lambdaVariables('i'))))",
                ["x()", "lambda('i', y(lambdaVariables('i')))"],
            ),
        ]),
        ("[lambda(f())]", [("f()", [])]),
        ("[lambda(f(), 1)]", [("f()", []), ("lambda(f(), 1)", ["f()", "1"])]),
    ],
)  # fmt: skip
def test_calls_come_from_the_inside_out(text: str, expected: list[tuple[str, list[str]]]) -> None:
    assert shown(text) == expected


@given(st.data())
def test_what_stands_at_a_span_parses_back_to_it(
    expressions: st.SearchStrategy[Expression], data: st.DataObject
) -> None:
    expression = data.draw(expressions)
    text = "[" + _with_blanks(to_text(expression), data) + "]"
    calls = calls_in(text)
    for call in calls:
        assert parse_expression(f"[{text[call.start : call.end]}]") == call.node
        assert len(call.arguments) == len(call.node.arguments)
        for span, argument in zip(call.arguments, call.node.arguments, strict=True):
            assert span.node is argument
            assert text[span.start : span.end] == text[span.start : span.end].strip()
            if not isinstance(argument, Lambda):
                assert parse_expression(f"[{text[span.start : span.end]}]") == argument
            assert call.start < span.start <= span.end < call.end
    expected = [each for each in parts_of(expression) if isinstance(each, Call)]
    key = repr
    assert sorted((each.node for each in calls), key=key) == sorted(expected, key=key)
    assert len({(each.start, each.end) for each in calls}) == len(calls)


def _with_blanks(text: str, data: st.DataObject) -> str:
    """With blanks between tokens, but not around `.?`, whose sign and name belong together."""
    pieces = []
    for token in TOKEN.findall(text):
        is_sign = token in "(),[]"
        pieces.append(token + (data.draw(BLANKS) if is_sign else ""))
    return "".join(pieces)


@pytest.mark.parametrize("text", ["[f(]", "[f() g()]", "[]", "[f(1,)]", "[f('x)]", "[f() f()]"])
def test_what_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(ExpressionSyntaxError):
        calls_in(text)
    with pytest.raises(ExpressionSyntaxError):
        parse_expression(text)


@pytest.mark.parametrize(
    "text", ["[" + "f(" * 4000 + ")" * 4000 + "]", "[f('" + "x" * MAXIMUM_LENGTH + "')]"]
)
def test_what_the_parser_refuses_as_too_large_is_refused(text: str) -> None:
    with pytest.raises(ExpressionSyntaxError):
        calls_in(text)
