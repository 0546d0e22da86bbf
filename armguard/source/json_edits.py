"""Edits of a JSON text that keep its style: indentation, line ends, spaces, comments.

What is inserted is written as its surroundings are. All places are JSON pointers; members are found
by the exact spelling of their keys. Of equal keys the last one is meant, since it is the one that
counts; they are removed together, or an earlier one would count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from armguard.pointer import keys_of, pointer_to
from armguard.source.json_items import Items, items_of
from armguard.source.json_style import begins_line, indent_at, line_start, style_of
from armguard.source.json_writing import Commented, JsonWriter, Written, holds_plain_values
from armguard.source.location import Extent, find_extents
from armguard.source.text_edits import Edit, EditError, Inserted, Removed, Several, Taken
from armguard.source.tokens import COMMENT, after_ignored, next_bracket

__all__ = ["Commented", "JsonEditor", "Written", "json_value", "parent_of"]

_BLANKS = re.compile(r"[ \t]*+")
_COMMENT = re.compile(COMMENT)
_COMMENTS = re.compile(rf"(?:[ \t]*+(?:{COMMENT}))++")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_STRING_OR_COMMENT = re.compile(rf'"[^"\\]*+(?:\\[\s\S][^"\\]*+)*+"|({COMMENT})')
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\?[\s\S]"
)

Side = Literal["before", "behind"]


class JsonEditor:
    """Makes edits of one text; each is about the original text, none changes it. What has no
    members or elements where some are to go raises `EditError`."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._found: dict[str, Items] = {}

    @cached_property
    def has_comments(self) -> bool:
        """Whether somebody writes comments in this file, so that one more does no harm."""
        found = (match[1] for match in _STRING_OR_COMMENT.finditer(self.text))
        return self.path.lower().endswith(".jsonc") or any(found)

    def extent(self, pointer: str) -> Extent:
        """Where a value stands; it must be there."""
        return find_extents(self.text, [pointer])[pointer]

    def written(self, pointer: str) -> Written:
        """The value at a pointer, to be moved."""
        extent = self.extent(pointer)
        return Written(self.text[extent.value : extent.end], indent_at(self.text, extent.start))

    def set_value(self, pointer: str, value: Any) -> Edit:
        """Another value in place of the one that is there."""
        extent = self.extent(pointer)
        indent = indent_at(self.text, extent.start)
        if not pointer:
            text = self._writer.text(value, indent)
        else:
            items, index = self._item(pointer)
            text = self._value(value, indent, items, index)
        return Edit(self.path, extent.value, extent.end, text)

    def replace_member(self, pointer: str, name: str, value: Any) -> Edit:
        """Another member in place of the one at a pointer."""
        extent, (items, index) = self.extent(pointer), self._item(pointer)
        (text,) = self._written_items(
            {name: value}, indent_at(self.text, extent.start), items, index
        )
        return Edit(self.path, extent.start, extent.end, text)

    def insert_members(
        self, pointer: str, members: Mapping[str, Any], *, last: bool = False
    ) -> list[Edit]:
        """New members of the object at a pointer, before those that it has, or behind them."""
        items = self._items(pointer)
        if not items.extents:
            return [self._fill(pointer, items, members)]
        if last:
            return [self._insert(items, len(items.extents) - 1, "behind", members)]
        return [self._insert(items, 0, "before", members)]

    def insert_before(self, pointer: str, members: Mapping[str, Any]) -> list[Edit]:
        """New members in front of the one at a pointer."""
        return [self._insert(*self._item(pointer), "before", members)]

    def insert_elements(self, pointer: str, values: Sequence[Any]) -> list[Edit]:
        """New elements at the end of the array at a pointer."""
        items = self._items(pointer)
        if not items.extents:
            return [self._fill(pointer, items, values)]
        return [self._insert(items, len(items.extents) - 1, "behind", values)]

    def insert_behind(self, pointer: str, values: Mapping[str, Any] | Sequence[Any]) -> list[Edit]:
        """New members behind the one at a pointer, or new elements."""
        return [self._insert(*self._item(pointer), "behind", values)]

    def remove(self, pointer: str) -> Edit:
        """Take a member or an element away, with its comma; comments around it stay."""
        items, index = self._item(pointer)
        same = [index]
        if items.is_object:
            same = [i for i, key in enumerate(items.keys) if key == items.keys[index]]
        taken = tuple(self._taken(items, each) for each in same)
        start, end = taken[0].span[0], taken[-1].span[1]
        return Edit(self.path, start, end, "", Removed(items, taken))

    def remove_all(self, pointers: Sequence[str]) -> list[Edit]:
        """Take some values away."""
        return [self.remove(each) for each in pointers]

    def replace_empty(self, pointer: str, value: str) -> Edit:
        """A text in place of null or of a list without entries; comments in the list stay."""
        edit, extent, text = self.set_value(pointer, value), self.extent(pointer), self.text
        inside = text[extent.value + 1 : extent.end - 1] if text[extent.value] == "[" else ""
        comments = inside.strip()
        if not comments:
            return edit
        if not _LINE_BREAK.search(inside):
            return Edit(edit.path, extent.value, extent.end, f"{comments} {edit.text}")
        # above the member, where they can't hide what follows
        first = text.index(comments, extent.value)
        old, new = indent_at(text, first), indent_at(text, extent.start)
        comments = re.sub(rf"(\r\n|\r|\n){old}", rf"\g<1>{new}", comments)
        line_break = _LINE_BREAK.findall(inside)[-1]
        key = text[extent.start : extent.value]
        whole = f"{comments}{line_break}{new}{key}{edit.text}"
        return Edit(edit.path, extent.start, extent.end, whole)

    def replace_inside(self, pointer: str, changes: Sequence[tuple[int, int, str]]) -> Edit:
        """Parts of the string at a pointer replaced: (start, end, text) in its own characters."""
        extent = self.extent(pointer)
        first = extent.value + 1
        found = _CHARACTER.finditer(self.text, first, extent.end - 1)
        at = [*(match.start() for match in found), extent.end - 1]
        parts = tuple(
            (at[start], at[end], self._writer.text(text)[1:-1]) for start, end, text in changes
        )
        start, end = min(each[0] for each in parts), max(each[1] for each in parts)
        return Edit(self.path, start, end, "", Several(parts))

    @cached_property
    def _writer(self) -> JsonWriter:
        return JsonWriter(style_of(self.text), self.has_comments)

    @cached_property
    def _line_break(self) -> str:
        found = _LINE_BREAK.search(self.text)
        return self._writer.style.line_break or (found[0] if found else "\n")

    def _items(self, pointer: str) -> Items:
        if pointer not in self._found:
            extent = self.extent(pointer)
            if self.text[extent.value] not in "{[":
                raise EditError(f"'{pointer}' of '{self.path}' is neither an object nor an array")
            self._found[pointer] = items_of(self.text, extent)
        return self._found[pointer]

    def _item(self, pointer: str) -> tuple[Items, int]:
        """The list in which a value stands, and which of its items it is."""
        items, key = self._items(parent_of(pointer)), keys_of(pointer)[-1]
        if not items.is_object:
            return items, int(key)
        return items, len(items.keys) - 1 - items.keys[::-1].index(key)

    def _insert(
        self, items: Items, index: int, side: Side, values: Mapping[str, Any] | Sequence[Any]
    ) -> Edit:
        start = items.extents[index][0]
        indent, separator = indent_at(self.text, start), self._separator(items, index)
        text = f",{separator}".join(self._written_items(values, indent, items, index))
        change = Inserted(items, index, side, separator)
        if side == "before":
            at = self._above(items, index)
        else:
            at = self._behind(items, index, separator)
        return Edit(self.path, at, at, text, change)

    def _fill(self, pointer: str, items: Items, values: Mapping[str, Any] | Sequence[Any]) -> Edit:
        """The content of an object or an array that has none; comments in it stay."""
        style, inside = self._writer.style, self.text[items.opening + 1 : items.closing]
        comments = [match.end() for match in _COMMENT.finditer(inside)]
        start = items.opening + 1 + max(comments, default=0)
        indent = indent_at(self.text, items.opening)
        pieces = self._on_one_line(values)
        on_one_line = not style.line_break or self._writer.fits_a_line(
            values, indent, self._is_on_one_line(pointer) or None
        )
        if on_one_line and not any(map(_needs_lines, (inside, *pieces))):
            padding = style.padding if items.is_object else ""
            change = Inserted(
                items, 0, "behind", style.blank, " " if comments else padding, padding
            )
        else:
            below = indent + style.unit
            pieces = self._written_items(values, below)
            separator, closing = self._line_break + below, self._line_break + indent
            change = Inserted(items, 0, "behind", separator, separator, closing)
        return Edit(self.path, start, items.closing, f",{change.separator}".join(pieces), change)

    def _is_on_one_line(self, pointer: str) -> bool:
        """Whether the object or array at a pointer is, or would be, written so."""
        while True:
            items = self._items(pointer)
            if items.extents:
                return not _LINE_BREAK.search(self.text, items.opening, items.closing)
            if not pointer:
                return not self._writer.style.line_break
            pointer = parent_of(pointer)

    def _written_items(
        self,
        values: Mapping[str, Any] | Sequence[Any],
        indent: str,
        items: Items | None = None,
        index: int = 0,
    ) -> list[str]:
        """New members or elements; `items`, `index`: beside this one."""
        if isinstance(values, Mapping):
            return [
                self._writer.key(name) + self._value(value, indent, items, index)
                for name, value in values.items()
            ]
        return [
            self._writer.comment(each, indent) + self._value(each, indent, items, index)
            if self._may_comment(items)
            else self._value(each, indent, items, index)
            for each in values
        ]

    def _on_one_line(self, values: Mapping[str, Any] | Sequence[Any]) -> list[str]:
        if isinstance(values, Mapping):
            return [self._writer.key(k) + self._writer.on_one_line(v) for k, v in values.items()]
        return [self._writer.on_one_line(each) for each in values]

    def _may_comment(self, items: Items | None) -> bool:
        return items is None or bool(_LINE_BREAK.search(self.text, items.opening, items.closing))

    def _value(self, value: Any, indent: str, items: Items | None, index: int) -> str:
        """A value as the ones around it are written, those of its kind first."""
        if items is None or isinstance(value, Written):
            return self._writer.text(value, indent)
        if not _LINE_BREAK.search(self.text, items.opening, items.closing):
            return self._writer.within_a_line(value, indent)
        for each in sorted(range(len(items.extents)), key=lambda other: abs(other - index)):
            sibling = self.text[slice(*items.extents[each])]
            if _is_like(sibling, value):
                on_one_line = not _LINE_BREAK.search(sibling)
                return self._writer.text(value, indent, on_one_line=on_one_line)
        return self._writer.text(value, indent)

    def _separator(self, items: Items, index: int) -> str:
        """What stands between an item and the next one besides the comma."""
        start = items.extents[index][0]
        if begins_line(self.text, start):
            first = line_start(self.text, start)
            line_break = "\r\n" if self.text.startswith("\r\n", first - 2) else self.text[first - 1]
            return line_break + indent_at(self.text, start)
        for each in (index + 1, index):
            if 0 < each < len(items.extents):
                between = self.text[items.lead(each) : items.extents[each][0]]
                if not between.strip(" \t"):
                    return between
        return self._writer.style.blank

    def _above(self, items: Items, index: int) -> int:
        """Where something goes that is to stand in front of an item: above the comment that is
        about it. What stands above the first one may be about all of them."""
        position = items.extents[index][0]
        if not index or not begins_line(self.text, position):
            return position
        comments = [*_COMMENT.finditer(self.text, items.lead(index), position)]
        for each in reversed(comments):
            between = self.text[each.end() : position]
            is_next = not between.strip() and len(_LINE_BREAK.findall(between)) == 1
            if not is_next or not begins_line(self.text, each.start()):
                break
            position = each.start()
        return position

    def _behind(self, items: Items, index: int, separator: str) -> int:
        """Where something goes that is to stand behind an item and its comma: behind the comment
        that is about it, which ends the line."""
        position = items.extents[index][1]
        if index < len(items.commas):
            position = items.commas[index] + 1
        comments = _COMMENTS.match(self.text, position)
        if comments is None:
            return position
        blanks = _BLANKS.match(self.text, comments.end())
        end = blanks.end() if blanks else comments.end()
        ends_line = _LINE_BREAK.match(self.text, end) is not None
        if ends_line and _LINE_BREAK.search(separator):
            return comments.end()
        return comments.end() if end == items.closing else position

    def _taken(self, items: Items, index: int) -> Taken:
        """An item that goes away, with its comma."""
        text, (start, end) = self.text, items.extents[index]
        lead = text[items.lead(index) : start]
        kept = ""
        if index < len(items.commas):
            kept = text[end : items.commas[index]]
            end = items.commas[index] + 1
        if kept.strip():
            return Taken(index, (start, end), (start, end), kept.lstrip(" \t"))
        blanks = _BLANKS.match(text, end)
        after = blanks.end() if blanks else end
        found = _LINE_BREAK.match(text, after)
        alone, with_lead = (start, after), (start - len(lead), end)
        if begins_line(text, start):
            if found:
                alone = with_lead = (line_start(text, start), found.end())
            elif after != items.closing:
                with_lead = alone
        elif index and found and not lead.strip():
            alone = with_lead
        return Taken(index, alone, alone if lead.strip() else with_lead, "")


def _needs_lines(text: str) -> bool:
    """Whether a piece can't stand on one line with others: it breaks, or a comment ends it."""
    if _LINE_BREAK.search(text):
        return True
    found = [match[1] for match in _STRING_OR_COMMENT.finditer(text)]
    return bool(found) and (found[-1] or "").startswith("//")


def _is_like(written: str, value: Any) -> bool:
    """Whether a member or an element is an object or an array that holds something, as the value
    is. A list of plain values is not like one of others."""
    opening = next_bracket(written, 0)
    if opening < 0 or not isinstance(value, Mapping | list | tuple):
        return False
    is_empty = after_ignored(written, opening + 1) == len(written) - 1
    if is_empty or (written[opening] == "{") is not isinstance(value, Mapping):
        return False
    is_plain = next_bracket(written, opening + 1) == len(written) - 1
    return isinstance(value, Mapping) or is_plain is holds_plain_values(value)


def json_value(text: str, extent: Extent) -> Any:
    """What stands there, parsed."""
    from armguard.source.json_text import parse_json

    return parse_json(text[extent.value : extent.end])


def parent_of(pointer: str) -> str:
    """`/resources` of `/resources/0`."""
    return pointer_to(keys_of(pointer)[:-1])
