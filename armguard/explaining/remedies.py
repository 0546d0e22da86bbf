"""The ways out of a wipe, in words that fit the template.

The first three are those of Microsoft's page on workspace templates; the platform has two more.
"""

from __future__ import annotations

import re

from armguard.evaluation.values import member
from armguard.expressions.parser import is_expression, parse_expression
from armguard.expressions.syntax import Call, Expression, Literal
from armguard.finding import Detail
from armguard.keyvault.assessment import AssessedVault, Assessment
from armguard.keyvault.complete_mode import is_complete

_PLAIN = re.compile(r"[A-Za-z0-9-]{1,24}")
"""A name that a shell takes as it is."""


def ways_out(vault: AssessedVault, assessment: Assessment) -> tuple[Detail, ...]:
    """One `fix` line and its alternatives, what the template itself offers first."""
    name = vault.name if _PLAIN.fullmatch(vault.name) else "NAME"
    deciding = _deciding_the_list(vault)
    if len(deciding) == 1:
        pass_in = f"pass it in as parameter '{deciding[0]}'"
    else:
        pass_in = "write it into accessPolicies, through a parameter"
    live = (
        "before each deployment read the live list (az keyvault show --name"
        f" {name} --query properties.accessPolicies) and {pass_in}"
    )
    symbolic = vault.resource.deployment.symbolic
    once = 'deploy the vault only once: "@options": {"onlyIfNotExists": []} on it' + (
        "" if symbolic else ", which needs languageVersion 2.0"
    )
    deletes = is_complete(vault.resource, assessment.mode) != "no"
    switch = None if deletes else _switch(vault)
    if not deletes and member(vault.resource.written, "condition") is None:
        once += ", or a condition that is false where it exists"
    own: tuple[str, ...] = ()
    if switch is not None:
        what = f"pass a value of parameter '{switch}' with which its condition is false"
        own = (f"where the vault exists, {what}",)
    reuse = "take the vault out of this template and pass its id to what uses it"
    if deletes:
        reuse += ", deployed in Incremental mode: Complete mode would delete it"
    rbac = "or switch to role assignments: enableRbacAuthorization true (first assign the roles)"
    ways: list[str] = [*own, live, once, f"{reuse}; {rbac}"]
    return (
        Detail("fix", (ways[0],)),
        *(Detail("or", (each,)) for each in ways[1:]),
        Detail("help", ("armguard rules remedies",)),
    )


def _switch(vault: AssessedVault) -> str | None:
    """The parameter with another value of which the vault's own condition is false: it has its
    default, and the condition is about nothing else."""
    resource = vault.resource
    if resource.deployment.parent is not None:
        return None
    condition = member(resource.written, "condition")
    if not isinstance(condition, str) or not is_expression(condition):
        return None
    name = _only_parameter(parse_expression(condition))
    deciding = {each.lower(): each for each in vault.verdict.deciding}
    if name is None or name.lower() not in deciding:
        return None
    declared = member(member(resource.deployment.template, "parameters"), name)
    allowed = member(declared, "allowedValues")
    is_fixed = isinstance(allowed, list) and len(allowed) < 2
    return None if is_fixed else deciding[name.lower()]


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


def _deciding_the_list(vault: AssessedVault) -> list[str]:
    """The parameters whose default is why the list is what it is."""
    steps = vault.verdict.outcome.steps
    if not steps or steps[-1].what != "accessPolicies":
        return []
    consulted = {each.name for each in steps[-1].evaluated.consulted if each.kind == "parameter"}
    return [name for name in vault.verdict.deciding if name in consulted]
