"""The `primaryLocationLineHash` of GitHub code scanning, as GitHub's actions compute it.

It hashes UTF-16 units, not characters, and looks 100 of them ahead: a line's hash depends on the
lines below it, and its number on all equal hashes above it, reported or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from operator import mul

_WINDOW = 100
_POWERS: tuple[int, ...] = tuple(37**index for index in range(_WINDOW + 1))
_DESCENDING = _POWERS[_WINDOW - 1 :: -1]
_MASK = 2**64 - 1
_END_OF_FILE = "\uffff" + "\0" * _WINDOW
_LINE_BREAK = re.compile(r"\r\n?")
_BLANKS = str.maketrans("", "", " \t")
_BEYOND_16_BITS = re.compile("[\U00010000-\U0010ffff]")


def line_hashes(text: str, lines: Iterable[int]) -> dict[int, str]:
    """Line number, from 1 -> `39fa2ee980eb94b0:1`; lines that the text does not have are left out.

    The last line is always one of them, even where nothing stands in it.
    """
    wanted = set(lines)
    rows = _rows(text)
    counts: dict[int, int] = {}
    result = {}
    for number in range(1, min(max(wanted, default=0), len(rows)) + 1):
        value = _hash(rows, number - 1)
        counts[value] = counts.get(value, 0) + 1
        if number in wanted:
            result[number] = f"{value:x}:{counts[value]}"
    return result


def _rows(text: str) -> list[str]:
    """The lines without blanks, each character a UTF-16 unit, with their line feeds."""
    units = _LINE_BREAK.sub("\n", text).translate(_BLANKS)
    units = _BEYOND_16_BITS.sub(lambda match: _surrogates(match[0]), units)
    rows = [f"{row}\n" for row in units.split("\n")]
    rows[-1] = rows[-1][:-1] + _END_OF_FILE
    return rows


def _surrogates(character: str) -> str:
    code = ord(character) - 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))


def _hash(rows: list[str], index: int) -> int:
    value, left = 0, _WINDOW
    while True:
        row = rows[index]
        size = len(row)
        if size >= left:
            return (value * _POWERS[left] + _polynomial(row[:left])) & _MASK
        value = value * _POWERS[size] + _polynomial(row)
        left -= size
        index += 1


@lru_cache(maxsize=2**14)
def _polynomial(piece: str) -> int:
    # lines repeat a lot in templates, within a file and between files
    total: int = sum(map(mul, map(ord, piece), _DESCENDING[_WINDOW - len(piece) :]))
    return total & _MASK
