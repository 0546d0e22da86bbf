"""The table of template functions: one decorated Python function each, found by its file.

The decorator states arity and types once; the dispatcher (`evaluator.py`) checks them, handles
what is unknown, and calls the body only on the happy path: plain values of the declared kinds,
unless its flags ask for more. A known argument of a wrong kind is refused beside unknown ones too.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Flag, auto
from typing import Final, TypeVar

from armguard.errors import EvaluationError
from armguard.evaluation.unknown import Reason, Unknown, Value
from armguard.expressions.syntax import Call
from armguard.record import record


class Kind(Flag):
    """The JSON types that a parameter of a function accepts."""

    STRING = auto()
    INTEGER = auto()
    FLOAT = auto()
    BOOLEAN = auto()
    ARRAY = auto()
    OBJECT = auto()
    NULL = auto()
    ANY = STRING | INTEGER | FLOAT | BOOLEAN | ARRAY | OBJECT | NULL


STRING, INTEGER, FLOAT, BOOLEAN = Kind.STRING, Kind.INTEGER, Kind.FLOAT, Kind.BOOLEAN
ARRAY, OBJECT, NULL, ANY = Kind.ARRAY, Kind.OBJECT, Kind.NULL, Kind.ANY

_KINDS: dict[type, Kind] = {
    str: STRING,
    int: INTEGER,
    float: FLOAT,
    bool: BOOLEAN,
    list: ARRAY,
    dict: OBJECT,
    type(None): NULL,
}
_NAMES = {
    STRING: "String",
    INTEGER: "Integer",
    FLOAT: "Float",
    BOOLEAN: "Boolean",
    ARRAY: "Array",
    OBJECT: "Object",
    NULL: "Null",
}


def kind_of(value: object) -> Kind:
    """The kind of a plain value; `Unknown` has none and must be handled before."""
    return _KINDS.get(type(value)) or _subclass_kind(value)


def _subclass_kind(value: object) -> Kind:
    return next(kind for of, kind in _KINDS.items() if isinstance(value, of))


def kind_name(kind: Kind) -> str:
    """`String`, or `Integer or String` for a union."""
    return " or ".join(name for flag, name in _NAMES.items() if flag in kind)


LEAVE: Final = Unknown(Reason.RUNTIME, Call("leave", ()), "")
"""Returned by a body that found something unknown inside: the call stays in place."""


@record
class Function:
    name: str
    body: Callable[..., Value]
    parameters: tuple[Kind, ...]
    """the kinds of the positional parameters"""
    required: int
    """how many arguments a call needs at least"""
    rest: Kind | None
    """the kind of any number of further arguments; None: none are accepted"""
    looks_through: bool
    """True: the body takes arrays and objects with unknown elements; False: one is one too many"""
    takes_unknown: bool
    """True: the body takes all that, and unknown arguments too"""
    checks_last: bool
    """True: kinds are checked once all arguments are known, as Azure does it for arithmetic"""
    needs_scope: bool
    """True: the body is called with the scope before the arguments"""
    special: bool
    """True: the body is called with (call, scope) and evaluates its arguments itself"""

    def check_count(self, count: int) -> None:
        """Raise `EvaluationError` unless a call may have `count` arguments."""
        most = None if self.rest is not None else len(self.parameters)
        if count < self.required or (most is not None and count > most):
            raise EvaluationError(f"function '{self.name}' takes {self._arity()}, but got {count}")

    def check_kinds(self, arguments: list[Value]) -> None:
        """Raise `EvaluationError` unless each known argument is of its parameter's kind."""
        for index, value in enumerate(arguments):
            expected = self.parameters[index] if index < len(self.parameters) else self.rest
            assert expected is not None  # check_count came before
            if expected is ANY or (expected is STRING and type(value) is str):
                continue
            if type(value) is not Unknown and kind_of(value) not in expected:
                raise EvaluationError(
                    f"argument {index + 1} of function '{self.name}' must be"
                    f" {kind_name(expected)}, but is {kind_name(kind_of(value))}"
                )

    def _arity(self) -> str:
        most = len(self.parameters)
        if self.rest is not None:
            return f"at least {self.required} arguments"
        if most == self.required:
            return f"{most} argument{'s' if most != 1 else ''}"
        return f"between {self.required} and {most} arguments"


_Body = TypeVar("_Body", bound=Callable[..., Value])

FUNCTIONS: dict[str, Function] = {}
"""All functions by lower-case name."""


def function(
    name: str,
    *parameters: Kind,
    optional: int = 0,
    rest: Kind | None = None,
    looks_through: bool = False,
    takes_unknown: bool = False,
    checks_last: bool = False,
    needs_scope: bool = False,
    special: bool = False,
) -> Callable[[_Body], _Body]:
    """Register the decorated body under `name`; the last `optional` parameters may be left out.

    The docstring of the body is its documentation: the first line is the signature, the rest notes
    on what may surprise. A body raises `EvaluationError` where Azure refuses.
    """

    def register(body: _Body) -> _Body:
        required = len(parameters) - optional
        flags = (looks_through, takes_unknown, checks_last, needs_scope, special)
        FUNCTIONS[name.lower()] = Function(name, body, parameters, required, rest, *flags)
        return body

    return register
