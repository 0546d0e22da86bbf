"""A policy as data: which resources it is about, what it requires of them, and what to say.

A condition is a tree: checks of one path each, joined with all, any and not.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from armguard.finding import Severity
from armguard.policy.selector import Path
from armguard.record import record


@record
class Check:
    """Every value that `path` selects passes `operator` with `operand`."""

    path: Path
    operator: str
    operand: Any


@record
class AllOf:
    conditions: tuple[Condition, ...]


@record
class AnyOf:
    conditions: tuple[Condition, ...]


@record
class Not:
    condition: Condition


Condition = Check | AllOf | AnyOf | Not

ExampleKind = Literal["compliant", "violating", "undecided"]
EXAMPLE_KINDS: tuple[ExampleKind, ...] = ("compliant", "violating", "undecided")


@record
class Example:
    kind: ExampleKind
    written: dict[str, Any]
    """a resource, or a template with `resources` and what they need"""
    line: int


@record
class Policy:
    id: str
    title: str
    """what it finds, in one lower-case sentence: the message of its findings"""
    severity: Severity
    why: str
    types: tuple[str, ...]
    """resource types in any case; `*` stands for any text"""
    where: Condition | None
    require: Condition
    remedy: str
    references: tuple[str, ...]
    examples: tuple[Example, ...]
    path: str
    line: int
    is_shipped: bool = False
    """whether it comes with armguard"""

    @property
    def has_wildcards(self) -> bool:
        return any("*" in each for each in self.types)

    def applies_to(self, resource_type: str) -> bool:
        lower = resource_type.lower()
        return any(_fits(lower, each.lower().split("*")) for each in self.types)


def _fits(text: str, pieces: list[str]) -> bool:
    """Whether a text is made of the pieces in their order, with anything between them."""
    first, *between = pieces
    if not between:
        return text == first
    last = between.pop()
    if len(text) < len(first) + len(last):
        return False
    if not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in between:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def condition_text(condition: Condition) -> str:
    """A condition for people: `properties.a equals true and (x or not (y))`."""
    match condition:
        case Check(path, operator, operand):
            return f"`{path.text}` {operator} `{json.dumps(operand, ensure_ascii=False)}`"
        case AllOf(conditions):
            return " and ".join(map(_inner_text, conditions))
        case AnyOf(conditions):
            return " or ".join(map(_inner_text, conditions))
        case Not(inner):
            return f"not ({condition_text(inner)})"


def _inner_text(condition: Condition) -> str:
    text = condition_text(condition)
    joins = isinstance(condition, (AllOf, AnyOf)) and len(condition.conditions) > 1
    return f"({text})" if joins else text
