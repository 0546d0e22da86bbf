"""How sure a value is, by what it depended on; nothing else ever sets a certainty.

A default that was consulted counts even where another value would have given the same result:
only the verdict on a vault asks again without it.
"""

from __future__ import annotations

from collections.abc import Iterable

from armguard.errors import EvaluationError
from armguard.evaluation.scope import Consulted, Evaluated, Where
from armguard.evaluation.unknown import Unknown
from armguard.evaluation.values import find_key
from armguard.expressions.syntax import short_text
from armguard.finding import Certainty
from armguard.record import record
from armguard.templates.resource import Resource

RANK = tuple(Certainty)
"""from the surest on"""


def provenance(consulted: Iterable[Consulted]) -> Certainty:
    """The certainty of what depended on these."""
    certainty = Certainty.CERTAIN
    for each in consulted:
        if each.kind == "assumption":
            return Certainty.POSSIBLE
        if each.is_default or each.kind == "file":
            certainty = Certainty.DEFAULT
    return certainty


def sureness_of(evaluated: Evaluated) -> Certainty:
    """The certainty of a value; one that is open is possible."""
    is_open = isinstance(evaluated.value, Unknown)
    return Certainty.POSSIBLE if is_open else provenance(evaluated.consulted)


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
    result = Written(provenance(resource.deployment.taken))
    for gate in resource.gates:
        if find_key(gate.written, "condition") is None:
            continue
        try:
            evaluated = gate.read_member("condition", Where.GATE)
        except EvaluationError:
            return None
        said = result.said
        if evaluated.value is False:
            return None
        if isinstance(evaluated.value, Unknown):
            said = (*said, f"{short_text(evaluated.value.residual)} is true")
        result = Written(least(result.certainty, sureness_of(evaluated)), said)
    return result
