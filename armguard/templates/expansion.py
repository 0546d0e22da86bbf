"""The strict attitude: a template as Azure's engine sees it before it deploys.

Everything is evaluated, used or not, and the first thing that Azure would refuse ends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.facts import DeploymentScope, root_facts
from armguard.evaluation.json_values import NAMED
from armguard.evaluation.runtime import NoRuntime
from armguard.evaluation.scope import Session
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import find_key
from armguard.expressions.syntax import Call, Expression, Literal, to_text
from armguard.finding import Location, brief
from armguard.record import record
from armguard.templates.deployment import Deployment
from armguard.templates.nested import refuse_broken_outer
from armguard.templates.parameters import Problem, SuppliedParameter
from armguard.templates.resource import Resource, Surroundings
from armguard.templates.template import level_of

_SHOWN = (
    "apiVersion",
    "location",
    "extendedLocation",
    "identity",
    "sku",
    "kind",
    "plan",
    "tags",
    "zones",
    "scale",
    "managedBy",
    "properties",
)


@record
class Expansion:
    """What a deployment comes to; what is unknown stands as the text of its expression, `[...]`.

    `resources` is flat: nested deployments are opened, loops unrolled, conditions decided.
    """

    resources: tuple[dict[str, Any], ...]
    outputs: dict[str, Any]
    problems: tuple[Problem, ...]


def expand_template(
    template: Mapping[str, Any],
    supplied: Mapping[str, SuppliedParameter],
    scope: DeploymentScope,
    path: str = "<template>",
) -> Expansion:
    """Expand a parsed template; what Azure would refuse is a problem, never raised."""
    problems: list[Problem] = []
    resources: list[dict[str, Any]] = []
    outputs: dict[str, Any] = {}
    try:
        facts = root_facts(scope, level_of(template))
        session = Session(strict=True, runtime=NoRuntime())
        deployment = Deployment(template, Location(path), supplied, facts, session)
        _expand(deployment, resources, problems)
        outputs = {name: _shown_output(value) for name, (_, value) in deployment.outputs().items()}
    except EvaluationError as error:
        problems.append(Problem("error", str(error), Location(path)))
        return Expansion((), {}, tuple(problems))
    return Expansion(tuple(resources), outputs, tuple(problems))


def _expand(
    deployment: Surroundings, resources: list[dict[str, Any]], problems: list[Problem]
) -> None:
    for name in ("contentVersion", "resources"):
        if find_key(deployment.template, name) is None:
            raise EvaluationError(f"the template has no {name}, which Azure needs")
    for problem in deployment.rejections():
        raise EvaluationError(problem.message)
    check_variables(deployment)
    declared = list(deployment.resources())
    for resource in declared:
        if resource.condition is False:
            if resource.is_deployment and not resource.existing:
                refuse_broken_outer(resource)
        elif not resource.existing:
            resource.evaluate("dependsOn")
            _expand_resource(resource, resources, problems)


def check_variables(deployment: Surroundings) -> None:
    """Raise `EvaluationError` for the first variable that Azure would refuse, used or not."""
    names = deployment.names
    for name, written in names.variables.items():
        if written is None:
            raise EvaluationError(f"variable '{name}' is null, which Azure refuses")
        names.variable(name, deployment.scope)


def _expand_resource(
    resource: Resource, resources: list[dict[str, Any]], problems: list[Problem]
) -> None:
    if not resource.is_deployment:
        resources.append(shown_resource(resource))
        return
    nested = resource.deployment.nested(resource)
    if nested.deployment is None:
        message = (
            f"nested deployment '{brief(resource.shown_name)}' was not opened: {nested.closed}"
        )
        problems.append(Problem("warning", message, resource.place))
        return
    _expand(nested.deployment, resources, problems)
    nested.deployment.outputs()


def declared_resources(
    deployment: Surroundings, *, with_deployments: bool = False
) -> Iterator[Resource]:
    """Everything that is deployed, and what is deployed by it; a nested deployment itself only
    where nobody can look into it, or `with_deployments`. What is only referred to as `existing` is
    there as well."""
    for resource in deployment.resources():
        inside = None
        try:
            if resource.condition is False:
                continue
            if resource.holds_template and not resource.existing:
                inside = resource.deployment.nested(resource).deployment
        except EvaluationError:
            inside = None
        if inside is not None:
            yield from declared_resources(inside, with_deployments=with_deployments)
        if inside is None or not resource.is_deployment or with_deployments:
            yield resource


def shown_resource(resource: Resource) -> dict[str, Any]:
    """One that is no nested deployment, as it is deployed. Raises `EvaluationError`."""
    if resource.is_extensible:
        return {"type": resource.type, "properties": shown_json(resource.properties)}
    shown: dict[str, Any] = {
        "id": shown_json(resource.id),
        "type": resource.type,
        "name": shown_json(resource.name),
    }
    if not isinstance(resource.condition, bool):
        shown["condition"] = shown_json(resource.condition)
    for key in _SHOWN:
        value = _top_level(resource, key)
        if value is not None or (key == "properties" and _keeps_null(resource)):
            shown[key] = shown_json(value)
    return shown


def _keeps_null(resource: Resource) -> bool:
    """Whether properties that are null are shown: languageVersion 2.0 has them, 1.0 drops them."""
    return resource.deployment.symbolic and find_key(resource.written, "properties") is not None


def _top_level(resource: Resource, key: str) -> Value:
    match key:
        case "apiVersion":
            return resource.api_version
        case "properties":
            return resource.properties
        case _:
            return resource.evaluate(key)


def _shown_output(value: Value) -> Any:
    """One with something unknown in it is one expression."""
    return str(value) if isinstance(value, Unknown) else shown_json(value)


def shown_json(value: Value) -> Any:
    """A value for a JSON document: what is unknown becomes the text of its expression, also as the
    name of a member."""
    if isinstance(value, Unknown):
        return _shown_expression(value.residual)
    if isinstance(value, dict):
        return {name: shown_json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shown_json(each) for each in value]
    return value


def _shown_expression(residual: Expression) -> Any:
    if not isinstance(residual, Call) or residual.origin != NAMED:
        return _text(residual)
    parts = residual.arguments
    return {
        name.value if isinstance(name, Literal) else _text(name): shown_json(each.value)
        if isinstance(each, Literal)
        else _shown_expression(each)
        for name, each in zip(parts[::2], parts[1::2], strict=True)
    }


def _text(residual: Expression) -> str:
    return f"[{to_text(residual)}]"
