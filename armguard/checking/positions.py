"""Lines and columns of places, found with one scan of each file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from armguard.errors import UnreadableFileError
from armguard.finding import Detail, Finding, Location, Position
from armguard.record import replace
from armguard.source.json_text import parse_json, read_text
from armguard.source.location import Lines, find_spans


class Positions:
    """Lines and columns of places, found with one scan of each file."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts: dict[str, str] = {}
        self._known = texts
        self._found: dict[Location, Location] = {}

    def want(self, locations: Iterable[Location]) -> None:
        by_path: dict[str, dict[str, Location]] = {}
        for location in locations:
            by_path.setdefault(location.path, {})[location.pointer] = location
        for path, wanted in by_path.items():
            text = self.text(path)
            if text is None:
                continue
            self.texts[path] = text
            self._locate(text, wanted)

    def text(self, path: str) -> str | None:
        """The text of a file; None: it can't be read."""
        if path in self._known:
            return self._known[path]
        try:
            return read_text(path)
        except UnreadableFileError:
            return None

    def document(self, path: str) -> Any:
        """The parsed text of a file; None: it can't be read."""
        text = self.text(path)
        if text is None:
            return None
        try:
            return parse_json(text)
        except UnreadableFileError:
            return None

    def located(self, finding: Finding) -> Finding:
        """A finding with lines and columns, for places that were wanted before."""
        return replace(
            finding,
            location=self.of(finding.location),
            related=tuple(
                replace(related, location=self.of(related.location)) for related in finding.related
            ),
            details=tuple(
                Detail(
                    detail.label,
                    tuple(self.of(p) if isinstance(p, Location) else p for p in detail.text),
                )
                for detail in finding.details
            ),
        )

    def _locate(self, text: str, wanted: dict[str, Location]) -> None:
        spans = find_spans(text, [pointer for pointer in wanted if pointer[:1] != "#"])
        lines = Lines(text) if len(spans) < len(wanted) else None
        for pointer, location in wanted.items():
            if lines is not None and pointer[:1] == "#":
                start, end = _positions_of(lines, pointer)
                self._found[location] = Location(location.path, "", start, end)
                continue
            span = spans[pointer]
            self._found[location] = replace(
                location,
                start=Position(span.start_line, span.start_column),
                end=Position(span.end_line, span.end_column),
            )

    def of(self, location: Location) -> Location:
        return self._found.get(location, location)


def _positions_of(lines: Lines, pointer: str) -> tuple[Position, Position]:
    """Start and end of `#start-end`, offsets in characters; `#start` is one character."""
    start, _, end = pointer[1:].partition("-")
    if end:
        return Position(*lines.position(int(start))), Position(*lines.position(int(end)))
    line, column = lines.position(int(start))
    return Position(line, column), Position(line, column + 1)


def locations_of(findings: Iterable[Finding]) -> Iterator[Location]:
    """All places that findings speak of."""
    for finding in findings:
        yield finding.location
        for related in finding.related:
            yield related.location
        for detail in finding.details:
            yield from (part for part in detail.text if isinstance(part, Location))
