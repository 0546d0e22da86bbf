"""How much an unknown value would be if somebody wrote it out.

Residuals share what they were made of: twenty times `concat(v, v)` takes twenty nodes, but a text,
a comparison or a walk meets a million. Each node is therefore weighed once and remembered, and what
is too heavy to be walked is no residual any more.
"""

from __future__ import annotations

from typing import Any

from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property
from armguard.record import record

HEAVIEST = 20_000
"""Nodes, values and hundreds of characters: the thousand access policies that a vault can have, in
an if(), are 15,000."""

DEEPEST = 120
"""Levels of a residual, which is walked recursively."""

_LIGHT = 100


@record
class Weight:
    nodes: int
    depth: int
    digest: str
    """equal for residuals that are equal"""

    @property
    def is_too_much(self) -> bool:
        return self.nodes > HEAVIEST or self.depth > DEEPEST


class Scales:
    """What was weighed so far."""

    def __init__(self) -> None:
        # a node is kept beside its weight, so that no other one gets its identity
        self._known: dict[int, tuple[Expression, Weight]] = {}

    def weigh(self, residual: Expression) -> Weight | None:
        """None: it is as light as nearly all are."""
        if id(residual) not in self._known and _is_light(residual):
            return None
        pending = [residual]
        while pending:
            node = pending[-1]
            if id(node) in self._known:
                pending.pop()
                continue
            own, parts = _taken_apart(node)
            unknown = [part for part in parts if id(part) not in self._known]
            if unknown:
                pending.extend(unknown)
            else:
                self._known[id(node)] = node, self._weight(node, own, parts)
        return self._known[id(residual)][1]

    def _weight(self, node: Expression, own: list[str], parts: list[Expression]) -> Weight:
        from hashlib import sha256

        weights = [self._known[id(part)][1] for part in parts]
        words = [type(node).__name__, *own, *(each.digest for each in weights)]
        # with their lengths, since a text may look like several
        text = "".join(f"{len(word)}:{word}" for word in words)
        return Weight(
            sum(1 + len(word) // 100 for word in own) + sum(each.nodes for each in weights),
            1 + max((each.depth for each in weights), default=0),
            sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24],
        )


def _is_light(residual: Expression) -> bool:
    count = 0
    pending = [residual]
    while pending:
        own, parts = _taken_apart(pending.pop())
        count += sum(1 + len(word) // 100 for word in own)
        if count > _LIGHT:
            return False
        pending.extend(parts)
    return True


def _taken_apart(node: Expression) -> tuple[list[str], list[Expression]]:
    """What stands in a node itself, as words, and the nodes below it."""
    match node:
        case Call(name, arguments, origin):
            return [name + origin], [*arguments]
        case Property(target, name, safe):
            return [f"{name}{safe:d}"], [target]
        case Index(target, index, safe):
            return [f"{safe:d}"], [target, index]
        case Lambda(parameters, body):
            return [*parameters], [body]
        case Literal(value):
            return _in_value(value)


def _in_value(value: Any) -> tuple[list[str], list[Expression]]:
    """The same for a computed value, which may hold residuals in turn. One that is too much by
    itself is not read to its end."""
    words: list[str] = []
    residuals: list[Expression] = []
    pending = [value]
    while pending and len(words) <= HEAVIEST:
        value = pending.pop()
        if isinstance(value, str):
            words.append(value)
        elif isinstance(value, list):
            words.append(f"[{len(value)}")
            pending.extend(value)
        elif isinstance(value, dict):
            words.extend(("{", *value))
            pending.extend(value.values())
        elif hasattr(value, "residual"):
            words.append("?")
            residuals.append(value.residual)
        else:
            words.append(f"{type(value).__name__}{value}")
    return words, residuals
