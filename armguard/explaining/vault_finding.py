"""Findings about a vault: message, place, reasons, broken workspaces and ways out put together."""

from __future__ import annotations

from armguard.evaluation.values import member
from armguard.explaining.because import because, only_if
from armguard.explaining.remedies import ways_out
from armguard.finding import Certainty, Detail, Finding, Related, ResourceName, Severity
from armguard.keyvault.assessment import AssessedVault, Assessment
from armguard.templates.resource import Resource

_LOSES = (
    "the identity that Azure Machine Learning added to this vault is removed; image builds,"
    " datastores and compute stop working"
)


def vault_finding(
    rule: str,
    severity: Severity,
    message: str,
    vault: AssessedVault,
    assessment: Assessment,
    *,
    property_name: str = "accessPolicies",
    certainty: Certainty | None = None,
    breaks: bool = True,
    extra: tuple[Detail, ...] = (),
    related: tuple[Related, ...] = (),
    remedies: bool = True,
) -> Finding:
    """A finding about the verdict on a vault; an error that is only possible is a warning."""
    certainty = certainty or Certainty(vault.verdict.certainty or "certain")
    if severity is Severity.ERROR and certainty is Certainty.POSSIBLE:
        severity = Severity.WARNING
    details, places = because(vault.verdict, assessment.documents)
    broken = vault.workspaces if breaks else ()
    return Finding(
        rule=rule,
        severity=severity,
        certainty=certainty,
        message=message + _world(vault, certainty),
        location=vault.resource.property_place(property_name),
        related=(*places, *related, *(_workspace(each) for each in broken)),
        details=(
            *details,
            *extra,
            *(_broken(each, vault) for each in broken),
            *(ways_out(vault, assessment) if remedies else ()),
        ),
        resource=resource_name(vault.resource),
        written_name=str(member(vault.resource.written, "name")),
    )


def quoted(vault: AssessedVault) -> str:
    """The name of a vault in a message: 'kv1', or its expression where it is not known."""
    return vault.name if vault.name[:1] == "[" else f"'{vault.name}'"


def resource_name(resource: Resource) -> ResourceName:
    return ResourceName(resource.type, resource.shown_name)


def _world(vault: AssessedVault, certainty: Certainty) -> str:
    said = vault.verdict.world.said
    if certainty is not Certainty.POSSIBLE or not said or vault.verdict.certainty != "possible":
        return ""
    return only_if(*said)


def _workspace(resource: Resource) -> Related:
    message = f"workspace '{resource.shown_name}' uses this vault"
    return Related(message, resource.place)


def _broken(workspace: Resource, vault: AssessedVault) -> Detail:
    loses = f"unless the deployment fails, {_LOSES}" if vault.verdict.kind == "missing" else _LOSES
    place = workspace.place
    return Detail("breaks", (f"workspace '{workspace.shown_name}' (", place, f"): {loses}"))
