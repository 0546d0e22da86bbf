"""Which resource groups a deployment takes for its own: Complete mode deletes what else is in them.

Conditions and modes are those of the world that defaults make; a mode or a condition that is open
makes the group one that is perhaps taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.errors import EvaluationError
from armguard.evaluation.unknown import Text, Unknown
from armguard.finding import Certainty, Location, ResourceName
from armguard.keyvault.complete_mode import mode_is_complete
from armguard.keyvault.declared import name_of
from armguard.keyvault.sureness import RANK, least, sureness_of, written
from armguard.record import record
from armguard.templates.embedding import DEPLOYMENTS
from armguard.templates.resource import Resource, Surroundings


@record
class CompleteGroup:
    """A resource group that a deployment in Complete mode goes to."""

    subscription: Text | None
    """None: not known"""
    name: Text | None
    certainty: Certainty
    place: Location
    """of the mode, or of the template where the root is deployed so"""
    nested: ResourceName | None = None
    """the nested deployment; None: it is the root"""


def complete_groups(root: Surroundings, root_mode: str) -> tuple[CompleteGroup, ...]:
    """Those of the root and of all that is nested in it, each once, as sure as it is known."""
    found: dict[object, CompleteGroup] = {}
    for each in _found(root, root_mode):
        key = (_plain(each.subscription), _plain(each.name))
        other = found.get(key)
        if other is None or RANK.index(each.certainty) < RANK.index(other.certainty):
            found[key] = each
    return tuple(found.values())


def _found(root: Surroundings, root_mode: str) -> Iterator[CompleteGroup]:
    facts = root.facts
    if facts.level == "resourceGroup" and mode_is_complete(root_mode) == "yes":
        yield CompleteGroup(
            facts.subscription_id, facts.resource_group, Certainty.CERTAIN, root.place
        )
    yield from _nested_in(root)


def _nested_in(deployment: Surroundings) -> Iterator[CompleteGroup]:
    for resource in deployment.resources({DEPLOYMENTS}):
        try:
            yield from _of(resource)
            inside = None if written(resource) is None else deployment.nested(resource).deployment
        except EvaluationError:
            continue  # the assessment says that it can't be evaluated
        if inside is not None:
            yield from _nested_in(inside)


def _of(resource: Resource) -> Iterator[CompleteGroup]:
    deployed = written(resource)
    mode = resource.read("mode")
    facts = resource.deployment.place_inside(resource)
    if deployed is None or facts.level != "resourceGroup" or mode_is_complete(mode.value) == "no":
        return
    yield CompleteGroup(
        facts.subscription_id,
        facts.resource_group,
        least(deployed.certainty, sureness_of(mode)),
        resource.member_place("properties", "mode"),
        name_of(resource),
    )


def _plain(value: Text | None) -> object:
    if isinstance(value, Unknown):
        return repr(value.residual)
    return value.lower() if value is not None else None
