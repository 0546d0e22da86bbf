"""Lines and columns of places, found with one scan of each file.

A place in a compiled template becomes that in the Bicep file which it was made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from armguard.errors import UnreadableFileError
from armguard.finding import Detail, Finding, Location, Position, Related
from armguard.record import replace
from armguard.source.json_text import parse_json, read_text
from armguard.source.location import Lines, find_spans

if TYPE_CHECKING:
    from armguard.source.bicep.places import Place, Places


DEPLOYED_BY = "module"
"""The label of the detail that names a module statement."""


class Positions:
    """Lines and columns of places, found with one scan of each file."""

    def __init__(self, texts: Mapping[str, str], places: Mapping[str, Places]) -> None:
        self.texts: dict[str, str] = {}
        self._known = texts
        self._places = places
        self._found: dict[Location, Location] = {}
        self._said: dict[Location, tuple[tuple[Related, ...], str]] = {}
        self._lines: dict[str, Lines] = {}

    def want(self, locations: Iterable[Location]) -> None:
        by_path: dict[str, dict[str, Location]] = {}
        for location in locations:
            by_path.setdefault(location.path, {})[location.pointer] = location
        for path, wanted in by_path.items():
            if path in self._places:
                wanted = self._traced(path, wanted)
            text = self.text(path) if wanted else None
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
        """The parsed text of a file, or what it is compiled to; None: it can't be read."""
        if path in self._places:
            return self._places[path].document
        text = self.text(path)
        if text is None:
            return None
        try:
            return parse_json(text)
        except UnreadableFileError:
            return None

    def located(self, finding: Finding) -> Finding:
        """A finding with lines and columns, for places that were wanted before."""
        modules, compiled = self._said.get(finding.location, ((), ""))
        details = [
            Detail(
                DEPLOYED_BY, (f"{m.message.removeprefix(DEPLOYED_BY).lstrip()} (", m.location, ")")
            )
            for m in modules
        ]
        details += (
            Detail(
                detail.label,
                tuple(self.of(p) if isinstance(p, Location) else p for p in detail.text),
            )
            for detail in finding.details
        )
        if compiled:
            details.append(Detail("compiled", (compiled,)))
        related = (
            replace(related, location=self.of(related.location)) for related in finding.related
        )
        return replace(
            finding,
            location=self.of(finding.location),
            related=(*related, *modules),
            details=tuple(details),
        )

    def _traced(self, path: str, wanted: Mapping[str, Location]) -> dict[str, Location]:
        """Find the places of what was compiled; those that are in the text itself are left."""
        remaining = {}
        for pointer, location in wanted.items():
            if pointer[:1] == "#":
                remaining[pointer] = location
                continue
            place = self._places[path].of(pointer)
            self._found[location] = self._placed(place, pointer, path)
            modules = tuple(
                Related(f"module '{each.name}'", self._placed(each, pointer, path))
                for each in place.modules
            )
            exact = place.is_exact or not pointer
            compiled = "" if exact else f"{pointer} of what {path} is compiled to"
            if modules or compiled:
                self._said[location] = modules, compiled
        return remaining

    def _placed(self, place: Place, pointer: str, compiled: str) -> Location:
        text = self.text(place.path) if place.extent is not None else None
        if text is None or place.extent is None:
            return Location(place.path, pointer, compiled=compiled)
        if place.path not in self._lines:
            self.texts[place.path] = text
            self._lines[place.path] = Lines(text)
        lines = self._lines[place.path]
        start, end = lines.position(place.extent.start), lines.position(place.extent.end)
        return Location(place.path, pointer, Position(*start), Position(*end), compiled)

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
