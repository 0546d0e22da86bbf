"""A quick look for words in a whole file."""

from __future__ import annotations

_PIECE = 1 << 16


def has_word(text: str, *words: str) -> bool:
    """Whether one of these words, written in lower case, stands anywhere in a text, in whatever
    casing. Looked for piece by piece: of a large text that is not all ASCII a copy in lower case
    takes twelve bytes a character while it is made."""
    overlap = max(map(len, words)) - 1
    for start in range(0, len(text), _PIECE):
        piece = text[start : start + _PIECE + overlap].lower()
        if any(word in piece for word in words):
            return True
    return False
