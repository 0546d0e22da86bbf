"""Pointers to spans: the whole member, the last of equal keys, the nearest ancestor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.source.json_text import parse_json
from armguard.source.location import Extent, Span, find_extents, find_spans, position_at

TEXT = """\
// header "a": [
{
  "a": 1,
  "list": [10, {"x": "y"}, [ ] ],
  /* "a": 2 */
  "sl/ash": {"til~de": "two
lines"},
  "esc\\u0061pe": true,
  "": {"": null,},
  "a": {"b": 3},
}
"""

SPANS = {
    "": Span(2, 1, 11, 2),
    "/a": Span(10, 3, 10, 16),
    "/a/b": Span(10, 9, 10, 15),
    "/list": Span(4, 3, 4, 33),
    "/list/0": Span(4, 12, 4, 14),
    "/list/1": Span(4, 16, 4, 26),
    "/list/1/x": Span(4, 17, 4, 25),
    "/list/2": Span(4, 28, 4, 31),
    "/sl~1ash/til~0de": Span(6, 14, 7, 7),
    "/escape": Span(8, 3, 8, 22),
    "/": Span(9, 3, 9, 18),
    "//": Span(9, 8, 9, 16),
    "/list/3": Span(4, 3, 4, 33),
    "/list/00": Span(4, 3, 4, 33),
    "/list/1/x/y/z": Span(4, 17, 4, 25),
    "/A": Span(2, 1, 11, 2),
    "/none/at/all": Span(2, 1, 11, 2),
}


@pytest.mark.parametrize(("pointer", "span"), SPANS.items())
def test_a_span_is_the_whole_member(pointer: str, span: Span) -> None:
    assert find_spans(TEXT, [pointer]) == {pointer: span}


def test_all_spans_come_from_one_call() -> None:
    assert find_spans(TEXT, SPANS) == SPANS


def test_no_pointers_no_spans() -> None:
    assert find_spans("not even JSON", []) == {}


def test_what_is_no_pointer_is_refused() -> None:
    with pytest.raises(ValueError, match="'a' is not a JSON pointer"):
        find_spans("{}", ["a"])


def test_members_of_an_earlier_equal_key_are_forgotten() -> None:
    text = '{"a": {"b": 1, "c": 2}, "a": {"c": 3}}'
    assert find_spans(text, ["/a/b", "/a/c"]) == {
        "/a/b": Span(1, 25, 1, 38),
        "/a/c": Span(1, 31, 1, 37),
    }


def test_an_earlier_equal_key_leaves_nothing_in_a_scalar() -> None:
    assert find_spans('{"a": {"b": 1}, "a": 2}', ["/a/b"])["/a/b"] == Span(1, 17, 1, 23)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_break_counts(line_break: str) -> None:
    text = line_break.join(["{", '  "a": [', "    1", "  ]", "}"])
    assert find_spans(text, ["/a", "/a/0"]) == {
        "/a": Span(2, 3, 4, 4),
        "/a/0": Span(3, 5, 3, 6),
    }


def test_a_byte_order_mark_is_no_column() -> None:
    assert find_spans('\ufeff{"a": 1}', ["", "/a"]) == {
        "": Span(1, 1, 1, 9),
        "/a": Span(1, 2, 1, 8),
    }
    assert position_at("\ufeff[", 0) == (1, 1)
    assert position_at("\ufeff[", 1) == (1, 1)
    assert position_at("\ufeff[\n1", 3) == (2, 1)


def test_columns_count_characters() -> None:
    assert find_spans('{"é😀": "ü", "a": 1}', ["/a"])["/a"] == Span(1, 13, 1, 19)


def test_line_breaks_are_those_of_files_only() -> None:
    assert position_at("a\u2028b\x0bc\x0cd\x85e", 8) == (1, 9)


@pytest.mark.parametrize(
    ("offset", "position"),
    [(0, (1, 1)), (2, (1, 3)), (3, (1, 4)), (4, (2, 1)), (5, (3, 1)), (99, (4, 1)), (-1, (1, 1))],
)
def test_position_of_an_offset(offset: int, position: tuple[int, int]) -> None:
    assert position_at("ab\r\n\rc\n", offset) == position


def test_extents_serve_edits() -> None:
    text = '\ufeff{"a": [1, 22]}'
    extents = find_extents(text, ["/a", "/a/1"])
    assert extents == {"/a": Extent(2, 7, 14), "/a/1": Extent(11, 11, 13)}
    assert text[7:14] == "[1, 22]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a',
        '{"a": [1, /*',
        "[" * 3000,
        '{"a": {"b": ',
        '{"a": 1 "b": 2}',
        "}",
        '{"a": ]}',
    ],
)
def test_broken_text_still_gives_places(text: str) -> None:
    spans = find_spans(text, ["", "/a", "/a/b", "/0/0/0"])
    assert len(spans) == 4
    assert all(span >= Span(1, 1, 1, 1) for span in spans.values())


def test_a_broken_text_keeps_what_was_found_before() -> None:
    assert find_spans('{"a": 1, "b" 2}', ["/a"])["/a"] == Span(1, 2, 1, 8)


def pointers_into(value: Any, pointer: str = "") -> dict[str, Any]:
    found = {pointer: value}
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        token = str(key).replace("~", "~0").replace("/", "~1")
        found |= pointers_into(inner, f"{pointer}/{token}")
    return found


@given(data=st.data())
def test_the_text_of_an_extent_is_the_value(
    data: st.DataObject,
    json_values: st.SearchStrategy[Any],
    write_loosely: Callable[[Any, st.DataObject], str],
) -> None:
    value = data.draw(json_values)
    text = write_loosely(value, data)
    expected = pointers_into(value)
    wanted = data.draw(st.lists(st.sampled_from(sorted(expected)), min_size=1))
    for pointer, extent in find_extents(text, wanted).items():
        assert parse_json(text[extent.value : extent.end]) == expected[pointer]
        if extent.start != extent.value:
            # Comments between key and value belong to the member; braces make it a document.
            key = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            member = "{" + text[extent.start : extent.end] + "}"
            assert parse_json(member) == {key: expected[pointer]}


@pytest.mark.parametrize(
    ("text", "pointers", "last"),
    [
        ("[" + '{"a":1},' * 200_000 + "]", ["/199999/a"], (1, 1_599_995, 1, 1_600_000)),
        (
            "[" + '{"a":1},' * 20_000 + "]",
            [f"/{i}/a" for i in range(20_000)],
            (1, 159_995, 1, 160_000),
        ),
        (
            "{" + '"a":{"b":{"c":1}},' * 20_000 + "}",
            [f"/a/b/c/{i}" for i in range(5_000)],
            (1, 359_994, 1, 359_999),
        ),
        ("[" + "/*" * 500_000, ["/0"], (1, 7, 1, 8)),
        ('["' + "x" * 1_400_000, ["/0"], (1, 1, 1, 2)),
        ("\n" * 500_000 + "[1]", ["/0"], (500_001, 2, 500_001, 3)),
        ("[" * 100_000 + "]" * 100_000, ["", "/0/0"], (1, 3, 1, 199_999)),
        ("/" * 500_000, [""], (1, 1, 1, 500_001)),
        ('"' * 500_001, [""], (1, 1, 1, 3)),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_hostile_text_is_scanned_to_its_end(
    text: str, pointers: list[str], last: tuple[int, ...], ends: None
) -> None:
    span = find_spans(text, pointers)[pointers[-1]]
    assert (span.start_line, span.start_column, span.end_line, span.end_column) == last
