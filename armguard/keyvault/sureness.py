"""How sure a value is, by what it depended on; nothing else ever sets a certainty.

A default that was consulted counts even where another value would have given the same result:
only the verdict on a vault asks again without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Literal

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.scope import Consulted, Scope, Where
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import find_key
from armguard.expressions.syntax import to_text
from armguard.record import record
from armguard.templates.resource import Resource

Certainty = Literal["certain", "default", "possible"]
RANK: tuple[Certainty, ...] = ("certain", "default", "possible")
"""from the surest on"""


def provenance(consulted: Iterable[Consulted]) -> Certainty:
    """The certainty of what depended on these."""
    certainty: Certainty = "certain"
    for each in consulted:
        if each.kind == "assumption":
            return "possible"
        if each.kind == "parameter" and each.origin == "default":
            certainty = "default"
    return certainty


def least(*certainties: Certainty) -> Certainty:
    """The certainty of something that needs all of these."""
    return max(certainties, key=RANK.index)


@record
class Written:
    """How sure it is that a deployment writes a resource."""

    certainty: Certainty
    said: tuple[str, ...] = ()
    """the conditions that are open, for people"""


def written(resource: Resource) -> Written | None:
    """None: it is not written, or its condition can't be evaluated."""
    if resource.existing:
        return None
    result = Written("certain")
    for gate in gates_of(resource):
        if find_key(gate.written, "condition") is None:
            continue
        try:
            evaluated = ask(gate.scope, partial(_condition, gate))
        except EvaluationError:
            return None
        certainty = provenance(evaluated.consulted)
        said = result.said
        if evaluated.value is False:
            return None
        if isinstance(evaluated.value, Unknown):
            certainty = "possible"
            said = (*said, f"{to_text(evaluated.value.residual)} is true")
        result = Written(least(result.certainty, certainty), said)
    return result


def _condition(gate: Resource, _: Scope) -> Value:
    return gate.evaluate("condition", Where.GATE)


def gates_of(resource: Resource) -> tuple[Resource, ...]:
    """All whose condition decides whether a resource is written, from the outside in."""
    gates = [resource]
    while (around := gates[0].deployment.parent) is not None:
        gates.insert(0, around)
    return tuple(gates)
