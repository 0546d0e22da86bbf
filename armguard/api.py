"""The Python API: check(), expand() and evaluate() of templates and values in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.errors import EvaluationError, UnreadableFileError
from armguard.evaluation.facts import DeploymentScope, root_facts
from armguard.evaluation.json_values import evaluate_json
from armguard.evaluation.runtime import NoRuntime
from armguard.evaluation.scope import Session
from armguard.evaluation.unknown import Value
from armguard.finding import Location
from armguard.finding.report import Report
from armguard.source.json_text import decode, parse_json
from armguard.templates.deployment import Deployment
from armguard.templates.expansion import Expansion, check_variables, expand_template
from armguard.templates.parameters import GivenParameter, Problem, supply

_NAME = "<template>"


def expand(
    template: str | bytes | Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    *,
    scope: DeploymentScope | None = None,
) -> Expansion:
    """The resources and outputs of a template as Azure's engine predicts them before it deploys.

    `parameters` are `{name: {"value": ...} | {"reference": ...}}` as in a parameter file. Nothing
    is raised for what is wrong with the template: it is among the problems.
    """
    try:
        document = _document(template)
    except UnreadableFileError as error:
        return Expansion((), {}, (Problem("error", str(error), Location(_NAME)),))
    return expand_template(document, supply(_given(parameters)), scope or DeploymentScope(), _NAME)


def check(
    template: str | bytes | Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    *,
    scope: DeploymentScope | None = None,
) -> Report:
    """What the next deployment of a template does to its Key Vaults.

    Raises `UnreadableFileError` for text that is not JSON.
    """
    from armguard.analysis import check_template

    return check_template(_text(template), _given(parameters), scope or DeploymentScope(), _NAME)


def evaluate(
    value: Any,
    *,
    parameters: Mapping[str, Any] | None = None,
    parameter_types: Mapping[str, str] | None = None,
    variables: Mapping[str, Any] | None = None,
    functions: list[Any] | None = None,
    scope: DeploymentScope | None = None,
) -> Value:
    """A JSON value with expressions inside, evaluated as a property of a resource would be.

    `parameters` are name -> value, `parameter_types` name -> ARM type where it does not follow from
    the value; `variables` and `functions` are as in a template. What nobody can know is `Unknown`
    in the result. Raises `EvaluationError` where Azure would refuse it.
    """
    template = {
        "parameters": {
            name: _declaration(given, (parameter_types or {}).get(name))
            for name, given in (parameters or {}).items()
        },
        "variables": dict(variables or {}),
        "functions": functions or [],
    }
    given = {
        name: GivenParameter(name, {"value": each}) for name, each in (parameters or {}).items()
    }
    scope = scope or DeploymentScope()
    session = Session(strict=True, runtime=NoRuntime())
    facts = root_facts(scope, "resourceGroup")
    deployment = Deployment(template, Location(_NAME), supply(given), facts, session)
    for problem in deployment.rejections():
        raise EvaluationError(problem.message)
    check_variables(deployment)
    return evaluate_json(value, deployment.scope)


def _declaration(value: Any, declared: str | None) -> dict[str, Any]:
    if declared is not None:
        return {"type": declared}
    types = {bool: "bool", int: "int", str: "string", list: "array", dict: "object"}
    if value is None:
        return {"type": "string", "nullable": True}
    return {"type": types[type(value)]} if type(value) in types else {}


def _given(parameters: Mapping[str, Any] | None) -> dict[str, GivenParameter]:
    if not parameters:
        return {}
    from armguard.templates.placeholders import is_filled_by_developer_cli

    place = Location("<parameters>").child("parameters")
    by_developer_cli = is_filled_by_developer_cli(parameters)
    return {
        name: GivenParameter(name, entry, place.child(name), by_developer_cli)
        for name, entry in parameters.items()
    }


def _text(template: str | bytes | Mapping[str, Any]) -> str:
    if isinstance(template, Mapping):
        import json

        return json.dumps(template, indent=2)
    return decode(template) if isinstance(template, bytes) else template


def _document(template: str | bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(template, Mapping):
        return template
    document = parse_json(_text(template))
    if not isinstance(document, Mapping):
        raise UnreadableFileError("a template must be a JSON object", 0)
    return document
