"""The lines of a template that a finding is about, for people: cut to size, and safe to show.

Lines are dedented together and windows are cut out of long ones, so the columns of a row are not
those of the file; only its number is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from armguard.finding import Location, Position
from armguard.record import record, replace
from armguard.reporters._excerpts.lines import SourceLines
from armguard.safe_text import visible

CUT = "..."
"""In place of what is left and right of a window."""

_MOST = 4
"""Lines shown from the beginning of a span."""

_HEAD = 12
"""Lines of a resource in which its type and its name are looked for."""

_NAMING = re.compile(r'\s*"(type|name)"\s*:', re.IGNORECASE)
_WIDEST = 500
_TAB = "    "


@record
class Row:
    """One line: `text` is safe, and `start` to `end` of it (exclusive) is to be marked."""

    number: int
    text: str
    start: int = 0
    end: int = 0


class Excerpts:
    """The excerpts of one report; `columns` is how many characters of a line are shown."""

    def __init__(self, sources: Mapping[str, str], columns: int) -> None:
        self._sources = sources
        self._columns = min(columns, _WIDEST)
        self._lines: dict[str, SourceLines] = {}
        self._beginnings: dict[Location, tuple[Row, ...]] = {}
        self._parts: dict[tuple[Location, int], tuple[Row, ...]] = {}

    def around(self, location: Location) -> tuple[Row, ...]:
        """The beginning of a span with two lines before it, and the line behind a short one."""
        return self._rows(location, 2, _MOST, 1)

    def beginning(self, location: Location) -> tuple[Row, ...]:
        """The first line of a span, and the next one where that only opens a bracket."""
        rows = self._beginnings.get(location)
        if rows is None:
            rows = self._rows(location, 0, 2, 0)
            if rows and rows[0].text.rstrip()[-1:] not in ("{", "["):
                rows = rows[:1]
            self._beginnings[location] = rows
        return rows

    def part(self, location: Location, most: int) -> tuple[Row, ...]:
        """Of a span what matters: its first lines, and of a resource its type and its name."""
        rows = self._parts.get((location, most))
        if rows is None:
            rows = self._rows(location, 0, most, 0)
            if rows and rows[0].text.rstrip().endswith("{"):
                rows = _naming(self._rows(location, 0, _HEAD, 0)) or rows
            self._parts[location, most] = rows
        return rows

    def _rows(self, location: Location, before: int, most: int, behind: int) -> tuple[Row, ...]:
        start, end = location.start, location.end or location.start
        lines = self._source(location.path)
        if lines is None or start is None or end is None or start.line > lines.count:
            return ()
        last = min(end.line + behind, start.line + most - 1, lines.count)
        numbers = range(max(start.line - before, 1), last + 1)
        texts = [_window(lines, number, 1, 2 * self._columns) for number in numbers]
        indents = (len(text) - len(text.lstrip()) for text in texts if text.strip())
        indent = min((start.column - 1, *indents))
        stop = max(end.column if end.line == start.line else 0, start.column + 1)
        left = indent
        if stop - 1 > indent + self._columns or indent > self._columns:
            left = max(start.column - 1 - self._columns // 3, indent)
            texts = [_window(lines, number, left + 1, self._columns + 1) for number in numbers]
        else:
            texts = [text[indent:] for text in texts]
        lead = CUT if left > indent else ""
        first = start.column - 1 - left
        length = stop - start.column if end.line == start.line else self._columns
        return tuple(
            self._marked(number, text, lead, first, first + length)
            if number == start.line
            else Row(number, self._cut(text, lead))
            for number, text in zip(numbers, texts, strict=True)
        )

    def _marked(self, number: int, text: str, lead: str, start: int, end: int) -> Row:
        # the end of a file has a column too, but no character
        text = text.ljust(start + 1)
        row = self._cut(text, lead)
        # how a character is spelled hangs on those behind it, so lengths are taken from the end
        start, end = (len(row) - len(self._cut(text, "", column)) for column in (start, end))
        return Row(number, row, start, end)

    def _cut(self, text: str, lead: str, first: int = 0) -> str:
        tail = CUT if len(text) > self._columns else ""
        return visible((lead + text[first : self._columns] + tail).replace("\t", _TAB))

    def _source(self, path: str) -> SourceLines | None:
        if path not in self._lines and path in self._sources:
            self._lines[path] = SourceLines(path, self._sources[path])
        return self._lines.get(path)


def _naming(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The members of an object that name it, below its own name if it has one."""
    first, *members = rows
    indents = [len(each.text) - len(each.text.lstrip()) for each in members]
    found = [
        row
        for row, indent in zip(members, indents, strict=True)
        if indent == indents[0] and _NAMING.match(row.text)
    ]
    if first.text.strip() != "{":
        return (first, *found) if found else ()
    return tuple(replace(row, text=row.text.lstrip()) for row in found)


def _window(lines: SourceLines, number: int, first: int, columns: int) -> str:
    """At most `columns` characters of a line, from column `first` on."""
    place = Location("", "", Position(number, first), Position(number, first + columns))
    return (lines.region(place) or "").rstrip("\r\n")
