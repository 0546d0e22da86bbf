"""Where the template is deployed: subscription(), resourceGroup(), deployment(), utcNow() ..."""

from __future__ import annotations

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import evaluate
from armguard.evaluation.facts import group_id, management_group_id, subscription_id
from armguard.evaluation.functions.registry import (
    ANY,
    INTEGER,
    STRING,
    Kind,
    function,
    kind_name,
    kind_of,
)
from armguard.evaluation.scope import Scope, Where, refuse_before_deployment
from armguard.evaluation.unknown import PartialObject, Reason, Unknown, Value, call_left, rest_of
from armguard.expressions.syntax import Call, Property


def _member(call: Call, name: str, detail: str) -> Unknown:
    return Unknown(Reason.CONTEXT, Property(Call(call.name, ()), name), detail)


def _only_at(call: Call, scope: Scope, *levels: str) -> None:
    if scope.facts.level not in levels:
        raise EvaluationError(
            f"{call.name}() has no meaning in a deployment at {scope.facts.level} level"
        )


@function("subscription", special=True)
def subscription(call: Call, scope: Scope) -> Value:
    """subscription()

    `id`, `subscriptionId` and `tenantId`; `displayName` is only known in Azure.
    """
    _only_at(call, scope, "resourceGroup", "subscription")
    facts = scope.facts
    return {
        "id": _whole(subscription_id(facts), facts.subscription_id, "subscription"),
        "subscriptionId": facts.subscription_id,
        "tenantId": facts.tenant_id,
        "displayName": _member(call, "displayName", "the name of a subscription is not looked up"),
    }


@function("resourceGroup", special=True)
def resource_group(call: Call, scope: Scope) -> Value:
    """resourceGroup()

    `id`, `name`, `type` and `location`; `tags`, `managedBy`, `properties` are only known in Azure.
    """
    _only_at(call, scope, "resourceGroup")
    facts = scope.facts
    detail = "what a resource group carries is not looked up"
    return {
        "id": _whole(group_id(facts), facts.resource_group, "resourceGroup"),
        "name": facts.resource_group,
        "type": "Microsoft.Resources/resourceGroups",
        "location": facts.location,
        "tags": _member(call, "tags", detail),
        "managedBy": _member(call, "managedBy", detail),
        "properties": _member(call, "properties", detail),
    }


def _whole(composed: Value, name: Value, function_name: str) -> Value:
    """`resourceGroup().id` rather than its pieces, where the group is the root's unknown one."""
    own = Call(function_name, ())
    match name:
        case Unknown(reason, Property(target), detail) if target == own:
            return Unknown(reason, Property(own, "id"), detail)
    return composed


@function("managementGroup", special=True)
def management_group(call: Call, scope: Scope) -> Value:
    """managementGroup()"""
    _only_at(call, scope, "managementGroup")
    facts = scope.facts
    return {
        "id": management_group_id(facts),
        "name": facts.management_group,
        "type": "Microsoft.Management/managementGroups",
        "properties": _member(
            call, "properties", "what a management group carries is not looked up"
        ),
    }


@function("tenant", special=True)
def tenant(call: Call, scope: Scope) -> Value:
    """tenant()"""
    detail = "what a tenant carries is not looked up"
    return {
        "id": "/tenants/" + scope.facts.tenant_id
        if isinstance(scope.facts.tenant_id, str)
        else scope.facts.tenant_id,
        "tenantId": scope.facts.tenant_id,
        "countryCode": _member(call, "countryCode", detail),
        "displayName": _member(call, "displayName", detail),
    }


@function("deployment", special=True)
def deployment(call: Call, scope: Scope) -> Value:
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
    rest = _member(call, "properties", "how the deployment is started was not said")
    return {**result, "properties": PartialObject(properties, rest)}


@function("deployer", special=True)
def deployer(call: Call, scope: Scope) -> Value:
    """deployer()

    Who deploys: only known in Azure.
    """
    return call_left(
        call.name,
        reason=Reason.RUNTIME,
        detail="deployer() is whoever starts the deployment",
    )


@function("environment", special=True)
def environment(call: Call, scope: Scope) -> Value:
    """environment()

    Addresses of the cloud: only known in Azure.
    """
    return call_left(
        call.name,
        reason=Reason.RUNTIME,
        detail="environment() depends on the cloud that is deployed to",
    )


def _default_only(call: Call, scope: Scope) -> None:
    if scope.where is not Where.PARAMETER_DEFAULT:
        raise EvaluationError(f"{call.name}() may only stand in the default of a parameter")


@function("utcNow", STRING, optional=1, special=True)
def utc_now(call: Call, scope: Scope) -> Value:
    """utcNow([format])

    Only in defaults of parameters; another value at each deployment.
    """
    from armguard.evaluation.functions.dates import format_utc_now

    _default_only(call, scope)
    now = scope.facts.utc_now
    pattern = evaluate(call.arguments[0], scope) if call.arguments else None
    if isinstance(now, Unknown) or isinstance(pattern, Unknown):
        return rest_of(Call(call.name, call.arguments), now, pattern)
    if pattern is not None and not isinstance(pattern, str):
        raise EvaluationError("the format of utcNow() must be String")
    return format_utc_now(now, pattern)


@function("newGuid", special=True)
def new_guid(call: Call, scope: Scope) -> Value:
    """newGuid()

    Only in defaults of parameters; another value at each deployment.
    """
    _default_only(call, scope)
    return scope.facts.new_guid


def _only_in_azure(
    name: str, detail: str, *kinds: Kind, optional: int = 0, rest: Kind | None = None
) -> None:
    @function(name, *kinds, optional=optional, rest=rest, special=True)
    def body(call: Call, scope: Scope) -> Value:
        if name.endswith(("Zone", "Zones")) and name != "pickZones":
            refuse_before_deployment(call.name, scope)
        values = [evaluate(argument, scope) for argument in call.arguments]
        for index, (value, kind) in enumerate(zip(values, kinds, strict=False)):
            if not isinstance(value, Unknown) and kind_of(value) not in kind:
                raise EvaluationError(
                    f"argument {index + 1} of function '{call.name}' must be {kind_name(kind)},"
                    f" but is {kind_name(kind_of(value))}"
                )
        number = values[3] if name == "pickZones" and len(values) > 3 else None
        if isinstance(number, int) and number < 1:
            raise EvaluationError(f"pickZones() needs a positive number of zones, but got {number}")
        return call_left(call.name, *values, reason=Reason.RUNTIME, detail=detail)

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
