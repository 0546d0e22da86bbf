"""A value that nobody can know yet, and why.

An `Unknown` has no truth value: code that asks for one has forgotten a case, so it raises. Arrays
and objects with something unknown inside are ordinary lists and dicts; `holds_unknown` looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NoReturn, TypeAlias

from armguard.errors import BudgetSpentError, EvaluationError
from armguard.expressions.syntax import (
    Call,
    Expression,
    Index,
    Literal,
    Property,
    parts_of,
    to_text,
)
from armguard.record import record


class Reason(Enum):
    NOT_SUPPLIED = "not supplied"
    """a parameter without default that no parameter file sets"""
    CONTEXT = "context"
    """where and by whom the template is deployed was not said"""
    RUNTIME = "runtime"
    """only Azure knows it, while it deploys"""
    NON_DETERMINISTIC = "non-deterministic"
    """another one at each deployment: utcNow(), newGuid()"""
    SECRET = "secret"
    BUDGET = "budget"
    """evaluating it takes more than any real template needs"""
    NOT_ESTABLISHED = "not established"
    """nobody has established what Azure makes of it"""
    FAILED = "failed"
    """Azure would refuse it"""


@record
class PartlyKnownList:
    """A list of which the length or only some entries are known; what an entry holds may be
    unknown in turn."""

    sure: tuple[Value, ...]
    """those that it has; several of them that are unknown may be one and the same"""
    perhaps: tuple[Value, ...] = ()
    """those that it has or has not"""
    open: bool = False
    """whether it may have others than these"""
    least: int = 0
    """how many it has at least"""
    like: Value = None
    """what all others are like, however many there are; None: they may be anything"""

    @property
    def entries(self) -> tuple[Value, ...]:
        return (*self.sure, *self.perhaps)


@record
class Unknown:
    reason: Reason
    residual: Expression
    """what is left of the expression once everything known in it has been computed"""
    detail: str
    """one sentence for people"""
    list: PartlyKnownList | None = None
    """what is known of it where it is surely a list; see `partly_known`"""
    is_empty: bool | None = None
    """whether it is an empty text, array or object, where that alone is known"""

    def __bool__(self) -> NoReturn:
        raise TypeError("an unknown value is neither true nor false")

    def __str__(self) -> str:
        return f"[{to_text(self.residual)}]"

    @property
    def failed(self) -> bool:
        """Whether it could not be evaluated, so that nothing stands for it."""
        return self.reason in (Reason.FAILED, Reason.BUDGET)


Value: TypeAlias = bool | int | float | str | list["Value"] | dict[str, "Value"] | Unknown | None
"""What an expression or a JSON value of a template evaluates to."""

Text: TypeAlias = str | Unknown


def asks_azure(residual: Expression) -> bool:
    """Whether an expression holds a reference() or list...(), which only Azure answers."""
    calls = (part for part in parts_of(residual) if isinstance(part, Call))
    return any(call.name.lower().startswith(("reference", "list")) for call in calls)


def refused(error: EvaluationError, *what: str) -> Unknown:
    """The value of something that could not be evaluated; `what` tells it from others."""
    reason = Reason.BUDGET if isinstance(error, BudgetSpentError) else Reason.FAILED
    return Unknown(reason, Call("invalid", tuple(map(Literal, what))), error.told)


class PartialObject(dict[str, Value]):
    """An object of which some members are known: `reference()` of a resource of the same template.

    Asking for another member leaves the expression in place instead of failing.
    """

    def __init__(
        self,
        members: dict[str, Value],
        rest: Unknown,
        *,
        closed: bool = False,
        exact: range = range(0),
    ) -> None:
        """`rest` is the whole object as nobody knows it; `closed`: tryGet() answers null for a
        member that is not known, as Azure's engine predicts it; `exact`: the steps into it, from 0,
        at which every member is known, so that another one is an error."""
        super().__init__(members)
        self.rest = rest
        self.closed = closed
        self.exact = exact


def rest_of(expression: Expression, *causes: Value) -> Unknown:
    """`expression` is what remains since one of `causes` is, or holds, something unknown."""
    cause = next(u for u in map(first_unknown, causes) if u is not None)
    return Unknown(cause.reason, expression, cause.detail)


def first_unknown(value: Value) -> Unknown | None:
    """The first `Unknown` in a value, in document order."""
    return next(unknowns(value), None)


def unknowns(value: Value) -> Iterator[Unknown]:
    """Every `Unknown` in a value, in document order."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, Unknown):
            yield value
        elif isinstance(value, dict):
            pending.extend(reversed(value.values()))
        elif isinstance(value, list):
            pending.extend(reversed(value))


def holds_unknown(value: Value) -> bool:
    """Whether a value is unknown or has something unknown anywhere inside."""
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return False
    return first_unknown(value) is not None


def as_expression(value: Value) -> Expression:
    """The expression that stands for a value: an unknown one's residual, else a literal."""
    return value.residual if isinstance(value, Unknown) else Literal(value)


def member_of(target: Unknown, name: Value, *, safe: bool = False) -> Unknown:
    """What `target.name` leaves in place."""
    step: Expression
    if isinstance(name, str) and name.isidentifier():
        step = Property(target.residual, name, safe)
    else:
        step = Index(target.residual, as_expression(name), safe)
    return Unknown(target.reason, step, target.detail)


def call_left(
    name: str, *arguments: Value, reason: Reason, detail: str, origin: str = ""
) -> Unknown:
    """The call `name(arguments)`, unknown for a reason of its own."""
    return Unknown(reason, Call(name, tuple(map(as_expression, arguments)), origin), detail)
