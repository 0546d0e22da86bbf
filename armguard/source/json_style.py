"""How a JSON text is written, so that what is added to it looks as if it had always been there.

Told from the beginning of the text; comments and what stands in strings are not taken for style.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from armguard.record import record
from armguard.source.tokens import COMMENT, STRING, after_ignored, next_bracket

_ENOUGH = 100_000
"""Characters that tell the style of a text."""

_BLANKS = re.compile(r"[ \t]*+")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_SIGN = re.compile(
    rf"{STRING}(?:(?P<colon>[ \t]?:[ \t]?)(?=[^ \t]))?+|{COMMENT}|,(?P<blank>[ \t]?)(?=[^\s/])"
)


@record
class Style:
    line_break: str
    """empty where the whole document stands on one line"""
    unit: str
    """by what one level of nesting is indented"""
    colon: str
    blank: str
    """between a comma and what follows on the same line"""
    padding: str
    """inside of the braces of an object on one line"""
    lists_on_one_line: bool
    """whether an array of plain values is written so"""


def style_of(text: str) -> Style:
    text = text[:_ENOUGH]
    line_break, unit, padding = "", None, ""
    lists = Counter[bool]()
    position = next_bracket(text, 0)
    while position >= 0:
        first = after_ignored(text, position + 1)
        following = text[first : first + 1]
        if text[position] in "{[" and following not in ("", "}", "]"):
            is_below = begins_line(text, first)
            if is_below:
                found = _LINE_BREAK.search(text, position)
                line_break = line_break or (found[0] if found else "")
                unit = unit or _deeper(indent_at(text, position), indent_at(text, first))
            elif text[position] == "{":
                padding = padding or text[position + 1 : first][:1].strip("\r\n/")
            if text[position] == "[" and following not in "{[":
                lists[is_below] += 1
        position = next_bracket(text, position + 1)
    signs = [*_SIGN.finditer(text)]
    colon = _most(each["colon"] for each in signs if each["colon"])
    blank = _most(each["blank"] for each in signs if each["blank"] is not None)
    colon = ": " if colon is None else colon
    if blank is None:
        blank = "" if colon == ":" and not line_break else " "
    return Style(
        line_break,
        "  " if unit is None else unit,
        colon,
        blank,
        padding,
        lists[False] >= lists[True],
    )


def line_start(text: str, position: int) -> int:
    return max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1


def begins_line(text: str, position: int) -> bool:
    """Whether only blanks stand before it on its line, which is not the first one."""
    start = line_start(text, position)
    return start > 0 and not text[start:position].strip()


def indent_at(text: str, position: int) -> str:
    """How the line of a position is indented."""
    blanks = _BLANKS.match(text, line_start(text, position))
    return blanks[0] if blanks else ""


def _deeper(outer: str, inner: str) -> str:
    return inner[len(outer) :] if inner.startswith(outer) else ""


def _most(found: Iterable[str]) -> str | None:
    return next((each for each, _ in Counter(found).most_common(1)), None)
