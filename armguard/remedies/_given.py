"""Whether a property is given, in whatever way it comes out: where Azure decides by its absence."""

from __future__ import annotations

from armguard.evaluation.unknown import Unknown, Value
from armguard.expressions.syntax import Call, Expression, Literal
from armguard.templates.resource import Resource, Surroundings


def is_given(said: Value, resource: Resource | None = None) -> bool:
    """Whether the value of a property is there, whatever it is. `resource`: the one that has it;
    None: no parameter is taken for nullable."""
    return said is not None and not (
        isinstance(said, Unknown) and _may_be_null(said.residual, resource)
    )


_NEVER_NULL = (
    "and",
    "bool",
    "contains",
    "empty",
    "endswith",
    "equals",
    "false",
    "greater",
    "greaterorequals",
    "less",
    "lessorequals",
    "not",
    "or",
    "startswith",
    "true",
)


def _may_be_null(node: Expression, resource: Resource | None) -> bool:
    match node:
        case Literal(value):
            return value is None
        case Call(name, (_, first, second)) if name.lower() == "if":
            return _may_be_null(first, resource) or _may_be_null(second, resource)
        case Call(name, arguments) if name.lower() == "coalesce":
            return all(_may_be_null(each, resource) for each in arguments)
        case Call("parameters", (Literal(name),), ""):
            return resource is not None and _is_nullable(str(name), resource)
        case Call(name):
            return name.lower() not in _NEVER_NULL
    return True


def _is_nullable(parameter: str, resource: Resource) -> bool:
    root: Surroundings = resource.gates[0].deployment
    declared = root.names.declared.get(parameter.lower())
    return declared is None or declared.nullable
