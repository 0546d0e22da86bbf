"""Numbers: 64-bit integers; floats only come from json(), and few functions take them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from armguard.errors import EvaluationError
from armguard.evaluation.functions.registry import (
    ANY,
    BOOLEAN,
    FLOAT,
    INTEGER,
    STRING,
    function,
    kind_name,
    kind_of,
)
from armguard.evaluation.unknown import Value

LOWEST, HIGHEST = -(2**63), 2**63 - 1
_BLANKS = " \t\n\v\f\r"
_FLOAT = re.compile(
    r"[-+]?(?:nan|infinity|(?:[0-9][0-9,]*\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?)",
    re.ASCII | re.IGNORECASE,
)


def _fitting(name: str, result: int) -> int:
    if not LOWEST <= result <= HIGHEST:
        raise EvaluationError(f"the result of {name}() does not fit into 64 bits")
    return result


@function("add", INTEGER, INTEGER, checks_last=True)
def add(first: int, second: int) -> int:
    """add(first, second)"""
    return _fitting("add", first + second)


@function("sub", INTEGER, INTEGER, checks_last=True)
def sub(first: int, second: int) -> int:
    """sub(first, second)"""
    return _fitting("sub", first - second)


@function("mul", INTEGER, INTEGER, checks_last=True)
def mul(first: int, second: int) -> int:
    """mul(first, second)"""
    return _fitting("mul", first * second)


@function("div", INTEGER, INTEGER, checks_last=True)
def div(first: int, second: int) -> int:
    """div(dividend, divisor)

    Rounds towards zero.
    """
    if second == 0:
        raise EvaluationError("div() can't divide by zero")
    quotient = abs(first) // abs(second)
    return _fitting("div", quotient if (first < 0) == (second < 0) else -quotient)


@function("mod", INTEGER, INTEGER, checks_last=True)
def mod(first: int, second: int) -> int:
    """mod(dividend, divisor)

    Has the sign of the dividend.
    """
    if second == 0:
        raise EvaluationError("mod() can't divide by zero")
    remainder = abs(first) % abs(second)
    return remainder if first >= 0 else -remainder


@function("min", rest=ANY)
def min_(*values: Value) -> int | float:
    """min(array) or min(first, second, ...)"""
    return min(_numbers("min", values))


@function("max", rest=ANY)
def max_(*values: Value) -> int | float:
    """max(array) or max(first, second, ...)"""
    return max(_numbers("max", values))


def _numbers(name: str, values: Sequence[Value]) -> list[int | float]:
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    if not values:
        raise EvaluationError(f"{name}() needs at least one number")
    numbers: list[int | float] = []
    for value in values:
        if type(value) is not int and type(value) is not float:
            raise EvaluationError(f"{name}() takes numbers, but got {kind_name(kind_of(value))}")
        numbers.append(value)
    return numbers


@function("int", STRING | INTEGER)
def int_(value: str | int) -> int:
    """int(value)

    Of an integer or a string of decimal digits with a sign; '5.0', '1,000' and '' are refused.
    """
    if isinstance(value, int):
        return value
    digits = value.strip(_BLANKS)
    unsigned = digits[1:] if digits[:1] in ("+", "-") else digits
    if unsigned.isascii() and unsigned.isdigit() and len(unsigned.lstrip("0")) < 20:
        number = int(digits)
        if LOWEST <= number <= HIGHEST:
            return number
    raise EvaluationError(f"int() can't convert '{value}' to an integer")


@function("float", STRING | INTEGER | FLOAT | BOOLEAN)
def float_(value: str | int | float | bool) -> float:
    """float(value)

    Of a number, a boolean (true is 1.0) or a decimal number as text, which may have commas between
    its digits.
    """
    if not isinstance(value, str):
        return float(value)
    number = value.strip(_BLANKS)
    if _FLOAT.fullmatch(number) is None:
        raise EvaluationError(f"float() can't convert '{value}' to a number")
    return float(number.replace(",", ""))


@function("range", INTEGER, INTEGER)
def range_(start: int, count: int) -> list[Value]:
    """range(startIndex, count)

    At most 10000 numbers, the last of them at most 2147483647.
    """
    if not 0 <= count <= 10_000 or start + count > 2**31 - 1 or start < -(2**31):
        raise EvaluationError(
            f"range({start}, {count}) is out of range: the count must be from 0 to 10000"
            " and the numbers within 32 bits"
        )
    return list(range(start, start + count))
