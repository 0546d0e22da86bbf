"""What a Bicep file declares, and where: read from its text, without being compiled.

Only the shape counts (keywords at the beginnings of lines, brackets, names before colons), so a
file with errors in it is read as far as it goes. Offsets are in characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from armguard.record import record, replace
from armguard.source.bicep.masking import masked

KEYWORDS = (
    "resource|module|param|var|output|func|type|metadata|import|using|extends|targetScope|assert"
    "|provider|extension"
)
_STATEMENT = re.compile(
    rf"(?:^|(?<=\r))[ \t]*+(?P<keyword>{KEYWORDS})\b(?:[ \t]++(?P<name>\w++))?", re.MULTILINE
)
_HEADER = re.compile(r"[ \t]++'([^'\r\n]*+)'[ \t]*+(existing\b)?+")
_ASSIGNED = re.compile(r"(?<![=!<>])=(?![=>~])")
_BRACKETS = re.compile(r"[{}\[\]()]")
_OPENING = {"}": "{", "]": "[", ")": "("}
_STOP = re.compile(r"[{}\[\](),\r\n]")
_GOES_ON = re.compile(r"(?!\.\.\.)[?:&|+*/%=<>.]")
_IS_OPEN = re.compile(r"(?:[\s?]\?|[:&|+*/%=<>(])\Z")
_KEY = re.compile(r"(?:(\w++)|'([^'\r\n]*+)')[ \t]*+:")
_IF = re.compile(r"if\s*+(?=\()")
_FOR = re.compile(r"\[\s*+for\b")
_BLANK = re.compile(r"[\s,]*+")
_UP_TO_VALUE = re.compile(r"[{\[(\r\n=]")


@record
class Extent:
    """From `start` to `end`, which is exclusive."""

    start: int
    end: int


@record
class Declaration:
    keyword: str
    name: str
    """empty where the statement has none"""
    start: int
    """of the keyword, behind what decorates it"""
    end: int
    header: Extent | None = None
    """the type of a resource with its version, the path of a module: between the quotes"""
    said: str = ""
    """the text there"""
    existing: bool = False
    value: int | None = None
    """where what stands behind `=` begins"""
    children: tuple[Declaration, ...] = ()

    @property
    def type(self) -> str:
        """Of a resource; of a child only its last part."""
        return self.said.partition("@")[0]


@record
class Body:
    """What a resource or a module is made of."""

    condition: Extent | None
    loop: Extent | None
    start: int | None
    """of its object; None: it is no literal"""


@record
class Member:
    start: int
    """of its name"""
    value: int
    end: int


class BicepText:
    """A file, read for its shape."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.code = masked(text)

    @cached_property
    def _closing(self) -> Mapping[int, int]:
        """Where the bracket is closed that is opened at an offset."""
        found: dict[int, int] = {}
        open_: list[int] = []
        for match in _BRACKETS.finditer(self.code):
            opening = _OPENING.get(match[0])
            if opening is None:
                open_.append(match.start())
            elif open_ and self.code[open_[-1]] == opening:
                found[open_.pop()] = match.start()
        return found

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """The statements of the file in their order; resources hold those that are written in
        them."""
        every = [self._declared(match) for match in _STATEMENT.finditer(self.code)]
        return tuple(_nested(every))

    def declaration(self, keyword: str, name: str) -> Declaration | None:
        for each in self.declarations:
            if each.keyword == keyword and each.name == name:
                return each
        return None

    def _declared(self, match: re.Match[str]) -> Declaration:
        keyword, position = match["keyword"], match.end()
        header = _HEADER.match(self.code, position)
        extent = said = None
        if header is not None:
            extent = Extent(*header.span(1))
            said, position = self.text[extent.start : extent.end], header.end()
        assigned = _ASSIGNED.search(self.code, position, self._end_of_line(position))
        value = None if assigned is None else self._behind(assigned.end())
        end = self.end_of_value(position if value is None else value)
        name = match["name"] or ""
        existing = header is not None and header[2] is not None
        start = match.start("keyword")
        return Declaration(keyword, name, start, end, extent, said or "", existing, value)

    def body(self, declaration: Declaration) -> Body:
        """The object that a declaration makes, behind its loop and its condition."""
        position, condition, loop = declaration.value, None, None
        if position is None:
            return Body(None, None, None)
        if head := self._loop_at(position):
            loop, position = head, self._behind(head.end + 1)
        if match := _IF.match(self.code, position):
            closed = self._closing.get(match.end(), declaration.end)
            condition = Extent(match.end() + 1, closed)
            position = self._behind(closed + 1)
        return Body(
            condition, loop, position if self.code[position : position + 1] == "{" else None
        )

    def _loop_at(self, position: int) -> Extent | None:
        """From `for` to the colon, where a loop begins at an offset."""
        match = _FOR.match(self.code, position)
        if match is None:
            return None
        end = self._closing.get(position, len(self.code))
        at = match.end()
        while at < end and self.code[at] != ":":
            at = self._closing.get(at, at) + 1
        return Extent(match.end() - len("for"), at) if at < end else None

    def value_of_loop(self, position: int) -> int | None:
        """Where begins what a loop makes that begins at an offset; None: there is no loop."""
        head = self._loop_at(position)
        return None if head is None else self._behind(head.end + 1)

    def closing(self, position: int) -> int:
        """Where the bracket is closed that is opened at an offset; the end, where it is not."""
        return self._closing.get(position, len(self.code))

    def members(self, position: int) -> dict[str, Member]:
        """Those of the object that begins at an offset, by name; the last of equal ones."""
        found = {}
        for start, end in self._parts(position, "{"):
            key = _KEY.match(self.code, start)
            if key is not None:
                name = key[1] or self.text[key.start(2) : key.end(2)]
                found[name] = Member(start, self._behind(key.end()), end)
        return found

    def items(self, position: int) -> list[Extent]:
        """Those of the list that begins at an offset; none of one that a loop makes."""
        if _FOR.match(self.code, position):
            return []
        return [Extent(start, end) for start, end in self._parts(position, "[")]

    def _parts(self, position: int, bracket: str) -> Iterator[tuple[int, int]]:
        closed = self._closing.get(position)
        if closed is None or self.code[position] != bracket:
            return
        position += 1
        while True:
            blank = _BLANK.match(self.code, position)
            start = blank.end() if blank else position
            if start >= closed:
                return
            end = min(self.end_of_value(start, at_comma=True), closed)
            yield start, end
            position = max(end, start + 1)

    def end_of_value(self, position: int, *, at_comma: bool = False) -> int:
        """Where ends what begins at an offset: with its line, unless an operator goes on."""
        code, start = self.code, position
        while stop := _STOP.search(code, position):
            at = stop.start()
            if stop[0] in "{[(":
                position = self._closing.get(at, len(code) - 1) + 1
            elif stop[0] in "\r\n":
                following = self._behind(at)
                end = self._before(at, start)
                is_open = _IS_OPEN.search(code, max(start, end - 2), end)
                if not (is_open or _GOES_ON.match(code, following)):
                    return end
                position = following
            elif stop[0] == "," and not at_comma:
                position = at + 1
            else:
                return self._before(at, start)
        return self._before(len(code), start)

    def _end_of_line(self, position: int) -> int:
        """The end of a line, of which brackets may span several."""
        while stop := _UP_TO_VALUE.search(self.code, position):
            if stop[0] in "\r\n":
                return stop.start()
            if stop[0] == "=":
                return stop.end() + 1
            position = self._closing.get(stop.start(), len(self.code) - 1) + 1
        return len(self.code)

    def _behind(self, position: int) -> int:
        """The first offset from here on that is no blank."""
        while position < len(self.code) and self.code[position].isspace():
            position += 1
        return position

    def _before(self, position: int, start: int) -> int:
        while position > start and self.code[position - 1].isspace():
            position -= 1
        return position


def _nested(every: list[Declaration]) -> Iterator[Declaration]:
    """Resources inside of others become their children; what else stands in something is none."""
    position = 0
    while position < len(every):
        own = every[position]
        inside = position + 1
        while inside < len(every) and every[inside].start < own.end:
            inside += 1
        below = [each for each in every[position + 1 : inside] if _is_resource(each)]
        yield replace(own, children=tuple(_nested(below))) if below else own
        position = inside


def _is_resource(each: Declaration) -> bool:
    return each.keyword == "resource" and each.header is not None
