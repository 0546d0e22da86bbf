"""What the template itself names: parameters(), variables(), copyIndex()."""

from __future__ import annotations

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import evaluate
from armguard.evaluation.functions.registry import (
    INTEGER,
    STRING,
    function,
    kind_name,
    kind_of,
)
from armguard.evaluation.scope import Scope
from armguard.evaluation.unknown import Text, Unknown, Value, rest_of
from armguard.expressions.syntax import Call


@function("parameters", STRING, special=True)
def parameters(call: Call, scope: Scope) -> Value:
    """parameters(parameterName)

    Without regard to case.
    """
    name = _name(call, scope)
    if isinstance(name, Unknown):
        return rest_of(Call(call.name, (name.residual,)), name)
    return scope.names.parameter(name, scope)


@function("variables", STRING, special=True)
def variables(call: Call, scope: Scope) -> Value:
    """variables(variableName)

    Without regard to case.
    """
    name = _name(call, scope)
    if isinstance(name, Unknown):
        return rest_of(Call(call.name, (name.residual,)), name)
    return scope.names.variable(name, scope)


def _name(call: Call, scope: Scope) -> Text:
    name = evaluate(call.arguments[0], scope)
    if not isinstance(name, (str, Unknown)):
        raise EvaluationError(
            f"the argument of {call.name}() must be String, but is {kind_name(kind_of(name))}"
        )
    return name


@function("copyIndex", STRING | INTEGER, INTEGER, optional=2, special=True)
def copy_index(call: Call, scope: Scope) -> Value:
    """copyIndex([loopName], [offset])

    Without a name the index of the resource loop, also inside of property loops.
    """
    arguments = [evaluate(argument, scope) for argument in call.arguments]
    first = arguments[0] if arguments else None
    name = first if isinstance(first, str) else None
    offset, *surplus = arguments[name is not None :] or [0]
    if type(offset) is not int or surplus:
        raise EvaluationError("copyIndex() takes the name of a loop and an integer offset")
    index = scope.copy_index if name is None else scope.copies.get(name.lower())
    if index is None:
        raise EvaluationError(
            f"copyIndex('{name}') is not inside of a loop of this name"
            if name is not None
            else "copyIndex() without a name may only stand in a resource with a copy loop"
        )
    if offset < 0:
        raise EvaluationError(f"the offset of copyIndex() must not be negative, but is {offset}")
    if isinstance(index, Unknown):
        return (
            rest_of(Call("add", (index.residual, *call.arguments[-1:])), index) if offset else index
        )
    return index + offset
