"""Lengths and positions in UTF-16 units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.dotnet import utf16


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("abc", 3), ("é", 1), ("日本", 2), ("😀", 2), ("a😀b", 4)]
)
def test_length(text: str, expected: int) -> None:
    assert utf16.length(text) == expected


@pytest.mark.parametrize(
    ("text", "start", "count", "expected"),
    [
        ("abcdef", 2, 3, "cde"),
        ("zürich", 1, 1, "ü"),
        ("a😀b", 1, 2, "😀"),
        ("a😀b", 3, 1, "b"),
        ("a😀b", 4, 0, ""),
        ("a😀b", 0, 2, "a\ud83d"),
        ("a😀b", 2, 2, "\ude00b"),
    ],
)
def test_slice(text: str, start: int, count: int, expected: str) -> None:
    assert utf16.slice(text, start, count) == expected


@given(st.text(), st.integers(0, 20))
def test_two_slices_are_the_whole(text: str, position: int) -> None:
    size = utf16.length(text)
    cut = min(position, size)
    parts = utf16.slice(text, 0, cut), utf16.slice(text, cut, size - cut)
    assert sum(map(utf16.length, parts)) == size
    assert utf16.to_utf8("".join(parts)) == utf16.to_utf8(text)


def test_half_a_pair_becomes_a_replacement_character_in_utf8() -> None:
    assert utf16.to_utf8("a\ude00b") == "a\ufffdb".encode()
    assert utf16.to_utf8("\ud83d\ude00") == "😀".encode()
