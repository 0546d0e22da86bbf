"""The resourceId() family: ids of resources from their type and names."""

from __future__ import annotations

from armguard.errors import EvaluationError
from armguard.evaluation.facts import (
    Facts,
    check_subscription,
    id_below,
    management_group_id,
    scope_id,
    subscription_id,
)
from armguard.evaluation.functions.registry import LEAVE, STRING, function
from armguard.evaluation.scope import Scope
from armguard.evaluation.text_pieces import compose_text
from armguard.evaluation.unknown import Text, Unknown, Value

_Texts = tuple[Text, ...]


def _split(name: str, values: _Texts) -> tuple[_Texts, str, _Texts] | None:
    """(what stands before the type, the type, the names); None: that is not known."""
    known = [
        (index, value)
        for index, value in enumerate(values)
        if isinstance(value, str) and "/" in value
    ]
    if len(known) != 1:
        if len(known) < 1 and any(isinstance(value, Unknown) for value in values):
            return None
        raise EvaluationError(
            f"{name}() needs exactly one argument with '/', the resource type with its"
            f" provider, but got {', '.join(repr(v) for v in values if isinstance(v, str))}"
        )
    index, resource_type = known[0]
    names = values[index + 1 :]
    resource_type = resource_type.rstrip("/")
    expected = resource_type.count("/")
    if len(names) != expected and not any(isinstance(v, Unknown) for v in values[:index]):
        raise EvaluationError(
            f"the type '{resource_type}' needs {expected} resource names, but {name}() got"
            f" {len(names)}"
        )
    return values[:index], resource_type, names


@function("resourceId", STRING, STRING, rest=STRING, needs_scope=True, takes_unknown=True)
def resource_id(scope: Scope, *values: Text) -> Value:
    """resourceId([subscriptionId], [resourceGroupName], resourceType, resourceName1, ...)

    Outside of resource groups without one in the id, and at management group level without that.
    """
    split = _split("resourceId", values)
    if split is None:
        return LEAVE
    before, resource_type, names = split
    facts = scope.facts
    match before:
        case []:
            parent = "" if facts.level == "managementGroup" else scope_id(facts)
        case [group]:
            parent = _single_prefix(group, facts)
        case [subscription, group]:
            parent = compose_text(
                "/subscriptions/", _subscription(subscription), "/resourceGroups/", group
            )
        case _:
            raise EvaluationError("resourceId() takes a subscription and a group before the type")
    return id_below(parent, resource_type, names)


def _single_prefix(value: Text, facts: Facts) -> Text:
    if facts.level != "resourceGroup":
        return compose_text("/subscriptions/", _subscription(value))
    return compose_text(subscription_id(facts), "/resourceGroups/", value)


def _subscription(value: Text) -> Text:
    if isinstance(value, str):
        check_subscription(value)
    return value


@function(
    "subscriptionResourceId", STRING, STRING, rest=STRING, needs_scope=True, takes_unknown=True
)
def subscription_resource_id(scope: Scope, *values: Text) -> Value:
    """subscriptionResourceId([subscriptionId], resourceType, resourceName1, ...)"""
    split = _split("subscriptionResourceId", values)
    if split is None:
        return LEAVE
    before, resource_type, names = split
    if scope.facts.level not in ("resourceGroup", "subscription"):
        before = before or values[:1]
    match before:
        case []:
            parent = subscription_id(scope.facts)
        case [subscription]:
            parent = compose_text("/subscriptions/", _subscription(subscription))
        case _:
            raise EvaluationError("subscriptionResourceId() takes one subscription before the type")
    return id_below(parent, resource_type, names)


@function("tenantResourceId", STRING, STRING, rest=STRING, takes_unknown=True)
def tenant_resource_id(*values: Text) -> Value:
    """tenantResourceId(resourceType, resourceName1, ...)"""
    split = _split("tenantResourceId", values)
    if split is None:
        return LEAVE
    before, resource_type, names = split
    if before:
        raise EvaluationError("tenantResourceId() takes nothing before the resource type")
    return id_below("", resource_type, names)


@function(
    "managementGroupResourceId", STRING, STRING, rest=STRING, needs_scope=True, takes_unknown=True
)
def management_group_resource_id(scope: Scope, *values: Text) -> Value:
    """managementGroupResourceId([managementGroupId], resourceType, resourceName1, ...)

    Outside of management group deployments the group must be named.
    """
    at_group = scope.facts.level == "managementGroup"
    if not at_group and len(values) < 3:
        raise EvaluationError(
            "managementGroupResourceId() needs the management group, a type and a name here"
        )
    split = _split("managementGroupResourceId", values)
    if split is None:
        return LEAVE
    before, resource_type, names = split
    if len(before) > 1:
        raise EvaluationError("managementGroupResourceId() takes one group before the type")
    if at_group and not before:
        parent = management_group_id(scope.facts)
    else:  # elsewhere the first argument is the group, even if it is the type
        parent = compose_text("/providers/Microsoft.Management/managementGroups/", values[0])
    return id_below(parent, resource_type, names)


@function("extensionResourceId", STRING, STRING, STRING, rest=STRING, takes_unknown=True)
def extension_resource_id(*values: Text) -> Value:
    """extensionResourceId(baseResourceId, resourceType, resourceName1, ...)"""
    base = values[0]
    split = _split("extensionResourceId", values[1:])
    if split is None:
        return LEAVE
    before, resource_type, names = split
    if before:
        raise EvaluationError("extensionResourceId() takes the id of a resource, a type and names")
    if isinstance(base, str):
        if "/" not in base:
            raise EvaluationError(f"'{base}' is not the id of a resource")
        base = "/" + "/".join(segment for segment in base.split("/") if segment)
    return id_below(base, resource_type, names)
