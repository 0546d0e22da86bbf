"""Edits as spans of the original text: what is not named stays, what meets is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.source.text_edits import Edit, OverlapError, by_path, edited


def edit(start: int, end: int, text: str) -> Edit:
    return Edit("t.json", start, end, text)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], "0123456789"),
        ([(3, 5, "x")], "012x56789"),
        ([(3, 3, "x")], "012x3456789"),
        ([(0, 0, "x"), (10, 10, "y")], "x0123456789y"),
        ([(8, 10, ""), (0, 2, "")], "234567"),
        ([(2, 4, "x"), (4, 6, "y")], "01xy6789"),
        ([(2, 4, "x"), (4, 4, "y")], "01xy456789"),
        ([(2, 4, "x"), (2, 2, "y")], "01yx456789"),
        ([(5, 5, "first"), (5, 5, "second")], "01234firstsecond56789"),
        ([(0, 10, "")], ""),
    ],
)
def test_all_else_stays(edits: list[tuple[int, int, str]], expected: str) -> None:
    assert edited("0123456789", [edit(*each) for each in edits]) == expected


@pytest.mark.parametrize(
    "edits",
    [
        [(2, 5, "x"), (4, 6, "y")],
        [(2, 5, "x"), (2, 5, "x")],
        [(2, 5, ""), (2, 4, "")],
        [(2, 5, "x"), (3, 3, "y")],
        [(0, 10, "x"), (4, 5, "y")],
    ],
)
def test_edits_that_meet_are_refused(edits: list[tuple[int, int, str]]) -> None:
    for given_order in (edits, edits[::-1]):
        with pytest.raises(OverlapError, match=r"two changes of 't\.json' meet at offset \d"):
            edited("0123456789", [edit(*each) for each in given_order])


@given(st.data(), st.text(max_size=30))
def test_edits_are_those_one_after_the_other_from_behind(data: st.DataObject, text: str) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    edits = [edit(start, end, data.draw(st.text(max_size=3))) for start, end in pairs]
    expected = text
    for each in reversed(edits):
        expected = expected[: each.start] + each.text + expected[each.end :]
    assert edited(text, data.draw(st.permutations(edits))) == expected


def test_edits_are_told_apart_by_their_files() -> None:
    first, second, third = Edit("a", 0, 0, "1"), Edit("b", 0, 0, "2"), Edit("a", 1, 1, "3")
    assert by_path([first, second, third]) == {"a": [first, third], "b": [second]}
