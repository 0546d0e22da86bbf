"""Copy loops: on resources, properties, variables and outputs.

Azure accepts at most 800 iterations, refuses loops inside the input of a property loop, and gives
an empty array for a count of zero.
"""

from __future__ import annotations

from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import evaluate_json
from armguard.evaluation.scope import Scope, Where
from armguard.evaluation.unknown import Unknown, Value

MAXIMUM_COUNT = 800


class UnknownCountError(EvaluationError):
    """The count of a loop can't be told before the deployment."""


def is_property_loop(value: list[Any]) -> bool:
    """Whether the value of a member `copy` is a list of loops rather than plain data."""
    return bool(value) and all(
        isinstance(loop, dict) and {"name", "count"} <= {key.lower() for key in loop}
        for loop in value
    )


def expand_property_loops(loops: list[Any], scope: Scope) -> dict[str, Value]:
    """The properties that a member `copy` writes: name -> array, or unknown with its count."""
    result: dict[str, Value] = {}
    for loop in loops:
        if not isinstance(loop, dict):
            raise EvaluationError("a copy loop must be an object with name, count and input")
        members = {key.lower(): value for key, value in loop.items()}
        name = evaluate_json(members.get("name"), scope)
        if not isinstance(name, str) or not name:
            raise EvaluationError("a copy loop needs a name")
        if _holds_loop(members.get("input")):
            raise EvaluationError(f"the copy loop '{name}' has another loop in its input")
        count = copy_count(members, scope)
        if isinstance(count, Unknown):
            result[name] = count
            continue
        result[name] = [
            evaluate_json(members.get("input"), scope.in_property_loop(name, index))
            for index in range(count)
        ]
    return result


def copy_count(loop: dict[str, Any], scope: Scope) -> Value:
    """The count of a loop whose keys are in lower case: an int, or `Unknown` in a check."""
    count = evaluate_json(loop.get("count"), scope.at(Where.GATE))
    if isinstance(count, Unknown):
        if scope.session.strict:
            raise UnknownCountError(f"the count of a copy loop is not known: {count.detail}")
        return count
    if type(count) is not int or not count >= 0:
        raise EvaluationError(
            f"the count of a copy loop must be an integer from 0 to {MAXIMUM_COUNT},"
            f" but is {count!r:.60}"
        )
    if count > MAXIMUM_COUNT:
        raise EvaluationError(
            f"the count of a copy loop is {count}, but Azure accepts at most {MAXIMUM_COUNT}"
        )
    return count


def _holds_loop(value: Any) -> bool:
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            for key, member in value.items():
                if key.lower() == "copy" and isinstance(member, list) and is_property_loop(member):
                    return True
                pending.append(member)
        elif isinstance(value, list):
            pending.extend(value)
    return False
