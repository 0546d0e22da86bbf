"""A template's text with the values of its parameters made unreadable where they may be secret.

What is left has the same length and the same lines, so every position stays true. A value is shown
if the parameter is declared with a type that is not secure, or if it says nothing by itself: an
expression, an empty list or object, true, false, null.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = r"//[^\r\n]*+|/\*(?:(?!\*/).)*+(?:\*/)?"
_BLANK = rf"(?:\s++|{_COMMENT})*+"
_PARAMETERS = re.compile(rf'"parameters"{_BLANK}:{_BLANK}(?=\{{)', re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(
    rf'"(?P<string>(?:[^"\\]++|\\.)*+)(?:"(?P<key>{_BLANK}:)?+)?+'
    rf"|[{{}}\[\]]|{_COMMENT}"
    r"|[^\s\"{}\[\]:,/]++",
    re.DOTALL,
)
_VALUES = ("value", "defaultvalue")
_TELLING_NOTHING = ("true", "false", "null")
_NOT_A_LINE_END = re.compile(r"[^\r\n]")

_Span = tuple[int, int]


def concealed(text: str) -> str:
    """`text` with stars in place of what may be a secret."""
    pieces: list[str] = []
    end = 0
    for parameters in _PARAMETERS.finditer(text):
        if parameters.start() < end:
            continue
        for first, last in _secrets(text, parameters.end()):
            pieces += (text[end:first], _NOT_A_LINE_END.sub("*", text[first:last]))
            end = last
    return "".join((*pieces, text[end:]))


def _secrets(text: str, start: int) -> Iterator[_Span]:
    """What to conceal in the object that begins at `start`: parameter name -> its members."""
    depth = 0
    member = ""
    found: list[_Span] = []
    is_plain = False
    for token in _TOKEN.finditer(text, start):
        first, string = token[0][0], token["string"]
        if first in "{[":
            depth += 1
        elif first in "}]":
            depth -= 1
            if depth <= 1:
                if not is_plain:
                    yield from found
                found, is_plain, member = [], False, ""
            if depth == 0:
                return
        elif token["key"]:
            if depth == 2:
                member = string.lower()
        elif depth == 2 and member == "type" and string is not None:
            is_plain = not string.lower().startswith("secure")
        elif depth >= 2 and member in _VALUES and first != "/" and _may_tell(token[0], string):
            found.append(token.span() if string is None else token.span("string"))
    if not is_plain:
        yield from found


def _may_tell(token: str, string: str | None) -> bool:
    if string is None:
        return token.lower() not in _TELLING_NOTHING
    return string[:1] != "[" or string[:2] == "[["
