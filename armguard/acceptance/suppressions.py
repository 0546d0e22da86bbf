"""Suppressions: findings that somebody accepts, with a reason and perhaps until a day.

They are written in the template (`metadata.armguard.ignore` of a resource, of the template or of
anything else with metadata, or a comment) or in the configuration. A suppressed finding stays in
the report; a suppression that does not hold, or holds nothing, becomes a finding of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from typing import Literal

from armguard.acceptance.written import Below, Matching, OnLine, WrittenSuppression, is_date
from armguard.errors import nearest
from armguard.finding import Finding, Location, Suppression
from armguard.record import record, replace

Kind = Literal["without-reason", "expired", "unused", "malformed"]


@record
class WrongSuppression:
    """A suppression that does not hold, or holds nothing."""

    kind: Kind
    message: str
    location: Location
    """where it is written"""


def today() -> str:
    """This day in UTC, so that all machines of a team agree: 2027-01-31."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def judge(
    findings: Iterable[Finding],
    written: Iterable[WrittenSuppression],
    *,
    on: str,
    known: Collection[str],
    is_due: Callable[[WrittenSuppression], bool],
) -> tuple[tuple[Finding, ...], tuple[WrongSuppression, ...]]:
    """Suppress what is to be suppressed on the day `on`; `known` are the ids of all rules.

    Gives the findings, and what is wrong with the suppressions themselves.
    `is_due` says whether a suppression should have had something to suppress in this run: its rule
    was looked for and its files were checked.
    """
    meant_by = cache(lambda rule: nearest(rule, known))
    own: list[WrongSuppression] = []
    holding: list[WrittenSuppression] = []
    for each in dict.fromkeys(written):
        wrong = _what_is_wrong(each, on, known, meant_by)
        if wrong is None and not each.slip:
            holding.append(each)
        elif wrong is not None:
            own.append(wrong)
    find_covering = _finder(holding)
    used: set[WrittenSuppression] = set()
    result = []
    for finding in findings:
        covering = find_covering(finding)
        if covering:
            used.update(covering)
            first = covering[0]
            finding = replace(finding, suppressed=_shown(first))
        result.append(finding)
    for each in holding:
        if each not in used and is_due(each):
            message = f"the suppression of '{each.rule}' suppresses nothing any more; remove it"
            own.append(WrongSuppression("unused", message, each.location))
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
    location = finding.location
    path, pointer = location.pointed, location.pointer
    if location.start is not None:
        yield OnLine(location.path, location.start.line)
    while pointer:
        yield Below(path, pointer)
        pointer = pointer.rpartition("/")[0]
    yield Below(path, "")


def _what_is_wrong(
    each: WrittenSuppression,
    on: str,
    known: Collection[str],
    meant_by: Callable[[str], str | None],
) -> WrongSuppression | None:
    def wrong(kind: Kind, message: str) -> WrongSuppression:
        return WrongSuppression(kind, message, each.location)

    if each.slip:
        return wrong("malformed", each.slip) if not each.rule or each.rule in known else None
    what = f"the suppression of '{each.rule}'"
    if not each.rule:
        return wrong("unused", "a suppression names no rule, so it suppresses nothing")
    if each.rule not in known:
        # it may be a policy of a pack that this run does not use; only a slip is reported
        meant = meant_by(each.rule.lower())
        message = f"there is no rule '{each.rule}' to suppress; did you mean '{meant}'?"
        return wrong("unused", message) if meant is not None else None
    if not each.reason:
        message = f"{what} gives no reason, so the finding stays; say why it is accepted"
        return wrong("without-reason", message)
    if each.until is None:
        return None
    if not is_date(each.until):
        message = f"{what} does not hold: '{each.until}' is no date; write it as in 2027-01-31"
        return wrong("expired", message)
    if on > each.until:
        message = f"{what} ended with {each.until}, so the finding is back: {each.reason}"
        return wrong("expired", message)
    return None


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
