"""JSON pointers to lines and columns, in one scan of the text, for the few that are reported.

Of equal keys the last one is meant, because that is the one whose value was parsed; the spans of
what stood below an earlier one are forgotten with it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable

from armguard.pointer import keys_of
from armguard.record import record
from armguard.source.tokens import BYTE_ORDER_MARK, COMMENT, STRING, after_ignored

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_STRING = re.compile(STRING)
_SCALAR = re.compile(r'[^\s"{}\[\],:/]++')
_FLAT = rf'[^"{{}}\[\]/]++|{STRING}|{COMMENT}|/(?![/*])'
# Objects and arrays without others inside are most of all: they are passed in one match.
_UP_TO_NESTING = re.compile(rf"(?:{_FLAT}|\[(?:{_FLAT})*+\]|\{{(?:{_FLAT})*+\}})*+")


@record
class Span:
    """Lines and columns count from 1, columns in characters; the end is exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


@record
class Extent:
    """Offsets in characters: a member from its key's opening quote, its value, and their end.

    For an array element and for the whole document `start` and `value` are the same.
    """

    start: int
    value: int
    end: int


class Lines:
    """Where the lines of a text begin; a byte order mark does not count as a column."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_BREAK.finditer(text))]
        self._length = len(text)
        self._mark = text.startswith(BYTE_ORDER_MARK)

    def offset(self, line: int) -> int:
        """Where a line begins, in characters; lines count from 1."""
        return self._starts[min(max(line, 1), len(self._starts)) - 1]

    def position(self, offset: int) -> tuple[int, int]:
        """(line, column), both from 1, of an offset in characters."""
        offset = min(max(offset, 0), self._length)
        line = bisect_right(self._starts, offset)
        column = offset - self._starts[line - 1] + 1
        if line == 1 and self._mark and column > 1:
            column -= 1
        return line, column


def position_at(text: str, offset: int) -> tuple[int, int]:
    """(line, column), both from 1, of an offset in characters; for many, keep a `Lines`."""
    return Lines(text).position(offset)


def find_spans(text: str, pointers: Iterable[str]) -> dict[str, Span]:
    """Where each JSON pointer (RFC 6901; "" is the whole document) stands in `text`.

    A span is the whole member, from the opening quote of its key to the end of its value; for an
    array element and the document, the value. A pointer that the text does not have gets the
    span of its nearest ancestor. Keys compare exactly, after decoding their escapes.
    """
    extents = find_extents(text, pointers)
    if not extents:
        return {}
    lines = Lines(text)
    return {
        pointer: Span(*lines.position(extent.start), *lines.position(extent.end))
        for pointer, extent in extents.items()
    }


def find_extents(text: str, pointers: Iterable[str]) -> dict[str, Extent]:
    """The same as `find_spans` in offsets, for those who edit the text."""
    tokens = {pointer: keys_of(pointer) for pointer in pointers}
    if not tokens:
        return {}
    root = _Wanted()
    for path in tokens.values():
        node = root
        for token in path:
            node = node.children.setdefault(token, _Wanted())
    root.extent = Extent(0, 0, len(text))
    _scan(text, root)
    return {pointer: _nearest(root, path) for pointer, path in tokens.items()}


class _Wanted:
    """A place that is asked for or lies on the way to one.

    `occurrence` is fresh each time the place is met, `within` the occurrence of its parent at
    that time: where they no longer agree, a later equal key has taken over.
    """

    __slots__ = ("children", "extent", "occurrence", "within")

    def __init__(self) -> None:
        self.children: dict[str, _Wanted] = {}
        self.extent: Extent | None = None
        self.occurrence = 0
        self.within = -1


class _Container:
    """An object or array that is being read.

    `index` is that of the next array element, `last` that of the last one asked for.
    """

    __slots__ = ("index", "is_object", "last", "node", "start", "value")

    def __init__(self, node: _Wanted, start: int, value: int, is_object: bool) -> None:
        self.node = node
        self.start = start
        self.value = value
        self.is_object = is_object
        self.index = 0
        # No text is long enough for an index of more digits, and a key may have thousands.
        indices = (int(t) for t in node.children if t.isdecimal() and len(t) < 10)
        self.last = -1 if is_object else max(indices, default=-1)

    def wanted(self, text: str, position: int) -> _Wanted | None:
        """What is asked for of the member at `position`, if anything."""
        if self.is_object:
            key = _STRING.match(text, position)
            return self.node.children.get(_decoded(key[0])) if key else None
        self.index += 1
        return self.node.children.get(str(self.index - 1))


def _nearest(root: _Wanted, path: list[str]) -> Extent:
    node = root
    for token in path:
        child = node.children[token]
        if child.extent is None or child.within != node.occurrence:
            break
        node = child
    assert node.extent is not None
    return node.extent


def _scan(text: str, root: _Wanted) -> None:
    """Fill in the extents below `root`; stop quietly where the text is not JSON."""
    start = position = after_ignored(text, 1 if text.startswith(BYTE_ORDER_MARK) else 0)
    node: _Wanted | None = root
    containers: list[_Container] = []
    occurrences = 0
    while True:
        if node is not None and node.children and text.startswith(("{", "["), position):
            is_object = text[position] == "{"
            containers.append(_Container(node, start, position, is_object))
            position += 1
        else:
            end = end_of_value(text, position)
            if end < 0:
                break
            if node is not None:
                node.extent = Extent(start, position, end)
            position = end

        position = _close_containers(text, containers, position)
        if not containers:
            return
        start = position
        position = _at_value(text, containers[-1], position)
        if position < 0:
            position = start
            break
        node = containers[-1].wanted(text, start)
        if node is not None:
            occurrences += 1
            node.occurrence = occurrences
            node.within = containers[-1].node.occurrence
            node.extent = None

    for container in containers:
        container.node.extent = Extent(container.start, container.value, position)


def _close_containers(text: str, containers: list[_Container], position: int) -> int:
    """Leave all that end here; the position of the next member of what remains open."""
    while containers:
        container = containers[-1]
        position = after_ignored(text, position)
        if text.startswith(",", position):
            position = after_ignored(text, position + 1)
        if text.startswith(("}", "]"), position):
            position += 1
        elif not container.is_object and container.index > container.last:
            end = _end_of_container(text, position)
            if end < 0:
                # Nothing closes it, so there is no reason to look at its other elements.
                return len(text)
            position = end
        else:
            break
        container.node.extent = Extent(container.start, container.value, position)
        containers.pop()
    return position


def _at_value(text: str, container: _Container, position: int) -> int:
    """Where the value of the member at `position` begins; -1 if there is no member."""
    if not container.is_object:
        return position
    key = _STRING.match(text, position)
    colon = after_ignored(text, key.end()) if key else position
    return after_ignored(text, colon + 1) if text.startswith(":", colon) else -1


def end_of_value(text: str, position: int) -> int:
    """The end of the value that begins at `position`; -1 where none does or it has no end."""
    if text.startswith(("{", "["), position):
        return _end_of_container(text, position + 1)
    match = (_STRING if text.startswith('"', position) else _SCALAR).match(text, position)
    return match.end() if match else -1


def _end_of_container(text: str, position: int) -> int:
    """Behind the bracket that closes what is open at `position`, outside strings and comments."""
    depth = 1
    while depth:
        match = _UP_TO_NESTING.match(text, position)
        position = match.end() if match else position
        bracket = text[position : position + 1]
        if bracket in ("{", "["):
            depth += 1
        elif bracket in ("}", "]"):
            depth -= 1
        else:
            return -1
        position += 1
    return position


def _decoded(key: str) -> str:
    if "\\" not in key:
        return key[1:-1]
    try:
        return str(json.loads(key, strict=False))
    except ValueError:
        return key[1:-1]
