"""Every list of access policies that a deployment writes and that takes effect.

A list stands in a vault itself or in a child such as `vault/add`. The lists of a vault count only
where they take effect: not under RBAC, not where the live list is kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.evaluation.identity import id_key
from armguard.finding import Location, ResourceName, quoted
from armguard.keyvault.access import AccessPolicy
from armguard.keyvault.assessment import AssessedVault, Assessment, PolicyChange
from armguard.record import record


@record
class WrittenList:
    resource: ResourceName
    """the vault or the child"""
    place: Location
    policies: tuple[AccessPolicy, ...]
    vault: AssessedVault | None
    """the vault that the list is for; None: it is not in this template"""
    change: PolicyChange | None = None
    """the child, if it is a child's list"""

    def __str__(self) -> str:
        """Whose list it is, for messages."""
        if self.vault is not None and self.change is None:
            return f"vault {quoted(self.vault.name)}"
        return f"child {self.resource}"


def written_lists(assessment: Assessment) -> Iterator[WrittenList]:
    """All lists that take effect, those of vaults first."""
    for vault in assessment.vaults:
        if vault.verdict.kind == "replaced":
            place = vault.settings["accessPolicies"].place
            yield WrittenList(vault.resource, place, vault.policies, vault)
    vaults = _vaults_by_id(assessment)
    for change in effective_changes(assessment):
        place = change.settings["accessPolicies"].place
        vault_of_change = vaults.get(id_key(change.vault))
        yield WrittenList(change.resource, place, change.policies, vault_of_change, change)


def effective_changes(assessment: Assessment) -> Iterator[PolicyChange]:
    """The children that are, or may be, written, that the service takes, and whose vault is not one
    with RBAC."""
    vaults = _vaults_by_id(assessment)
    for change in assessment.changes:
        vault = vaults.get(id_key(change.vault))
        is_dormant = vault is not None and vault.verdict.kind == "dormant"
        if change.written is not None and not change.refusals and not is_dormant:
            yield change


def _vaults_by_id(assessment: Assessment) -> dict[str | None, AssessedVault]:
    """The vaults that the template itself writes; of equal ones the first."""
    vaults = [vault for vault in assessment.vaults if not vault.by_children]
    found = {id_key(vault.id): vault for vault in reversed(vaults)}
    found.pop(None, None)
    return found
