"""What the text of an expression means, what is refused, and where the error is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.errors import ExpressionSyntaxError
from armguard.expressions.parser import (
    MAXIMUM_DEPTH,
    MAXIMUM_LENGTH,
    is_expression,
    parse_expression,
    plain_text,
)
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property

A = Call("a", ())


def call(name: str, *arguments: Expression) -> Call:
    return Call(name, arguments)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a()]", True),
        ("[]", True),
        ("[a()", False),
        ("a()]", False),
        (" [a()]", False),
        ("[a()] ", False),
        ("[[a()]", False),
        ("[", False),
        ("", False),
        ("[\na()\n]", True),
    ],
)
def test_a_string_from_bracket_to_bracket_is_an_expression(text: str, expected: bool) -> None:
    assert is_expression(text) is expected


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("[[a]", "[a]"),
        ("[[[a]]]", "[[a]]]"),
        ("[[]", "[]"),
        ("[[", "[["),
        ("[[a] tail", "[[a] tail"),
        ("[a] tail", "[a] tail"),
        (" [a]", " [a]"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_two_brackets_stand_for_one_where_the_last_is_closed(text: str, meant: str) -> None:
    assert plain_text(text) == meant


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("['']", Literal("")),
        ("['a b']", Literal("a b")),
        ("['it''s']", Literal("it's")),
        ("['''']", Literal("'")),
        ("['''''']", Literal("''")),
        ("['a''''b']", Literal("a''b")),
        ("['[x]']", Literal("[x]")),
        ("['\"\\n']", Literal('"\\n')),
        ("['two\nlines']", Literal("two\nlines")),
        ("['), (']", Literal("), (")),
        ("[0]", Literal(0)),
        ("[42]", Literal(42)),
        ("[-7]", Literal(-7)),
        ("[007]", Literal(7)),
        ("[+5]", Literal(5)),
        ("[9223372036854775807]", Literal(9223372036854775807)),
        ("[-9223372036854775808]", Literal(-9223372036854775808)),
        (f"[{'0' * 5000}1]", Literal(1)),
        ("[a()]", A),
        ("[a_1()]", call("a_1")),
        ("[$a()]", call("$a")),
        ("[a(1)]", call("a", Literal(1))),
        ("[a('x', 2, a())]", call("a", Literal("x"), Literal(2), A)),
        ("[a(b(c()))]", call("a", call("b", call("c")))),
        ("[contoso.unique('x')]", call("contoso.unique", Literal("x"))),
        ("[a.b.c()]", call("a.b.c")),
        ("[a().b]", Property(A, "b")),
        ("[a().b.c]", Property(Property(A, "b"), "c")),
        ("[a().?b]", Property(A, "b", safe=True)),
        ("[a().b.?c.d]", Property(Property(Property(A, "b"), "c", safe=True), "d")),
        ("[a().b_c$]", Property(A, "b_c$")),
        ("[a()[0]]", Index(A, Literal(0))),
        ("[a()['k']]", Index(A, Literal("k"))),
        ("[a()[?0]]", Index(A, Literal(0), safe=True)),
        ("[a()[ ? 'k' ]]", Index(A, Literal("k"), safe=True)),
        ("[a()[b().c]]", Index(A, Property(call("b"), "c"))),
        ("[a()[0][1].b]", Property(Index(Index(A, Literal(0)), Literal(1)), "b")),
        ("['text'.length]", Property(Literal("text"), "length")),
        ("[lambda('x', a())]", Lambda(("x",), A)),
        ("[LAMBDA('x', a())]", Lambda(("x",), A)),
        ("[lambda(1)]", Lambda((), Literal(1))),
        ("[m(a(), lambda('x', 'i', b()))]", call("m", A, Lambda(("x", "i"), call("b")))),
        ("[lambda(a(), 1)]", call("lambda", A, Literal(1))),
        ("[lambda()]", call("lambda")),
    ],
)
def test_expressions_mean_their_trees(text: str, tree: Expression) -> None:
    assert parse_expression(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "[ a('x',1).b ]",
        "[\ta( 'x' , 1 ) . b\t]",
        "[a('x',\n  1\n).b]",
        "[\r\n  a(\r\n    'x',\r\n    1)\r\n  .b]",
        "[a ('x', 1). b]",
        "[a('x',\u00a01).b]",
    ],
)
def test_white_space_between_tokens_means_nothing(text: str) -> None:
    expected = Property(call("a", Literal("x"), Literal(1)), "b")
    assert parse_expression(text) == expected


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("[]", 1, "expected a function call, a string or a number, but found the end"),
        ("[ ]", 2, "expected a function call, a string or a number, but found the end"),
        ("[true]", 5, "expected '(' after 'true', but found the end of the expression"),
        ("[a]", 2, "expected '(' after 'a', but found the end of the expression"),
        ("[a(]", 3, "expected a function call, a string or a number, but found the end"),
        ("[a('b'c)]", 6, "expected ',' or ')', but found 'c'"),
        ("[a('b',)]", 7, "expected a function call, a string or a number, but found ')'"),
        ("[a(,)]", 3, "expected a function call, a string or a number, but found ','"),
        ("[a(1)]]", 5, "expected the end of the expression, but found ']'"),
        ("[a() b()]", 5, "expected the end of the expression, but found 'b'"),
        ("[a())]", 4, "expected the end of the expression, but found ')'"),
        ("[a('x]", 3, "the string is not closed"),
        ("[a('it's')]", 7, "expected ',' or ')', but found 's'"),
        ("[a() + 1]", 5, "'+' is not expected here"),
        ("[a(1, #)]", 6, "'#' is not expected here"),
        ('["a"]', 1, "'\"' is not expected here"),
        ("[a()\u2003]", 4, "'U+2003' is not expected here"),
        ("[a() \x1f ]", 5, "'U+001F' is not expected here"),
        ("[\x85a()]", 1, "'U+0085' is not expected here"),
        ("[a(\u3000)]", 3, "'U+3000' is not expected here"),
        ("[ \u2028]", 2, "'U+2028' is not expected here"),
        ("[1.5]", 1, "'1.5' is no whole number"),
        ("[123456789012345678901]", 1, "expected a whole number of at most 64 bits"),
        ("[9223372036854775808]", 1, "expected a whole number of at most 64 bits"),
        ("[f(-9223372036854775809)]", 3, "expected a whole number of at most 64 bits"),
        ("[a().b-c]", 6, "'-' is not expected here"),
        ("[a().b-1]", 6, "expected the end of the expression, but found '-1'"),
        ("[a-b()]", 2, "'-' is not expected here"),
        ("[a().]", 5, "expected the name of a property, but found the end of the expression"),
        ("[a().'b']", 5, "expected the name of a property"),
        ("[a().1]", 5, "expected the name of a property, but found '1'"),
        ("[a()[]]", 5, "expected a function call, a string or a number, but found ']'"),
        ("[a()[0]", 6, "expected ']', but found the end of the expression"),
        ("[a.1()]", 2, ""),
        ("[a.()]", 3, "expected the name of a function, but found '('"),
        ("[(a())]", 1, "expected a function call, a string or a number, but found '('"),
        ("[.a()]", 1, "expected a function call, a string or a number, but found '.'"),
    ],
)
def test_errors_say_what_was_expected_and_where(text: str, position: int, message: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse_expression(text)
    assert message in str(caught.value)
    assert not str(caught.value).endswith(".")
    if message:
        assert caught.value.position == position


def nested(depth: int) -> str:
    return "[" + "a(" * depth + ")" * depth + "]"


def chained(length: int) -> str:
    return "[a()" + ".b" * length + "]"


def indexed(length: int) -> str:
    return "[a()" + "[0]" * length + "]"


@pytest.mark.parametrize("write", [nested, chained, indexed])
def test_depth_is_limited(write: object) -> None:
    assert callable(write)
    parse_expression(write(MAXIMUM_DEPTH - 1))
    for depth in (MAXIMUM_DEPTH + 2, 5_000, 8_000):
        with pytest.raises(ExpressionSyntaxError, match="more than 150 levels deep"):
            parse_expression(write(depth))


@pytest.mark.parametrize(
    "text",
    [
        "[" + "(" * 50_000 + "]",
        "[" + "'" * 50_001 + "]",
        "['" + "''" * 50_000 + "]",
        "[a(" + "1," * 50_000 + ")]",
        "[" + "a." * 50_000 + "]",
        "[" + " " * 200_000 + "]",
        "[" + "9" * 100_000 + "]",
        "[" + "-" * 50_000 + "1]",
        "[\x00()]",
        "[\ud800()]",
        "[a('\ud800)]",
        "[" + "?" * 50_000 + "]",
    ],
)
def test_hostile_text_is_refused_at_once(text: str) -> None:
    with pytest.raises(ExpressionSyntaxError):
        parse_expression(text)


def test_long_lists_of_arguments_are_fine() -> None:
    tree = parse_expression("[a(" + ",".join(["1"] * 12_000) + ")]")
    assert isinstance(tree, Call)
    assert len(tree.arguments) == 12_000


def test_an_expression_has_no_more_characters_than_azure_takes() -> None:
    assert parse_expression(f"['{'x' * (MAXIMUM_LENGTH - 4)}']")
    for text in (f"['{'x' * (MAXIMUM_LENGTH - 3)}']", "[a" + ".b" * 500_000 + "()]"):
        with pytest.raises(ExpressionSyntaxError, match="but Azure takes at most 24,576"):
            parse_expression(text)


@given(st.text(alphabet=st.sampled_from("ab1-'[](),.? \n\\\"{}$_é\x00\ud800"), max_size=40))
def test_any_text_parses_or_is_refused_at_a_place_in_it(text: str) -> None:
    try:
        parse_expression(f"[{text}]")
    except ExpressionSyntaxError as error:
        position, message = error.position, str(error)
        assert 1 <= position <= len(text) + 1
        assert message


def test_a_text_is_parsed_once() -> None:
    assert parse_expression("[a('once')]") is parse_expression("[a('once')]")
