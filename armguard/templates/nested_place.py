"""Where a nested deployment goes, by its resourceGroup, subscriptionId and scope members."""

from __future__ import annotations

from typing import Any

from armguard.evaluation.facts import Facts
from armguard.evaluation.identity import same_value
from armguard.evaluation.unknown import Reason, Text, Unknown, Value
from armguard.expressions.syntax import Call, Property
from armguard.record import replace
from armguard.templates.resource import GROUPS, Resource


def nested_facts(resource: Resource, content_version: Any = None) -> Facts:
    """Where a nested deployment goes, by its resourceGroup, subscriptionId and scope members."""
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
    goes_elsewhere = group is not None or scope is not None
    if result.level != "resourceGroup" or not goes_elsewhere:
        return result
    return replace(result, location=_group_location(resource, result))


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
    declared = _declared_location(resource, subscription, group)
    if declared is not None:
        return declared
    is_here = same_value(group, facts.resource_group) and same_value(
        subscription, facts.subscription_id
    )
    if is_here and facts.level == "resourceGroup":
        return facts.location
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


def _declared_location(resource: Resource, subscription: Text, group: Text) -> Value:
    """The location of a resource group that the deployment around, or one around that, makes."""
    around: Resource | None = resource
    while around is not None:
        if same_value(subscription, around.deployment.facts.subscription_id):
            for each in around.deployment.resources({GROUPS}):
                if each.condition is not False and same_value(each.name, group):
                    return each.evaluate("location")
        around = around.deployment.parent
    return None


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
