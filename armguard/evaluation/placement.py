"""Which functions may stand where: Azure refuses some in places that it evaluates early."""

from __future__ import annotations

from armguard.errors import EvaluationError
from armguard.evaluation.scope import Scope, Where
from armguard.expressions.parser import parse_expression
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Property

_ONLY_AT_RUN_TIME = (Where.RESOURCE, Where.OUTPUT)


def refuse_before_deployment(name: str, scope: Scope) -> None:
    """Raise `EvaluationError` where reference(), list*() and their like may not stand."""
    if scope.where not in _ONLY_AT_RUN_TIME:
        raise EvaluationError(f"{name}() may not stand in {scope.where.value}")


def refuse_copy_index(text: str) -> None:
    """Raise `EvaluationError` for an expression with copyIndex() that stands outside of loops, even
    if in a dead branch: Azure looks for it before it evaluates anything."""
    if "copyindex" in text.lower() and uses_copy_index(parse_expression(text)):
        raise EvaluationError(
            "copyIndex() may only stand in a resource, a property or a variable with a copy loop"
        )


def uses_copy_index(expression: Expression) -> bool:
    """Whether copyIndex() occurs anywhere in an expression."""
    pending = [expression]
    while pending:
        match pending.pop():
            case Call(name, arguments):
                if name.lower() == "copyindex":
                    return True
                pending.extend(arguments)
            case Property(target):
                pending.append(target)
            case Index(target, index):
                pending.extend((target, index))
            case Lambda(_, body):
                pending.append(body)
    return False
