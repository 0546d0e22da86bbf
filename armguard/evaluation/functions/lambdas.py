"""Functions with a lambda: map, filter, reduce, sort, toObject, groupBy, mapValues.

Where there is nothing to do (no element; a single one to sort) the lambda is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key

from armguard.dotnet import ordinal
from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import evaluate
from armguard.evaluation.functions.registry import ANY, STRING, function, kind_name, kind_of
from armguard.evaluation.partly_known import changed, chosen, known_of, with_list
from armguard.evaluation.scope import Scope
from armguard.evaluation.unknown import (
    PartlyKnownList,
    Text,
    Unknown,
    Value,
    as_expression,
    holds_unknown,
    rest_of,
)
from armguard.expressions.syntax import Call, Expression, Lambda, Literal


class _Open(Exception):  # noqa: N818
    """A lambda gave something unknown where the result hangs on it."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


@function("lambdaVariables", STRING, needs_scope=True, takes_unknown=True)
def lambda_variables(scope: Scope, name: Text) -> Value:
    """lambdaVariables(name)"""
    if not isinstance(name, str) or name.lower() not in scope.lambdas:
        raise EvaluationError(f"there is no lambda variable '{name}' here")
    return scope.lambdas[name.lower()]


def _array(call: Call, scope: Scope) -> list[Value] | Unknown:
    value = evaluate(call.arguments[0], scope)
    if not isinstance(value, (list, Unknown)):
        raise EvaluationError(
            f"the first argument of {call.name}() must be Array, but is {kind_name(kind_of(value))}"
        )
    return value


def _lambda(call: Call, index: int, counts: tuple[int, ...]) -> Lambda:
    node = call.arguments[index]
    if not isinstance(node, Lambda):
        raise EvaluationError(f"argument {index + 1} of {call.name}() must be a lambda")
    if len(node.parameters) not in counts:
        expected = " or ".join(map(str, counts))
        raise EvaluationError(
            f"the lambda of {call.name}() must have {expected} parameters, but has"
            f" {len(node.parameters)}"
        )
    return node


def _run(node: Lambda, scope: Scope, *values: Value) -> Value:
    names = (name.lower() for name in node.parameters)
    variables = dict(zip(names, values, strict=False))
    result = evaluate(node.body, scope.with_lambda_variables(variables))
    scope.session.budget.measure(result)
    return result


def _boolean(call: Call, value: Value) -> bool:
    if isinstance(value, Unknown):
        raise _Open(value)
    if not isinstance(value, bool):
        raise EvaluationError(
            f"the lambda of {call.name}() must give Boolean, but gave {kind_name(kind_of(value))}"
        )
    return value


def _key(call: Call, value: Value) -> str:
    if isinstance(value, Unknown):
        raise _Open(value)
    if not isinstance(value, str):
        raise EvaluationError(
            f"the lambda of {call.name}() must give String, but gave {kind_name(kind_of(value))}"
        )
    return value


def _left(call: Call, first: Value, *causes: Value) -> Unknown:
    arguments: tuple[Expression, ...] = (as_expression(first), *call.arguments[1:])
    return rest_of(Call(call.name, arguments), first, *causes)


def _with_known(
    left: Unknown,
    values: Value,
    scope: Scope,
    entries: Callable[[PartlyKnownList], PartlyKnownList],
) -> Value:
    """What is left of a call, with what a check knows of the list that it gives."""
    known = known_of(values)
    if scope.session.strict or known is None:
        return left
    try:
        return with_list(left, entries(known))
    except EvaluationError:
        return left  # entries that it perhaps has need not fit the lambda


def _at_any_position(node: Lambda, scope: Scope, cause: Unknown) -> Callable[[Value], Value]:
    """A lambda for entries of which nobody knows where they stand."""
    position = [
        rest_of(Call("lambdaVariables", (Literal(name),)), cause) for name in node.parameters[1:]
    ]
    return lambda value: _run(node, scope, value, *position)


@function("map", ANY, ANY, special=True)
def map_(call: Call, scope: Scope) -> Value:
    """map(inputArray, lambda(item, [index]))"""
    body = _lambda(call, 1, (1, 2))
    values = _array(call, scope)
    if isinstance(values, Unknown):
        run = _at_any_position(body, scope, values)
        return _with_known(_left(call, values), values, scope, lambda each: changed(each, run))
    return [_run(body, scope, value, index) for index, value in enumerate(values)]


@function("filter", ANY, ANY, special=True)
def filter_(call: Call, scope: Scope) -> Value:
    """filter(inputArray, lambda(item, [index]))

    The lambda must give a boolean.
    """
    body = _lambda(call, 1, (1, 2))
    values = _array(call, scope)

    try:
        if isinstance(values, list):
            return [
                value
                for index, value in enumerate(values)
                if _boolean(call, _run(body, scope, value, index))
            ]
        left = _left(call, values)
    except _Open as open_:
        left = _left(call, values, open_.value)
    run = _at_any_position(body, scope, left)

    def fits(value: Value) -> bool | None:
        answer = run(value)
        return None if isinstance(answer, Unknown) else _boolean(call, answer)

    return _with_known(left, values, scope, lambda each: chosen(each, fits))


@function("reduce", ANY, ANY, ANY, special=True)
def reduce(call: Call, scope: Scope) -> Value:
    """reduce(inputArray, initialValue, lambda(current, next, [index]))"""
    body = _lambda(call, 2, (2, 3))
    values = _array(call, scope)
    result = evaluate(call.arguments[1], scope)
    if isinstance(values, Unknown) or (scope.session.strict and holds_unknown(values)):
        return rest_of(
            Call(call.name, (as_expression(values), as_expression(result), body)), values
        )
    for index, value in enumerate(values):
        result = _run(body, scope, result, value, index)
    return result


@function("sort", ANY, ANY, special=True)
def sort(call: Call, scope: Scope) -> Value:
    """sort(inputArray, lambda(first, second))

    The lambda says whether `first` comes before `second`.
    """
    body = _lambda(call, 1, (2,))
    values = _array(call, scope)
    if isinstance(values, list) and len(values) < 2:
        return values
    if isinstance(values, Unknown) or holds_unknown(values):
        left = _left(call, values)
        return left if scope.session.strict else with_list(left, known_of(values))

    def compare(first: Value, second: Value) -> int:
        before = _boolean(call, _run(body, scope, first, second))
        after = _boolean(call, _run(body, scope, second, first))
        return int(after) - int(before)

    try:
        return sorted(values, key=cmp_to_key(compare))
    except _Open as open_:
        return _left(call, values, open_.value)


@function("toObject", ANY, ANY, ANY, optional=1, special=True)
def to_object(call: Call, scope: Scope) -> Value:
    """toObject(inputArray, lambda(item, [index]), [lambda(item, [index])])

    The first lambda gives the names, which must differ without regard to case.
    """
    name_of = _lambda(call, 1, (1, 2))
    value_of = _lambda(call, 2, (1, 2)) if len(call.arguments) == 3 else None
    values = _array(call, scope)
    if isinstance(values, Unknown):
        return _left(call, values)
    result: dict[str, Value] = {}
    seen: set[str] = set()
    try:
        for index, value in enumerate(values):
            name = _key(call, _run(name_of, scope, value, index))
            folded = ordinal.fold(name)
            if folded in seen:
                raise EvaluationError(f"the lambda of toObject() gave the name '{name}' twice")
            seen.add(folded)
            result[name] = value if value_of is None else _run(value_of, scope, value, index)
    except _Open as open_:
        return _left(call, values, open_.value)
    return result


@function("groupBy", ANY, ANY, ANY, optional=1, special=True)
def group_by(call: Call, scope: Scope) -> Value:
    """groupBy(inputArray, lambda(item, [index]), [lambda(item, [index])])

    Names are grouped without regard to case, under the first spelling.
    """
    name_of = _lambda(call, 1, (1, 2))
    value_of = _lambda(call, 2, (1, 2)) if len(call.arguments) == 3 else None
    values = _array(call, scope)
    if isinstance(values, Unknown):
        return _left(call, values)
    result: dict[str, list[Value]] = {}
    spellings: dict[str, str] = {}
    try:
        for index, value in enumerate(values):
            name = _key(call, _run(name_of, scope, value, index))
            group = result.setdefault(spellings.setdefault(ordinal.fold(name), name), [])
            group.append(value if value_of is None else _run(value_of, scope, value, index))
    except _Open as open_:
        return _left(call, values, open_.value)
    return dict(result)


@function("mapValues", ANY, ANY, special=True)
def map_values(call: Call, scope: Scope) -> Value:
    """mapValues(inputObject, lambda(value))"""
    body = _lambda(call, 1, (1, 2))
    value = evaluate(call.arguments[0], scope)
    if isinstance(value, Unknown):
        return _left(call, value)
    if not isinstance(value, dict):
        raise EvaluationError(
            f"the first argument of mapValues() must be Object, but is {kind_name(kind_of(value))}"
        )
    return {
        name: _run(body, scope, member, index) for index, (name, member) in enumerate(value.items())
    }
