"""JSON as Json.NET reads and writes it."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.dotnet.json_net import MAXIMUM_DEPTH, parse, serialize
from armguard.errors import BudgetSpentError, EvaluationError

LENIENT = [
    ("{a:1}", {"a": 1}),
    ("{'a':'b'}", {"a": "b"}),
    ("{$a_1 : 1}", {"$a_1": 1}),
    ("{1:2}", {"1": 2}),
    ("'say \"x\"'", 'say "x"'),
    ('"a\nb"', "a\nb"),
    ("012", 10),
    ("00", 0),
    ("-012", -12),
    ("0x1F", 31),
    ("0XfFfFfFfFfFfFfFfF", -1),
    ("1.", 1.0),
    (".5", 0.5),
    ("-.5", -0.5),
    ("1e3", 1000.0),
    ("1E+2", 100.0),
    ("12345678901234567890", 12345678901234567890),
    ("[1,2,]", [1, 2]),
    ("[1,,2]", [1, None, 2]),
    ("[,]", [None]),
    ("{'a':,'b':1,}", {"a": None, "b": 1}),
    (",", None),
    ("undefined", None),
    ("[undefined]", [None]),
    ("// c\n1", 1),
    ("/* c */ 7", 7),
    ("[1/*c*/,/**/2//c\n]", [1, 2]),
    ("{/*c*/a:/*c*/1/*c*/}", {"a": 1}),
    ("[1] x", [1]),
    ("[1", [1]),
    ("[1 // c", [1]),
    ('{"k": [1, 2', {"k": [1, 2]}),
    ("[[1]", [[1]]),
    ("{a:[1,{b:'c'", {"a": [1, {"b": "c"}]}),
    ("{'a':1}x", {"a": 1}),
    ("1 x", 1),
    ("1/", 1),
    ("true]", True),
    ("\x85\u20031\xa0", 1),
    ('"\\u00e9\\/\\\'"', "é/'"),
    ('"\\ud83d\\ude00"', "😀"),
    ('"x\\ud83dy"', "x\ufffdy"),
    ('"\\ude00\\ud83d"', "\ufffd\ufffd"),
    ('"2020-01-01T00:00:00Z"', "2020-01-01T00:00:00Z"),
]


@pytest.mark.parametrize(("text", "expected"), LENIENT)
def test_what_is_read_beyond_json(text: str, expected: Any) -> None:
    value = parse(text)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "// c",
        "/* c",
        "tru",
        "true1",
        "nulls",
        "new Date(1)",
        "+1",
        "-",
        "08",
        "0x",
        "1x",
        "1-2",
        "1" * 381,
        "]",
        "}",
        "[",
        "{",
        "[1,",
        "[1,,",
        "[[1],{",
        "{a",
        "{a:",
        "['a",
        "[1/*",
        "[1 2]",
        "[1}",
        "{a:1]",
        "{a 1}",
        "{a:1 b:2}",
        "{,}",
        "{a-b:1}",
        "{'a'/*c*/:1}",
        "{a:}",
        "'a",
        '"\\x"',
        '"\\u12"',
        "\ufeff1",
        "[[y]]",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(EvaluationError, match="the text is not valid JSON"):
        parse(text)


def test_the_error_says_what_and_where() -> None:
    with pytest.raises(EvaluationError) as caught:
        parse("{a:1 b:2}")
    assert str(caught.value) == (
        "the text is not valid JSON: expected ',' or '}' at character 6, but found 'b:2}'"
    )


@pytest.mark.parametrize("text", ['{"a":1,"b":2,"a":3}', "{a:1,b:2,a:3}"])
def test_the_last_of_a_name_wins_and_stands_last(text: str) -> None:
    assert list(parse(text).items()) == [("b", 2), ("a", 3)]


def test_names_differing_in_case_both_stay() -> None:
    assert parse('{"a":1,"A":2}') == {"a": 1, "A": 2}


@pytest.mark.parametrize(("text", "expected"), [("Infinity", math.inf), ("-Infinity", -math.inf)])
def test_infinity(text: str, expected: float) -> None:
    assert parse(text) == expected
    assert math.isnan(parse("[NaN]")[0])


@pytest.mark.parametrize("opening", ["[", "{a:", '{"a":'])
def test_nesting_has_a_limit(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    assert parse(opening * MAXIMUM_DEPTH + "1" + closing * MAXIMUM_DEPTH)
    for depth in (MAXIMUM_DEPTH + 1, 900, 100_000):
        with pytest.raises(EvaluationError, match="nested more than"):
            parse(opening * depth + "1" + closing * depth)


def test_brackets_in_strings_do_not_nest() -> None:
    text = json.dumps(["[" * 500, '"{\\'] * 40)
    assert parse(text) == ["[" * 500, '"{\\'] * 40


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@given(JSON_VALUES)
def test_strict_json_is_read_as_python_reads_it(value: Any) -> None:
    text = json.dumps(value)
    assert parse(text) == json.loads(text)
    # A comma at the end makes the lenient reader do the work.
    assert parse(f"[{text},]") == [json.loads(text)]


@given(JSON_VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    written = json.loads(json.dumps(value))
    assert parse(serialize(written)) == written


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, "{}"),
        ([], "[]"),
        ({"a": None, "b": [1, True, False]}, '{"a":null,"b":[1,true,false]}'),
        ({"": {"x": []}}, '{"":{"x":[]}}'),
        (
            [1.0, 100.0, 1.5, 1e21, 1e-7, -0.25],
            "[1.0,100.0,1.5,1E+21,1E-07,-0.25]",
        ),
        ([math.nan, math.inf], '["NaN","Infinity"]'),
        (["é😀\x7f/<"], '["é😀\x7f/<"]'),
        (['"\\\b\t\n\f\r\x00\x1f'], '["\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f"]'),
        (["\x85\u2028\u2029"], '["\\u0085\\u2028\\u2029"]'),
    ],
)
def test_serialize(value: Any, expected: str) -> None:
    assert serialize(value) == expected


def test_a_value_that_shares_its_parts_is_not_written_for_ever() -> None:
    value: Any = ["x"]
    for _ in range(40):
        value = [value, value]
    with pytest.raises(BudgetSpentError):
        serialize(value)


def test_deep_values_are_written() -> None:
    value: Any = 1
    for _ in range(20_000):
        value = [value]
    assert serialize(value) == "[" * 20_000 + "1" + "]" * 20_000


@pytest.mark.parametrize("unit", ["/*x", "{a:", "[1,", "// c\n", " ", "*/ /*", "\\u00"])
def test_hostile_text_is_refused(unit: str, ends: None) -> None:
    with pytest.raises(EvaluationError):
        parse(f"{unit * 100_000}x")
    with pytest.raises(EvaluationError):
        parse(f"'{unit * 100_000}")
