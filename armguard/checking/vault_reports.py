"""What a report tells of a vault: its verdict, and who has which access by the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from armguard.evaluation.scope import shown
from armguard.evaluation.unknown import Unknown, Value
from armguard.finding import Access, Certainty, Location, VaultReport
from armguard.keyvault.access import AccessPolicy, policies_of
from armguard.keyvault.assessment import AssessedVault
from armguard.keyvault.permissions import PERMISSIONS


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
