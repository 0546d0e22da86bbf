"""Excerpts: exactly the text of a span, never too much of it, and never a secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.finding import Location, Position
from armguard.reporters._excerpts.lines import Excerpt, SourceLines
from armguard.source.location import Lines

TEXT = "one\r\ntwo\rthree\n\nfive"


def span(start: tuple[int, int], end: tuple[int, int], pointer: str = "/resources/0") -> Location:
    return Location("t.json", pointer, Position(*start), Position(*end))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((1, 1), (1, 4), "one"),
        ((1, 2), (2, 2), "ne\r\nt"),
        ((2, 1), (3, 1), "two\r"),
        ((5, 3), (5, 5), "ve"),
        ((1, 2), (1, 2), None),
        ((7, 1), (8, 1), None),
    ],
)
@pytest.mark.usefixtures("as_written")
def test_the_text_of_a_region(
    start: tuple[int, int], end: tuple[int, int], expected: str | None
) -> None:
    assert SourceLines("t.json", TEXT).region(span(start, end)) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((1, 1), (1, 2), Excerpt(1, 3, "one\r\ntwo\rthree")),
        ((4, 1), (4, 1), Excerpt(2, 5, "two\rthree\n\nfive")),
        ((2, 1), (2, 2), Excerpt(1, 4, "one\r\ntwo\rthree\n")),
    ],
)
@pytest.mark.usefixtures("as_written")
def test_the_lines_around_it(
    start: tuple[int, int], end: tuple[int, int], expected: Excerpt
) -> None:
    assert SourceLines("t.json", TEXT).around(span(start, end)) == expected


@pytest.mark.parametrize(("text", "count"), [("", 1), ("a", 1), ("a\n", 2), ("a\r\nb\rc\n\n", 5)])
def test_how_many_lines_there_are(text: str, count: int) -> None:
    assert SourceLines("t.json", text).count == count


@pytest.mark.usefixtures("as_written")
def test_a_byte_order_mark_is_no_column() -> None:
    assert SourceLines("t.json", "\ufeffone").region(span((1, 1), (1, 3))) == "on"


@pytest.mark.usefixtures("as_written")
def test_a_template_in_one_line_is_not_quoted_as_a_whole() -> None:
    lines = SourceLines("t.json", "x" * 5000)
    assert lines.region(span((1, 11), (1, 16))) == "xxxxx"
    assert lines.around(span((1, 11), (1, 16))) is None
    assert lines.region(span((1, 1), (1, 4000))) is None


def test_parameters_in_the_lines_around_are_not_quoted() -> None:
    declared = '{"p": {"type": "securestring", "defaultValue": "hunter2"}}'
    text = f'{{"parameters": {declared},\n"resources": 1}}'
    lines = SourceLines("t.json", text)
    around = lines.around(span((2, 1), (2, 7)))
    assert around is not None
    assert "hunter2" not in around.text
    assert around.text.endswith('\n"resources": 1}')
    assert lines.region(span((1, 64), (1, 71))) == "*" * 7


@given(st.text(st.sampled_from("ab\r\n\u2028\x0b\x85"), max_size=40), st.data())
@pytest.mark.usefixtures("as_written")
def test_regions_agree_with_the_positions_of_findings(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, len(text)))
    lines = Lines(text)
    region = span(lines.position(first), lines.position(last))
    assert SourceLines("t.json", text).region(region) == (text[first:last] or None)
