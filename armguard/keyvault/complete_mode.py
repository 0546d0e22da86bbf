"""Which deployments in Complete mode decide about a resource: they delete what they do not write.

A nested deployment to the same resource group counts as part of a Complete one around it; one to
another group is Incremental, and so is what a stack deploys or a later deployment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal as OneOf

from armguard.errors import EvaluationError
from armguard.evaluation.identity import same_value
from armguard.evaluation.scope import Evaluated, Where
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import find_key
from armguard.expressions.syntax import Literal, short_text
from armguard.finding import Certainty, Location, ResourceName
from armguard.keyvault.declared import name_of, safe_member
from armguard.keyvault.examination import Examination
from armguard.keyvault.parameters import allowed_values, of_root
from armguard.keyvault.sureness import sureness_of
from armguard.record import record
from armguard.templates.resource import Resource, Surroundings

Answer = OneOf["yes", "no", "perhaps"]


def mode_is_complete(mode: Value) -> Answer:
    """Whether a `mode` as it is written means Complete; without one Azure takes Incremental."""
    if isinstance(mode, Unknown):
        return "perhaps"
    return "yes" if isinstance(mode, str) and mode.lower() == "complete" else "no"


def is_complete(resource: Resource, root_mode: str) -> Answer:
    """Whether one of the deployments around a resource takes its group for its own."""
    answers = {answer for answer, _ in _around(resource, root_mode)}
    return "yes" if "yes" in answers else "perhaps" if "perhaps" in answers else "no"


def gates_in_complete_mode(resource: Resource, root_mode: str) -> tuple[Resource, ...]:
    """The resource and the nested deployments around it without which a Complete-mode deployment
    takes it for deleted, from the outside in; none: no such deployment decides about it."""
    found: tuple[Resource, ...] = ()
    for answer, inside in _around(resource, root_mode):
        if answer == "yes":
            found = inside
    return found


@record
class Deletion:
    """A vault that a deployment in Complete mode deletes where a condition is false."""

    vault: ResourceName
    around: ResourceName | None
    """the nested deployment whose condition it is; None: the vault's own"""
    condition: Evaluated
    certainty: Certainty
    place: Location
    """of the condition"""
    said: str = ""
    """the other value of a parameter with which it is false; empty: it is so, or open, as it is"""


def deletions(
    vaults: Iterable[Resource], root_mode: str, examination: Examination
) -> Iterator[Deletion]:
    """At most one for each of these vaults."""
    for vault in vaults:
        gates = () if vault.existing else gates_in_complete_mode(vault, root_mode)
        deletion = _deletion(vault, gates, examination)
        if deletion is not None:
            yield deletion


def _deletion(
    vault: Resource, gates: Iterable[Resource], examination: Examination
) -> Deletion | None:
    """By the first condition that is false, or open, as it is; else by one that another value of a
    parameter makes false."""
    asked = [(gate, condition) for gate in gates if (condition := _condition_of(gate)) is not None]

    def by(gate: Resource, condition: Evaluated, certainty: Certainty, said: str = "") -> Deletion:
        around = None if gate is vault else name_of(gate)
        place = gate.member_place("condition")
        return Deletion(name_of(vault), around, condition, certainty, place, said)

    for gate, condition in asked:
        certainty = _can_be_false(condition)
        if certainty is not None:
            return by(gate, condition, certainty)
    for gate, condition in asked:
        said = _other_value(gate, condition, examination)
        if said is not None:
            return by(gate, condition, Certainty.POSSIBLE, said)
    return None


def _condition_of(gate: Resource) -> Evaluated | None:
    """None: there is none, or it can't be evaluated."""
    if find_key(gate.written, "condition") is None:
        return None
    try:
        return gate.read_member("condition", Where.GATE)
    except EvaluationError:
        return None


def _other_value(gate: Resource, condition: Evaluated, examination: Examination) -> str | None:
    """The value of allowedValues, other than the one that is used, with which it is false."""
    for declared in of_root(examination, condition.consulted):
        for value in allowed_values(declared):
            run = examination.run(instead={declared.name.lower(): value})
            other = run.vault(gate.key)
            if other is not None and safe_member(other, "condition") is False:
                return f"parameter '{declared.name}' is {short_text(Literal(value))}"
    return None


def _can_be_false(condition: Evaluated) -> Certainty | None:
    """How sure it is that a condition is false somewhere; None: it is true."""
    certainty = sureness_of(condition)
    if condition.value is False:
        return certainty
    return certainty if certainty is Certainty.POSSIBLE else None


def _around(resource: Resource, root_mode: str) -> Iterator[tuple[Answer, tuple[Resource, ...]]]:
    """The deployments around a resource to its resource group, from the inside out: whether each
    is Complete, and what leads from it to the resource."""
    inside: tuple[Resource, ...] = (resource,)
    deployment = resource.deployment
    while True:
        parent = deployment.parent
        mode = root_mode if parent is None else parent.deployment.nested(parent).mode
        yield mode_is_complete(mode), inside
        if (
            parent is None
            or not parent.is_deployment
            or not _same_group(deployment, parent.deployment)
        ):
            return
        inside = (parent, *inside)
        deployment = parent.deployment


def _same_group(first: Surroundings, second: Surroundings) -> bool:
    return (
        first.facts.level == second.facts.level
        and same_value(first.facts.subscription_id, second.facts.subscription_id)
        and same_value(first.facts.resource_group, second.facts.resource_group)
    )
