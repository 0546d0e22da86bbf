"""Where a deployment goes: its facts, and the ids of places and of what is in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from armguard.errors import EvaluationError
from armguard.evaluation.text_pieces import compose_text, text_pieces
from armguard.evaluation.unknown import Reason, Text, Unknown, Value
from armguard.expressions.syntax import Call, Property
from armguard.expressions.syntax import Literal as Constant
from armguard.record import record, replace

Level = Literal["resourceGroup", "subscription", "managementGroup", "tenant"]


@record
class DeploymentScope:
    """Where, when and under which name a template is deployed; what is None is unknown.

    `level` None: the one that the template's `$schema` names. `location` is the resource group's,
    `deployment_location` the deployment's own at the other levels. `utc_now` is an ISO 8601 text,
    `new_guid` what newGuid() gives.
    """

    level: Level | None = None
    tenant_id: str | None = None
    subscription_id: str | None = None
    resource_group: str | None = None
    location: str | None = None
    management_group: str | None = None
    deployment_name: str | None = None
    deployment_location: str | None = None
    utc_now: str | None = None
    new_guid: str | None = None


@record
class Keeper:
    """What keeps a template that somebody deploys later, somewhere."""

    called: str
    """for people: `template spec`, `policy definition` ..."""
    origin: str
    """what tells it from others of the run"""


@record
class Facts:
    """The context of one deployment, root or nested; each member a text or `Unknown`."""

    level: Level
    tenant_id: Text
    subscription_id: Text
    resource_group: Text
    location: Value
    management_group: Text
    deployment_name: Text
    deployment_location: Text
    utc_now: Text
    new_guid: Text
    content_version: Value = "1.0.0.0"
    file: str = ""
    """where the template is written; its address, which is unknown, is that of this file"""
    keeper: Keeper | None = None
    """what keeps the template for a later deployment; None: it is deployed here and now"""


_NOT_SAID = {
    "tenant_id": "tenant.tenantId: the tenant is not known (--tenant)",
    "subscription_id": "subscription.subscriptionId: the subscription is not known"
    " (--subscription)",
    "resource_group": "resourceGroup.name: the resource group is not known (--resource-group)",
    "location": "resourceGroup.location: the location of the resource group is not known"
    " (--location)",
    "management_group": "managementGroup.name: the management group is not known"
    " (--management-group)",
    "deployment_name": "deployment.name: the name of the deployment is chosen when it is started",
    "deployment_location": "deployment.location: the location of the deployment is not known"
    " (--location)",
}
"""fact -> `FUNCTION.MEMBER: why it is not known`, the function being what asks for it"""


def root_facts(scope: DeploymentScope, level: Level) -> Facts:
    """The facts of a root deployment; what `scope` leaves out becomes unknown."""

    def given(name: str) -> Text:
        value: str | None = getattr(scope, name)
        if value is not None:
            return value
        asks, _, detail = _NOT_SAID[name].partition(": ")
        function, _, member = asks.partition(".")
        return Unknown(Reason.CONTEXT, Property(Call(function, ()), member), detail)

    def anew(value: str | None, function: str, detail: str) -> Text:
        left = Unknown(Reason.NON_DETERMINISTIC, Call(function, ()), detail)
        return left if value is None else value

    scope = replace(scope, deployment_location=scope.deployment_location or scope.location)
    known: dict[str, Any] = {name: given(name) for name in _NOT_SAID}
    return Facts(
        level=scope.level or level,
        **known,
        utc_now=anew(scope.utc_now, "utcNow", "utcNow() is another time at each deployment"),
        new_guid=anew(scope.new_guid, "newGuid", "newGuid() is another value at each deployment"),
        keeper=None,
    )


def facts_of_later(level: Level, keeper: Keeper) -> Facts:
    """The facts of a deployment that somebody makes later, somewhere: all unknown, and not the same
    as what is unknown elsewhere."""

    def unknown(name: str) -> Text:
        function, _, member = _NOT_SAID[name].partition(": ")[0].partition(".")
        detail = f"{function}().{member} is that of the deployment that is made later"
        return Unknown(Reason.RUNTIME, Property(Call(function, (), keeper.origin), member), detail)

    anew = root_facts(DeploymentScope(), level)
    return replace(anew, **{name: unknown(name) for name in _NOT_SAID}, keeper=keeper)


_GUID = re.compile(r"[{(]?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}[)}]?", re.IGNORECASE)


def subscription_id(facts: Facts) -> Text:
    """`/subscriptions/...` of the deployment."""
    return compose_text("/subscriptions/", facts.subscription_id)


def group_id(facts: Facts) -> Text:
    """`/subscriptions/.../resourceGroups/...` of the deployment."""
    return compose_text(subscription_id(facts), "/resourceGroups/", facts.resource_group)


def management_group_id(facts: Facts) -> Text:
    return compose_text("/providers/Microsoft.Management/managementGroups/", facts.management_group)


def scope_id(facts: Facts) -> Text:
    """The id of the place that a deployment is made to; '' for the tenant."""
    match facts.level:
        case "resourceGroup":
            return group_id(facts)
        case "subscription":
            return subscription_id(facts)
        case "managementGroup":
            return management_group_id(facts)
        case "tenant":
            return ""


def id_below(parent: Text, resource_type: str, names: Sequence[Text]) -> Text:
    """The id of a resource below a scope; an empty name drops its segment, as Azure does it."""
    namespace, *types = resource_type.split("/")
    special = _id_of_a_scope(parent, resource_type.lower(), names)
    if special is not None:
        return special
    present = [name for name in names if name != ""]
    parts: list[Text] = [parent, f"/providers/{namespace}"]
    for segment, name in zip(types, present, strict=False):
        parts.extend((f"/{segment}/", name))
    return compose_text(*parts, *([] if present else ["/"]))


def full_id(identifier: Text, scope: Text) -> Text:
    """An id as reference() and dependsOn take it, written out: `Microsoft.X/type/name` is in the
    `scope` (an id), and the slash in front may be left out. Names and symbols stay what they are.
    """
    known = _beginning(identifier)
    slash = "" if known.startswith("/") else "/"
    start, found, _ = known.lstrip("/").partition("/")
    if found and "." in start:
        return compose_text(scope, f"/providers{slash}", identifier)
    if found and slash and start.lower() in ("subscriptions", "providers"):
        return compose_text(slash, identifier)
    return identifier


def _beginning(text: Text) -> str:
    """What is known of a text at its beginning."""
    if isinstance(text, str):
        return text
    first, *_ = text_pieces(text.residual)
    return str(first.value) if isinstance(first, Constant) else ""


def _id_of_a_scope(parent: Text, resource_type: str, names: Sequence[Text]) -> Text | None:
    """The id of a resource group or management group, which is no ordinary resource."""
    if resource_type == "microsoft.resources/resourcegroups" and len(names) == 1:
        around = parent if isinstance(parent, str) else _known_pieces(parent)
        if around.count("/") <= 2:
            return compose_text(parent, "/resourceGroups/", names[0])
    if resource_type == "microsoft.management/managementgroups" and len(names) == 1:
        return compose_text("/providers/Microsoft.Management/managementGroups/", names[0])
    return None


def _known_pieces(text: Unknown) -> str:
    pieces = text_pieces(text.residual)
    return "".join(str(piece.value) for piece in pieces if isinstance(piece, Constant))


def check_subscription(value: str) -> None:
    """Raise `EvaluationError` unless the text is a GUID."""
    if not _GUID.fullmatch(value):
        raise EvaluationError(f"'{value}' is not the id of a subscription")
