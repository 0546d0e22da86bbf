"""Excerpts for people: the right lines, the right mark, and no more than there is room for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.finding import Location, Position
from armguard.reporters._excerpts.rows import Excerpts, Row

TEXT = """{
  "resources": [
    {
      "name": "kv",
      "properties": {
        "accessPolicies": [],
        "tenantId": "x"
      }
    }
  ]
}"""


def place(start: tuple[int, int], end: tuple[int, int] | None = None) -> Location:
    stop = None if end is None else Position(*end)
    return Location("t.json", "/resources/0", Position(*start), stop)


def around(location: Location, text: str = TEXT, columns: int = 60) -> tuple[Row, ...]:
    return Excerpts({"t.json": text}, columns).around(location)


def drawn(rows: tuple[Row, ...]) -> list[str]:
    """`5 >marked< text` for each row."""
    return [f"{row.number} {_drawn(row.text, row.start, row.end)}" for row in rows]


def _drawn(text: str, start: int, end: int) -> str:
    return f"{text[:start]}>{text[start:end]}<{text[end:]}" if end else text


def test_a_property_with_the_lines_around_it() -> None:
    assert drawn(around(place((6, 9), (6, 29)))) == [
        '4 "name": "kv",',
        '5 "properties": {',
        '6   >"accessPolicies": []<,',
        '7   "tenantId": "x"',
    ]


def test_of_a_long_span_the_beginning() -> None:
    assert drawn(around(place((3, 5), (9, 6)))) == [
        "1 {",
        '2   "resources": [',
        "3     >{<",
        '4       "name": "kv",',
        '5       "properties": {',
        '6         "accessPolicies": [],',
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((6, 9), (6, 29), ['6 >"accessPolicies": []<,']),
        ((3, 5), (9, 6), ["3 >{<", '4   "name": "kv",']),
        ((5, 7), (8, 8), ['5 >"properties": {<', '6   "accessPolicies": [],']),
    ],
)
def test_the_beginning_of_a_related_place(
    start: tuple[int, int], end: tuple[int, int], expected: list[str]
) -> None:
    excerpts = Excerpts({"t.json": TEXT}, 60)
    assert drawn(excerpts.beginning(place(start, end))) == expected
    assert drawn(excerpts.beginning(place(start, end))) == expected


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("one\ntwo", (1, 1), (1, 4), [">one<", "two"]),
        ("one\r\ntwo\r", (2, 2), (2, 4), ["one", "t>wo<", ""]),
        ("\ufeffone", (1, 1), (1, 4), [">one<"]),
        ("\t\tone\n\ttwo", (1, 3), (1, 6), ["    >one<", "two"]),
        ("a\tb", (1, 3), (1, 4), ["a    >b<"]),
        ("a\x1b\u202eb", (1, 4), (1, 5), [r"a\u001b\u202e>b<"]),
        ("a\x1bb", (1, 2), (1, 3), [r"a>\u001b<b"]),
        ("a\n  ", (2, 3), (2, 4), ["a", "  > <"]),
        ("  a\n", (2, 1), (2, 2), ["  a", "> <"]),
        ("one", (1, 2), None, ["o>n<e"]),
        ("one", (1, 4), (1, 5), ["one> <"]),
        ("one", (7, 1), (7, 2), []),
        ("##vso[x]", (1, 2), (1, 9), [r"\u0023>#vso[x]<"]),
    ],
)
@pytest.mark.usefixtures("as_written")
def test_odd_lines(
    text: str, start: tuple[int, int], end: tuple[int, int] | None, expected: list[str]
) -> None:
    rows = around(place(start, end), text)
    assert [each.partition(" ")[2] for each in drawn(rows)] == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((1, 1), (1, 4), ">012<34567890123456789..."),
        ((1, 1), (1, 99), ">01234567890123456789<..."),
        ((1, 51), (1, 54), "...456789>012<34567890123..."),
        ((1, 98), (1, 101), "...123456>789<"),
        ((1, 51), (1, 101), "...456789>01234567890123<..."),
    ],
)
@pytest.mark.usefixtures("as_written")
def test_a_long_line_is_cut_around_the_span(
    start: tuple[int, int], end: tuple[int, int], expected: str
) -> None:
    (row,) = around(place(start, end), "0123456789" * 10, 20)
    assert drawn((row,)) == [f"1 {expected}"]


def test_deep_indentation_does_not_push_a_line_out() -> None:
    text = f'{" " * 70}{{\n{" " * 72}"accessPolicies": []\n{" " * 70}}}'
    assert drawn(around(place((2, 73), (2, 93)), text)) == [
        "1 {",
        '2   >"accessPolicies": []<',
        "3 }",
    ]


def test_values_of_parameters_are_concealed() -> None:
    text = '{\n"parameters": {"p": {"value": "secret"}},\n"resources": []\n}'
    assert drawn(around(place((3, 1), (3, 16)), text)) == [
        "1 {",
        '2 "parameters": {"p": {"value": "******"}},',
        '3 >"resources": []<',
        "4 }",
    ]


def test_nothing_is_shown_of_what_is_not_known() -> None:
    assert around(Location("t.json", "")) == ()
    assert around(Location("other.json", "", Position(1, 1), Position(1, 2))) == ()


def test_a_long_line_costs_no_more_than_what_is_shown_of_it() -> None:
    excerpts = Excerpts({"t.json": "x" * 5_000_000}, 60)
    for column in range(1, 4_000_000, 1000):
        assert len(excerpts.around(place((1, column), (1, column + 5)))[0].text) <= 66


COLUMNS = st.integers(1, 30)


@given(st.text(st.sampled_from("ab \t{\n\r\x1b語#"), max_size=60), COLUMNS, COLUMNS, COLUMNS)
def test_marks_are_inside_of_their_row(text: str, line: int, first: int, columns: int) -> None:
    location = place((line % 4 + 1, first), (line % 4 + 1, first + line))
    for rows in (around(location, text, columns), around(place((1, 1), (3, 1)), text, columns)):
        assert [row.number for row in rows] == sorted({row.number for row in rows})
        assert sum(row.end > 0 for row in rows) <= 1
        for row in rows:
            assert 0 <= row.start <= row.end <= len(row.text)


RESOURCES = """[
  {
    "type": "a/b",
    "tags": {
      "name": "other"
    },
    "Name": "kv"
  },
  {
    "hub": {
      "apiVersion": "1",
      "type": "a/b"
    }
  },
  {
    "value": 1
  }
]"""


@pytest.mark.usefixtures("as_written")
@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (place((2, 3), (8, 4)), ['3 "type": "a/b",', '7 "Name": "kv"']),
        (place((10, 5), (13, 6)), ['10 >"hub": {<', '12   "type": "a/b"']),
        (place((15, 3), (17, 4)), ["15 >{<", '16   "value": 1', "17 }"]),
        (place((7, 5), (7, 17)), ['7 >"Name": "kv"<']),
    ],
    ids=["resource", "symbolic name", "no name", "member"],
)
def test_the_part_that_matters(location: Location, expected: list[str]) -> None:
    excerpts = Excerpts({"t.json": RESOURCES}, 60)
    assert drawn(excerpts.part(location, 4)) == expected
    assert len(excerpts.part(location, 1)) in (1, 2)
