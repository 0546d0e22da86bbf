"""Which deployments in Complete mode decide about a resource: they delete what they do not write.

A nested deployment to the same resource group counts as part of a Complete one around it; one to
another group is Incremental.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from armguard.evaluation.identity import same_value
from armguard.evaluation.unknown import Unknown, Value
from armguard.templates.resource import Resource, Surroundings

Answer = Literal["yes", "no", "perhaps"]


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


def _around(resource: Resource, root_mode: str) -> Iterator[tuple[Answer, tuple[Resource, ...]]]:
    """The deployments around a resource to its resource group, from the inside out: whether each
    is Complete, and what leads from it to the resource."""
    inside: tuple[Resource, ...] = (resource,)
    deployment = resource.deployment
    while True:
        parent = deployment.parent
        mode = root_mode if parent is None else parent.deployment.nested(parent).mode
        yield _answer(mode), inside
        if parent is None or not _same_group(deployment, parent.deployment):
            return
        inside = (parent, *inside)
        deployment = parent.deployment


def _answer(mode: Value) -> Answer:
    if isinstance(mode, Unknown):
        return "perhaps"
    return "yes" if isinstance(mode, str) and mode.lower() == "complete" else "no"


def _same_group(first: Surroundings, second: Surroundings) -> bool:
    return (
        first.facts.level == second.facts.level
        and same_value(first.facts.subscription_id, second.facts.subscription_id)
        and same_value(first.facts.resource_group, second.facts.resource_group)
    )
