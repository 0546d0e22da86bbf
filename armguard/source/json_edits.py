"""Edits of a JSON text that keep its style: indentation, line ends, spaces, comments.

What is inserted is written as its surroundings are. All places are JSON pointers; members are found
by the exact spelling of their keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from armguard.pointer import keys_of, pointer_to
from armguard.record import record
from armguard.source.location import Extent, find_extents
from armguard.source.text_edits import Edit
from armguard.source.tokens import COMMENT

_BLANKS = re.compile(r"[ \t]*+")
_LINE_COMMENT = re.compile(rf"[ \t]*+(?:{COMMENT})")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_AROUND = re.compile(rf"(?:[ \t\r\n]++|{COMMENT})*+")


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


class JsonEditor:
    """Makes edits of one text; each is about the original text, none changes it."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        found = _LINE_BREAK.search(text.strip())  # one that ends the file says nothing
        self._line_break = found[0] if found else ""
        self._unit = self._indent_unit()
        self._gap = " " if re.search(r'":[ \t]', text) or '":' not in text else ""
        """what stands behind a colon, and behind a comma on the same line"""
        self._comma = f",{self._gap}"

    @property
    def has_comments(self) -> bool:
        """Whether somebody writes comments in this file, so that one more does no harm."""
        return self.path.lower().endswith(".jsonc") or _has_comment(self.text)

    def extent(self, pointer: str) -> Extent:
        """Where a value stands; it must be there."""
        return find_extents(self.text, [pointer])[pointer]

    def written(self, pointer: str) -> Written:
        """The value at a pointer, to be moved."""
        extent = self.extent(pointer)
        return Written(self.text[extent.value : extent.end], self._indent_at(extent.start))

    def set_value(self, pointer: str, value: Any) -> Edit:
        """Another value in place of the one that is there."""
        extent = self.extent(pointer)
        text = self._rendered(value, self._indent_at(extent.start))
        return Edit(self.path, extent.value, extent.end, text)

    def replace_member(self, pointer: str, name: str, value: Any) -> Edit:
        """Another member in place of the one at a pointer."""
        extent = self.extent(pointer)
        text = self._member(name, value, self._indent_at(extent.start))
        return Edit(self.path, extent.start, extent.end, text)

    def insert_members(
        self, pointer: str, members: Mapping[str, Any], *, last: bool = False
    ) -> list[Edit]:
        """New members of the object at a pointer, before those that it has, or behind them."""
        extent = self.extent(pointer)
        inside = self._first_inside(extent)
        if inside is None:
            return [self._fill(extent, [*self._members(members, extent)], "{", "}")]
        if last:
            return self._behind(pointer + pointer_to([self._keys(pointer)[-1]]), members)
        return [self._insert_at(inside, self._separator(extent.value, inside), members)]

    def insert_before(self, pointer: str, members: Mapping[str, Any]) -> list[Edit]:
        """New members in front of the one at a pointer."""
        start = self.extent(pointer).start
        return [self._insert_at(start, self._separator_before(start), members)]

    def _insert_at(self, position: int, separator: str, members: Mapping[str, Any]) -> Edit:
        indent = self._indent_at(position)
        pieces = [self._member(name, value, indent) for name, value in members.items()]
        new = "".join(f"{each},{separator}" for each in pieces)
        return Edit(self.path, position, position, new)

    def insert_elements(self, pointer: str, values: Sequence[Any]) -> list[Edit]:
        """New elements at the end of the array at a pointer."""
        extent = self.extent(pointer)
        if self._first_inside(extent) is None:
            indent = self._indent_at(extent.start) + self._unit
            pieces = [self._element(each, indent) for each in values]
            return [self._fill(extent, pieces, "[", "]")]
        last = len(json_value(self.text, extent)) - 1
        return self.insert_behind(f"{pointer}/{last}", values)

    def insert_behind(self, pointer: str, values: Mapping[str, Any] | Sequence[Any]) -> list[Edit]:
        """New members behind the one at a pointer, or new elements."""
        if isinstance(values, Mapping):
            return self._behind(pointer, values)
        extent = self.extent(pointer)
        indent = self._indent_at(extent.start)
        return self._insert_after(extent, [self._element(each, indent) for each in values])

    def remove(self, pointer: str) -> Edit:
        """Take a member or an element away, with the comma that follows or precedes it."""
        extent = self.extent(pointer)
        start, end = extent.start, extent.end
        comma = _AROUND.match(self.text, end)
        behind = comma.end() if comma else end
        if self.text[behind : behind + 1] == ",":
            end = behind + 1
            blanks = _BLANKS.match(self.text, end)
            end = blanks.end() if blanks else end
            found = _LINE_BREAK.match(self.text, end)
            line_start = self._line_start(start)
            if found and not self.text[line_start:start].strip():
                return Edit(self.path, line_start, found.end(), "")
            return Edit(self.path, start, end, "")
        before = _last_comma(self.text, start)
        if before is not None:
            # what stands between the comma and the value may be a comment, which stays
            between = self.text[before + 1 : start]
            if between.strip():
                return Edit(self.path, before, end, between.rstrip())
            return Edit(self.path, before, end, "")
        opening = self.text[self._bracket_before(start) + 1 : start]
        closing = self.text[end:behind]
        if opening.strip() or closing.strip():
            return Edit(self.path, start, end, "")
        return Edit(self.path, start - len(opening), behind, "")

    def remove_all(self, pointers: Sequence[str]) -> list[Edit]:
        """Take some members of one object, or elements of one array, away; not all of them."""
        container = parent_of(pointers[0])
        value = json_value(self.text, self.extent(container))
        keys = map(str, value if isinstance(value, Mapping) else range(len(value)))
        in_order = [container + pointer_to([key]) for key in keys]
        behind = []
        while in_order[-1] in pointers:
            behind.append(in_order.pop())
        if len(behind) < 2:
            return [self.remove(each) for each in pointers]
        # the commas between those at the end belong to both of their neighbours
        start = _last_comma(self.text, self.extent(behind[-1]).start)
        assert start is not None
        rest = [self.remove(each) for each in pointers if each not in behind]
        return [*rest, Edit(self.path, start, self.extent(behind[0]).end, "")]

    def replace_inside(self, pointer: str, changes: Sequence[tuple[int, int, str]]) -> Edit:
        """Parts of the string at a pointer replaced: (start, end, text) in its own characters."""
        extent = self.extent(pointer)
        value = json_value(self.text, extent)
        pieces, position = [], 0
        for start, end, text in sorted(changes):
            pieces += [value[position:start], text]
            position = end
        changed = "".join([*pieces, value[position:]])
        return Edit(self.path, extent.value, extent.end, _json(changed))

    def _behind(self, pointer: str, members: Mapping[str, Any]) -> list[Edit]:
        extent = self.extent(pointer)
        indent = self._indent_at(extent.start)
        pieces = [self._member(name, value, indent) for name, value in members.items()]
        return self._insert_after(extent, pieces)

    def _insert_after(self, extent: Extent, pieces: Sequence[str]) -> list[Edit]:
        separator = self._separator_before(extent.start)
        new = f",{separator}".join(pieces)
        comment = _LINE_COMMENT.match(self.text, extent.end)
        if comment is None:
            return [Edit(self.path, extent.end, extent.end, f",{separator}{new}")]
        # the comment is about what stands before it, and hides what follows on its line
        if "//" in comment[0]:
            separator = f"{self._line_break}{self._indent_at(extent.start)}"
        return [
            Edit(self.path, extent.end, extent.end, ","),
            Edit(self.path, comment.end(), comment.end(), f"{separator or ' '}{new}"),
        ]

    def _fill(self, extent: Extent, pieces: Sequence[str], opening: str, closing: str) -> Edit:
        """The content of an object or an array that has none; comments in it stay."""
        indent = self._indent_at(extent.start)
        kept = self.text[extent.value + 1 : extent.end - 1].rstrip()
        if not self._line_break:
            text = f"{opening}{self._comma.join(pieces)}{kept}{closing}"
        else:
            separator = f"{self._line_break}{indent}{self._unit}"
            text = (
                f"{opening}{kept}{separator}{f',{separator}'.join(pieces)}"
                f"{self._line_break}{indent}{closing}"
            )
        return Edit(self.path, extent.value, extent.end, text)

    def _members(self, members: Mapping[str, Any], extent: Extent) -> Iterator[str]:
        indent = self._indent_at(extent.start) + self._unit
        for name, value in members.items():
            yield self._member(name, value, indent)

    def _member(self, name: str, value: Any, indent: str) -> str:
        return f"{_json(name)}:{self._gap}{self._rendered(value, indent)}"

    def _element(self, value: Any, indent: str) -> str:
        if not isinstance(value, Commented):
            return self._rendered(value, indent)
        written = self._rendered(value.value, indent)
        if not self._line_break or not self.has_comments:
            return written
        comment = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", value.comment)
        return f"// {comment}{self._line_break}{indent}{written}"

    def _rendered(self, value: Any, indent: str) -> str:
        """A value as text whose lines but the first begin with `indent`."""
        match value:
            case Written():
                return self._moved(value, indent)
            case Commented():
                return self._rendered(value.value, indent)
            case Mapping() if value:
                below = indent + self._unit
                pieces = [self._member(name, each, below) for name, each in value.items()]
                return self._bracketed(pieces, "{", "}", indent)
            case list() | tuple() if value:
                if not any(isinstance(each, (Mapping, list, tuple, Commented)) for each in value):
                    return f"[{self._comma.join(self._rendered(each, indent) for each in value)}]"
                below = indent + self._unit
                pieces = [self._element(each, below) for each in value]
                return self._bracketed(pieces, "[", "]", indent)
            case Mapping():
                return "{}"
            case list() | tuple():
                return "[]"
        return _json(value)

    def _bracketed(self, pieces: Sequence[str], opening: str, closing: str, indent: str) -> str:
        if not self._line_break:
            return f"{opening}{self._comma.join(pieces)}{closing}"
        separator = f"{self._line_break}{indent}{self._unit}"
        return (
            f"{opening}{separator}{f',{separator}'.join(pieces)}{self._line_break}{indent}{closing}"
        )

    def _moved(self, written: Written, indent: str) -> str:
        """A piece of text at another indentation; line breaks inside of strings stay."""
        lines = _LINE_BREAK.split(written.text)
        breaks = _LINE_BREAK.findall(written.text)
        moved = [lines[0]]
        for line_break, each in zip(breaks, lines[1:], strict=True):
            rest = each.removeprefix(written.indent)
            moved += [line_break, indent + rest if rest != each or not written.indent else each]
        return "".join(moved)

    def _keys(self, pointer: str) -> list[str]:
        return [*json_value(self.text, self.extent(pointer))]

    def _first_inside(self, extent: Extent) -> int | None:
        """Where the first member or element begins; None: there is none."""
        match = _AROUND.match(self.text, extent.value + 1)
        position = match.end() if match else extent.value + 1
        return None if self.text[position : position + 1] in ("}", "]") else position

    def _separator(self, opening: int, first: int) -> str:
        """What stands between two members, as it does behind the opening bracket."""
        between = self.text[opening + 1 : first]
        if not _LINE_BREAK.search(between):
            return self._gap
        return f"{self._line_break}{self._indent_at(first)}"

    def _separator_before(self, start: int) -> str:
        """The same, as it is in front of the member at `start`."""
        if self.text[self._line_start(start) : start].strip() or not self._line_break:
            return self._gap
        return f"{self._line_break}{self._indent_at(start)}"

    def _line_start(self, position: int) -> int:
        return max(self.text.rfind("\n", 0, position), self.text.rfind("\r", 0, position)) + 1

    def _indent_at(self, position: int) -> str:
        """How the line of a position is indented."""
        blanks = _BLANKS.match(self.text, self._line_start(position))
        return blanks[0] if blanks else ""

    def _indent_unit(self) -> str:
        """What one level of nesting adds: the indentation of the first line that has one."""
        found = re.search(r"(?:^|[\r\n])([ \t]+)[^ \t\r\n]", self.text)
        return found[1] if found else "  "

    def _bracket_before(self, start: int) -> int:
        return max(self.text.rfind("{", 0, start), self.text.rfind("[", 0, start))


def json_value(text: str, extent: Extent) -> Any:
    """What stands there, parsed."""
    from armguard.source.json_text import parse_json

    return parse_json(text[extent.value : extent.end])


def parent_of(pointer: str) -> str:
    """`/resources` of `/resources/0`."""
    return pointer_to(keys_of(pointer)[:-1])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _has_comment(text: str) -> bool:
    position, match = 0, None
    pattern = re.compile(rf'"[^"\\]*+(?:\\[\s\S][^"\\]*+)*+"|({COMMENT})')
    while (match := pattern.search(text, position)) is not None:
        if match[1]:
            return True
        position = match.end()
    return False


def _last_comma(text: str, start: int) -> int | None:
    """The comma in front of a member, with nothing but blanks and comments between."""
    position = text.rfind(",", 0, start)
    while position >= 0:
        match = _AROUND.match(text, position + 1)
        if match is not None and match.end() == start:
            return position
        position = text.rfind(",", 0, position)
    return None
