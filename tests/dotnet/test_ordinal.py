"""Names without regard to case, letter by letter."""

from __future__ import annotations

import pytest

from armguard.dotnet.ordinal import fold, rank


@pytest.mark.parametrize(
    ("first", "second"),
    [("Name", "nAME"), ("\xe9", "\xc9"), ("\xb5", "\u039c"), ("\u03c2", "\u03c3")],
)
def test_the_same_but_for_case(first: str, second: str) -> None:
    assert fold(first) == fold(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("\xdf", "ss"),
        ("\u212a", "k"),
        ("\u017f", "s"),
        ("\u0131", "i"),
        ("\u0130", "i"),
        ("\ufb01", "fi"),
    ],
)
def test_another_name(first: str, second: str) -> None:
    assert fold(first) != fold(second)


def test_order() -> None:
    names = ["\ufb01", "\U0001f600", "_", "\xdf", "z", "ST", "s"]
    assert sorted(names, key=rank) == ["s", "ST", "z", "_", "\xdf", "\U0001f600", "\ufb01"]
