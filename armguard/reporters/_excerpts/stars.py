"""Stars in place of what nobody must see, and where there are keys in the addresses of a text.

What is left has the same length and the same lines, so every position stays true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_KEYS_OF_ADDRESSES = (
    re.compile(r"(?i)[:/\\][/\\]+([^/\\?#\s'\"]*(?:@|%40))"),
    re.compile(r"(?i)://[^\s'\"?#]*(\?[^\s'\"]+)"),
    re.compile(r"(?i)(?:[?#]|%3f|%23)([^\s'\"?#]*=[^\s'\"]*)"),
    re.compile(r"(?i)\.jsonc?\?([^\s'\"]+)"),
    re.compile(r'(?i)"queryString"\s*+:\s*+"((?:[^"\\]++|\\.)*+)'),
    re.compile(r"(?i)\bqueryString'?\s*+:\s*+'++((?:[^'\\]++|\\.)*+)"),
)
"""User and password, and what follows a question mark, however they are spelled."""
_NOT_A_LINE_END = re.compile(r"[^\r\n]")
_NO_BRACKET = re.compile(r"[^\s{}\[\]]")

Span = tuple[int, int]


def starred(text: str, spans: Iterable[Span]) -> str:
    """`text` with stars from the start to the end of each span."""
    pieces: list[str] = []
    end = 0
    for first, last in sorted(spans):
        first = max(first, end)
        if first < last:
            pieces += (text[end:first], _NOT_A_LINE_END.sub("*", text[first:last]))
            end = last
    return "".join((*pieces, text[end:]))


def without_keys(text: str) -> str:
    """`text` with stars for the keys in addresses."""
    keys = (match.span(1) for key in _KEYS_OF_ADDRESSES for match in key.finditer(text))
    return starred(text, keys)


def only_brackets(text: str) -> str:
    """`text` with stars for all but brackets."""
    return _NO_BRACKET.sub("*", text)


def may_be_template(text: str) -> bool:
    """Whether a text inside of another may be a template, which declares what in it is secret."""
    return "{" in text and "secure" in text.lower()
