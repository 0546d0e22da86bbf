"""Where the template is deployed: subscription(), resourceGroup(), deployment(), utcNow() ..."""

from __future__ import annotations

from armguard.errors import EvaluationError
from armguard.evaluation.facts import group_id, management_group_id, subscription_id
from armguard.evaluation.functions.registry import ANY, INTEGER, LEAVE, STRING, Kind, function
from armguard.evaluation.scope import Scope, Where, refuse_before_deployment
from armguard.evaluation.unknown import PartialObject, Reason, Text, Unknown, Value, call_left
from armguard.expressions.syntax import Call, Property


def _member(function_name: str, name: str, detail: str) -> Unknown:
    return Unknown(Reason.CONTEXT, Property(Call(function_name, ()), name), detail)


def _only_at(name: str, scope: Scope, *levels: str) -> None:
    if scope.facts.level not in levels:
        level = scope.facts.level
        raise EvaluationError(f"{name}() has no meaning in a deployment at {level} level")


@function("subscription", needs_scope=True)
def subscription(scope: Scope) -> Value:
    """subscription()

    `id`, `subscriptionId` and `tenantId`; `displayName` is only known in Azure.
    """
    _only_at("subscription", scope, "resourceGroup", "subscription")
    facts = scope.facts
    detail = "the name of a subscription is not looked up"
    return {
        "id": _whole(subscription_id(facts), facts.subscription_id, "subscription"),
        "subscriptionId": facts.subscription_id,
        "tenantId": facts.tenant_id,
        "displayName": _member("subscription", "displayName", detail),
    }


@function("resourceGroup", needs_scope=True)
def resource_group(scope: Scope) -> Value:
    """resourceGroup()

    `id`, `name`, `type` and `location`; `tags`, `managedBy`, `properties` are only known in Azure.
    """
    _only_at("resourceGroup", scope, "resourceGroup")
    facts = scope.facts
    identifier: Value = group_id(facts)
    if isinstance(facts.subscription_id, Unknown):  # else the pieces say more
        identifier = _whole(identifier, facts.resource_group, "resourceGroup")
    detail = "what a resource group carries is not looked up"
    return {
        "id": identifier,
        "name": facts.resource_group,
        "type": "Microsoft.Resources/resourceGroups",
        "location": facts.location,
        "tags": _member("resourceGroup", "tags", detail),
        "managedBy": _member("resourceGroup", "managedBy", detail),
        "properties": _member("resourceGroup", "properties", detail),
    }


def _whole(composed: Value, name: Value, function_name: str) -> Value:
    """`resourceGroup().id` rather than its pieces, where the group is the root's unknown one."""
    own = Call(function_name, ())
    match name:
        case Unknown(reason, Property(target), detail) if target == own:
            return Unknown(reason, Property(own, "id"), detail)
    return composed


@function("managementGroup", needs_scope=True)
def management_group(scope: Scope) -> Value:
    """managementGroup()"""
    _only_at("managementGroup", scope, "managementGroup")
    facts = scope.facts
    detail = "what a management group carries is not looked up"
    return {
        "id": management_group_id(facts),
        "name": facts.management_group,
        "type": "Microsoft.Management/managementGroups",
        "properties": _member("managementGroup", "properties", detail),
    }


@function("tenant", needs_scope=True)
def tenant(scope: Scope) -> Value:
    """tenant()"""
    tenant_id = scope.facts.tenant_id
    detail = "what a tenant carries is not looked up"
    return {
        "id": "/tenants/" + tenant_id if isinstance(tenant_id, str) else tenant_id,
        "tenantId": tenant_id,
        "countryCode": _member("tenant", "countryCode", detail),
        "displayName": _member("tenant", "displayName", detail),
    }


@function("deployment", needs_scope=True)
def deployment(scope: Scope) -> Value:
    """deployment()

    `name` and `properties.template.contentVersion`; `location` outside of resource groups.
    `properties.templateLink` does not exist for a template that was not linked; in a check, which
    can't know that, it is unknown.
    """
    facts = scope.facts
    result: dict[str, Value] = {"name": facts.deployment_name}
    if facts.level != "resourceGroup":
        result["location"] = facts.deployment_location
    properties: dict[str, Value] = {"template": {"contentVersion": facts.content_version}}
    if scope.session.strict:
        return {**result, "properties": properties}
    rest = Unknown(
        Reason.CONTEXT,
        Property(Call("deployment", (), facts.file), "properties"),
        "how the deployment is started was not said",
    )
    return {**result, "properties": PartialObject(properties, rest)}


@function("deployer")
def deployer() -> Value:
    """deployer()

    Who deploys: only known in Azure.
    """
    detail = "deployer() is whoever starts the deployment"
    return call_left("deployer", reason=Reason.RUNTIME, detail=detail)


@function("environment")
def environment() -> Value:
    """environment()

    Addresses of the cloud: only known in Azure.
    """
    detail = "environment() depends on the cloud that is deployed to"
    return call_left("environment", reason=Reason.RUNTIME, detail=detail)


def _default_only(name: str, scope: Scope) -> None:
    if scope.where is not Where.PARAMETER_DEFAULT:
        raise EvaluationError(f"{name}() may only stand in the default of a parameter")


@function("utcNow", STRING, optional=1, needs_scope=True, takes_unknown=True)
def utc_now(scope: Scope, pattern: Text | None = None) -> Value:
    """utcNow([format])

    Only in defaults of parameters; another value at each deployment.
    """
    from armguard.evaluation.functions.dates import format_utc_now

    _default_only("utcNow", scope)
    now = scope.facts.utc_now
    if isinstance(pattern, Unknown):
        return LEAVE
    if isinstance(now, Unknown):
        given = () if pattern is None else (pattern,)
        return call_left("utcNow", *given, reason=now.reason, detail=now.detail)
    return format_utc_now(now, pattern)


@function("newGuid", needs_scope=True)
def new_guid(scope: Scope) -> Value:
    """newGuid()

    Only in defaults of parameters; another value at each deployment.
    """
    _default_only("newGuid", scope)
    return scope.facts.new_guid


def _only_in_azure(
    name: str, detail: str, *kinds: Kind, optional: int = 0, rest: Kind | None = None
) -> None:
    @function(name, *kinds, optional=optional, rest=rest, needs_scope=True, takes_unknown=True)
    def body(scope: Scope, *values: Value) -> Value:
        if name.endswith(("Zone", "Zones")) and name != "pickZones":
            refuse_before_deployment(name, scope)
        number = values[3] if name == "pickZones" and len(values) > 3 else None
        if isinstance(number, int) and number < 1:
            raise EvaluationError(f"pickZones() needs a positive number of zones, but got {number}")
        return call_left(name, *values, reason=Reason.RUNTIME, detail=detail)

    body.__doc__ = f"{name}(...)\n\nOnly known in Azure: {detail}."


_ZONES = "availability zones are not looked up"
_only_in_azure(
    "providers", "what a resource provider offers is not looked up", STRING, STRING, optional=1
)
_only_in_azure("pickZones", _ZONES, STRING, STRING, STRING, INTEGER, INTEGER, optional=2)
# These Azure checks when it calls them, neither the number nor the types of arguments before.
for _name in ("toLogicalZone", "toLogicalZones", "toPhysicalZone", "toPhysicalZones"):
    _only_in_azure(_name, _ZONES, rest=ANY)
_only_in_azure("roleDefinitions", "role definitions are not looked up", STRING)
_only_in_azure("externalInputs", "it is read when the deployment is started", STRING, rest=ANY)
_only_in_azure("getSecret", "secrets are never read", ANY, rest=ANY)
_only_in_azure("getKeyVaultSecret", "secrets are never read", ANY, rest=ANY)
