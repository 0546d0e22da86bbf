"""What exists: reference(), references(), resourceInfo(), list*() and target().

reference() of a resource of the same template, or of one around it, is what is written there, as
Azure's engine predicts it, also where both names hang on the same unknown; everything else is asked
of the runtime (`runtime.py`) and stays in place if that doesn't know.
"""

from __future__ import annotations

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import evaluate, left_in_place
from armguard.evaluation.facts import full_id, scope_id
from armguard.evaluation.functions.registry import ANY, STRING, function, kind_name, kind_of
from armguard.evaluation.runtime import WRITTEN_HERE, GivenIdentity
from armguard.evaluation.scope import Referenced, Scope, Where, refuse_before_deployment
from armguard.evaluation.unknown import (
    PartialObject,
    Reason,
    Text,
    Unknown,
    Value,
    call_left,
    member_of,
)
from armguard.expressions.syntax import Call

_ALWAYS_DEPLOYED = ("id", "name", "type", "location", "properties")
"""What every deployed vault has."""

_AT_RUN_TIME = "only Azure knows it, while it deploys"


def _texts(call: Call, scope: Scope) -> list[Text]:
    refuse_before_deployment(call.name, scope)
    inner = scope.at(Where.ARGUMENT)
    values: list[Text] = []
    for index, value in enumerate([evaluate(argument, inner) for argument in call.arguments]):
        if not isinstance(value, (str, Unknown)):
            raise EvaluationError(
                f"argument {index + 1} of {call.name}() must be String, but is"
                f" {kind_name(kind_of(value))}"
            )
        values.append(value)
    return values


@function("reference", STRING, STRING, STRING, optional=2, special=True)
def reference(call: Call, scope: Scope) -> Value:
    """reference(resourceNameOrId, [apiVersion], ['Full'])

    Of a resource of the same template: the properties written there. Not in variables, defaults,
    conditions and counts.
    """
    target, *values = _texts(call, scope)
    rest = [value for value in values if isinstance(value, str)]
    if len(rest) != len(values):
        return left_in_place(call.name, [target, *values])
    version = rest[0] if rest else None
    full = len(rest) == 2 and rest[1].lower() == "full"
    return _referenced(call.name, target, version, rest[1:], full, scope)


def _referenced(
    name: str, target: Text, version: str | None, mode: list[str], full: bool, scope: Scope
) -> Value:
    resource = _written(target, version, scope)
    if resource is None:
        written_out = full_id(target, scope_id(scope.facts))
        if written_out != target:
            resource = _written(written_out, version, scope)
        if not scope.session.strict:
            target = written_out
    if resource is None:
        arguments = [target, *([version] if version is not None else []), *mode]
        if isinstance(target, Unknown):
            return left_in_place(name, arguments)
        answer = scope.session.runtime.reference(target, full)
        if answer is not None:
            return answer
        left = call_left(name, *arguments, reason=Reason.RUNTIME, detail=_AT_RUN_TIME)
        given = _given_by_azure(scope.session.runtime.given(target), left, full)
        return given if given else left
    own_version = resource.api_version
    identifier = target if resource.is_extensible else resource.id
    rest = call_left(
        name,
        identifier,
        version if version is not None else own_version,
        *mode,
        reason=Reason.RUNTIME,
        detail=_AT_RUN_TIME,
        origin="" if resource.existing else WRITTEN_HERE,
    )
    lasting = PartialObject({}, rest)
    if isinstance(identifier, str) and not resource.is_deployment:
        deployed = scope.session.runtime.reference(identifier, full) if resource.existing else None
        if deployed is not None:
            return deployed
        lasting = _given_by_azure(scope.session.runtime.given(identifier), rest, full)
    inner = lasting.pop("properties", None)
    if inner is not None:
        lasting["Properties"] = inner
    if version is not None and version != own_version and not resource.is_deployment:
        return lasting if lasting else rest
    properties = resource.predicted_properties()
    if not isinstance(properties, dict):
        return lasting if lasting else rest
    if not scope.session.strict and not resource.is_deployment:
        properties = _as_deployed(properties, member_of(rest, "properties") if full else rest)
    if full:
        inner = inner if isinstance(inner, dict) else {}
        properties = {"Properties": {**inner, **properties}}
    return PartialObject(
        {**lasting, **properties},
        rest,
        closed=scope.session.strict,
        exact=range(1, 3) if resource.is_deployment else range(0),
    )


def _written(target: Text, version: str | None, scope: Scope) -> Referenced | None:
    """The resource of the template that is meant, or one of the deployments around it: these count
    only by their id, and in the same API version."""
    resources = scope.names.resources
    if resources is None:
        return None
    here = resources.find(target)
    if here is not None and (not here.existing or here.is_extensible):
        return here
    asked = version if version is not None or here is None else here.api_version
    around = None if asked is None else resources.around(target if here is None else here.id)
    if around is None or (asked != around.api_version and not around.is_deployment):
        return here
    return around


def _as_deployed(written: dict[str, Value], whole: Unknown) -> dict[str, Value]:
    """Properties as Azure may return them: what is written as null, Azure may have filled in."""
    return {
        name: member_of(whole, name)
        if value is None
        else _as_deployed(value, member_of(whole, name))
        if type(value) is dict
        else value
        for name, value in written.items()
    }


def _given_by_azure(given: GivenIdentity, rest: Unknown, full: bool) -> PartialObject:
    """What Azure tells of identities, as members of reference(), of which `rest` is all."""
    if not full:
        return _open(given.properties, rest)
    parts: dict[str, Value] = {"identity": given.identity, "properties": given.properties}
    return _open({name: part for name, part in parts.items() if part}, rest)


def _open(known: dict[str, Value], rest: Unknown) -> PartialObject:
    """The same, where other members than these are not known, however deep."""
    members: dict[str, Value] = {
        name: _open(value, member_of(rest, name)) if isinstance(value, dict) else value
        for name, value in known.items()
    }
    return PartialObject(members, rest)


@function("references", STRING, STRING, optional=1, special=True)
def references(call: Call, scope: Scope) -> Value:
    """references(loopName, ['Full'])

    reference() of each resource of a copy loop, by its symbolic name.
    """
    values = _texts(call, scope)
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) != len(values):
        return left_in_place(call.name, values)
    loop = scope.names.resources.loop(texts[0]) if scope.names.resources else None
    if loop is None:
        return call_left(call.name, *values, reason=Reason.RUNTIME, detail=_AT_RUN_TIME)
    full = len(texts) == 2 and texts[1].lower() == "full"
    return [_referenced("reference", symbol, None, texts[1:], full, scope) for symbol in loop]


@function("resourceInfo", STRING, special=True)
def resource_info(call: Call, scope: Scope) -> Value:
    """resourceInfo(symbolicName)

    `name`, `type`, `id` and `apiVersion` of a resource of the same template.
    """
    values = _texts(call, scope)
    resource = None
    if isinstance(values[0], str) and scope.names.resources:
        resource = scope.names.resources.find(values[0])
    if resource is None:
        return call_left(call.name, *values, reason=Reason.RUNTIME, detail=_AT_RUN_TIME)
    return {
        "name": resource.name,
        "type": resource.type,
        "id": resource.id,
        "apiVersion": resource.api_version,
    }


@function("list*", STRING, rest=ANY, special=True)
def list_any(call: Call, scope: Scope) -> Value:
    """listKeys(resourceNameOrId, [apiVersion], [functionValues]), and any list...()

    Only known in Azure.
    """
    refuse_before_deployment(call.origin, scope)
    inner = scope.at(Where.ARGUMENT)
    values = [evaluate(argument, inner) for argument in call.arguments]
    name = call.origin  # the dispatcher puts the real name there
    return call_left(name, *values, reason=Reason.SECRET, detail=f"{name}() asks Azure for secrets")


@function("target", STRING, optional=1, special=True)
def target(call: Call, scope: Scope) -> Value:
    """target('full')

    The resource in which it stands, as it is deployed now. In a check it exists, since that is
    about a redeployment; what a nested deployment is, among whose parameters it stands, is not
    known.
    """
    values = _texts(call, scope)
    resource = scope.resource
    is_deployment = resource is not None and resource.is_deployment
    detail = "what is deployed now was not looked up"
    if is_deployment:
        detail = "target() is here the nested deployment, and not what that deploys"
    origin = "" if resource is None else resource.key
    left = call_left(call.name, *values, reason=Reason.RUNTIME, detail=detail, origin=origin)
    is_open = is_deployment or any(isinstance(value, Unknown) for value in values)
    if scope.session.strict or is_open:
        return left
    deployed = scope.session.runtime.target()
    if deployed is not None:
        return deployed
    return PartialObject({name: member_of(left, name) for name in _ALWAYS_DEPLOYED}, left)
