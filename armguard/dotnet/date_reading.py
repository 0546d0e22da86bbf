"""Text to moments as .NET's DateTimeOffset.Parse reads it in the invariant culture.

That is far more than ISO 8601: '4/7/2020 2:53 PM' and '07.04.2020' are dates too, and the first of
two small numbers is the month. A date without a zone is in UTC, as on Azure's machines.
"""

from __future__ import annotations

import re

from armguard.dotnet.dates import DAYS, MONTHS, TICKS_PER_DAY, TICKS_PER_SECOND, Moment

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
"""what utcNow() without a format gives; the engine reads it, DateTimeOffset.Parse would not"""
_NUMBER = re.compile(r"\d+", re.ASCII)
_FRACTION = re.compile(r"\.\d*", re.ASCII)
_ZONE = re.compile(r"([+-])(?:(\d{1,2})(?::(\d{1,2}))?|(\d{3,4}))(?!\d)", re.ASCII)
_ISO_TIME = re.compile(
    r"\s*(\d\d)\s*:\s*(\d\d)\s*(?::\s*(\d\d)(?!\d)(?:\.(\d+))?(?!\.)\s*)?", re.ASCII
)
_WORD = re.compile(r"[^\W\d_]+")
_BLANKS = re.compile(r"\s*")

_NAMES = {
    **{name.lower(): ("month", index) for index, name in enumerate(MONTHS, 1)},
    **{name[:3].lower(): ("month", index) for index, name in enumerate(MONTHS, 1)},
    **{name.lower(): ("weekday", index) for index, name in enumerate(DAYS)},
    **{name[:3].lower(): ("weekday", index) for index, name in enumerate(DAYS)},
    "am": ("half", 0),
    "pm": ("half", 12),
    "z": ("zone", 0),
    "gmt": ("zone", 0),
    "ad": ("nothing", 0),
}

# What has been read, as a state, and what the next item makes of it. Items are N a number of one or
# two digits, M a month name, Y a longer number, each with what follows: a date separator /, a time
# separator :, AM or PM a, the end $, else a blank. A lone $ is the end. States repeat the items,
# where it matters with their separators. A result after = is complete: a date, or a time after @.
_STEPS: dict[str, dict[str, str]] = {
    state: dict(step.split(">") for step in steps.split())
    for state, steps in {
        "": "N_>N N/>N/ N:>N: Na>=@N M_>M M/>M Y_>Y Y/>Y $>",
        "N": "N_>NN N/>N/N/ Na>=@NN N$>=NN M_>NM M/>MN/ M$>=NM Y_>YN Y/>YN/ Y$>=YN",
        "NN": "N_>=NNN N:>N: Na>=@NNN N$>=NNN M_>=MNN M$>=MNN Y_>=YNN Y$>=YNN $>=NN",
        "N/": "N_>N/N N/>N/N/ N$>=NN M_>MN M/>MN/ M$>=NM Y_>YN Y/>YN/ Y$>=YN",
        "N/N": "N_>=NNN N:>N: Na>=@N N$>=NNN M_>=MNN M$>=MNN Y_>=YNN Y$>=YNN $>=NN",
        "N/N/": "N_>=NNN Na>=NNN N$>=NNN M_>=MNN M$>=MNN Y_>=YNN Y$>=YNN",
        "M": "N_>MN N/>MN/ N$>=MN Y_>YM Y/>YM/ Y$>=YM",
        "MN": "N_>=MNN N:>N: Na>=MNN N$>=MNN Y_>=YMN Y$>=YMN $>=MN",
        "NM": "N_>=MNN N:>N: Na>=MNN N$>=MNN Y_>=YMN Y$>=YMN $>=NM",
        "MN/": "N_>=MNN N$>=MNN Y_>=YMN Y$>=YMN",
        "Y": "N_>YN N/>YN/ N$>=YN M_>YM M/>YM/ M$>=YM",
        "YN": "N_>=YNN Na>=YNN N$>=YNN M_>=YMN M$>=YMN $>=YN",
        "YN/": "N_>=YNN Na>=YNN N$>=YNN M_>=YMN M$>=YMN weekday>YN",
        "YM": "N_>=YMN Na>=YMN N$>=YMN $>=YM",
        "YM/": "N_>=YMN Na>=YMN N$>=YMN weekday>YM",
        "N:": "N_>=@NN N:>N:N: Na>=@NN N$>=@NN M_>NM M$>=NM",
        "N:N:": "N_>=@NNN Na>=@NNN N$>=@NNN",
    }.items()
}
_ZONE_NAME_AFTER = ("", "N", "NN", "N:", "N:N:")
_IN_TIME = ("N:", "N:N:")


class _NotADateError(Exception):
    pass


class TodayNeededError(Exception):
    """The text leaves out the date or its year, which .NET takes from today."""


def parse_moment(text: str) -> Moment | None:
    """The moment that a text names, None if it names none.

    Raises `TodayNeededError` for a text such as '14:53' or 'April 7'.
    """
    compact = _COMPACT.fullmatch(text)
    try:
        if compact is not None:
            year, month, day, hour, minute, second = map(int, compact.groups())
            return Moment(_ticks(_day_number(year, month, day), hour, minute, second, 0.0))
        return _Reader(text).read()
    except _NotADateError:
        return None


def _day_number(year: int, month: int, day: int) -> int:
    """Days since 0001-01-01."""
    from datetime import date

    try:
        return date(year, month, day).toordinal() - 1
    except ValueError:
        raise _NotADateError from None


def _ticks(day: int, hour: int, minute: int, second: int, fraction: float) -> int:
    if hour > 23 or minute > 59 or second > 59:
        raise _NotADateError
    seconds = (hour * 60 + minute) * 60 + second
    return day * TICKS_PER_DAY + seconds * TICKS_PER_SECOND + round(fraction * TICKS_PER_SECOND)


def _fraction(digits: str) -> float:
    # .NET adds up doubles, which decides the last of more than seven digits.
    value, place = 0.0, 0.1
    for digit in digits:
        value += int(digit) * place
        place *= 0.1
    return value


def _four_digits(year: int) -> int:
    return year + (1900 if year > 49 else 2000)


class _Reader:
    """One text being read; the fields are what has been found in it so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.numbers: list[int] = []
        self.year: int | None = None
        self.month: int | None = None
        self.weekday: int | None = None
        self.half: int | None = None
        self.offset: int | None = None
        self.fraction = 0.0
        self.day_number: int | None = None
        self.time: tuple[int, ...] | None = None
        self.has_date = False
        self.year_is_missing = False

    def read(self) -> Moment:
        state = ""
        complete = False
        while True:
            item = self._item(state)
            if item is None:
                continue
            if item == "T":
                return self._iso()
            following = _STEPS[state].get(item)
            if following is None:
                raise _NotADateError
            state = following
            if state.startswith("="):
                self._complete(state[1:])
                complete, state = True, ""
            if item in ("$", "N$", "M$"):
                break
        if not complete:
            raise _NotADateError
        return self._moment()

    def _item(self, state: str) -> str | None:
        """Read the next item; None for one that leaves the state alone."""
        self._skip_blanks()
        if self.position >= len(self.text):
            return "$"
        letter = self.text[self.position]
        if number := _NUMBER.match(self.text, self.position):
            self.position = number.end()
            return self._number(state, number[0])
        if letter in ",.":
            self.position += 1
            return None
        if letter in "+-" and self.offset is None:
            self.offset = self._zone()
            return None
        if self.text[self.position : self.position + 4].lower() == "a.d.":
            self.position += 4
            return None
        return self._name(state)

    def _number(self, state: str, digits: str) -> str:
        if len(self.numbers) == 3 or len(digits) > 8:
            raise _NotADateError
        if state == "N:N:" and self.position < len(self.text) - 1:
            fraction = _FRACTION.match(self.text, self.position)
            if fraction is not None:
                self.position = fraction.end()
                self.fraction = _fraction(fraction[0][1:])
        if state in _IN_TIME:
            self._zone_after_time()
        if len(digits) >= 3:
            if self.year is not None:
                raise _NotADateError
            self.year = int(digits)
            return self._followed("Y", state)
        self.numbers.append(int(digits))
        item = self._followed("N", state)
        if item == "Na":
            if state == "N/N":
                # As in '1/10 5 AM': the first two numbers are the date.
                hour = self.numbers.pop()
                self._complete("NN")
                self.numbers = [hour]
            elif state in _IN_TIME:
                self._zone_after_time()
        return item

    def _name(self, state: str) -> str | None:
        word = _WORD.match(self.text, self.position)
        kind, value = _NAMES.get(word[0].lower(), ("", 0)) if word else ("", 0)
        if word is None or not kind:
            raise _NotADateError
        self.position = word.end()
        match kind:
            case "month" if self.month is None:
                self.month = value
                return self._followed("M", state)
            case "weekday" if self.weekday is None and state != "N:":
                self.weekday = value
                return "weekday" if state in ("YN/", "YM/") else None
            case "zone" if self.offset is None and state in _ZONE_NAME_AFTER:
                self.offset = value
            case "half" if self.half is None:
                self.half = value
            case "nothing":
                pass
            case _:
                raise _NotADateError
        return None

    def _followed(self, item: str, state: str) -> str:
        """The item with what separates it from the next; `T` where an ISO time begins."""
        before = self.position
        self._skip_blanks()
        if self.position >= len(self.text):
            return item + "$"
        letter = self.text[self.position]
        if letter in "/-":
            self.position += 1
            steps = _STEPS[state]
            if letter == "-" and item + "/" not in steps and steps.get(item + "_", "")[:1] == "=":
                # The date is complete without it: this is the sign of an offset.
                self.position = before
                return item + "_"
            return item + "/"
        if letter == ":":
            self.position += 1
            return item + ":"
        word = _WORD.match(self.text, self.position)
        kind, value = _NAMES.get(word[0].lower(), ("", 0)) if word else ("", 0)
        if word is not None and kind == "half":
            if self.half is not None or item == "M":
                raise _NotADateError
            self.position = word.end()
            self.half = value
            return "Y_" if item == "Y" else "Na"
        if word is not None and word[0] in ("T", "t"):
            if item != "N" or state not in ("YN", "YN/"):
                raise _NotADateError
            self.position = word.end()
            return "T"
        return item + "_"

    def _zone_after_time(self) -> None:
        blanks = _BLANKS.match(self.text, self.position)
        start = blanks.end() if blanks else self.position
        if self.text[start : start + 1] in ("+", "-") and start < len(self.text):
            if self.offset is not None:
                raise _NotADateError
            self.position = start
            self.offset = self._zone()

    def _zone(self) -> int:
        """Read an offset such as +2, +02, +0200 or +02:00; minutes."""
        match = _ZONE.match(self.text, self.position)
        if match is None:
            raise _NotADateError
        self.position = match.end()
        sign, hours, minutes, both = match.groups()
        if both:
            hours, minutes = both[:-2], both[-2:]
        if int(minutes or 0) > 59:
            raise _NotADateError
        offset = int(hours) * 60 + int(minutes or 0)
        return -offset if sign == "-" else offset

    def _skip_blanks(self) -> None:
        blanks = _BLANKS.match(self.text, self.position)
        if blanks:
            self.position = blanks.end()

    def _complete(self, what: str) -> None:
        """A date or a time has been read: keep it and start over with no numbers."""
        numbers, self.numbers = self.numbers, []
        if what.startswith("@"):
            if self.time is not None:
                raise _NotADateError
            self.time = tuple(numbers[: len(what) - 1])
            return
        if self.has_date:
            raise _NotADateError
        self.has_date = what not in ("MN", "NM")
        self.year_is_missing = False
        year, month = self.year or 0, self.month or 0
        match what:
            case "YNN":
                self.day_number = _day_number(year, *numbers)
            case "YMN":
                self.day_number = _day_number(year, month, numbers[0])
            case "YN":
                self.day_number = _day_number(year, numbers[0], 1)
            case "YM":
                self.day_number = _day_number(year, month, 1)
            case "NNN":
                self.day_number = _day_number(_four_digits(numbers[2]), numbers[0], numbers[1])
            case "NM":
                # In the invariant culture '7 April' is April 2007: its pattern is 'yyyy MMMM'.
                self.day_number = _day_number(_four_digits(numbers[0]), month, 1)
            case "MNN":
                try:
                    self.day_number = _day_number(_four_digits(numbers[1]), month, numbers[0])
                except _NotADateError:
                    self.day_number = _day_number(_four_digits(numbers[0]), month, numbers[1])
            case _:
                self._check_without_year(*((month, *numbers) if what == "MN" else numbers))

    def _check_without_year(self, month: int, day: int) -> None:
        _day_number(2000, month, day)
        self.day_number = None
        self.year_is_missing = True

    def _iso(self) -> Moment:
        """The rest of a text like 2020-04-07T14:53:14.5+02:00, from after the T on."""
        match = _ISO_TIME.match(self.text, self.position)
        if match is None:
            raise _NotADateError
        self.position = match.end()
        letter = self.text[self.position : self.position + 1]
        if letter and letter in "Zz":
            self.position += 1
            self.offset = 0
        elif letter and letter in "+-":
            self.offset = self._zone()
        self._skip_blanks()
        if self.position < len(self.text):
            raise _NotADateError
        hour, minute, second, fraction = match.groups()
        day = _day_number(self.year or 0, *self.numbers)
        part = _fraction(fraction or "")
        return self._checked(_ticks(day, int(hour), int(minute), int(second or 0), part))

    def _moment(self) -> Moment:
        hour, minute, second = (*(self.time or ()), 0, 0, 0)[:3]
        if self.half == 0:
            if hour > 12:
                raise _NotADateError
            hour %= 12
        elif self.half and hour < 12:
            hour += 12
        if self.year_is_missing and self.offset is not None:
            raise _NotADateError  # .NET: at least a partial date with a year must be present
        ticks = _ticks(self.day_number or 0, hour, minute, second, self.fraction)
        if self.day_number is None:
            raise TodayNeededError
        if self.weekday is not None and self.weekday != (ticks // TICKS_PER_DAY + 1) % 7:
            raise _NotADateError
        return self._checked(ticks)

    def _checked(self, ticks: int) -> Moment:
        moment = Moment(ticks, self.offset or 0)
        if not moment.exists or abs(moment.offset) > 14 * 60:
            raise _NotADateError
        return moment
