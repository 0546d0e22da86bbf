"""JSON with comments and trailing commas made plain, without moving a single character.

What is taken out becomes blanks of the same length, line breaks stay; what only looks like a
comment or a trailing comma (inside a string, or never closed) is left for the parser to refuse.
"""

from __future__ import annotations

import re

from armguard.source.tokens import OTHER_BLANKS, STRING, after_ignored

_UP_TO_IGNORED = re.compile(rf'(?:[^"/{OTHER_BLANKS}]++|{STRING})*+')
_UP_TO_TRAILING_COMMA = re.compile(rf'(?:[^",]++|{STRING}|,(?![ \t\r\n]*+[\]}}]))*+')
_IN_A_LINE = re.compile(r"[^\r\n]")


def without_comments(text: str) -> str:
    pieces = []
    position = 0
    while True:
        match = _UP_TO_IGNORED.match(text, position)
        start = match.end() if match else position
        end = after_ignored(text, start)
        if end == start:
            break
        pieces.append(text[position:start])
        pieces.append(_IN_A_LINE.sub(" ", text[start:end]))
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def without_trailing_commas(text: str) -> str:
    pieces = []
    position = 0
    while True:
        match = _UP_TO_TRAILING_COMMA.match(text, position)
        comma = match.end() if match else position
        before = comma - 1
        while before >= 0 and text[before] in " \t\r\n":
            before -= 1
        # A comma with nothing before it, as in [,], trails nothing and stays an error.
        if not text.startswith(",", comma) or before < 0 or text[before] in "[{,:":
            break
        pieces.append(text[position:comma])
        pieces.append(" ")
        position = comma + 1
    pieces.append(text[position:])
    return "".join(pieces)
