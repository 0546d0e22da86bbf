"""Strings as .NET has them: lengths and positions count UTF-16 code units."""

from __future__ import annotations


def length(text: str) -> int:
    """The number of UTF-16 units: 2 for a character outside of the basic plane."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def slice(text: str, start: int, count: int) -> str:  # noqa: A001
    """`count` units from `start` on; half of a pair stays a lone surrogate."""
    if text.isascii() or max(text) <= "\uffff":
        return text[start : start + count]
    units = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * (start + count)]
    return units.decode("utf-16-le", "surrogatepass")
