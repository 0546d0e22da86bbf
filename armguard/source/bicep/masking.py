"""A Bicep text of which only the code is left: what stands in comments and strings is blanked.

Every character stays where it is, so an offset into one is one into the other. Interpolations are
blanked with the string that they stand in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HIDING = re.compile(r"//[^\r\n]*+|/\*.*?(?:\*/|\Z)|'''|'", re.DOTALL)
_VERBATIM_END = re.compile(r"'''(?!')")
_IN_STRING = re.compile(r"[^'\\$\r\n]*+")
_IN_CODE = re.compile(r"[^'{}\r\n]*+")
_SHOWN = re.compile(r"[^\r\n]")


def masked(text: str) -> str:
    """The text with blanks for comments and for what stands between quotes; lines stay."""
    pieces, position = [], 0
    for start, end in _hidden(text):
        pieces.append(text[position:start])
        pieces.append(_SHOWN.sub(" ", text[start:end]))
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while match := _HIDING.search(text, position):
        if match[0] == "'''":
            ending = _VERBATIM_END.search(text, match.end())
            end, position = (ending.start(), ending.end()) if ending else (len(text), len(text))
            yield match.end(), end
        elif match[0] == "'":
            end, position = _end_of_string(text, match.end())
            yield match.end(), end
        else:
            position = match.end()
            yield match.span()


def _end_of_string(text: str, position: int) -> tuple[int, int]:
    """Where the text of a string ends, and what follows its quote; one that is not closed ends
    with its line."""
    open_ = ["'"]
    while True:
        match = (_IN_STRING if open_[-1] == "'" else _IN_CODE).match(text, position)
        position = match.end() if match else position
        token = text[position : position + 1]
        if token in ("", "\r", "\n"):
            return position, position
        if token == "\\":
            position += 2
        elif token == "$":
            position += 1
            if text[position : position + 1] == "{":
                open_.append("{")
                position += 1
        elif token == open_[-1] == "'" or token == "}":
            open_.pop()
            position += 1
            if not open_:
                return position - 1, position
        else:
            open_.append(token)
            position += 1
