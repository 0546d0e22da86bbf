"""Suppressions: findings that somebody accepts, with a reason and perhaps until a day.

They are written in the template (`metadata.armguard.ignore` of a resource, of the template or of
anything else with metadata, or a comment) or in the configuration. A suppressed finding stays in
the report; a suppression that does not hold, or holds nothing, becomes a finding of its own.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from armguard.errors import UnreadableFileError
from armguard.evaluation.template import member
from armguard.finding import Certainty, Finding, Location, Severity, Suppression
from armguard.record import record, replace
from armguard.source.json_text import parse_json
from armguard.source.location import Lines
from armguard.source.path_patterns import PathPatterns
from armguard.source.place import Place
from armguard.source.tokens import COMMENT, STRING

WITHOUT_REASON = "suppression-without-reason"
EXPIRED = "suppression-expired"
UNUSED = "suppression-unused"
OWN_RULES = frozenset({WITHOUT_REASON, EXPIRED, UNUSED})

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
        names = {finding.written_name, finding.resource.name if finding.resource else ""} - {""}
        # a name may be an expression, whose brackets mean something to fnmatch
        return any(n.lower() == wanted or fnmatchcase(n.lower(), wanted) for n in names)


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


def today() -> str:
    """This day in UTC, so that all machines of a team agree: 2027-01-31."""
    return time.strftime("%Y-%m-%d", time.gmtime())


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


def judge(
    findings: Iterable[Finding],
    written: Iterable[WrittenSuppression],
    *,
    on: str,
    known: Collection[str],
    is_due: Callable[[WrittenSuppression], bool],
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Suppress what is to be suppressed on the day `on`; `known` are the ids of all rules.

    Gives the findings, and those about the suppressions themselves, which have no lines yet.
    `is_due` says whether a suppression should have had something to suppress in this run: its rule
    was looked for and its files were checked.
    """
    own: list[Finding] = []
    holding: list[WrittenSuppression] = []
    for each in dict.fromkeys(written):
        wrong = _what_is_wrong(each, on, known)
        if wrong is None:
            holding.append(each)
        else:
            own.append(wrong)
    find_covering = _finder(holding)
    used: set[WrittenSuppression] = set()
    result = []
    for finding in findings:
        covering = find_covering(finding)
        if covering and finding.rule not in OWN_RULES:
            used.update(covering)
            first = covering[0]
            finding = replace(finding, suppressed=_shown(first))
        result.append(finding)
    for each in holding:
        if each not in used and is_due(each):
            message = f"the suppression of '{each.rule}' suppresses nothing any more; remove it"
            own.append(_own(UNUSED, message, each))
    return tuple(result), tuple(own)


def _finder(
    written: Iterable[WrittenSuppression],
) -> Callable[[Finding], list[WrittenSuppression]]:
    """What covers a finding, the nearest first. Looked up by place: a generated template may hold
    thousands of both."""
    by_place: dict[tuple[str, Below | OnLine], list[WrittenSuppression]] = {}
    matching: list[tuple[Matching, WrittenSuppression]] = []
    for each in written:
        match each.where:
            case Matching() as where:
                matching.append((where, each))
            case where:
                by_place.setdefault((each.rule, where), []).append(each)

    def covering(finding: Finding) -> list[WrittenSuppression]:
        found = [
            each
            for place in (_places_around(finding) if by_place else ())
            for each in by_place.get((finding.rule, place), ())
        ]
        found.extend(
            each for where, each in matching if each.rule == finding.rule and where.covers(finding)
        )
        return found

    return covering


def _places_around(finding: Finding) -> Iterator[Below | OnLine]:
    path, pointer = finding.location.path, finding.location.pointer
    if finding.location.start is not None:
        yield OnLine(path, finding.location.start.line)
    while pointer:
        yield Below(path, pointer)
        pointer = pointer.rpartition("/")[0]
    yield Below(path, "")


def _what_is_wrong(each: WrittenSuppression, on: str, known: Collection[str]) -> Finding | None:
    what = f"the suppression of '{each.rule}'"
    if not each.rule:
        return _own(UNUSED, "a suppression names no rule, so it suppresses nothing", each)
    if each.rule not in known:
        # it may be a policy of a pack that this run does not use; only a slip is reported
        from difflib import get_close_matches

        close = get_close_matches(each.rule.lower(), sorted(known), n=1)
        message = f"there is no rule '{each.rule}' to suppress; did you mean "
        return _own(UNUSED, f"{message}'{close[0]}'?", each) if close else None
    if not each.reason:
        message = f"{what} gives no reason, so the finding stays; say why it is accepted"
        return _own(WITHOUT_REASON, message, each)
    if each.until is None:
        return None
    if not is_date(each.until):
        message = f"{what} does not hold: '{each.until}' is no date; write it as in 2027-01-31"
        return _own(EXPIRED, message, each)
    if on > each.until:
        message = f"{what} ended with {each.until}, so the finding is back: {each.reason}"
        return _own(EXPIRED, message, each)
    return None


def _own(rule: str, message: str, each: WrittenSuppression) -> Finding:
    return Finding(rule, Severity.WARNING, Certainty.CERTAIN, message, each.location)


def is_within(each: WrittenSuppression, checked: Iterable[str], *, whole: bool) -> bool:
    """Whether all that a suppression is about was among the `checked` files.

    `whole`: all of the project was checked. A pattern may be meant for a file that was not.
    """
    match each.where:
        case Matching(paths=paths):
            return whole or (paths is not None and any(map(paths.names, checked)))
        case Below(path=path) | OnLine(path=path):
            return path in checked


def may_concern(each: WrittenSuppression, path: str) -> bool:
    """Whether a suppression can be about something in a file."""
    match each.where:
        case Matching(paths=paths):
            return paths is None or paths.match(path)
        case Below(path=own) | OnLine(path=own):
            return own == path


def _shown(written: WrittenSuppression) -> Suppression:
    return Suppression(
        written.reason, written.until, in_source=not isinstance(written.where, Matching)
    )


def suppressions_in(path: str, text: str) -> list[WrittenSuppression]:
    """All that a template says itself; nothing where it can't be read."""
    return [*_in_comments(path, text), *_in_metadata(path, text)]


def _in_metadata(path: str, text: str) -> Iterator[WrittenSuppression]:
    try:
        document = parse_json(text)
    except UnreadableFileError:
        return
    pending: list[tuple[Place, Any]] = [(Place(path), document)]
    while pending:
        place, value = pending.pop()
        if isinstance(value, list):
            pending.extend((place.child(index), each) for index, each in enumerate(value))
        elif isinstance(value, Mapping):
            yield from _of_object(place, value)
            pending.extend((place.child(key), each) for key, each in value.items())


def _of_object(place: Place, value: Mapping[str, Any]) -> Iterator[WrittenSuppression]:
    metadata_key = next((key for key in value if key.lower() == "metadata"), None)
    if metadata_key is None:
        return
    own = member(value[metadata_key], _MARK)
    if not isinstance(own, Mapping):
        return
    where = Below(place.path, place.pointer)
    entries_place = place.child(metadata_key, _key(value[metadata_key], _MARK), _key(own, "ignore"))
    entries = member(own, "ignore")
    if entries is None:
        return
    if not isinstance(entries, list):
        yield _from_entry(entries, entries_place, where)
        return
    for index, entry in enumerate(entries):
        yield _from_entry(entry, entries_place.child(index), where)


def _key(value: Mapping[str, Any], name: str) -> str:
    return next((key for key in value if key.lower() == name), name)


def _from_entry(entry: Any, place: Place, where: Below) -> WrittenSuppression:
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
    for (start, end), said in found:
        end = start + len(text[start:end].rstrip())
        line, _ = lines.position(start)
        # several comments above each other are all about the line below the last of them
        while line in alone:
            line = alone[line] + 1
        reason = said["reason"].strip().removesuffix("*/").strip(" \t-:")
        for rule in said["rules"].split(","):
            location = Location(path, f"#{start}-{end}")
            yield WrittenSuppression(
                rule.strip(), reason, said["until"], location, OnLine(path, line)
            )


def _is_alone(text: str, start: int, lines: Lines) -> bool:
    """Whether a comment has its line for itself, so that it is about the next one."""
    _, column = lines.position(start)
    return not text[start - column + 1 : start].strip()
