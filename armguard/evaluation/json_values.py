"""A JSON value of a template, with the expressions in it evaluated and its copy loops unrolled.

Azure accepts at most 800 iterations, refuses loops inside the input of a property loop, and gives
an empty array for a count of zero.
"""

from __future__ import annotations

from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import evaluate
from armguard.evaluation.functions.registry import kind_name, kind_of
from armguard.evaluation.scope import LEVEL, Scope, Where
from armguard.evaluation.text_pieces import shown
from armguard.evaluation.unknown import PartlyKnownList, Unknown, Value, as_expression, call_left
from armguard.expressions.parser import is_expression, parse_expression, plain_text
from armguard.expressions.syntax import Call, Expression, Index, Literal, Property, parts_of
from armguard.record import replace

MAXIMUM_COUNT = 800


class UnknownCountError(EvaluationError):
    """The count of a loop can't be told before the deployment."""


def evaluate_json(value: Any, scope: Scope, *, loops: bool = False) -> Value:
    """A JSON value of a template with all expressions in it evaluated, property names included.

    `loops`: whether a member `copy` is a property loop here, as in resources and variables.
    """
    kind = type(value)
    if kind is str:
        return evaluate_string(value, scope)
    if kind is not list and kind is not dict:
        plain: Value = value
        return plain
    budget = scope.session.budget
    budget.spend(len(value))
    try:
        budget.descend(LEVEL)
        if kind is dict:
            return _evaluate_object(value, scope, loops)
        return [evaluate_json(element, scope, loops=loops) for element in value]
    finally:
        budget.depth -= LEVEL


def evaluate_string(text: str, scope: Scope) -> Value:
    """A JSON string of a template: an expression, or plain text with its brackets unescaped."""
    if text[:1] != "[":
        return text
    if not is_expression(text):
        return plain_text(text)
    try:
        expression = parse_expression(text)
        if not scope.copies:
            refuse_copy_index(text)
        return evaluate(expression, scope)
    except EvaluationError as error:
        error.expression = error.expression or text
        raise


def _evaluate_object(value: dict[str, Any], scope: Scope, loops: bool) -> Value:
    result: dict[str, Value] = {}
    looped: dict[str, Value] | None = None
    unknown_names: list[tuple[Unknown, Value]] = []
    for name, member in value.items():
        is_copy = loops and type(member) is list and name.lower() == "copy"
        if is_copy and is_property_loop(member):
            looped = expand_property_loops(member, scope)
            continue
        evaluated = evaluate_json(member, scope, loops=loops)
        known = _property_name(name, scope) if name[:1] == "[" else name
        if isinstance(known, Unknown):
            unknown_names.append((known, evaluated))
        else:
            result[known] = evaluated
    if looped is not None:
        taken = {name.lower() for name in result}
        for name, elements in looped.items():
            if name.lower() in taken:
                raise EvaluationError(f"property '{name}' is written twice, once as a copy loop")
            result[name] = elements
    if unknown_names:
        return scope.session.budget.bounded(_unknown_names(unknown_names, result))
    return result


NAMED = "written with its names"
"""Marks what is left of an object that is written with a name nobody knows yet: Azure's engine
leaves it open where it stands, and closes it as an argument of a function."""


def _unknown_names(unknown: list[tuple[Unknown, Value]], known: dict[str, Value]) -> Unknown:
    pairs: list[tuple[Value, Value]] = [*unknown, *known.items()]
    name = unknown[0][0]
    call = Call(
        "createObject", tuple(as_expression(each) for pair in pairs for each in pair), NAMED
    )
    detail = f"a member written there has the name {shown(name)}, which may be this one"
    return Unknown(name.reason, call, detail)


def with_member(value: Value, name: str, member: Value) -> Value:
    """An evaluated object with one more member."""
    if isinstance(value, Unknown) and isinstance(value.residual, Call):
        if value.residual.origin != NAMED:
            return value
        more = (*value.residual.arguments, Literal(name), Literal(member))
        return replace(value, residual=replace(value.residual, arguments=more))
    return {**value, name: member} if isinstance(value, dict) else value


def hangs_on_name(expression: Expression) -> bool:
    """Whether it selects from an object that is written with a name nobody knows yet."""
    while isinstance(expression, (Property, Index)):
        expression = expression.target
    return isinstance(expression, Call) and expression.origin == NAMED


def _property_name(text: str, scope: Scope) -> str | Unknown:
    name = evaluate_string(text, scope)
    if not isinstance(name, (str, Unknown)):
        raise EvaluationError(
            f"the name of a property must be String, but {text} is {kind_name(kind_of(name))}"
        )
    return name


def refuse_copy_index(text: str) -> None:
    """Raise `EvaluationError` for an expression with copyIndex() that stands outside of loops, even
    if in a dead branch: Azure looks for it before it evaluates anything."""
    if "copyindex" in text.lower() and uses_copy_index(parse_expression(text)):
        raise EvaluationError(
            "copyIndex() may only stand in a resource, a property or a variable with a copy loop"
        )


def uses_copy_index(expression: Expression) -> bool:
    """Whether copyIndex() occurs anywhere in an expression."""
    calls = (part for part in parts_of(expression) if isinstance(part, Call))
    return any(call.name.lower() == "copyindex" for call in calls)


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
            result[name] = replace(count, list=_of_any_length(name, members, count, scope))
            continue
        result[name] = [
            evaluate_json(members.get("input"), scope.in_property_loop(name, index))
            for index in range(count)
        ]
    return result


def _of_any_length(
    name: str, members: dict[str, Any], count: Unknown, scope: Scope
) -> PartlyKnownList:
    """What is known of the array that a loop makes whose count is not known."""
    index = call_left("copyIndex", name, reason=count.reason, detail=count.detail)
    try:
        entry = evaluate_json(members.get("input"), scope.in_property_loop(name, index))
    except EvaluationError:
        entry = None
    return PartlyKnownList((), open=True, like=entry)


def copy_count(loop: dict[str, Any], scope: Scope) -> int | Unknown:
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
