"""What a check can ask of one value; three-valued: True, False, or None where it is not known.

Texts are compared in any case, as Azure compares what it takes from a list. A value that the
resource lacks is null here. Numbers and booleans are never equal to each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from armguard.errors import UsageError
from armguard.evaluation.unknown import PartialObject, Unknown, Value
from armguard.evaluation.values import find_key
from armguard.policy.patterns import check_pattern, is_found
from armguard.policy.selector import is_computed
from armguard.record import record


@record
class Operator:
    summary: str
    check: Callable[[Any], None]
    """raises `UsageError` for what can't be its operand"""
    test: Callable[[Value, Any], bool | None]
    """(known value, operand) -> whether it passes; None: something inside is not known"""


def passes(operator: str, value: Value, operand: Any) -> bool | None:
    """Whether a value passes; None where it is, or hangs on something, unknown."""
    if isinstance(value, Unknown):
        return None
    return OPERATORS[operator].test(value, operand)


def every(answers: Iterable[bool | None]) -> bool | None:
    """False where one is false, else None where one is not known, else True."""
    known = True
    for answer in answers:
        if answer is False:
            return False
        known &= answer is not None
    return True if known else None


def negated(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def some(answers: Iterable[bool | None]) -> bool | None:
    return negated(every(negated(answer) for answer in answers))


def same(first: Value, second: Value) -> bool | None:
    """Whether two values are equal, texts and names in any case."""
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        return None
    if isinstance(first, str) and isinstance(second, str):
        return first.lower() == second.lower()
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return False
        return every(same(a, b) for a, b in zip(first, second, strict=True))
    if isinstance(first, dict) and isinstance(second, dict):
        return _same_objects(first, second)
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    return bool(first == second)


def _same_objects(first: dict[str, Value], second: dict[str, Value]) -> bool | None:
    if any(is_computed(key) for key in first) or isinstance(first, PartialObject):
        return None
    names = {name.lower(): value for name, value in second.items()}
    if names.keys() != {name.lower() for name in first}:
        return False
    return every(same(value, names[name.lower()]) for name, value in first.items())


def _in(value: Value, operand: list[Value]) -> bool | None:
    return some(same(value, each) for each in operand)


def _exists(value: Value, operand: bool) -> bool:
    return (value is not None) is operand


def _empty(value: Value, operand: bool) -> bool | None:
    if isinstance(value, PartialObject) and not value:
        return None
    return (value is None or (isinstance(value, (str, list, dict)) and not value)) is operand


def _contains(value: Value, operand: Value) -> bool | None:
    """A text in a text, an element in an array, a member of this name in an object."""
    if isinstance(value, str):
        return isinstance(operand, str) and operand.lower() in value.lower()
    if isinstance(value, list):
        return some(same(each, operand) for each in value)
    if isinstance(value, dict) and isinstance(operand, str):
        if find_key(value, operand) is not None:
            return True
        open_ = isinstance(value, PartialObject) or any(map(is_computed, value))
        return None if open_ else False
    return False


def _matches(value: Value, operand: str) -> bool | None:
    return is_found(operand, value) if isinstance(value, str) else False


def _greater(value: Value, operand: Any) -> bool:
    return _comparable(value, operand) and bool(value > operand)


def _less(value: Value, operand: Any) -> bool:
    return _comparable(value, operand) and bool(value < operand)


def _comparable(value: Value, operand: Any) -> bool:
    if isinstance(value, str) or isinstance(operand, str):
        return isinstance(value, str) and isinstance(operand, str)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _longer(value: Value, operand: int) -> bool | None:
    length = _length(value)
    return None if length is None else length > operand


def _shorter(value: Value, operand: int) -> bool | None:
    length = _length(value)
    return None if length is None else length < operand


def _length(value: Value) -> int | None:
    """Null, numbers and booleans have the length 0."""
    if isinstance(value, PartialObject):
        return None
    return len(value) if isinstance(value, (str, list, dict)) else 0


def _anything(_operand: Any) -> None:
    """Any JSON value can be compared with."""


def _a_boolean(operand: Any) -> None:
    if not isinstance(operand, bool):
        raise UsageError(f"needs true or false, not {_shown(operand)}")


def _an_array(operand: Any) -> None:
    if not isinstance(operand, list) or not operand:
        raise UsageError(f"needs a list with at least one value, not {_shown(operand)}")


def _a_scalar(operand: Any) -> None:
    if operand is None or isinstance(operand, (list, dict)):
        raise UsageError(f"needs a text, a number or a boolean, not {_shown(operand)}")


def _a_pattern(operand: Any) -> None:
    if not isinstance(operand, str):
        raise UsageError(f"needs a regular expression, not {_shown(operand)}")
    check_pattern(operand)


def _a_number_or_text(operand: Any) -> None:
    if isinstance(operand, bool) or not isinstance(operand, (int, float, str)):
        raise UsageError(f"needs a number or a text, not {_shown(operand)}")


def _a_length(operand: Any) -> None:
    if isinstance(operand, bool) or not isinstance(operand, int) or operand < 0:
        raise UsageError(f"needs a whole number from 0, not {_shown(operand)}")


def _shown(operand: Any) -> str:
    if isinstance(operand, dict):
        return "a mapping"
    if isinstance(operand, list):
        return "a list" if operand else "an empty list"
    if operand is None or isinstance(operand, bool):
        return json.dumps(operand)
    return f"'{operand}'"


OPERATORS: dict[str, Operator] = {
    "equals": Operator("is this value", _anything, same),
    "not-equals": Operator(
        "is another value, or absent", _anything, lambda value, o: negated(same(value, o))
    ),
    "in": Operator("is one of these values", _an_array, _in),
    "not-in": Operator(
        "is none of these values, or absent", _an_array, lambda value, o: negated(_in(value, o))
    ),
    "exists": Operator("is there and not null (true), or is not (false)", _a_boolean, _exists),
    "empty": Operator(
        'is absent, null, "", [] or {} (true), or is anything else (false)', _a_boolean, _empty
    ),
    "contains": Operator(
        "is a text with this text in it, an array with this element, or an object with this member",
        _a_scalar,
        _contains,
    ),
    "matches": Operator(
        "is a text in which this regular expression is found", _a_pattern, _matches
    ),
    "greater": Operator(
        "is a greater number, or a text that sorts later", _a_number_or_text, _greater
    ),
    "less": Operator("is a smaller number, or a text that sorts earlier", _a_number_or_text, _less),
    "length-greater": Operator(
        "has more characters, elements or members than this", _a_length, _longer
    ),
    "length-less": Operator(
        "has fewer characters, elements or members than this; nothing has 0", _a_length, _shorter
    ),
}
