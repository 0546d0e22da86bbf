"""The worlds that a template itself writes down, and what happens to a vault in each of them.

An open condition, if-test or createMode can come out either way, and a parameter with allowedValues
can take each of them. Worlds are joint: what one expression is assumed to be holds for all, so a
condition and an `if` on the same unknown never contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from armguard.evaluation.identity import value_text
from armguard.evaluation.unknown import Unknown, Value, unknowns
from armguard.expressions.syntax import Call, Expression, Literal, parts_of, short_text
from armguard.keyvault.outcome import Step
from armguard.record import record

MAXIMUM_WORLDS = 64


@record
class World:
    """What is assumed: identity of a residual -> its value, and the same for people."""

    assumptions: Mapping[str, Value]
    said: tuple[str, ...] = ()

    def assuming(self, node: Expression, value: Value, *, said: str) -> World:
        return World({**self.assumptions, value_text(node): value}, (*self.said, said))


class Answer(Protocol):
    """What comes out in a world."""

    @property
    def open(self) -> Unknown | None:
        """What it hangs on, where it is not decided; the last step asked for it."""

    @property
    def steps(self) -> tuple[Step, ...]: ...


A = TypeVar("A", bound=Answer)


def in_every_world(
    examine: Callable[[World], tuple[A, Mapping[str, list[Value]]]],
) -> list[tuple[World, A]] | None:
    """The answer in every world, in which nothing is left to choose; None: there are too many.

    `examine` gives the answer in a world, and the allowed values of parameters that it met.
    """
    finished: list[tuple[World, A]] = []
    pending = [World({})]
    while pending:
        world = pending.pop()
        answer, alternatives = examine(world)
        split = _split(answer, alternatives, world)
        if split is None:
            finished.append((world, answer))
        else:
            pending.extend(reversed(split))
        if len(finished) + len(pending) > MAXIMUM_WORLDS:
            return None
    return finished


def can_be_split(answer: Answer, alternatives: Mapping[str, list[Value]], world: World) -> bool:
    """Whether there is something to choose in an open answer."""
    return _split(answer, alternatives, world) is not None


def _split(
    answer: Answer, alternatives: Mapping[str, list[Value]], world: World
) -> list[World] | None:
    """The worlds that an open answer falls into; None: nothing here can be chosen."""
    if answer.open is None or answer.open.failed:
        return None
    step = answer.steps[-1]
    residual = answer.open.residual
    by_parameter = _by_allowed_values(residual, alternatives, world)
    if by_parameter is not None:
        return by_parameter
    if step.what == "condition":
        return _by_test(residual, alternatives, world)
    for consulted in step.evaluated.consulted:
        if consulted.kind == "choice" and consulted.residual is not None:
            split = _by_allowed_values(consulted.residual, alternatives, world) or _by_test(
                consulted.residual, alternatives, world
            )
            if split is not None:
                return split
    return None


def _by_allowed_values(
    residual: Expression, alternatives: Mapping[str, list[Value]], world: World
) -> list[World] | None:
    for call in calls_in(residual) if alternatives else ():
        if call.name != "parameters":
            continue
        identity = value_text(call)
        values = alternatives.get(identity)
        if values and identity not in world.assumptions:
            return [
                world.assuming(
                    call, value, said=f"{short_text(call)} is {short_text(Literal(value))}"
                )
                for value in values
            ]
    return None


def _by_test(
    residual: Expression, alternatives: Mapping[str, list[Value]], world: World
) -> list[World] | None:
    """Both ways in which a test can come out, down to the first test that is no combination."""
    match residual:
        case Literal():
            return None
        case Call(name, arguments) if name.lower() in ("not", "and", "or", "bool"):
            for argument in arguments:
                split = _by_test(argument, alternatives, world)
                if split is not None:
                    return split
            return None
        case Call(name, (first, second)) if name.lower() == "equals":
            if isinstance(first, Literal):
                first, second = second, first
            if isinstance(second, Literal) and not isinstance(first, Literal):
                text = short_text(first)
                value = short_text(second)
                unequal = world.assuming(residual, False, said=f"{text} is not {value}")
                if _is_ruled_out(first, second.value, world):
                    return [unequal]
                return [world.assuming(first, second.value, said=f"{text} is {value}"), unequal]
    if value_text(residual) in world.assumptions:
        return None
    text = short_text(residual)
    return [
        world.assuming(residual, True, said=f"{text} is true"),
        world.assuming(residual, False, said=f"{text} is false"),
    ]


def _is_ruled_out(node: Expression, value: Value, world: World) -> bool:
    """Whether what is assumed of the emptiness of something says that it is another value."""
    empty = world.assumptions.get(value_text(Call("empty", (node,))))
    return empty is not None and empty is not (value in ("", [], {}, None))


def calls_in(residual: Expression) -> Iterator[Call]:
    """All calls in a residual, in the order in which they are written; also those in what is not
    known inside of a value."""
    for part in parts_of(residual):
        match part:
            case Call():
                yield part
            case Literal(value):
                for unknown in unknowns(value):
                    yield from calls_in(unknown.residual)
