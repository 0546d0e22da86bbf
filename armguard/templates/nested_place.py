"""Where a nested deployment goes, by its resourceGroup, subscriptionId and scope members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.facts import Facts
from armguard.evaluation.identity import same_value
from armguard.evaluation.unknown import Reason, Text, Unknown, Value
from armguard.evaluation.values import member
from armguard.expressions.syntax import Call, Property
from armguard.record import replace
from armguard.templates.embedding import DEPLOYMENTS
from armguard.templates.resource import GROUPS, Resource, Surroundings

_GROUP_MEMBERS = ("resourceGroup", "scope")
_Find = Callable[[Surroundings, Text, Text, Resource], Value]


def nested_facts(resource: Resource, content_version: Any = None) -> Facts:
    """Where a nested deployment goes, and where the resource group is that it goes to."""
    result = placed_facts(resource, content_version)
    goes_elsewhere = any(text_or_none(resource, each) is not None for each in _GROUP_MEMBERS)
    if result.level != "resourceGroup" or not goes_elsewhere:
        return result
    return replace(result, location=_group_location(resource, result))


def placed_facts(resource: Resource, content_version: Any = None) -> Facts:
    """The same with the location of the deployment around."""
    facts = resource.deployment.facts
    subscription = text_or_none(resource, "subscriptionId")
    group = text_or_none(resource, "resourceGroup")
    scope = _target(resource)
    location = text_or_none(resource, "location")
    result = replace(
        facts,
        deployment_name=resource.name if resource.is_deployment else _name_in_stack(resource),
        deployment_location=location if location is not None else facts.deployment_location,
        content_version=content_version or "1.0.0.0",
    )
    if isinstance(scope, Unknown):
        result = replace(result, subscription_id=scope, resource_group=scope)
    elif scope is not None:
        result = _scoped(result, scope)
    else:
        if subscription is not None:
            result = replace(result, subscription_id=subscription, level="subscription")
        if group is not None:
            result = replace(result, resource_group=group, level="resourceGroup")
    return result


def _target(resource: Resource) -> Text | None:
    """The place that it goes to where that is said as an id; a stack has a property for it."""
    scope = text_or_none(resource, "scope")
    if resource.is_deployment:
        return scope
    target = resource.read("deploymentScope").value
    return target if isinstance(target, (str, Unknown)) and target != "" else scope


def _name_in_stack(stack: Resource) -> Unknown:
    """A stack names its deployments anew each time."""
    name = Property(Call("deployment", (), stack.key), "name")
    return Unknown(Reason.RUNTIME, name, "a deployment stack chooses the names of its deployments")


def _group_location(resource: Resource, placed: Facts) -> Value:
    """Where the resource group of a nested deployment is: as the deployments around make it, or as
    it is deployed."""
    facts = resource.deployment.facts
    subscription, group = placed.subscription_id, placed.resource_group
    declared = _declared_location(resource, subscription, group, _written_in)
    if declared is not None:
        return declared
    is_here = same_value(group, facts.resource_group) and same_value(
        subscription, facts.subscription_id
    )
    if is_here and facts.level == "resourceGroup":
        return facts.location
    declared = _declared_location(resource, subscription, group, _written_below)
    if declared is not None:
        return declared
    deployed = None
    if isinstance(subscription, str) and isinstance(group, str):
        deployed = resource.deployment.session.runtime.location(subscription, group)
    if deployed is not None:
        return deployed
    return Unknown(
        Reason.CONTEXT,
        Property(Call("resourceGroup", (), f"{group}"), "location"),
        f"the location of resource group {group} is not known",
    )


def _declared_location(resource: Resource, subscription: Text, group: Text, find: _Find) -> Value:
    """The location of a resource group that the deployment around, or one around that, makes."""
    around: Resource | None = resource
    while around is not None:
        found = find(around.deployment, subscription, group, around)
        if found is not None:
            return found
        around = around.deployment.parent
    return None


def _written_in(deployment: Surroundings, subscription: Text, group: Text, _: Resource) -> Value:
    if not same_value(subscription, deployment.facts.subscription_id):
        return None
    for each in deployment.resources({GROUPS}):
        if each.condition is not False and same_value(each.name, group):
            return each.evaluate("location")
    return None


def _written_below(
    deployment: Surroundings, subscription: Text, group: Text, asking: Resource
) -> Value:
    """The same of a group that a nested deployment beside the `asking` one makes."""
    locating = deployment.session.locating
    if asking.key in locating:
        return None  # what the other one is given hangs on this one
    locating.add(asking.key)
    try:
        for each in deployment.resources({DEPLOYMENTS}):
            if each.key == asking.key or member(each.written, "resourceGroup") is not None:
                continue
            inside = _opened(each)
            if inside is None:
                continue
            found = _written_in(inside, subscription, group, each)
            if found is None:
                found = _written_below(inside, subscription, group, each)
            if found is not None:
                return found
    finally:
        locating.discard(asking.key)
    return None


def _opened(resource: Resource) -> Surroundings | None:
    """What a deployment deploys that may make resource groups."""
    try:
        if resource.existing or resource.condition is False:
            return None
        if placed_facts(resource).level == "resourceGroup":
            return None
        return resource.deployment.nested(resource).deployment
    except EvaluationError:
        return None  # it is reported where it is looked into


def text_or_none(resource: Resource, name: str) -> Text | None:
    """An empty text is as none."""
    value = resource.text(name)
    return None if value == "" else value


def _scoped(facts: Facts, scope: str) -> Facts:
    parts = scope.strip("/").split("/")
    match [part.lower() for part in parts]:
        case [""]:
            return replace(facts, level="tenant")
        case ["subscriptions", _]:
            return replace(facts, level="subscription", subscription_id=parts[1])
        case ["subscriptions", _, "resourcegroups", _]:
            return replace(
                facts, level="resourceGroup", subscription_id=parts[1], resource_group=parts[3]
            )
        case [*_, "managementgroups", _]:
            return replace(facts, level="managementGroup", management_group=parts[-1])
        case _:
            return facts
