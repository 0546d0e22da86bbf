"""How long Azure wants to be left alone, as its headers say it.

A header that says nothing sensible is ignored. A number of any length is a number: what is longer
than anybody waits is infinite here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_CLOCK = re.compile(r"([0-9]+):([0-9]+):([0-9]+)")
_MOST_DIGITS = 12
_LONGEST_DATE = 64


def wanted_pause(headers: Mapping[str, str]) -> float | None:
    """The pause that an answer asks for, in seconds; None: it asks for none, or for the past."""
    for name in ("x-ms-retry-after-ms", "retry-after-ms"):
        milliseconds = _number(headers.get(name) or "")
        if milliseconds is not None:
            return milliseconds / 1000
    after = headers.get("Retry-After") or ""
    seconds = _number(after)
    if seconds is None and after:
        seconds = _seconds_until(after)
    if seconds is not None:
        return seconds
    match = _CLOCK.fullmatch((headers.get("x-ms-user-quota-resets-after") or "").strip())
    if match is None:
        return None
    hours, minutes, rest = (_number(each) or 0.0 for each in match.groups())
    return hours * 3600 + minutes * 60 + rest


def _number(text: str) -> float | None:
    """Of digits only: `float` and `int` take `nan`, `1_0` and the digits of other scripts too."""
    if _NUMBER.fullmatch(text.strip()) is None:
        return None
    digits = text.strip().lstrip("0").partition(".")[0]
    return float(text) if len(digits) <= _MOST_DIGITS else float("inf")


def _seconds_until(text: str) -> float | None:
    """The time until a date as in HTTP."""
    from email.utils import parsedate_to_datetime

    if len(text) > _LONGEST_DATE:
        return None
    try:
        moment = parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None
    return max(0.0, moment - time.time())
