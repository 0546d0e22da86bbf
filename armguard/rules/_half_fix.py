"""The commonest half-fix: a vault whose list is rewritten, and children that add some back."""

from __future__ import annotations

from armguard.keyvault.assessment import AssessedVault, PolicyChange


def granting_children(vault: AssessedVault) -> tuple[PolicyChange, ...]:
    """The `add` children of a vault that is emptied or replaced by the same deployment."""
    if vault.verdict.kind not in ("emptied", "replaced"):
        return ()
    return tuple(change for change in vault.changes if change.operation == "add")
