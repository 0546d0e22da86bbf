"""A single setting of a vault, such as enableSoftDelete or its location, and how sure it is.

It does not hang on what happens to the access policies, so its certainty is not the verdict's: it
is that of the setting itself and of the conditions around the vault.
"""

from __future__ import annotations

from functools import partial

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.scope import Scope
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import member
from armguard.explaining.because import because, only_if
from armguard.explaining.vault_finding import resource_name
from armguard.finding import Certainty, Detail, Finding, Location, Related, Severity
from armguard.keyvault.assessment import AssessedVault, Assessment
from armguard.keyvault.outcome import Outcome, Step
from armguard.keyvault.sureness import least, provenance, written
from armguard.keyvault.verdict import Verdict
from armguard.record import record
from armguard.templates.resource import Resource


@record
class Setting:
    value: Value
    place: Location
    """that of what is around it, where it is not written"""
    certainty: Certainty
    world: str
    """`, if ...` for the end of a message, where it is only possible"""
    details: tuple[Detail, ...]
    """why it is so"""
    related: tuple[Related, ...]


def setting_of(vault: AssessedVault, name: str, assessment: Assessment) -> Setting | None:
    """A property of a vault, or its `location`; None: the vault is not written, or nobody can
    evaluate it."""
    resource = vault.resource
    occurrence = None if assessment.rejected else written(resource)
    if occurrence is None:
        return None
    try:
        evaluated = ask(resource.scope, partial(_read, resource, name))
    except EvaluationError:
        return None
    is_open = isinstance(evaluated.value, Unknown)
    certainty = least(
        occurrence.certainty, "possible" if is_open else provenance(evaluated.consulted)
    )
    path = (name,) if name == "location" else ("properties", name)
    place = resource.member_place(*path)
    outcome = Outcome("not-written", (Step(name, resource, place, evaluated),))
    details, related = because(
        Verdict("not-written", "certain", outcome, vault.verdict.world), assessment.documents
    )
    # the resource is that of the worst world, where an open condition is assumed
    assumed = vault.verdict.world.said if certainty == "possible" and not is_open else ()
    world = only_if(*assumed, *occurrence.said)
    return Setting(evaluated.value, place, Certainty(certainty), world, details, related)


def setting_finding(
    rule: str,
    severity: Severity,
    message: str,
    name: str,
    refused: Value,
    vault: AssessedVault,
    assessment: Assessment,
) -> Finding | None:
    """A finding if the property `name` of a vault that is written is exactly `refused`."""
    setting = setting_of(vault, name, assessment)
    if setting is None or setting.value is not refused:
        return None
    return finding_about_setting(rule, severity, message, setting, vault)


def finding_about_setting(
    rule: str,
    severity: Severity,
    message: str,
    setting: Setting,
    vault: AssessedVault,
    extra: tuple[Detail, ...] = (),
    subject: str = "",
) -> Finding:
    """A finding that hangs on one setting only; an error that is only possible is a warning."""
    if severity is Severity.ERROR and setting.certainty is Certainty.POSSIBLE:
        severity = Severity.WARNING
    return Finding(
        rule=rule,
        severity=severity,
        certainty=setting.certainty,
        message=message + setting.world,
        location=setting.place,
        related=setting.related,
        details=(*setting.details, *extra),
        resource=resource_name(vault.resource),
        written_name=str(member(vault.resource.written, "name")),
        subject=subject,
    )


def _read(resource: Resource, name: str, _: Scope) -> Value:
    return resource.evaluate(name) if name == "location" else resource.read(name).value
