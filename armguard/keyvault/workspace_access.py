"""Which workspaces are surely, or perhaps, not in the list that a vault is deployed with."""

from __future__ import annotations

from armguard.keyvault.access import Match, identity_of, match, policies_of
from armguard.keyvault.assessment import AssessedVault, PolicyChange
from armguard.templates.resource import Resource


def workspaces_without_access(vault: AssessedVault) -> tuple[tuple[Resource, bool], ...]:
    """(workspace, whether it is certain) for each that uses a replaced vault and is not granted
    access by an entry that is surely its own identity's."""
    if vault.verdict.kind != "replaced":
        return ()
    found = []
    for workspace in vault.workspaces:
        identity = identity_of(workspace)
        if identity is None:
            found.append((workspace, False))
            continue
        matches = [match(policy, identity) for policy in policies_of(vault.policies)]
        if Match.YES not in matches:
            found.append((workspace, Match.PERHAPS not in matches))
    return tuple(found)


def granting_children(vault: AssessedVault) -> tuple[PolicyChange, ...]:
    """The `add` children of a vault that is emptied or replaced by the same deployment."""
    if vault.verdict.kind not in ("emptied", "replaced"):
        return ()
    return tuple(change for change in vault.changes if change.operation == "add")
