"""Strings as .NET has them: lengths and positions count UTF-16 code units.

A character outside of the basic plane counts two; half of it is a lone surrogate in Python.
"""

from __future__ import annotations

WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""what Char.IsWhiteSpace() takes for it; Python's own idea has four control characters more"""


def length(text: str) -> int:
    """The number of UTF-16 units: 2 for a character outside of the basic plane."""
    if _is_one_to_one(text):
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def slice(text: str, start: int, count: int) -> str:  # noqa: A001
    """`count` units from `start` on; half of a pair stays a lone surrogate."""
    if _is_one_to_one(text):
        return text[start : start + count]
    units = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * (start + count)]
    return units.decode("utf-16-le", "surrogatepass")


def to_utf8(text: str) -> bytes:
    """The text in UTF-8 as .NET encodes it: half of a pair becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        units = text.encode("utf-16-le", "surrogatepass")
        return units.decode("utf-16-le", "replace").encode()


def _is_one_to_one(text: str) -> bool:
    return text.isascii() or max(text) <= "\uffff"
