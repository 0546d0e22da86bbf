"""The ways out of a wipe, in words that fit the template.

The first three are those of Microsoft's page on workspace templates; the platform has two more.
"""

from __future__ import annotations

import re

from armguard.finding import Detail
from armguard.keyvault.assessment import AssessedVault

_PLAIN = re.compile(r"[A-Za-z0-9-]{1,24}")
"""A name that a shell takes as it is."""


def ways_out(vault: AssessedVault) -> tuple[Detail, ...]:
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
    once = 'deploy the vault only once: "@options": {"onlyIfNotExists": []} on it' + (
        "" if vault.symbolic else ", which needs languageVersion 2.0"
    )
    deletes = vault.complete != "no"
    if not deletes and not vault.has_condition:
        once += ", or a condition that is false where it exists"
    own: tuple[str, ...] = ()
    if vault.switch is not None and not deletes:
        what = f"pass a value of parameter '{vault.switch}' with which its condition is false"
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


def _deciding_the_list(vault: AssessedVault) -> list[str]:
    """The parameters whose default is why the list is what it is."""
    steps = vault.verdict.outcome.steps
    if not steps or steps[-1].what != "accessPolicies":
        return []
    consulted = {each.name for each in steps[-1].evaluated.consulted if each.kind == "parameter"}
    return [name for name in vault.verdict.deciding if name in consulted]
