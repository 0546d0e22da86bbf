"""Calls of user-defined functions: arguments and result are checked against their declarations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import evaluate, evaluate_json
from armguard.evaluation.names import Names, UserFunction
from armguard.evaluation.scope import Scope, Where
from armguard.evaluation.types import check_type
from armguard.evaluation.unknown import Value
from armguard.expressions.syntax import Call
from armguard.record import replace


class FunctionNames(Names):
    """In the body of a function parameters() means its arguments; all else is the template's."""

    def __init__(
        self, names: Names, function: UserFunction, arguments: Mapping[str, Value]
    ) -> None:
        self._names = names
        self._function_name = function.name
        self._arguments = arguments

    def function(self, name: str) -> UserFunction | None:
        return self._names.function(name)

    def parameter(self, name: str, scope: Scope) -> Value:
        if name.lower() not in self._arguments:
            raise EvaluationError(f"function '{self._function_name}' has no parameter '{name}'")
        return self._arguments[name.lower()]

    def variable(self, name: str, scope: Scope) -> Value:
        return self._names.variable(name, scope)


def call_user_function(function: UserFunction, call: Call, scope: Scope) -> Value:
    """The result of a call; an unknown argument makes only what it is used in unknown."""
    count = len(function.parameters)
    if len(call.arguments) != count:
        raise EvaluationError(
            f"function '{function.name}' takes {count} arguments, but got {len(call.arguments)}"
        )
    arguments: dict[str, Value] = {}
    for parameter, node in zip(function.parameters, call.arguments, strict=True):
        value = evaluate(node, scope)
        name = str(parameter.get("name", ""))
        what = f"argument '{name}' of function '{function.name}'"
        check_type(value, parameter, what, function.definitions)
        arguments[name.lower()] = value
    names = scope.names if not isinstance(scope.names, FunctionNames) else scope.names._names
    inner = replace(
        scope,
        names=FunctionNames(names, function, arguments),
        where=Where.FUNCTION,
        copies={},
        copy_index=None,
        lambdas={},
    )
    result = evaluate_json(_member(function.output, "value"), inner)
    scope.session.budget.measure(result)
    what = f"the result of function '{function.name}'"
    check_type(result, function.output, what, function.definitions)
    return result


def _member(value: Mapping[str, Any], name: str) -> Any:
    return next((member for key, member in value.items() if key.lower() == name), None)
