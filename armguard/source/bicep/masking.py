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


def masked(text: str, *, interpolations: bool = False) -> str:
    """The text with blanks for comments and for what stands between quotes, also for the ends of
    lines in these, which end no statement. `interpolations`: the code in strings stays."""
    pieces, position = [], 0
    for start, end in hidden(text, interpolations=interpolations):
        pieces.append(text[position:start])
        pieces.append(" " * (end - start))
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def hidden(text: str, *, interpolations: bool = False) -> Iterator[tuple[int, int]]:
    """From start to end, which is exclusive: comments, and what stands between quotes; with
    `interpolations` the code in strings is not hidden."""
    position = 0
    while match := _HIDING.search(text, position):
        if match[0] == "'''":
            ending = _VERBATIM_END.search(text, match.end())
            end, position = (ending.start(), ending.end()) if ending else (len(text), len(text))
            yield match.end(), end
        elif match[0] == "'":
            literal = [match.end()]
            end, position = _end_of_string(text, match.end(), literal)
            literal.append(end)
            if interpolations:
                yield from zip(literal[::2], literal[1::2], strict=True)
            else:
                yield match.end(), end
        else:
            position = match.end()
            yield match.span()


def _end_of_string(text: str, position: int, literal: list[int]) -> tuple[int, int]:
    """Where the text of a string ends, and what follows its quote; one that is not closed ends
    with its line. `literal` gets the offsets at which code begins and ends in it, in turn."""
    open_ = ["'"]
    while True:
        match = (_IN_STRING if open_[-1] == "'" else _IN_CODE).match(text, position)
        position = match.end() if match else position
        token = text[position : position + 1]
        if token in ("", "\r", "\n"):
            if len(literal) % 2 == 0:
                literal.append(position)
            return position, position
        if token == "\\":
            position += 2
        elif token == "$":
            position += 1
            if text[position : position + 1] == "{":
                if len(open_) == 1:
                    literal.append(position + 1)
                open_.append("{")
                position += 1
        elif token == open_[-1] == "'" or token == "}":
            open_.pop()
            if len(open_) == 1 and token == "}":
                literal.append(position)
            position += 1
            if not open_:
                return position - 1, position
        else:
            open_.append(token)
            position += 1
