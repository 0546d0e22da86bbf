"""Expressions and JSON values to plain data, with `Unknown` where nobody can know.

One evaluator serves two attitudes (`Session.strict`): Azure's own, and the lenient one of a check,
which differs only where a condition is open: it looks into both branches and notes the choice.
An expression that Azure would refuse raises `EvaluationError` from here; callers decide what that
means for the value they asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from armguard.errors import EvaluationError
from armguard.evaluation.functions import find_function
from armguard.evaluation.functions.registry import FUNCTIONS, LEAVE, Function, kind_name, kind_of
from armguard.evaluation.identity import value_text
from armguard.evaluation.partly_known import result_of
from armguard.evaluation.scope import CALL, Consulted, Evaluated, Scope
from armguard.evaluation.unknown import (
    PartialObject,
    Unknown,
    Value,
    as_expression,
    holds_unknown,
    member_of,
    refused,
    rest_of,
)
from armguard.evaluation.values import find_key
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property


def ask(scope: Scope, question: Callable[[Scope], Value]) -> Evaluated:
    """The value that `question` computes in `scope`, and all that it depended on."""
    session = scope.session
    outer, session.trail = session.trail, {}
    try:
        value = question(scope)
        return Evaluated(value, tuple(session.trail))
    finally:
        found, session.trail = session.trail, outer
        if outer is not None and found is not None:
            outer.update(found)


def asked(scope: Scope, question: Callable[[Scope], Value], *what: str) -> Evaluated:
    """The same, but what can't be evaluated is unknown; `what` tells it from others of its kind."""
    try:
        return ask(scope, question)
    except EvaluationError as error:
        return Evaluated(refused(error, *what))


def evaluate(node: Expression, scope: Scope) -> Value:
    """The value of a syntax tree; raises `EvaluationError`."""
    if type(node) is Literal:
        literal: Value = node.value
        return literal
    budget = scope.session.budget
    try:
        budget.descend(CALL)
        value = _evaluate(node, scope)
    finally:
        budget.depth -= CALL
    if type(value) is Unknown:
        value = budget.bounded(value)
        return _assumed(value, scope) if scope.session.assumptions else value
    return value


def _evaluate(node: Call | Property | Index | Lambda, scope: Scope) -> Value:
    match node:
        case Call():
            return _call(node, scope)
        case Property() | Index():
            return _select(node, scope)
        case Lambda():
            raise EvaluationError("lambda() may only stand as an argument of a function")


def _select(node: Property | Index, scope: Scope) -> Value:
    """A chain of `.name` and `[index]`. Where it starts at an object of which only some members
    are known and leaves these, the whole chain stays in place."""
    chain: list[Property | Index] = []
    base: Expression = node
    while isinstance(base, (Property, Index)):
        chain.append(base)
        base = base.target
    start = value = evaluate(base, scope)
    rest, exact = None, range(0)
    if isinstance(start, PartialObject):
        rest, exact = start.rest, start.exact
    for depth, step in enumerate(reversed(chain)):
        name = step.name if isinstance(step, Property) else evaluate(step.index, scope)
        if step.safe:
            raise EvaluationError(
                "Azure knows no '.?' and '[?' in templates; tryGet() does what they do in Bicep"
            )
        if rest is None:
            value = access(value, name)
            continue
        rest = member_of(rest, name)
        try:
            value = access(value, name)
        except EvaluationError:
            if depth in exact:
                raise
            value = rest
        if (value is None or isinstance(value, Unknown)) and not exact:
            value = rest
    return value


def _assumed(value: Unknown, scope: Scope) -> Value:
    key = value_text(value.residual)
    assumptions = scope.session.assumptions
    if key not in assumptions:
        return value
    scope.session.consult(Consulted("assumption", key, "written", residual=value.residual))
    return assumptions[key]


def _call(call: Call, scope: Scope) -> Value:
    scope.session.budget.spend(1)
    function = FUNCTIONS.get(call.name.lower())
    if function is None and "." not in call.name:
        function = find_function(call.name)
    if function is None:
        return _call_by_name(call, scope)
    function.check_count(len(call.arguments))
    if function.special:
        return function.body(call, scope)
    return _apply(function, call.name, [evaluate(a, scope) for a in call.arguments], scope)


def _call_by_name(call: Call, scope: Scope) -> Value:
    user_function = scope.names.function(call.name)
    if user_function is not None:
        return user_function.called(call, scope)
    if call.name.lower().startswith("list") and "." not in call.name:
        return _call(Call("list*", call.arguments, call.name), scope)
    raise EvaluationError(f"there is no function '{call.name}'")


def _apply(function: Function, name: str, arguments: list[Value], scope: Scope) -> Value:
    """Call a function with evaluated arguments, or leave the call in place."""
    if not function.checks_last:
        function.check_kinds(arguments)
    if not function.takes_unknown:
        looks_through = function.looks_through
        for argument in arguments:
            if type(argument) is Unknown or (not looks_through and holds_unknown(argument)):
                return _left(name, arguments, scope)
    if function.checks_last:
        function.check_kinds(arguments)
    body = function.body
    result = body(scope, *arguments) if function.needs_scope else body(*arguments)
    return _left(name, arguments, scope) if result is LEAVE else result


def _left(name: str, arguments: Sequence[Value], scope: Scope) -> Value:
    if scope.session.strict:
        return left_in_place(name, arguments)
    # what is unknown as a whole tells more than what is unknown inside of something
    whole = [each for each in arguments if type(each) is Unknown]
    left = rest_of(Call(name, tuple(map(as_expression, arguments))), *(whole or arguments))
    return result_of(name, arguments, left)


def left_in_place(name: str, arguments: Sequence[Value]) -> Unknown:
    """The call, with the arguments that are known computed."""
    return rest_of(Call(name, tuple(map(as_expression, arguments))), *arguments)


def access(target: Value, name: Value, *, safe: bool = False) -> Value:
    """`target.name` or `target[name]`; `safe`: null where a known value has no such member. What
    is known of an output that is unknown as a whole can be selected all the same."""
    if type(target) is Unknown:
        if isinstance(target.residual, Literal) and type(name) is not Unknown:
            return access(target.residual.value, name, safe=safe)
        return member_of(target, name)
    if type(name) is Unknown:
        return rest_of(Index(Literal(target), name.residual), name)
    if isinstance(target, dict) and isinstance(name, str):
        return _member(target, name, safe)
    if isinstance(target, list) and type(name) is int:
        if 0 <= name < len(target):
            return target[name]
        if safe:
            return None
        raise EvaluationError(
            f"index {name} is outside of the array, which has {len(target)} elements"
        )
    raise EvaluationError(
        f"there is no '{name}' in a value of type {kind_name(kind_of(target))}"
        if not isinstance(target, (dict, list))
        else f"'{name}' of type {kind_name(kind_of(name))} can't select from"
        f" {kind_name(kind_of(target))}"
    )


def _member(target: dict[str, Value], name: str, safe: bool) -> Value:
    spelling = find_key(target, name)
    if spelling is None and isinstance(target, PartialObject):
        return member_of(target.rest, name, safe=safe)
    if spelling is not None:
        return target[spelling]
    if safe:
        return None
    have = ", ".join(f"'{key}'" for key in list(target)[:12])
    raise EvaluationError(
        f"there is no property '{name}', {f'only {have}' if have else 'the object is empty'}"
    )
