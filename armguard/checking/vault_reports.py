"""What a report tells of a vault: its verdict, and who has which access by the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from armguard.deployed.comparison import Compared, Comparison, PrincipalChange, Unlisted
from armguard.deployed.inventory import text
from armguard.deployed.permission_sets import spelled
from armguard.evaluation.text_pieces import shown
from armguard.evaluation.unknown import Unknown, Value
from armguard.explaining.live_finding import workspaces_of
from armguard.finding import Access, Certainty, LiveState, Location, VaultReport
from armguard.finding import PrincipalChange as ReportedChange
from armguard.keyvault.access import AccessPolicy, policies_of
from armguard.keyvault.assessment import AssessedVault
from armguard.keyvault.permissions import PERMISSIONS
from armguard.record import replace


def vault_report(vault: AssessedVault) -> VaultReport:
    verdict = vault.verdict
    return VaultReport(
        name=vault.name,
        id=vault.id if isinstance(vault.id, str) else None,
        location=Location(vault.resource.place.path, vault.resource.place.pointer),
        verdict=verdict.kind,
        certainty=None if verdict.certainty is None else Certainty(verdict.certainty),
        reason=verdict.reason,
        workspaces=tuple(sorted(each.shown_name for each in vault.workspaces)),
        access=tuple(map(_access, policies_of(vault.policies))),
    )


def _access(policy: AccessPolicy) -> Access:
    who = (policy.object_id, policy.tenant_id, policy.application_id)
    object_id, tenant_id, application_id = ("" if each is None else shown(each) for each in who)
    return Access(object_id, tenant_id, application_id, tuple(_permissions(policy.permissions)))


def _permissions(written: Value) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is permitted for each kind of object; one expression can stand for all of them."""
    if isinstance(written, Unknown):
        yield from ((kind, (shown(written),)) for kind in PERMISSIONS)
    elif isinstance(written, Mapping):
        for kind, names in written.items():
            each = names if isinstance(names, list) else [] if names is None else [names]
            yield shown(kind), tuple(map(shown, each))


Source = Literal["live", "snapshot"]


def with_live_states(
    reports: list[VaultReport], path: str, compared: Compared, source: Source
) -> list[VaultReport]:
    """The reports with the deployed state of their vaults, which stand in the same order, and those
    of the vaults that the template at `path` lacks."""
    states = (live_state_of(each, source) for each in compared.vaults)
    return [
        *(each if each.id is None else replace(each, live=next(states)) for each in reports),
        *(unlisted_report(each, path, source) for each in compared.unlisted),
    ]


def live_state_of(comparison: Comparison, source: Source) -> LiveState:
    return LiveState(
        source,
        comparison.found.state,
        comparison.rbac,
        tuple(map(_reported, comparison.changes)),
        comparison.note,
    )


def unlisted_report(vault: Unlisted, path: str, source: Source) -> VaultReport:
    """A vault that Complete mode deletes because the template does not mention it."""
    note = "the template does not mention it, so a deployment in Complete mode deletes it"
    changes = tuple(map(_reported, vault.changes))
    return VaultReport(
        name=text(vault.document, "name"),
        id=text(vault.document, "id"),
        location=Location(path, ""),
        verdict="not-written",
        certainty=Certainty.CERTAIN,
        reason=None,
        workspaces=(),
        live=LiveState(source, "exists", vault.rbac, changes, note),
    )


def unanswered_by(compared: Compared) -> Iterator[str]:
    """What of a comparison stayed open because it could not be read."""
    yield from compared.unanswered
    for comparison in compared.vaults:
        if comparison.found.state == "unread":
            yield f"vault '{comparison.vault.name}': {comparison.note or 'not read'}"


def _reported(each: PrincipalChange) -> ReportedChange:
    tenant, principal, application = each.change.key
    return ReportedChange(
        principal,
        tenant,
        application or None,
        each.principal.name,
        workspaces_of(each),
        each.change.kind,
        spelled(each.change.lost),
        spelled(each.change.gained),
    )
