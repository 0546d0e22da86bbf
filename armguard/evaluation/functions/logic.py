"""Logic and comparison: and, or, not, if, equals, less, coalesce ...

and, or, if and coalesce look at no more arguments than they need, left to right, and what they do
not look at may be anything, even a function that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt

from armguard.dotnet.utf16 import WHITE_SPACE
from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import evaluate
from armguard.evaluation.functions.registry import (
    ANY,
    BOOLEAN,
    FLOAT,
    INTEGER,
    LEAVE,
    STRING,
    function,
    kind_name,
    kind_of,
)
from armguard.evaluation.identity import value_text
from armguard.evaluation.partly_known import either, known_of, with_list
from armguard.evaluation.scope import Consulted, Scope
from armguard.evaluation.text_pieces import is_empty
from armguard.evaluation.unknown import Reason, Unknown, Value, as_expression, call_left, rest_of
from armguard.evaluation.values import deep_equal
from armguard.expressions.syntax import Call, Expression


@function("true")
def true() -> bool:
    """true()"""
    return True


@function("false")
def false() -> bool:
    """false()"""
    return False


@function("null")
def null() -> None:
    """null()"""


@function("not", BOOLEAN)
def not_(value: bool) -> bool:
    """not(value)"""
    return not value


@function("and", ANY, ANY, rest=ANY, special=True)
def and_(call: Call, scope: Scope) -> Value:
    """and(first, second, ...)

    Stops at the first false: what follows is not looked at.
    """
    return _until(call, scope, decisive=False)


@function("or", ANY, ANY, rest=ANY, special=True)
def or_(call: Call, scope: Scope) -> Value:
    """or(first, second, ...)

    Stops at the first true: what follows is not looked at.
    """
    return _until(call, scope, decisive=True)


def _until(call: Call, scope: Scope, *, decisive: bool) -> Value:
    for index, node in enumerate(call.arguments):
        value = evaluate(node, scope)
        if isinstance(value, Unknown):
            return _left_from(call, index, value, scope)
        if not isinstance(value, bool):
            raise EvaluationError(
                f"arguments of function '{call.name}' must be Boolean, but argument {index + 1}"
                f" is {kind_name(kind_of(value))}"
            )
        if value is decisive:
            return decisive
    return not decisive


def _left_from(call: Call, index: int, value: Unknown, scope: Scope) -> Value:
    """What is left of and() or or() whose argument `index` is the first unknown one."""
    rest: tuple[Expression, ...] = call.arguments[index + 1 :]
    if not scope.session.strict:
        rest = tuple(as_expression(_looked_into(node, scope)) for node in rest)
    return rest_of(Call(call.name, (value.residual, *rest)), value) if rest else value


def _looked_into(node: Expression, scope: Scope) -> Value:
    """A branch that may or may not be taken, as far as it can be evaluated."""
    try:
        return evaluate(node, scope)
    except EvaluationError as error:
        return Unknown(Reason.FAILED, node, str(error))


@function("if", ANY, ANY, ANY, special=True)
def if_(call: Call, scope: Scope) -> Value:
    """if(condition, trueValue, falseValue)

    Only the chosen value is looked at. The condition must be a boolean, not 'true' or 1.
    """
    condition, *branches = call.arguments
    value = evaluate(condition, scope)
    if isinstance(value, Unknown):
        if not scope.session.strict:
            test = value.residual
            name = value_text(test)
            scope.session.consult(Consulted("choice", name, "written", residual=test))
            values = [_looked_into(branch, scope) for branch in branches]
            left = rest_of(Call(call.name, (test, *map(as_expression, values))), value)
            known = [known_of(each) for each in values]
            lists = [each for each in known if each is not None]
            return with_list(left, either(lists) if len(lists) == len(known) else None)
        return rest_of(Call(call.name, (value.residual, *branches)), value)
    if not isinstance(value, bool):
        raise EvaluationError(
            f"the condition of if() must be Boolean, but is {kind_name(kind_of(value))}"
        )
    return evaluate(branches[0] if value else branches[1], scope)


@function("coalesce", rest=ANY, special=True)
def coalesce(call: Call, scope: Scope) -> Value:
    """coalesce(first, second, ...)

    The first value that is not null; what follows it is not looked at. coalesce() is null.
    """
    for index, node in enumerate(call.arguments):
        value = evaluate(node, scope)
        if isinstance(value, Unknown):
            if value.list is not None:
                return value
            nulls, rest = call.arguments[:index], call.arguments[index + 1 :]
            if not scope.session.strict:
                nulls, rest = (), tuple(as_expression(_looked_into(node, scope)) for node in rest)
            return rest_of(Call(call.name, (*nulls, value.residual, *rest)), value)
        if value is not None:
            return value
    return None


@function("equals", ANY, ANY, looks_through=True, needs_scope=True, takes_unknown=True)
def equals(scope: Scope, first: Value, second: Value) -> Value:
    """equals(first, second)

    With regard to case, names of properties included; 1 is never equal to 1.0 or '1'.
    """
    strict = scope.session.strict
    if _is_other(first, second, strict) or _is_other(second, first, strict):
        return False
    same = deep_equal(first, second)
    return LEAVE if same is None else same


def _is_other(empty: Value, value: Value, strict: bool) -> bool:
    """Whether the first is empty and the other surely not."""
    return isinstance(value, Unknown) and empty in ("", [], {}) and is_empty(value, strict) is False


_ORDERED = STRING | INTEGER | FLOAT


def _compare(
    name: str, first: Value, second: Value, holds: Callable[[int, int], bool]
) -> bool | Unknown:
    """Whether `holds(order, 0)`, where the order is -1, 0 or 1."""
    if isinstance(first, str) and isinstance(second, str):
        from armguard.dotnet import culture

        order = culture.compare(first, second)
        if order is None:
            detail = "how Azure sorts these texts is not known"
            return call_left(name, first, second, reason=Reason.RUNTIME, detail=detail)
        return holds(order, 0)
    if (type(first) is int or type(first) is float) and (
        type(second) is int or type(second) is float
    ):
        return holds(int(first > second) - int(first < second), 0)
    raise EvaluationError(
        f"function '{name}' compares two strings or two numbers, but got"
        f" {kind_name(kind_of(first))} and {kind_name(kind_of(second))}"
    )


@function("less", _ORDERED, _ORDERED)
def less(first: Value, second: Value) -> bool | Unknown:
    """less(first, second)

    Two numbers, or two strings by the invariant culture: 'a' before 'A' before 'b'. How words in
    other scripts than Latin, Greek and Cyrillic sort is not known.
    """
    return _compare("less", first, second, lt)


@function("lessOrEquals", _ORDERED, _ORDERED)
def less_or_equals(first: Value, second: Value) -> bool | Unknown:
    """lessOrEquals(first, second)

    Two numbers, or two strings by the invariant culture: 'a' before 'A' before 'b'. How words in
    other scripts than Latin, Greek and Cyrillic sort is not known.
    """
    return _compare("lessOrEquals", first, second, le)


@function("greater", _ORDERED, _ORDERED)
def greater(first: Value, second: Value) -> bool | Unknown:
    """greater(first, second)

    Two numbers, or two strings by the invariant culture: 'a' before 'A' before 'b'. How words in
    other scripts than Latin, Greek and Cyrillic sort is not known.
    """
    return _compare("greater", first, second, gt)


@function("greaterOrEquals", _ORDERED, _ORDERED)
def greater_or_equals(first: Value, second: Value) -> bool | Unknown:
    """greaterOrEquals(first, second)

    Two numbers, or two strings by the invariant culture: 'a' before 'A' before 'b'. How words in
    other scripts than Latin, Greek and Cyrillic sort is not known.
    """
    return _compare("greaterOrEquals", first, second, ge)


@function("bool", STRING | INTEGER | FLOAT | BOOLEAN)
def bool_(value: str | int | float | bool) -> bool:
    """bool(value)

    Of a string only 'true' and 'false', in any case and with blanks around; any number but 0 is
    true.
    """
    if not isinstance(value, str):
        return bool(value)
    word = value.strip(WHITE_SPACE + "\0").lower()
    if word in ("true", "false"):
        return word == "true"
    raise EvaluationError(f"bool() can't convert '{value}', only 'true' and 'false'")
