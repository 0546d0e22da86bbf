"""JSON values as text in a given style."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from armguard.record import record
from armguard.source.json_style import Style
from armguard.source.tokens import COMMENT, STRING

_LONGEST = 100
"""Characters of a line that nobody wants to have written on several."""
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_LINES = re.compile(rf"{STRING}|{COMMENT}|(?P<line>(?:\r\n|\r|\n)(?P<indent>[ \t]*+))")
_NO_CHARACTER = re.compile("[\ud800-\udfff]")
_ENDS_A_COMMENT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@record
class Written:
    """A piece of JSON text that stands elsewhere, moved as it is."""

    text: str
    """from its first to its last character"""
    indent: str
    """how the line on which it began was indented"""


@record
class Commented:
    """An element of an array with a comment above it, where the text allows comments."""

    value: Any
    comment: str


class JsonWriter:
    def __init__(self, style: Style, may_comment: bool) -> None:
        self.style = style
        self._may_comment = may_comment and bool(style.line_break)

    def text(self, value: Any, indent: str = "", *, on_one_line: bool | None = None) -> str:
        """A value whose lines but the first begin with `indent`. `on_one_line`: whether one like it
        is written so; None: there is none."""
        if isinstance(value, Commented):
            return self.text(value.value, indent, on_one_line=on_one_line)
        if isinstance(value, Written):
            return self._moved(value, indent)
        if not isinstance(value, Mapping | list | tuple) or not value:
            return self.on_one_line(value)
        if not self.style.line_break or self.fits_a_line(value, indent, on_one_line):
            return self.on_one_line(value)
        below = indent + self.style.unit
        if isinstance(value, Mapping):
            pieces = [self.key(name) + self.text(each, below) for name, each in value.items()]
            opening, closing = "{", "}"
        else:
            pieces = [self.comment(each, below) + self.text(each, below) for each in value]
            opening, closing = "[", "]"
        line_break = self.style.line_break
        inside = f",{line_break}{below}".join(pieces)
        return f"{opening}{line_break}{below}{inside}{line_break}{indent}{closing}"

    def on_one_line(self, value: Any) -> str:
        comma, padding = f",{self.style.blank}", self.style.padding
        match value:
            case Commented():
                return self.on_one_line(value.value)
            case Written():
                return value.text
            case Mapping() if value:
                members = (self.key(k) + self.on_one_line(v) for k, v in value.items())
                return f"{{{padding}{comma.join(members)}{padding}}}"
            case list() | tuple() if value:
                return f"[{comma.join(map(self.on_one_line, value))}]"
            case Mapping():
                return "{}"
            case list() | tuple():
                return "[]"
        text = json.dumps(value, ensure_ascii=False)
        return _NO_CHARACTER.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

    def within_a_line(self, value: Any, indent: str) -> str:
        """A value beside others on one line; a list that nobody could read there gets its own."""
        if _lists_others(value):
            return self.text(value, indent, on_one_line=True)
        return self.on_one_line(value)

    def key(self, name: str) -> str:
        return self.on_one_line(name) + self.style.colon

    def comment(self, element: Any, indent: str) -> str:
        """The line above an element."""
        if not isinstance(element, Commented) or not self._may_comment:
            return ""
        comment = _ENDS_A_COMMENT.sub(" ", element.comment)
        return f"// {comment}{self.style.line_break}{indent}"

    def fits_a_line(
        self,
        value: Mapping[str, Any] | Sequence[Any],
        indent: str,
        on_one_line: bool | None = None,
    ) -> bool:
        """Whether it is to be written on one line where others need not be."""
        is_list = not isinstance(value, Mapping)
        elements = [*value.values()] if isinstance(value, Mapping) else [*value]
        if self._may_comment and any(map(_is_commented, elements)):
            return False
        if on_one_line is None:
            on_one_line = is_list and holds_plain_values(elements) and self.style.lists_on_one_line
        if not on_one_line:
            return False
        text = self.on_one_line(value)
        is_short = len(indent) + len(text) <= _LONGEST or _count(value) == 1
        return is_short and not _LINE_BREAK.search(text)

    def _moved(self, written: Written, indent: str) -> str:
        """A piece of text at another indentation and with other line ends; those inside of strings
        stay."""
        if not self.style.line_break:
            return written.text

        def line(found: re.Match[str]) -> str:
            if found["line"] is None:
                return found[0]
            if found["indent"].startswith(written.indent):
                return self.style.line_break + indent + found["indent"][len(written.indent) :]
            return self.style.line_break + found["indent"]

        return _LINES.sub(line, written.text)


def holds_plain_values(elements: Sequence[Any]) -> bool:
    return not any(isinstance(each, Mapping | list | tuple | Commented) for each in elements)


def _lists_others(value: Any) -> bool:
    """Whether a list of objects or of lists is in it."""
    if isinstance(value, Mapping):
        return any(map(_lists_others, value.values()))
    return isinstance(value, list | tuple) and not holds_plain_values(value)


def _count(value: Any) -> int:
    """Of the values in it that hold no others."""
    if isinstance(value, Mapping):
        return sum(map(_count, value.values()))
    return sum(map(_count, value)) if isinstance(value, list | tuple) else 1


def _is_commented(value: Any) -> bool:
    """Whether a comment is to be written somewhere in it."""
    if isinstance(value, Mapping):
        return any(map(_is_commented, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_is_commented, value))
    return isinstance(value, Commented)
