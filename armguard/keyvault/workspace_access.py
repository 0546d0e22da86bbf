"""Which workspaces are surely, or perhaps, not in the list that a vault is deployed with."""

from __future__ import annotations

from collections.abc import Iterable

from armguard.evaluation.identity import canonical_text
from armguard.evaluation.unknown import as_expression
from armguard.keyvault.access import AccessPolicy, Match, key_of, matches
from armguard.keyvault.assessment import AssessedVault, PolicyChange, Workspace


def workspaces_without_access(vault: AssessedVault) -> tuple[tuple[Workspace, bool], ...]:
    """(workspace, whether it is certain) for each that uses a replaced vault and is not granted
    access by an entry that is surely its own identity's."""
    if vault.verdict.kind != "replaced" or vault.refusals:
        return ()
    found = []
    for workspace in vault.workspaces:
        if workspace.by_its_key:
            continue  # the database of its metadata reads the key, or another identity
        identity = workspace.identity
        found_in = [] if identity is None else matches(vault.policies, identity)
        if Match.YES in found_in or (workspace.elsewhere and _is_named(workspace, vault)):
            continue
        is_open = identity is None or workspace.elsewhere or Match.PERHAPS in found_in
        found.append((workspace, not is_open))
    return tuple(found)


def _is_named(workspace: Workspace, vault: AssessedVault) -> bool:
    """Whether an entry's principal speaks of a workspace that another template writes."""
    principals = (canonical_text(as_expression(each.object_id)) for each in vault.policies)
    return any(workspace.name.lower() in principal for principal in principals)


def granting_children(vault: AssessedVault) -> tuple[PolicyChange, ...]:
    """The `add` children of a vault that is emptied or replaced by the same deployment, but for
    those that grant access only to whom the vault's own list names as well."""
    if vault.verdict.kind not in ("emptied", "replaced") or vault.refusals:
        return ()
    own = {key_of(each) for each in vault.policies} - {None}
    return tuple(
        change
        for change in vault.changes
        if change.operation == "add"
        and not change.refusals
        and (not change.policies or any(key_of(each) not in own for each in change.policies))
    )


def grants_openly(change: PolicyChange) -> bool:
    """Whether it is not known to whom a child grants access."""
    return not isinstance(change.settings["accessPolicies"].value, list)


def without_access_meanwhile(
    vault: AssessedVault, children: Iterable[PolicyChange]
) -> tuple[AccessPolicy, ...]:
    """The entries of the children whose principals the vault's own list leaves out: they have no
    access from the write of the vault to that of the child."""
    own = {key_of(each) for each in vault.policies} - {None}
    found = [each for change in children for each in change.policies if key_of(each) not in own]
    return tuple({key_of(each) or index: each for index, each in enumerate(found)}.values())
