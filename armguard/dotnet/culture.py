"""Strings as .NET's invariant culture orders, searches and capitalises them.

Positions count UTF-16 units. A search ignores case but not accents; a match never begins or ends
inside of what a reader sees as one character, so 'e' is not found in 'e' + combining accent.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from armguard.dotnet import utf16
from armguard.errors import BudgetSpentError

LONGEST = 500_000
"""Characters of a text that is not plain ASCII: weighing takes 100 times the memory of the text."""

_WITHOUT_WIDTH = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_ASCII_ORDER = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789"
_ASCII_RANKS: dict[int, str | None] = dict.fromkeys((*range(9), *range(14, 32), 127))
_ASCII_RANKS.update((ord(sign), chr(rank)) for rank, sign in enumerate(_ASCII_ORDER))
_ASCII_RANKS.update((65 + letter, chr(128 + letter)) for letter in range(26))
_ASCII_RANKS.update((97 + letter, chr(128 + letter)) for letter in range(26))


def compare(first: str, second: str) -> int | None:
    """Negative, 0 or positive as `first` sorts before, with or after `second`; None: that hangs on
    a letter of which it is not known where it sorts.

    Letters decide before accents, accents before case, small before capital letters. Punctuation
    comes before digits and letters, and what has no width does not count.
    """
    if first == second:
        return 0
    if first.isascii() and second.isascii():
        return _compare_ascii(first, second)
    from armguard.dotnet.collation import elements, order

    one, other = (
        [each for letter in _checked(text) for each in elements(letter, searching=False)]
        for text in (first, second)
    )
    return order(one, other)


def index_of(text: str, part: str) -> int:
    """Where `part` first occurs without regard to case; -1: nowhere; 0 if `part` is empty."""
    if not part:
        return 0
    if _is_simple(text) and _is_simple(part):
        return text.lower().find(part.lower())
    source, pattern = _Searched(text), _Searched(part)
    if not text:
        return -1 if pattern.keys else 0
    if not pattern.keys:
        return 0
    for start in range(len(source.keys) - len(pattern.keys) + 1):
        if source.matches(start, pattern.keys) and source.is_whole(start, len(pattern.keys)):
            return utf16.length(text[: source.begins[start]])
    return -1


def last_index_of(text: str, part: str) -> int:
    """Where `part` last occurs without regard to case; -1: nowhere; an empty one at the last
    character."""
    if not part:
        return max(utf16.length(text) - 1, 0)
    if _is_simple(text) and _is_simple(part):
        return text.lower().rfind(part.lower())
    source, pattern = _Searched(text), _Searched(part)
    if not pattern.keys:
        return utf16.length(text)
    for start in range(len(source.keys) - len(pattern.keys), -1, -1):
        if source.matches(start, pattern.keys) and source.is_whole(start, len(pattern.keys)):
            return utf16.length(text[: source.begins[start]])
    return -1


def starts_with(text: str, part: str) -> bool:
    """Whether `text` starts with `part`, without regard to case and to what has no width."""
    if not part:
        return True
    if _is_simple(text) and _is_simple(part):
        return text[: len(part)].lower() == part.lower()
    source, wanted = _Searched(text), _Searched(part).keys
    return source.matches(0, wanted) and not source.goes_on_with_accent(len(wanted))


def ends_with(text: str, part: str) -> bool:
    """Whether `text` ends with `part`, without regard to case and to what has no width."""
    if _is_simple(text) and _is_simple(part):
        return text.lower().endswith(part.lower())
    source, wanted = _Searched(text), _Searched(part).keys
    start = len(source.keys) - len(wanted)
    return start >= 0 and source.matches(start, wanted)


def to_upper(text: str) -> str:
    """Capital letters one by one: 'ß' has none, and the i without a dot keeps to itself."""
    return text.upper() if text.isascii() else "".join(map(_capital, text))


def to_lower(text: str) -> str:
    """Small letters one by one; the I with a dot keeps to itself."""
    return text.lower() if text.isascii() else "".join(map(_small, text))


def _capital(letter: str) -> str:
    if letter == "\u0131":
        return letter
    upper = letter.upper()
    if len(upper) == 1:
        return upper
    # A few Greek letters have a single capital letter that Python knows as their title case only.
    title = letter.title()
    return title if len(title) == 1 else letter


def _small(letter: str) -> str:
    lower = letter.lower()
    return lower if len(lower) == 1 else letter


def _is_simple(text: str) -> bool:
    return text.isascii() and not _WITHOUT_WIDTH.search(text)


def _compare_ascii(first: str, second: str) -> int:
    one, other = first.translate(_ASCII_RANKS), second.translate(_ASCII_RANKS)
    if one == other:
        # Now only case can differ. In ASCII capital letters come first, in a dictionary last.
        one = _WITHOUT_WIDTH.sub("", second)
        other = _WITHOUT_WIDTH.sub("", first)
    return (one > other) - (one < other)


def _checked(text: str) -> str:
    if len(text) > LONGEST:
        raise BudgetSpentError(
            f"a text of {len(text)} characters is more than any real template compares"
        )
    return text


class _Searched:
    """A text as a sequence of weights without case, and where in the text each comes from."""

    __slots__ = ("_boundaries", "_text", "begins", "ends", "keys")

    def __init__(self, text: str) -> None:
        from armguard.dotnet.collation import elements

        self._text = text
        self.keys: list[tuple[int, int]] = []
        self.begins: list[int] = []
        self.ends: list[int] = []
        self._boundaries: list[int] | None = None
        for position, character in enumerate(_checked(text)):
            begin = position
            for weights in elements(character, searching=True):
                self.keys.append((weights.primary, weights.secondary))
                self.begins.append(begin)
                self.ends.append(position + 1)
                # Further weights of the same character begin where it ends: nothing may be
                # matched by a part of a character.
                begin = position + 1

    def matches(self, start: int, wanted: list[tuple[int, int]]) -> bool:
        return self.keys[start : start + len(wanted)] == wanted

    def goes_on_with_accent(self, index: int) -> bool:
        """Whether the character before weight `index` has an accent there, with nothing between."""
        if index == len(self.keys) or self.keys[index][0] != 0:
            return False
        return self.begins[index] == (self.ends[index - 1] if index else 0)

    def is_whole(self, start: int, count: int) -> bool:
        """Whether the weights from `start` are those of whole characters as a reader sees them."""
        begin, last = self.begins[start], start + count - 1
        if begin == self.ends[start] or not self._is_boundary(begin):
            return False
        end = len(self._text)
        if last + 1 < len(self.keys):
            end = self.begins[last + 1]
            if end == self.ends[last + 1]:
                return False
        least = self.begins[last]
        if least < end:
            boundary = self._boundary_after(least)
            if boundary >= self.ends[last]:
                if boundary > end:
                    return False
                end = boundary
        return self._is_boundary(end)

    def _is_boundary(self, position: int) -> bool:
        boundaries = self._all_boundaries()
        index = bisect_left(boundaries, position)
        return index < len(boundaries) and boundaries[index] == position

    def _boundary_after(self, position: int) -> int:
        boundaries = self._all_boundaries()
        index = bisect_left(boundaries, position + 1)
        return boundaries[index] if index < len(boundaries) else len(self._text)

    def _all_boundaries(self) -> list[int]:
        if self._boundaries is None:
            self._boundaries = _boundaries(self._text)
        return self._boundaries


def _boundaries(text: str) -> list[int]:
    """Where visible characters begin, and the end of the text; CR and LF are two of them."""
    from unicodedata import category

    result: list[int] = []
    flags = 0
    takes_marks = is_pictographic = after_joiner = False
    for position, character in enumerate(text):
        kind = "L" if " " <= character <= "~" else category(character)
        is_flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        is_picture = kind == "So" and not is_flag
        is_mark = kind in ("Mn", "Me", "Mc") or character in "\u200c\u200d"
        is_mark = is_mark or "\U0001f3fb" <= character <= "\U0001f3ff"
        joined = takes_marks and (
            is_mark or (is_picture and is_pictographic and after_joiner) or (is_flag and flags == 1)
        )
        if not joined:
            result.append(position)
            flags, is_pictographic = 0, is_picture
        flags = flags + 1 if is_flag else 0
        after_joiner = character == "\u200d"
        takes_marks = is_mark or kind not in ("Cc", "Cf", "Zl", "Zp")
    result.append(len(text))
    return result
