"""Outputs of a deployment: conditions, loops and declared types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.json_values import copy_count, evaluate_json
from armguard.evaluation.scope import Where
from armguard.evaluation.types import check_type, resolve_type, type_name
from armguard.evaluation.unknown import Unknown, Value, holds_unknown, rest_of
from armguard.evaluation.values import member, occurrences
from armguard.expressions.syntax import Literal
from armguard.templates.resource import Surroundings
from armguard.templates.written import twice

_SPELLINGS = {
    "string": "String",
    "securestring": "SecureString",
    "int": "Int",
    "bool": "Bool",
    "array": "Array",
    "object": "Object",
    "secureobject": "SecureObject",
}


def evaluate_outputs(deployment: Surroundings) -> dict[str, tuple[str, Value]]:
    """Name -> (type, value); raises `EvaluationError` where one is refused.

    Azure's engine leaves an array or object with something unknown inside as a whole, unlike in a
    property; a check keeps what is known of it.
    """
    result: dict[str, tuple[str, Value]] = {}
    sections = occurrences(deployment.template, "outputs")
    written = [
        each
        for _, section in sections
        for each in (section.items() if isinstance(section, Mapping) else ())
    ]
    doubted = None
    if len(sections) > 1 and not deployment.session.strict:
        doubted = twice("outputs", [key for key, _ in sections], deployment.place.pointer)
    scope = deployment.scope.at(Where.OUTPUT)
    definitions = member(deployment.template, "definitions")
    for name, output in written:
        if not isinstance(output, Mapping):
            raise EvaluationError(f"output '{name}' must be an object")
        if evaluate_json(member(output, "condition"), scope.at(Where.GATE)) is False:
            continue
        declared = resolve_type(output, definitions)
        value = _value(output, deployment) if doubted is None else doubted
        if value is not None:
            check_type(value, declared, f"the value of output '{name}'", definitions)
        strict = deployment.session.strict
        if strict and not isinstance(value, Unknown) and holds_unknown(value):
            value = rest_of(Literal(value), value)
        kind = type_name(declared)
        result[name] = (_SPELLINGS.get(kind, kind), value)
    return result


def _value(output: Mapping[str, Any], deployment: Surroundings) -> Value:
    scope = deployment.scope.at(Where.OUTPUT)
    loop = member(output, "copy")
    if not isinstance(loop, Mapping):
        return evaluate_json(member(output, "value"), scope)
    members = {key.lower(): value for key, value in loop.items()}
    count = copy_count(members, scope)
    if isinstance(count, Unknown):
        return count
    name = str(members.get("name", ""))
    return [
        evaluate_json(members.get("input"), scope.in_resource_loop(name, index))
        for index in range(count)
    ]
