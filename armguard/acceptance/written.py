"""Suppressions as somebody wrote them: in the template, in comments, in the configuration.

A template says them in `metadata.armguard.ignore` of a resource, of itself or of anything else with
metadata, or in a comment on the line, or above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from armguard.errors import nearest
from armguard.evaluation.values import find_key, member
from armguard.finding import Finding, Location
from armguard.record import record
from armguard.source.location import Lines
from armguard.source.path_patterns import PathPatterns
from armguard.source.tokens import COMMENT, STRING

_MARK = "armguard"
_TOKENS = re.compile(rf"{STRING}|(?P<comment>{COMMENT})")
_COMMENT = re.compile(
    r"(?://|/\*)\s*+armguard:\s*+ignore\s*+\[(?P<rules>[^\]\r\n]*+)\]"
    r"(?:\s*+until\s++(?P<until>[^\s:]++):?)?(?P<reason>[^\r\n]*+)"
)
_SLIP = re.compile(
    r"(?i)(?:/{2,}|/\*+)[\s*]*+armguard\b(?P<colon>\s*+[:=])?+\s*+(?P<word>\w*+)\s*+(?P<next>[\[(]?)"
)
_RULE = re.compile(r"\b[a-z]++(?:-[a-z]++)++\b")
_VERBS = ("ignore", "suppress", "disable", "allow", "skip", "noqa", "nolint")
_KEYS = ("rule", "reason", "until")
_FORM = "write it as // armguard: ignore[RULE] REASON"
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
    slip: str = ""
    """what is wrong with its form, so that it can't hold; one with a `rule` is one only if there is
    such a rule"""


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


def suppressions_in(path: str, text: str, document: Any) -> list[WrittenSuppression]:
    """All that a template says itself: its text, and what was parsed of it, or of what it is
    compiled to; None where that can't be read."""
    return [*_in_comments(path, text), *_in_metadata(path, document)]


def _in_metadata(path: str, document: Any) -> Iterator[WrittenSuppression]:
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
    for name in ("metadata", _MARK):
        key = find_key(value, name)
        if key is None:
            return
        place, value = place.child(key), value[key]
    key = find_key(value, "ignore")
    if key is None:
        if value and isinstance(value, (str, list, Mapping)):
            location = Location(place.path, place.pointer)
            yield _slip("metadata of armguard has no 'ignore', so it suppresses nothing", location)
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
    for name in entry if isinstance(entry, Mapping) else ():
        meant = None if name.lower() in _KEYS else nearest(name.lower(), _KEYS)
        if meant is not None:
            return _slip(f"'{name}' is no part of a suppression; did you mean '{meant}'?", location)
    until = member(entry, "until")
    return WrittenSuppression(
        _line(member(entry, "rule")),
        _line(member(entry, "reason")),
        None if until is None else _line(until) or str(until),
        location,
        where,
    )


def _slip(what: str, location: Location, rule: str = "") -> WrittenSuppression:
    where = Below(location.path, location.pointer)
    return WrittenSuppression(rule, "", None, location, where, slip=what)


def _line(value: Any) -> str:
    """A text in one line; empty for anything else."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def _in_comments(path: str, text: str) -> Iterator[WrittenSuppression]:
    comments = [match for match in _TOKENS.finditer(text) if match["comment"]]
    for each in comments:
        if _MARK in each["comment"].lower() and not _COMMENT.match(each["comment"]):
            yield from _slip_in(path, each)
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


def _slip_in(path: str, comment: re.Match[str]) -> Iterator[WrittenSuppression]:
    """What was meant as a suppression and is none. Others may speak of armguard as well: those that
    neither say what to do nor name a rule."""
    text = comment["comment"]
    slip = _SLIP.match(text)
    if slip is None:
        return
    word = slip["word"].lower()
    meant = word in _VERBS or nearest(word, _VERBS[:1]) is not None
    named = _RULE.search(text)
    end = comment.start() + len(text.rstrip())
    place = Location(path, f"#{comment.start()}-{end}")
    what = f"this comment suppresses nothing; {_FORM}"
    if meant and (slip["colon"] or slip["next"]):
        yield _slip(what, place)
    elif named and (meant or slip["colon"]):
        yield _slip(what, place, named[0])


def _is_alone(text: str, start: int, lines: Lines) -> bool:
    """Whether a comment has its line for itself, so that it is about the next one."""
    line, _ = lines.position(start)
    before = start
    # not the whole line: it may hold thousands of comments
    while before and text[before - 1].isspace() and lines.position(before - 1)[0] == line:
        before -= 1
    return before == 0 or lines.position(before - 1)[0] != line
