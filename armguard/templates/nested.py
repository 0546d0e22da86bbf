"""Nested and linked deployments: which template, with which parameters, at which place.

With inner scope the nested template stands for itself. With outer scope (the default of a parent
without languageVersion 2.0) everything in it is evaluated in the parent first, and what then still
looks like an expression is evaluated once more, in the nested template.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import access
from armguard.evaluation.facts import check_subscription
from armguard.evaluation.json_values import UnknownCountError, evaluate_json
from armguard.evaluation.scope import Scope
from armguard.evaluation.unknown import Reason, Unknown, Value, call_left, holds_unknown
from armguard.evaluation.values import find_key, member
from armguard.expressions.syntax import Call, Literal, Property
from armguard.finding import Location
from armguard.templates.linked import linked_template
from armguard.templates.nested_place import text_or_none
from armguard.templates.parameters import GivenParameter, Problem, SuppliedParameter, given_value
from armguard.templates.resource import NestedDeployment, Resource, Surroundings
from armguard.templates.structure import (
    UnknownStructureError,
    with_known_keys,
    with_known_resources,
)
from armguard.templates.written import written_twice


def open_nested(resource: Resource) -> NestedDeployment:
    """The deployment that a resource of type Microsoft.Resources/deployments makes, or a deployment
    stack, whose properties have the same names.

    Raises `EvaluationError` where Azure would refuse it.
    """
    parent = resource.deployment
    strict = parent.session.strict
    written = member(resource.written, "properties")
    properties: Any = written
    place = resource.property_place()
    if strict:
        _check_headers(resource)
    _check_location(resource)
    if isinstance(written, str):
        properties = resource.computed(written)
        if isinstance(properties, Unknown):
            reason = f"its properties are not known: {properties.detail}"
            return NestedDeployment(None, reason, open=properties)
    if not isinstance(properties, Mapping):
        raise EvaluationError("a nested deployment needs properties")

    try:
        properties = with_known_keys(properties, resource.computed)
    except UnknownStructureError as error:
        reason = f"a name among its properties is not known: {error}"
        return NestedDeployment(None, reason, open=error.unknown)
    if strict and isinstance(resource.api_version, Unknown):
        return NestedDeployment(None, "its apiVersion is not given")
    template_key = find_key(properties, "template")
    outer = _is_outer(properties, resource, strict)
    mode = evaluate_json(parent.prepare(member(properties, "mode")), resource.scope)
    if template_key is None or properties[template_key] is None:
        return _linked(properties, resource, mode)
    doubted = written_twice(properties, template_key, None if strict else resource.key)
    if doubted is not None:
        return NestedDeployment(None, f"its template is not known: {doubted.detail}", mode, doubted)
    template: Any = properties[template_key]
    if isinstance(template, str) or (outer and strict):
        template = resource.computed(template)
        outer = False
        if isinstance(template, Unknown):
            reason = f"its template is not known: {template.detail}"
            return NestedDeployment(None, reason, mode, template)
        if strict and holds_unknown(template):
            return NestedDeployment(
                None, "it is evaluated in outer scope and holds something unknown", mode
            )
    inline = template is properties[template_key]
    if inline and not strict:
        try:
            template = with_known_resources(
                template, resource.computed if outer else parent.prepare
            )
        except UnknownStructureError as error:
            reason = f"which resources it has is not known: {error}"
            return NestedDeployment(None, reason, mode, error.unknown)
    if not isinstance(template, Mapping):
        raise EvaluationError("the template of a nested deployment must be an object")
    deployment = parent.inside(
        resource,
        template,
        place.child(template_key),
        passed_parameters(properties, resource, template),
        inline=inline,
        outer=outer,
    )
    if strict:
        try:
            deque(deployment.resources(), maxlen=0)
        except UnknownCountError as error:
            return NestedDeployment(None, str(error), mode)
    return NestedDeployment(deployment, None, mode)


def is_outer(deployment: Surroundings) -> bool:
    """Whether what is written in a nested deployment means the names of the one around it."""
    nested = deployment.parent
    properties = None if nested is None else member(nested.written, "properties")
    if nested is None or not isinstance(properties, Mapping):
        return False
    is_inline = isinstance(member(properties, "template"), Mapping)
    return is_inline and _is_outer(properties, nested, strict=False)


def refuse_broken_outer(resource: Resource) -> None:
    """Raise `EvaluationError` for an outer-scope template that Azure refuses: it is evaluated even
    where the condition of the deployment is false."""
    properties = member(resource.written, "properties")
    if not isinstance(properties, Mapping) or member(properties, "template") is None:
        return
    if _is_outer(properties, resource, strict=True):
        evaluate_json(properties, resource.scope, loops=True)


def _check_headers(resource: Resource) -> None:
    """Raise `EvaluationError` where Azure refuses name, place or version of the deployment."""
    assert resource.id is not None
    subscription = text_or_none(resource, "subscriptionId")
    if isinstance(subscription, str):
        check_subscription(subscription)
    version = resource.api_version
    if (
        isinstance(version, str)
        and version[:10] < "2017-05-10"
        and text_or_none(resource, "resourceGroup")
    ):
        raise EvaluationError(
            f"apiVersion {version} of nested deployments knows no resourceGroup, only 2017-05-10"
            " and later do"
        )


def _check_location(resource: Resource) -> None:
    """Azure refuses a deployment outside of resource groups that says no location."""
    deployment = resource.deployment
    if resource.evaluate("location") is not None:
        return
    level = deployment.place_inside(resource).level
    if level == "resourceGroup":
        return
    message = f"a nested deployment at {level} level needs a location"
    if deployment.session.strict:
        raise EvaluationError(message)
    deployment.problems.append(Problem("error", message, resource.place))


def _is_outer(properties: Mapping[str, Any], resource: Resource, strict: bool) -> bool:
    if not resource.is_deployment:
        return True  # everybody else's properties are values like any others
    written = member(properties, "expressionEvaluationOptions")
    options = evaluate_json(resource.deployment.prepare(written), resource.scope)
    scope = member(options, "scope") if isinstance(options, Mapping) else None
    symbolic = resource.deployment.symbolic
    if isinstance(scope, str) and scope.lower() in ("inner", "outer"):
        outer = scope.lower() == "outer"
        if outer and symbolic and strict:
            raise EvaluationError("languageVersion 2.0 has no nested deployments of outer scope")
        return outer
    return not symbolic


def _linked(properties: Mapping[str, Any], resource: Resource, mode: Value) -> NestedDeployment:
    found = linked_template(properties, resource, mode)
    if isinstance(found, NestedDeployment):
        return found
    supplied = passed_parameters(properties, resource, found.document)
    place = Location(found.path)
    deployment = resource.deployment.inside(
        resource, found.document, place, supplied, taken=found.taken
    )
    return NestedDeployment(deployment, None, mode)


def passed_parameters(
    properties: Mapping[str, Any], resource: Resource, template: Mapping[str, Any]
) -> dict[str, SuppliedParameter]:
    """The values that the parent passes, each evaluated when it is asked for. Where it is not known
    which these are, every one that `template` declares may be among them."""
    scope = resource.scope
    prepare = resource.deployment.prepare
    declared = member(template, "parameters")
    names = declared if isinstance(declared, Mapping) else {}
    link = find_key(properties, "parametersLink")
    if link is not None and evaluate_json(prepare(properties[link]), scope) is not None:
        place = resource.property_place().child(link)
        return {name.lower(): _elsewhere(name, resource, place) for name in names}
    key = find_key(properties, "parameters")
    if key is None:
        return {}
    written = properties[key]
    place = resource.property_place().child(key)
    if isinstance(written, str):
        prepared = prepare(written)
        written = evaluate_json(prepared, scope)
        if isinstance(written, Unknown):
            if resource.deployment.session.strict:
                raise EvaluationError(f"the parameters are not known: {written.detail}")
            return {name.lower(): _among(prepared, name, scope, place) for name in names}
    result: dict[str, SuppliedParameter] = {}
    for name, entry in written.items() if isinstance(written, Mapping) else ():
        shown = evaluate_json(prepare(name), scope) if name[:1] == "[" else name
        result[str(shown).lower()] = _passed_parameter(
            str(shown), entry, resource, place.child(name)
        )
    return result


def _elsewhere(name: str, resource: Resource, place: Location) -> SuppliedParameter:
    """A parameter that may be among those of the file which a parametersLink names."""
    value = Unknown(
        Reason.NOT_SUPPLIED,
        Call("parameters", (Literal(name),), resource.key),
        f"parameter '{name}' may come from the parametersLink of the deployment, which is not read",
    )
    return SuppliedParameter(lambda: value, "passed", place)


def _among(parameters: str, name: str, scope: Scope, place: Location) -> SuppliedParameter:
    """A parameter that may be among those which an expression passes."""

    def value() -> Value:
        return access(access(evaluate_json(parameters, scope), name), "value")

    return SuppliedParameter(value, "passed", place)


def _passed_parameter(
    name: str, entry: Any, resource: Resource, place: Location
) -> SuppliedParameter:
    def value() -> Value:
        prepared = resource.deployment.prepare(entry)
        evaluated = evaluate_json(prepared, resource.scope, loops=True)
        if isinstance(evaluated, Unknown):
            return _value_of_entry(evaluated)
        reference = member(evaluated, "reference")
        if isinstance(reference, Mapping):
            vault = member(member(reference, "keyVault"), "id")
            return call_left(
                "getKeyVaultSecret",
                vault,
                member(reference, "secretName"),
                reason=Reason.SECRET,
                detail=f"parameter '{name}' comes from a Key Vault, which is not read",
            )
        return given_value(GivenParameter(name, evaluated))

    return SuppliedParameter(value, "passed", place)


def _value_of_entry(entry: Unknown) -> Unknown:
    return Unknown(entry.reason, Property(entry.residual, "value"), entry.detail)
