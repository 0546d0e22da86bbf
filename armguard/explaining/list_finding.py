"""Every list of access policies that a deployment writes, entry by entry, each with its place.

A list stands in a vault itself or in a child such as `vault/add`. The lists of a vault count only
where they take effect: not under RBAC, not where the live list is kept. An entry has a place of its
own only where the list is written out; else its place is that of the property.
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.evaluation.identity import same_value
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import find_key, member
from armguard.explaining.because import only_if, written_at
from armguard.explaining.vault_finding import quoted, resource_name, vault_finding
from armguard.finding import Certainty, Finding, Location, Related, Severity
from armguard.keyvault.access import AccessPolicy, policies_of
from armguard.keyvault.assessment import AssessedVault, Assessment, PolicyChange
from armguard.keyvault.declared import safe_read, vault_of_change
from armguard.keyvault.sureness import written
from armguard.record import record, replace
from armguard.templates.resource import Resource


@record
class PolicyList:
    resource: Resource
    """the vault or the child"""
    policies: tuple[AccessPolicy, ...]
    vault: AssessedVault | None
    """the vault that the list is for; None: it is not in this template"""
    change: PolicyChange | None = None
    """the child, if it is a child's list"""

    def __str__(self) -> str:
        """Whose list it is, for messages."""
        if self.change is None:
            assert self.vault is not None
            return f"vault {quoted(self.vault)}"
        return f"child {quoted_name(self.resource)}"


def policy_lists(assessment: Assessment) -> Iterator[PolicyList]:
    """All lists that take effect, those of vaults first."""
    if assessment.rejected:
        return
    for vault in assessment.vaults:
        if vault.verdict.kind == "replaced":
            yield PolicyList(vault.resource, policies_of(vault.policies), vault)
    for change in effective_changes(assessment):
        policies = policies_of(safe_read(change.resource, "accessPolicies"))
        yield PolicyList(change.resource, policies, _vault_of(change, assessment), change)


def effective_changes(assessment: Assessment) -> Iterator[PolicyChange]:
    """The children that are, or may be, written and whose vault is not one with RBAC."""
    if assessment.rejected:
        return
    for change in assessment.changes:
        vault = _vault_of(change, assessment)
        if written(change.resource) is not None and (
            vault is None or vault.verdict.kind != "dormant"
        ):
            yield change


def _vault_of(change: PolicyChange, assessment: Assessment) -> AssessedVault | None:
    identifier = vault_of_change(change.resource)
    for vault in assessment.vaults:
        known = isinstance(vault.id, (str, Unknown))
        if vault.child_of is None and known and same_value(vault.id, identifier):
            return vault
    return None


def entry_place(
    listed: PolicyList, assessment: Assessment, index: int, *path: str | int
) -> Location:
    """Where a part of an entry is written, or the nearest that there is around it."""
    place = listed.resource.property_place("accessPolicies")
    value = written_at(place, assessment.documents)
    for step in (index, *path):
        key: str | int | None = None
        if isinstance(step, int):
            key = step if isinstance(value, list) and step < len(value) else None
        else:
            key = find_key(value, step)
        if key is None:
            break
        place, value = place.child(key), value[key]
    return place


def list_finding(
    rule: str,
    severity: Severity,
    message: str,
    listed: PolicyList,
    assessment: Assessment,
    place: Location,
    related: tuple[Related, ...] = (),
    certainty: Certainty | None = None,
    subject: str = "",
) -> Finding:
    """A finding about a list, or an entry of it, at `place`; `certainty`: another one than that of
    the list. `subject`: which of several, where entries share the place of the list."""
    if listed.change is not None:
        finding = change_finding(rule, severity, message, listed.change, place, related)
        return replace(finding, subject=subject)
    assert listed.vault is not None
    finding = vault_finding(
        rule,
        severity,
        message,
        listed.vault,
        assessment,
        breaks=False,
        related=related,
        remedies=False,
    )
    return replace(
        finding,
        location=place,
        certainty=certainty or finding.certainty,
        subject=subject,
    )


def change_finding(
    rule: str,
    severity: Severity,
    message: str,
    change: PolicyChange,
    place: Location,
    related: tuple[Related, ...] = (),
) -> Finding:
    """A finding about a child; one whose condition is open is only possible."""
    resource = change.resource
    occurrence = written(resource)
    world = only_if(*(occurrence.said if occurrence is not None else ()))
    return Finding(
        rule=rule,
        severity=severity,
        certainty=Certainty(occurrence.certainty if occurrence is not None else "possible"),
        message=message + world,
        location=place,
        related=related,
        resource=resource_name(resource),
        written_name=str(member(resource.written, "name")),
    )


def quoted_name(resource: Resource) -> str:
    """The name of a resource in a message: 'kv1', or its expression where it is not known."""
    name = resource.shown_name
    return name if name[:1] == "[" else f"'{name}'"


def shown_id(value: Value) -> str:
    """An object id in a message: quoted, or its expression where it is not known."""
    return str(value) if isinstance(value, Unknown) else f"'{value}'"
