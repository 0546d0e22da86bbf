"""Calls of user-defined functions: arguments and result are checked against their declarations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import evaluate
from armguard.evaluation.json_values import evaluate_json
from armguard.evaluation.scope import Callee, Names, Scope, Where
from armguard.evaluation.types import check_type
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import member
from armguard.expressions.syntax import Call
from armguard.record import record, replace


@record
class UserFunction:
    name: str
    parameters: tuple[Mapping[str, Any], ...]
    output: Mapping[str, Any]
    definitions: Mapping[str, Any] | None = None
    """the types of the template"""

    def called(self, call: Call, scope: Scope) -> Value:
        """The result of a call; an unknown argument makes only what it is used in unknown."""
        count = len(self.parameters)
        if len(call.arguments) != count:
            raise EvaluationError(
                f"function '{self.name}' takes {count} arguments, but got {len(call.arguments)}"
            )
        arguments: dict[str, Value] = {}
        for parameter, node in zip(self.parameters, call.arguments, strict=True):
            value = evaluate(node, scope)
            name = str(parameter.get("name", ""))
            what = f"argument '{name}' of function '{self.name}'"
            check_type(value, parameter, what, self.definitions)
            arguments[name.lower()] = value
        names = scope.names.outside if isinstance(scope.names, FunctionNames) else scope.names
        inner = replace(
            scope,
            names=FunctionNames(names, self.name, arguments),
            where=Where.FUNCTION,
            copies={},
            copy_index=None,
            lambdas={},
        )
        result = evaluate_json(member(self.output, "value"), inner)
        scope.session.budget.measure(result)
        check_type(result, self.output, f"the result of function '{self.name}'", self.definitions)
        return result


@record
class FunctionNames:
    """In the body of a function parameters() means its arguments; all else is the template's."""

    outside: Names
    function_name: str
    arguments: Mapping[str, Value]

    resources = None

    def function(self, name: str) -> Callee | None:
        return self.outside.function(name)

    def parameter(self, name: str, scope: Scope) -> Value:
        if name.lower() not in self.arguments:
            raise EvaluationError(f"function '{self.function_name}' has no parameter '{name}'")
        return self.arguments[name.lower()]

    def variable(self, name: str, scope: Scope) -> Value:
        return self.outside.variable(name, scope)
