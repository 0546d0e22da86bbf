"""Suppressions as somebody wrote them: in the template, in comments, in the configuration.

A template says them in `metadata.armguard.ignore` of a resource, of itself or of anything else with
metadata, or in a comment on the line, or above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from armguard.errors import UnreadableFileError
from armguard.evaluation.values import find_key, member
from armguard.finding import Finding, Location
from armguard.record import record
from armguard.source.json_text import parse_json
from armguard.source.location import Lines
from armguard.source.path_patterns import PathPatterns
from armguard.source.tokens import COMMENT, STRING

_MARK = "armguard"
_TOKENS = re.compile(rf"{STRING}|(?P<comment>{COMMENT})")
_COMMENT = re.compile(
    r"(?://|/\*)\s*+armguard:\s*+ignore\s*+\[(?P<rules>[^\]\r\n]*+)\]"
    r"(?:\s*+until\s++(?P<until>[^\s:]++):?)?(?P<reason>[^\r\n]*+)"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@record
class Below:
    """Everything in a file at or below a JSON pointer."""

    path: str
    pointer: str


@record
class OnLine:
    """What begins on one line of a file."""

    path: str
    line: int


@record
class Matching:
    """What a configuration names by path and resource; None: any.

    `resource` is the name of a resource, evaluated or as it is written, with `*` and `?`, in any
    casing.
    """

    paths: PathPatterns | None = None
    resource: str | None = None

    def covers(self, finding: Finding) -> bool:
        if self.paths is not None and not self.paths.match(finding.location.path):
            return False
        if self.resource is None:
            return True
        wanted = self.resource.lower()
        resource = finding.resource
        names = () if resource is None else (resource.name, resource.written)
        # a name may be an expression, whose brackets mean something to fnmatch
        return any(n.lower() == wanted or fnmatchcase(n.lower(), wanted) for n in names if n)


@record
class WrittenSuppression:
    """One suppression as somebody wrote it."""

    rule: str
    reason: str
    until: str | None
    """the last day it holds, as text of any form"""
    location: Location
    where: Below | OnLine | Matching
    origin: str = ""
    """file and line for people, where it is written in the configuration"""


def is_date(text: str) -> bool:
    """Whether `text` is a day as in 2027-01-31."""
    if not _DATE.fullmatch(text):
        return False
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def suppressions_in(path: str, text: str) -> list[WrittenSuppression]:
    """All that a template says itself; nothing where it can't be read."""
    return [*_in_comments(path, text), *_in_metadata(path, text)]


def _in_metadata(path: str, text: str) -> Iterator[WrittenSuppression]:
    try:
        document = parse_json(text)
    except UnreadableFileError:
        return
    pending: list[tuple[Location, Any]] = [(Location(path), document)]
    while pending:
        place, value = pending.pop()
        if isinstance(value, list):
            pending.extend((place.child(index), each) for index, each in enumerate(value))
        elif isinstance(value, Mapping):
            yield from _of_object(place, value)
            pending.extend((place.child(key), each) for key, each in value.items())


def _of_object(place: Location, value: Mapping[str, Any]) -> Iterator[WrittenSuppression]:
    where = Below(place.path, place.pointer)
    for name in ("metadata", _MARK, "ignore"):
        key = find_key(value, name)
        if key is None:
            return
        place, value = place.child(key), value[key]
    if value is not None and not isinstance(value, list):
        yield _from_entry(value, place, where)
        return
    for index, entry in enumerate(value or ()):
        yield _from_entry(entry, place.child(index), where)


def _from_entry(entry: Any, place: Location, where: Below) -> WrittenSuppression:
    location = Location(place.path, place.pointer)
    if isinstance(entry, str):
        return WrittenSuppression(entry.strip(), "", None, location, where)
    until = member(entry, "until")
    return WrittenSuppression(
        _line(member(entry, "rule")),
        _line(member(entry, "reason")),
        None if until is None else _line(until) or str(until),
        location,
        where,
    )


def _line(value: Any) -> str:
    """A text in one line; empty for anything else."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def _in_comments(path: str, text: str) -> Iterator[WrittenSuppression]:
    comments = [match for match in _TOKENS.finditer(text) if match["comment"]]
    found = [(c.span(), said) for c in comments if (said := _COMMENT.match(c["comment"]))]
    if not found:
        return
    lines = Lines(text)
    alone = {
        lines.position(start)[0]: lines.position(end)[0]
        for (start, end), _ in found
        if _is_alone(text, start, lines)
    }
    # several comments above each other are all about the line below the last of them
    below: dict[int, int] = {}
    for first, last in sorted(alone.items(), reverse=True):
        below[first] = below.get(last + 1, last + 1)
    for (start, end), said in found:
        end = start + len(text[start:end].rstrip())
        line, _ = lines.position(start)
        line = below.get(line, line)
        reason = said["reason"].strip().removesuffix("*/").strip(" \t-:")
        for rule in said["rules"].split(","):
            location = Location(path, f"#{start}-{end}")
            yield WrittenSuppression(
                rule.strip(), reason, said["until"], location, OnLine(path, line)
            )


def _is_alone(text: str, start: int, lines: Lines) -> bool:
    """Whether a comment has its line for itself, so that it is about the next one."""
    line, _ = lines.position(start)
    before = start
    # not the whole line: it may hold thousands of comments
    while before and text[before - 1].isspace() and lines.position(before - 1)[0] == line:
        before -= 1
    return before == 0 or lines.position(before - 1)[0] != line
