"""Moments as .NET's DateTimeOffset has them, written out by .NET's standard and custom patterns.

A single letter is a standard pattern (`d` is a whole date), the same letter with others or after
`%` is a custom one (`%d` is the day of the month); letters that mean nothing stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from armguard.errors import EvaluationError
from armguard.record import record, replace

TICKS_PER_SECOND = 10_000_000
TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND
TICKS_PER_DAY = 24 * 60 * TICKS_PER_MINUTE
LAST_TICK = 3_652_059 * TICKS_PER_DAY - 1
"""the end of the year 9999"""
EPOCH_SECONDS = 62_135_596_800
"""from the year 1 to 1970"""

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

_GENERAL = "MM/dd/yyyy HH:mm:ss zzz"
"""what the empty pattern means"""
_STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffzzz",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffzzz",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ssZ",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}
_IN_UTC = "rRu"


@record
class Moment:
    """What the clock on the wall shows, and how far that clock is from UTC."""

    ticks: int
    """since 0001-01-01 00:00, each 100 ns"""
    offset: int = 0
    """minutes east of UTC"""

    @property
    def utc_ticks(self) -> int:
        return self.ticks - self.offset * TICKS_PER_MINUTE

    @property
    def exists(self) -> bool:
        """Whether clock and UTC both show a year from 1 to 9999."""
        return 0 <= self.ticks <= LAST_TICK and 0 <= self.utc_ticks <= LAST_TICK


def format_moment(moment: Moment, pattern: str) -> str:
    """A moment by a .NET pattern, in the invariant culture; `EvaluationError` for a bad pattern."""
    if pattern == "":
        pattern = _GENERAL
    elif len(pattern) == 1:
        if pattern in _IN_UTC:
            moment = Moment(moment.utc_ticks)
        if pattern not in _STANDARD:
            raise EvaluationError(
                f"'{pattern}' is not a date format: a single letter must be one of"
                f" {' '.join(_STANDARD)}, or have a '%' before it"
            )
        pattern = _STANDARD[pattern]
    written: list[str] = []
    _write_custom(_Parts(moment), pattern, written)
    return "".join(written)


class _Parts:
    """The calendar and clock fields of a moment, each computed once."""

    def __init__(self, moment: Moment) -> None:
        from datetime import date

        day, ticks = divmod(moment.ticks, TICKS_PER_DAY)
        self.date = date.fromordinal(day + 1)
        seconds, self.fraction = divmod(ticks, TICKS_PER_SECOND)
        minutes, self.second = divmod(seconds, 60)
        self.hour, self.minute = divmod(minutes, 60)
        self.offset = moment.offset

    def offset_text(self, width: int) -> str:
        """`+2`, `+02` or `+02:00`, for a width of 1, 2 or more."""
        hours, minutes = divmod(abs(self.offset), 60)
        sign = "-" if self.offset < 0 else "+"
        if width <= 2:
            return f"{sign}{hours:0{width}}"
        return f"{sign}{hours:02}:{minutes:02}"


def _day(parts: _Parts, width: int) -> str:
    if width <= 2:
        return f"{parts.date.day:0{width}}"
    name = DAYS[parts.date.isoweekday() % 7]
    return name[:3] if width == 3 else name


def _month(parts: _Parts, width: int) -> str:
    if width <= 2:
        return f"{parts.date.month:0{width}}"
    name = MONTHS[parts.date.month - 1]
    return name[:3] if width == 3 else name


def _year(parts: _Parts, width: int) -> str:
    return str(parts.date.year if width > 2 else parts.date.year % 100).zfill(width)


def _designator(parts: _Parts, width: int) -> str:
    name = "AM" if parts.hour < 12 else "PM"
    return name[:1] if width == 1 else name


_FIELDS: dict[str, Callable[[_Parts, int], str]] = {
    "g": lambda _, __: "A.D.",
    "y": _year,
    "M": _month,
    "d": _day,
    "h": lambda parts, width: f"{(parts.hour + 11) % 12 + 1:0{min(width, 2)}}",
    "H": lambda parts, width: f"{parts.hour:0{min(width, 2)}}",
    "m": lambda parts, width: f"{parts.minute:0{min(width, 2)}}",
    "s": lambda parts, width: f"{parts.second:0{min(width, 2)}}",
    "t": _designator,
    "z": _Parts.offset_text,
}


def _write_custom(parts: _Parts, pattern: str, written: list[str]) -> None:
    position = 0
    while position < len(pattern):
        letter = pattern[position]
        width = 1
        if letter in _FIELDS or letter in "fF":
            while pattern[position + width : position + width + 1] == letter:
                width += 1
        if letter in _FIELDS:
            written.append(_FIELDS[letter](parts, width))
        elif letter in "fF":
            _write_fraction(parts, letter, width, written)
        elif letter == "K":
            written.append(parts.offset_text(3))
        elif letter in "'\"":
            text, width = _quoted(pattern, position)
            if text:
                written.append(text)
        elif letter == "%":
            width = 2
            following = pattern[position + 1 : position + 2]
            if following in ("", "%"):
                raise EvaluationError(
                    f"'%' in the date format '{pattern[:60]}' must precede a letter"
                )
            _write_custom(parts, following, written)
        elif letter == "\\":
            width = 2
            if position + 1 == len(pattern):
                raise EvaluationError(
                    f"the date format '{pattern[:60]}' must not end in a backslash"
                )
            written.append(pattern[position + 1])
        else:
            written.append(letter)
        position += width


def _write_fraction(parts: _Parts, letter: str, width: int, written: list[str]) -> None:
    if width > 7:
        raise EvaluationError(f"a date format has at most 7 '{letter}' in a row, but found {width}")
    digits = f"{parts.fraction:07}"[:width]
    if letter == "F":
        digits = digits.rstrip("0")
        # With nothing to write, .NET takes back a point that it has just written.
        if not digits and written and written[-1].endswith("."):
            digits = written.pop()[:-1]
    if digits:
        written.append(digits)


def _quoted(pattern: str, start: int) -> tuple[str, int]:
    """The text in the quotes at `start`, and how many characters it takes with them."""
    quote = pattern[start]
    text: list[str] = []
    position = start + 1
    while position < len(pattern):
        letter = pattern[position]
        position += 1
        if letter == quote:
            return "".join(text), position - start
        if letter == "\\":
            if position == len(pattern):
                break
            letter = pattern[position]
            position += 1
        text.append(letter)
    raise EvaluationError(f"the quote {quote} in the date format '{pattern[:60]}' is never closed")


_DURATION = re.compile(
    r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?"
    r"(T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S|(\d*)\.(\d*)S)?)?",
    re.ASCII,
)
_LARGEST_NUMBER = 2**31 - 1


def parse_duration(text: str) -> int:
    """The ticks of an ISO 8601 duration; `EvaluationError` if it is none.

    Calendar lengths are fixed: a year is 365 days, a month 30, twelve months a year. Weeks are not
    accepted, and of all numbers only the seconds may have a fraction.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or match[0].endswith(("P", "T")):
        raise EvaluationError(
            f"'{text[:60]}' is not an ISO 8601 duration such as 'P3Y', '-P9D' or 'PT1H30M'"
        )
    sign, years, months, days, _, hours, minutes, seconds, whole, fraction = match.groups()
    month_count = _small(months)
    total = (_small(years) + month_count // 12) * 365 + month_count % 12 * 30 + _small(days)
    total = (total * 24 + _small(hours)) * 60 + _small(minutes)
    total = total * 60 + _small(seconds or whole)
    ticks = total * TICKS_PER_SECOND + int((fraction or "")[:7].ljust(7, "0"))
    return -ticks if sign else ticks


def _small(digits: str | None) -> int:
    digits = (digits or "").lstrip("0") or "0"
    if len(digits) > 10 or int(digits) > _LARGEST_NUMBER:
        raise EvaluationError(f"a number in a duration must be at most {_LARGEST_NUMBER}")
    return int(digits)


def add(moment: Moment, ticks: int) -> Moment:
    """The moment so many ticks later on the same clock; `EvaluationError` outside 1 to 9999."""
    result = replace(moment, ticks=moment.ticks + ticks)
    if not result.exists:
        raise EvaluationError("the date is not between the years 1 and 9999")
    return result
