"""Findings about a single setting of a vault, such as enableSoftDelete, that Azure refuses.

They don't hang on what happens to the access policies, so their certainty is not the verdict's: it
is that of the setting and of the conditions around the vault.
"""

from __future__ import annotations

from functools import partial

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.resource import Resource
from armguard.evaluation.scope import Scope
from armguard.evaluation.template import member
from armguard.evaluation.unknown import Value
from armguard.finding import Certainty, Detail, Finding, Severity
from armguard.keyvault.assessment import AssessedVault, Assessment
from armguard.keyvault.outcome import Outcome, Step
from armguard.keyvault.provenance import least, provenance, written
from armguard.keyvault.verdict import Verdict
from armguard.rules._explain import because, location_of
from armguard.rules._vault_finding import resource_name


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
    resource = vault.resource
    occurrence = None if assessment.rejected else written(resource)
    if occurrence is None:
        return None
    try:
        evaluated = ask(resource.scope, partial(_property, resource, name))
    except EvaluationError:
        return None
    if evaluated.value is not refused:
        return None
    certainty = least(occurrence.certainty, provenance(evaluated.consulted))
    place = resource.property_place(name)
    outcome = Outcome("not-written", (Step(name, resource, place, evaluated),))
    details, related = because(
        Verdict("not-written", "certain", outcome, vault.verdict.world), assessment.documents
    )
    said = dict.fromkeys((*vault.verdict.world.said, *occurrence.said))
    if certainty == "possible" and said:
        details = (*details, Detail("so if", (" and ".join(said),)))
    return Finding(
        rule=rule,
        severity=severity,
        certainty=Certainty(certainty),
        message=message,
        location=location_of(place),
        related=related,
        details=details,
        resource=resource_name(resource),
        written_name=str(member(resource.written, "name")),
    )


def _property(resource: Resource, name: str, _: Scope) -> Value:
    return resource.read(name).value
