"""What the template itself names: parameters(), variables(), copyIndex()."""

from __future__ import annotations

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import left_in_place
from armguard.evaluation.functions.registry import INTEGER, LEAVE, STRING, function
from armguard.evaluation.scope import Scope
from armguard.evaluation.unknown import Text, Unknown, Value


@function("parameters", STRING, needs_scope=True, takes_unknown=True)
def parameters(scope: Scope, name: Text) -> Value:
    """parameters(parameterName)

    Without regard to case.
    """
    return scope.names.parameter(name, scope) if isinstance(name, str) else LEAVE


@function("variables", STRING, needs_scope=True, takes_unknown=True)
def variables(scope: Scope, name: Text) -> Value:
    """variables(variableName)

    Without regard to case.
    """
    return scope.names.variable(name, scope) if isinstance(name, str) else LEAVE


@function("copyIndex", STRING | INTEGER, INTEGER, optional=2, needs_scope=True, takes_unknown=True)
def copy_index(scope: Scope, *arguments: str | int | Unknown) -> Value:
    """copyIndex([loopName], [offset])

    Without a name the index of the resource loop, also inside of property loops.
    """
    first = arguments[0] if arguments else None
    name = first if isinstance(first, str) else None
    offset, *surplus = arguments[name is not None :] or (0,)
    if isinstance(offset, (str, Unknown)) or surplus:
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
        return left_in_place("add", [index, offset]) if offset else index
    return index + offset
