"""Numbers as .NET writes them by standard and custom formats, in the invariant culture.

Integers are 64 bits wide (X and B show the two's complement) and round half up in decimal; floats
round half to even by their exact binary value, except in custom formats, which see 15 digits.
"""

from __future__ import annotations

import math
import re

from armguard.errors import BudgetSpentError, EvaluationError
from armguard.record import record, replace

MOST_DIGITS = 200_000
"""more than this is asked for only to exhaust memory"""

_STANDARD = re.compile(r"([A-Za-z])(\d*)(?:\0.*)?", re.ASCII | re.DOTALL)
_LARGEST_PRECISION = 999_999_999


@record
class _Decimal:
    """0.DIGITS x 10^scale; no digits is zero. Digits may end in zeros, but not begin with them."""

    negative: bool
    digits: str
    scale: int
    is_float: bool

    def rounded(self, count: int, *, exact: bool = False) -> _Decimal:
        """The first `count` digits, less trailing zeros; `exact`: the rest is known to be noise."""
        digits, scale = self.digits[: max(count, 0)], self.scale
        following = self.digits[count : count + 1] if count >= 0 else ""
        if following >= "5" and not exact:
            digits = digits.rstrip("9")
            if digits:
                digits = digits[:-1] + chr(ord(digits[-1]) + 1)
            else:
                digits, scale = "1", scale + 1
        else:
            digits = digits.rstrip("0")
        if digits:
            return replace(self, digits=digits, scale=scale)
        # Only a float has a negative zero.
        return replace(self, digits="", scale=0, negative=self.negative and self.is_float)


def format_number(value: int | float, spec: str) -> str:
    """`value` by a .NET format; raises `EvaluationError` for a specifier that does not exist."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    standard = _STANDARD.fullmatch(spec) if spec[:1] not in ("", "\0") else None
    if standard is None and spec[:1] not in ("", "\0"):
        return _custom(_significant(value, 15), spec.partition("\0")[0])
    letter, digits = standard.groups() if standard else ("G", "")
    precision = _precision(digits, spec)
    if isinstance(value, float):
        return _float(value, letter, precision, spec)
    return _integer(value, letter, precision, spec)


def _precision(digits: str, spec: str) -> int | None:
    if not digits:
        return None
    digits = digits.lstrip("0") or "0"
    if len(digits) > 9:
        raise EvaluationError(
            f"the precision in the number format '{spec[:40]}' must be at most {_LARGEST_PRECISION}"
        )
    if int(digits) > MOST_DIGITS:
        raise BudgetSpentError(f"the number format '{spec}' asks for more digits than make sense")
    return int(digits)


def _integer(value: int, letter: str, precision: int | None, spec: str) -> str:
    kind = letter.upper()
    width = precision or 0
    if kind == "D" or (kind == "G" and width == 0):
        return ("-" if value < 0 else "") + str(abs(value)).zfill(width)
    if kind in "XB":
        bits = value & 0xFFFF_FFFF_FFFF_FFFF if value < 0 else value
        return format(bits, letter if kind == "X" else "b").zfill(width)
    return _standard(_significant(value, 0), letter, precision, spec, exact=False)


def _float(value: float, letter: str, precision: int | None, spec: str) -> str:
    kind = letter.upper()
    if kind == "R" or (kind == "G" and not precision):
        number = _shortest(value)
        return _standard(number, "g" if letter.islower() else "G", 17, spec, exact=True)
    if kind in "GE":
        count = (6 if precision is None else precision) + 1 if kind == "E" else precision or 0
        number = _significant(value, count)
    elif kind in "CFNP":
        places = (2 if precision is None else precision) + (2 if kind == "P" else 0)
        number = _parsed(f"{value:.{places}f}", is_float=True)
    else:
        raise _no_such(letter, spec, "C, E, F, G, N, P and R")
    return _standard(number, letter, precision, spec, exact=True)


def _no_such(letter: str, spec: str, allowed: str) -> EvaluationError:
    return EvaluationError(
        f"'{letter}' in the number format '{spec}' is not one of {allowed} (in any case)"
    )


def _significant(value: int | float, count: int) -> _Decimal:
    """All digits of an integer, or so many of a float, correctly rounded."""
    if isinstance(value, float):
        return _parsed(f"{value:.{count - 1}e}", is_float=True)
    digits = str(abs(value)) if value else ""
    return _Decimal(value < 0, digits, len(digits), False)


def _shortest(value: float) -> _Decimal:
    return _parsed(repr(value), is_float=True)


def _parsed(text: str, *, is_float: bool) -> _Decimal:
    negative = text.startswith("-")
    mantissa, _, exponent = text.lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    scale = len(digits) - len(fraction) + int(exponent or 0)
    digits = digits.rstrip("0")
    return _Decimal(negative, digits, scale if digits else 0, is_float)


def _standard(
    number: _Decimal, letter: str, precision: int | None, spec: str, *, exact: bool
) -> str:
    kind = letter.upper()
    places = 2 if precision is None else precision
    match kind:
        case "C" | "F" | "N" | "P":
            if kind == "P":
                number = replace(number, scale=number.scale + 2)
            number = number.rounded(number.scale + places, exact=exact)
            text = _fixed(number, places, grouped=kind != "F")
            if kind == "C":
                return f"(¤{text})" if number.negative else f"¤{text}"
            sign = "-" if number.negative else ""
            return f"{sign}{text} %" if kind == "P" else sign + text
        case "E":
            places = 6 if precision is None else precision
            number = number.rounded(places + 1, exact=exact)
            digits = number.digits.ljust(places + 1, "0")
            point = "." if places else ""
            exponent = number.scale - 1 if number.digits else 0
            sign = "-" if number.negative else ""
            return f"{sign}{digits[0]}{point}{digits[1:]}{letter}{_exponent(exponent, 3)}"
        case "G" | "R":
            count = max(precision or 0, 0) or len(number.digits)
            if letter in "rR":
                letter = "g" if letter == "r" else "G"
            return _general(number.rounded(count, exact=exact), letter, count)
    raise _no_such(letter, spec, "B, C, D, E, F, G, N, P, R and X")


def _exponent(value: int, width: int, *, plus: bool = True) -> str:
    sign = "-" if value < 0 else "+" if plus else ""
    return sign + str(abs(value)).zfill(width)


def _fixed(number: _Decimal, places: int, *, grouped: bool) -> str:
    """Without a sign; the number must have been rounded to `places` already."""
    digits, scale = number.digits, number.scale
    whole = digits[: max(scale, 0)].ljust(scale, "0") or "0"
    if grouped:
        whole = _grouped(whole)
    fraction = ("0" * -scale + digits[max(scale, 0) :])[:places].ljust(places, "0")
    return f"{whole}.{fraction}" if places else whole


def _grouped(digits: str) -> str:
    first = len(digits) % 3 or 3
    return ",".join((digits[:first], *(digits[i : i + 3] for i in range(first, len(digits), 3))))


def _general(number: _Decimal, letter: str, count: int) -> str:
    sign = "-" if number.negative else ""
    digits, scale = number.digits, number.scale
    if scale > count or scale < -3:
        fraction = f".{digits[1:]}" if digits[1:] else ""
        mark = "E" if letter == "G" else "e"
        return f"{sign}{digits[:1] or '0'}{fraction}{mark}{_exponent(scale - 1, 2)}"
    whole = digits[: max(scale, 0)].ljust(scale, "0") or "0"
    fraction = "0" * -scale + digits[max(scale, 0) :]
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def _custom(number: _Decimal, spec: str) -> str:
    from armguard.dotnet.number_patterns import layout, sections

    parts = sections(spec)

    def section(index: int) -> int:
        return index if index < len(parts) and parts[index] else 0

    chosen = section(2 if not number.digits else 1 if number.negative else 0)
    while True:
        pattern = layout(parts[chosen])
        if not number.digits:
            negative = number.negative and number.is_float
            number = replace(number, scale=0, negative=negative)
            break
        scaled = replace(number, scale=number.scale + pattern.scale)
        count = (
            pattern.digits if pattern.scientific else scaled.scale + pattern.digits - pattern.point
        )
        number = scaled.rounded(count)
        if number.digits or section(2) == chosen:
            break
        chosen = section(2)
    text = pattern.fill(number.digits, number.scale)
    shows_sign = number.negative and chosen == 0 and (number.scale != 0 or text)
    return f"-{text}" if shows_sign else text
