"""The template functions about dates, over .NET's idea of a date.

A base without a zone is in UTC, and a zone in the base is kept: formats show the clock of the base.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from armguard.errors import EvaluationError
from armguard.evaluation.functions.registry import INTEGER, STRING, function
from armguard.evaluation.unknown import Reason, Unknown, Value, call_left

if TYPE_CHECKING:
    from armguard.dotnet.dates import Moment

_ROUND_TRIP = "yyyy-MM-ddTHH:mm:ssZ"
_COMPACT = "yyyyMMddTHHmmssZ"


@function("dateTimeAdd", STRING, STRING, STRING, optional=1)
def date_time_add(base: str, duration: str, pattern: str | None = None) -> Value:
    """dateTimeAdd(base, duration, [format])

    A month is 30 days and a year 365, in ISO 8601 durations as 'P1M' or '-PT36H'; weeks are
    refused. Without a format the result ends in Z whatever zone the base has: the clock of the base
    is shown as if it were UTC. The format is .NET's: a single letter is a standard one, '%d' the
    custom one. '07.04.2020' is 4 July.
    """
    from armguard.dotnet.dates import add, format_moment, parse_duration

    moment = _read(base)
    ticks = parse_duration(duration)
    if moment is None:
        given = () if pattern is None else (pattern,)
        return _depends_on_today("dateTimeAdd", base, duration, *given)
    return format_moment(add(moment, ticks), _ROUND_TRIP if pattern is None else pattern)


@function("dateTimeToEpoch", STRING)
def date_time_to_epoch(date: str) -> Value:
    """dateTimeToEpoch(dateTime)

    Whole seconds since 1970, rounded down; a date without a zone is in UTC.
    """
    from armguard.dotnet.dates import EPOCH_SECONDS, TICKS_PER_SECOND

    moment = _read(date)
    if moment is None:
        return _depends_on_today("dateTimeToEpoch", date)
    return moment.utc_ticks // TICKS_PER_SECOND - EPOCH_SECONDS


@function("dateTimeFromEpoch", INTEGER)
def date_time_from_epoch(seconds: int) -> str:
    """dateTimeFromEpoch(epochTime)

    The seconds may be negative, back to the year 1.
    """
    from armguard.dotnet.dates import EPOCH_SECONDS, TICKS_PER_SECOND, Moment, format_moment

    moment = Moment((seconds + EPOCH_SECONDS) * TICKS_PER_SECOND)
    if not moment.exists:
        raise EvaluationError(f"{seconds} seconds from 1970 are not between the years 1 and 9999")
    return format_moment(moment, _ROUND_TRIP)


def format_utc_now(utc_now: str, pattern: str | None) -> str:
    """What utcNow() and utcNow(pattern) give at `utc_now`, such as 2024-05-06T07:08:09Z."""
    from armguard.dotnet.dates import format_moment

    moment = _read(utc_now)
    if moment is None:
        raise EvaluationError(f"'{utc_now}' is a time without a date")
    return format_moment(moment, _COMPACT if pattern is None else pattern)


def _read(text: str) -> Moment | None:
    """The moment that `text` names, None if only the date of the deployment tells."""
    from armguard.dotnet.date_reading import TodayNeededError, parse_moment

    try:
        moment = parse_moment(text)
    except TodayNeededError:
        return None
    if moment is None:
        raise EvaluationError(
            f"'{text[:60]}' is not a date such as '2020-04-07T14:53:14Z' or"
            " '2020-04-07 14:53:14+02:00'"
        )
    return moment


def _depends_on_today(name: str, text: str, *others: str) -> Unknown:
    return call_left(
        name,
        text,
        *others,
        reason=Reason.NON_DETERMINISTIC,
        detail=f"'{text}' leaves out the date, so it is the day of the deployment",
    )
