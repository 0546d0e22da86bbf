"""What a report tells of a vault: its verdict, who has which access by the template, and what is
deployed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from armguard.checking.judging import Judged
from armguard.evaluation.text_pieces import shown
from armguard.evaluation.unknown import Unknown, Value
from armguard.finding import Certainty
from armguard.finding.report import Access, DeploymentReport, LiveState, Source, VaultReport
from armguard.keyvault.access import AccessPolicy
from armguard.keyvault.assessment import AssessedVault
from armguard.keyvault.permissions import PERMISSIONS
from armguard.record import replace

if TYPE_CHECKING:
    from armguard.deployed.comparison import Compared, Comparison, Unlisted


def deployment_report(judged: Judged, source: Source | None) -> DeploymentReport:
    """`source`: how deployed state was read; None: it was not asked about."""
    reports = [vault_report(vault) for vault in judged.case.assessment.vaults]
    compared = judged.case.compared
    if compared is not None and source is not None:
        reports = _with_live_states(reports, compared, source)
    told = DeploymentReport(judged.path, judged.parameter_files, tuple(reports))
    if judged.job is None:
        return told
    return replace(
        told,
        environment=judged.job.environment,
        subscription=judged.job.scope.subscription_id or "",
        resource_group=judged.job.scope.resource_group or "",
    )


def vault_report(vault: AssessedVault) -> VaultReport:
    verdict = vault.verdict
    return VaultReport(
        name=vault.name,
        id=vault.id if isinstance(vault.id, str) else None,
        location=vault.place,
        verdict=verdict.kind,
        certainty=verdict.certainty,
        reason=verdict.reason,
        workspaces=tuple(sorted({each.name for each in vault.workspaces})),
        access=tuple(map(_access, vault.policies)),
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


def _with_live_states(
    reports: list[VaultReport], compared: Compared, source: Source
) -> list[VaultReport]:
    """The reports with the deployed state of their vaults, which stand in the same order, and those
    of the vaults that the template lacks."""
    states = (_live_state(each, source) for each in compared.vaults)
    return [
        *(each if each.id is None else replace(each, live=next(states)) for each in reports),
        *(_unlisted_report(each, source) for each in compared.unlisted),
    ]


def _live_state(comparison: Comparison, source: Source) -> LiveState:
    return LiveState(
        source, comparison.found.state, comparison.rbac, comparison.changes, comparison.note
    )


def _unlisted_report(vault: Unlisted, source: Source) -> VaultReport:
    """A vault that Complete mode deletes because the template does not mention it."""
    from armguard.deployed.inventory import text

    verb = "may delete" if vault.certainty is Certainty.POSSIBLE else "deletes"
    note = f"the template does not mention it, so a deployment in Complete mode {verb} it"
    return VaultReport(
        name=text(vault.document, "name"),
        id=text(vault.document, "id"),
        location=vault.group.place,
        verdict="not-written",
        certainty=vault.certainty,
        reason=None,
        workspaces=(),
        live=LiveState(source, "exists", vault.rbac, vault.changes, note),
    )
