"""The syntax tree of a template expression, and its text.

A `Literal` of parsed text is a string or an integer. What is left of a partly evaluated expression
is a tree too, and there a literal may hold any value that was computed, even one that in turn
holds something open: an object with a `residual`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, final

from armguard.record import record


@final
@record
class Literal:
    value: Any


@record
class Call:
    name: str
    """as written; user functions carry their namespace: `contoso.uniqueName`"""
    arguments: tuple[Expression, ...]
    origin: str = ""
    """tells apart equal texts that mean different things: `parameters('p')` of two deployments"""


@record
class Property:
    """`target.name`, or `target.?name`"""

    target: Expression
    name: str
    safe: bool = False


@record
class Index:
    """`target[index]`, or `target[?index]`"""

    target: Expression
    index: Expression
    safe: bool = False


@record
class Lambda:
    """`lambda('x', 'i', body)`, which only stands as an argument of a call"""

    parameters: tuple[str, ...]
    body: Expression


Expression = Literal | Call | Property | Index | Lambda


def to_text(expression: Expression) -> str:
    """The expression without its outer brackets, in the spacing Azure itself prints."""
    return "".join(_pieces(expression))


LONGEST_SHOWN = 1_000
"""Characters of an expression that are shown to people."""


def short_text(expression: Expression) -> str:
    """The same for people, cut off where nobody reads on."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(expression):
        pieces.append(piece)
        length += len(piece)
        if length > LONGEST_SHOWN:
            return "".join(pieces)[: LONGEST_SHOWN - 3] + "..."
    return "".join(pieces)


def parts_of(expression: Expression) -> Iterator[Expression]:
    """The expression and all that it consists of, in the order in which it is written; what is
    inside of the values of literals is not among them."""
    pending = [expression]
    while pending:
        node = pending.pop()
        yield node
        match node:
            case Call(_, arguments):
                pending.extend(reversed(arguments))
            case Property(target):
                pending.append(target)
            case Index(target, index):
                pending.extend((index, target))
            case Lambda(_, body):
                pending.append(body)


def _pieces(expression: Expression) -> Iterator[str]:
    match expression:
        case Literal(value):
            yield from _value_pieces(value)
        case Call(name, arguments):
            yield f"{name}("
            yield from _listed(arguments)
            yield ")"
        case Property(target, name, safe):
            yield from _pieces(target)
            yield f"{'.?' if safe else '.'}{name}"
        case Index(target, index, safe):
            yield from _pieces(target)
            yield "[?" if safe else "["
            yield from _pieces(index)
            yield "]"
        case Lambda(parameters, body):
            yield "lambda("
            yield from _listed((*map(Literal, parameters), body))
            yield ")"


def _value_pieces(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield "'" + value.replace("'", "''") + "'"
    elif value is None:
        yield "null()"
    elif isinstance(value, bool):
        yield "true()" if value else "false()"
    elif isinstance(value, int):
        yield str(value)
    elif isinstance(value, float):
        yield f"json('{value!r}')"
    elif isinstance(value, list):
        yield "createArray("
        yield from _listed(tuple(map(Literal, value)))
        yield ")"
    elif isinstance(value, dict):
        yield "createObject("
        yield from _listed(tuple(Literal(part) for member in value.items() for part in member))
        yield ")"
    else:
        yield from _pieces(value.residual)


def _listed(expressions: tuple[Expression, ...]) -> Iterator[str]:
    for index, expression in enumerate(expressions):
        if index:
            yield ", "
        yield from _pieces(expression)
