"""The ways out of a wipe, in words that fit the template.

The first three are those of Microsoft's page on workspace templates; the platform has two more.
"""

from __future__ import annotations

from armguard.finding import Detail
from armguard.keyvault.assessment import AssessedVault, Assessment


def ways_out(vault: AssessedVault, assessment: Assessment) -> tuple[Detail, ...]:
    """One `fix` line and its alternatives."""
    name = vault.name if vault.name[:1] != "[" else "NAME"
    deciding = vault.verdict.deciding
    if len(deciding) == 1 and vault.verdict.outcome.steps[-1].what == "accessPolicies":
        pass_in = f"pass it in as parameter '{deciding[0]}'"
    else:
        pass_in = "write it into accessPolicies, through a parameter"
    live = (
        "before each deployment read the live list (az keyvault show --name"
        f" {name} --query properties.accessPolicies) and {pass_in}"
    )
    symbolic = vault.resource.deployment.symbolic
    once = (
        'deploy the vault only once: "@options": {"onlyIfNotExists": []} on it'
        + ("" if symbolic else ", which needs languageVersion 2.0")
        + ", or a condition that is false where it exists"
    )
    reuse = "take the vault out of this template and pass its id to what uses it"
    rbac = "or switch to role assignments: enableRbacAuthorization true (first assign the roles)"
    return (
        Detail("fix", (live,)),
        Detail("or", (once,)),
        Detail("or", (f"{reuse}; {rbac}",)),
        Detail("help", ("docs/remedies.md",)),
    )
