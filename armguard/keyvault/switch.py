"""The switch that a template already has: a parameter with which its vault is not written."""

from __future__ import annotations

from armguard.evaluation.values import member
from armguard.expressions.parser import is_expression, parse_expression
from armguard.expressions.syntax import Call, Expression, Literal
from armguard.keyvault.parameters import possible_values
from armguard.templates.resource import Resource


def switch_of(vault: Resource, deciding: tuple[str, ...]) -> str | None:
    """The parameter, of those that decide by their default, with another value of which the
    vault's own condition is false: the condition is about nothing else. One whose values can be
    listed is none: `other_values` tries each of them."""
    if vault.deployment.parent is not None:
        return None
    condition = member(vault.written, "condition")
    if not isinstance(condition, str) or not is_expression(condition):
        return None
    name = _only_parameter(parse_expression(condition))
    known = {each.lower(): each for each in deciding}
    if name is None or name.lower() not in known:
        return None
    declared = vault.deployment.names.declared.get(name.lower())
    return None if declared is None or possible_values(declared) else known[name.lower()]


def _only_parameter(condition: Expression) -> str | None:
    """The parameter that a condition tests and whose value alone makes it true or false."""
    match condition:
        case Call(name, (Literal(str(parameter)),)) if name.lower() == "parameters":
            return parameter
        case Call(name, (inner,)) if name.lower() in ("not", "empty", "bool", "tolower"):
            return _only_parameter(inner)
        case Call(name, (tested, Literal())) | Call(name, (Literal(), tested)):
            return _only_parameter(tested) if name.lower() == "equals" else None
        case Call(name, (tested, Call(truth, ()))) if name.lower() == "equals":
            return _only_parameter(tested) if truth.lower() in ("true", "false") else None
    return None
