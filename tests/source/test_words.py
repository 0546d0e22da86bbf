from __future__ import annotations

import pytest

from armguard.source import words
from armguard.source.words import has_word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("a KeyVault here", True),
        ("İ and keyvault", True),
        ("key vault", False),
        ("machinelearning", True),
    ],
)
def test_a_word_in_whatever_casing(text: str, expected: bool) -> None:
    assert has_word(text, "keyvault", "machinelearning") is expected


@pytest.mark.parametrize("before", range(20))
def test_a_word_across_two_pieces(before: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_PIECE", 12)

    assert has_word(f"{'x' * before}KEYVAULT", "keyvault", "workspace")
    assert not has_word(f"{'x' * before}KEYVAUL", "keyvault", "workspace")
