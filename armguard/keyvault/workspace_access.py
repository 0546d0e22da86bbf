"""Which workspaces are surely, or perhaps, not in the list that a vault is deployed with."""

from __future__ import annotations

from armguard.evaluation.identity import canonical_text
from armguard.evaluation.unknown import as_expression
from armguard.keyvault.access import Match, match
from armguard.keyvault.assessment import AssessedVault, PolicyChange, Workspace


def workspaces_without_access(vault: AssessedVault) -> tuple[tuple[Workspace, bool], ...]:
    """(workspace, whether it is certain) for each that uses a replaced vault and is not granted
    access by an entry that is surely its own identity's."""
    if vault.verdict.kind != "replaced":
        return ()
    found = []
    for workspace in vault.workspaces:
        if workspace.by_its_key:
            continue  # the database of its metadata reads the key, or another identity
        if workspace.elsewhere:
            if not _is_named(workspace, vault):
                found.append((workspace, False))
            continue
        if workspace.identity is None:
            found.append((workspace, False))
            continue
        matches = [match(policy, workspace.identity) for policy in vault.policies]
        if Match.YES not in matches:
            found.append((workspace, Match.PERHAPS not in matches))
    return tuple(found)


def _is_named(workspace: Workspace, vault: AssessedVault) -> bool:
    """Whether an entry's principal speaks of a workspace that another template writes."""
    principals = (canonical_text(as_expression(each.object_id)) for each in vault.policies)
    return any(workspace.name.lower() in principal for principal in principals)


def granting_children(vault: AssessedVault) -> tuple[PolicyChange, ...]:
    """The `add` children of a vault that is emptied or replaced by the same deployment."""
    if vault.verdict.kind not in ("emptied", "replaced"):
        return ()
    return tuple(change for change in vault.changes if change.operation == "add")
