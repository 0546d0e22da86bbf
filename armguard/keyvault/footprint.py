"""What one template of a run leaves behind for comparing it with the others: who writes and who
uses which vault.

Plain texts and places only, so that nothing keeps a whole evaluation alive. Vault names are unique
in all of Azure, so the same known name means the same vault unless the places are known to differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.identity import canonical_text
from armguard.evaluation.unknown import Value, as_expression
from armguard.evaluation.values import member
from armguard.finding import Location
from armguard.keyvault.access import policies_of
from armguard.keyvault.assessment import AssessedVault, Assessment
from armguard.keyvault.outcome import Kind
from armguard.keyvault.sureness import (
    Certainty,
    Written,
    gates_of,
    least,
    provenance,
    written,
)
from armguard.record import record
from armguard.templates.resource import Resource


@record
class WrittenVault:
    """A vault that a template writes, or may write."""

    key: str
    """that of its resource"""
    id: str
    """see `comparable_id`"""
    type: str
    name: str
    """for people: an unknown one is its expression"""
    written_name: str
    kind: Kind
    certainty: Certainty
    """how sure it is that it is written, under this name"""
    sureness: Certainty
    """how sure its verdict is; where that is undecided, as sure as that it is written"""
    said: tuple[str, ...]
    """the conditions under which it is written, for people, where these are open"""
    wiping: tuple[str, ...]
    """those under which its verdict holds"""
    places: tuple[Location, ...]
    """the vault's, then those of the nested deployments around it, from the inside out"""
    list_place: Location
    """where its accessPolicies are written"""
    principals: tuple[str, ...]
    """comparable texts of the object ids in its list, where that replaces the live one"""


@record
class UsedVault:
    """An Azure Machine Learning workspace that a template writes, and its vault."""

    vault: str
    """see `comparable_id`"""
    workspace: str
    place: Location


@record
class Footprint:
    template: str
    parameters: tuple[str, ...]
    """the parameter files"""
    files: frozenset[str]
    """all files that take part: the template and those that it links"""
    vaults: tuple[WrittenVault, ...]
    workspaces: tuple[UsedVault, ...]


def footprint_of(template: str, parameters: tuple[str, ...], assessment: Assessment) -> Footprint:
    """The footprint of a template with one set of parameter files."""
    refused = bool(assessment.rejected)
    return Footprint(
        template,
        parameters,
        frozenset(assessment.documents),
        () if refused else tuple(written_vaults(assessment)),
        () if refused else tuple(_used_vaults(assessment)),
    )


def written_vaults(assessment: Assessment) -> Iterator[WrittenVault]:
    """The vaults whose live access policies a deployment touches: RBAC is not on, nothing keeps
    the list."""
    for vault in assessment.vaults:
        if vault.verdict.kind in ("emptied", "missing", "replaced", "undecided"):
            yield written_vault(vault)


def written_vault(vault: AssessedVault) -> WrittenVault:
    resource = vault.resource
    places = tuple(each.place for each in reversed(gates_of(resource)))
    occurrence = written(resource) or Written("possible")
    certainty = least(occurrence.certainty, _name_certainty(resource))
    world = vault.verdict.world.said
    # an open condition is assumed in the worst world
    said = occurrence.said or (world if occurrence.certainty == "possible" else ())
    return WrittenVault(
        resource.key,
        comparable_id(vault.id),
        resource.type,
        vault.name,
        str(member(resource.written, "name")),
        vault.verdict.kind,
        certainty,
        vault.verdict.certainty or certainty,
        said,
        world if vault.verdict.certainty == "possible" else (),
        places,
        resource.property_place("accessPolicies"),
        tuple(comparable_id(policy.object_id) for policy in policies_of(vault.policies)),
    )


def _used_vaults(assessment: Assessment) -> Iterator[UsedVault]:
    for use in assessment.uses:
        resource = use.workspace
        if written(resource) is not None:
            yield UsedVault(comparable_id(use.vault), resource.shown_name, resource.place)


def _name_certainty(resource: Resource) -> Certainty:
    """How sure the name of a resource is."""
    try:
        evaluated = ask(resource.scope, lambda _: resource.evaluate("name"))
    except EvaluationError:
        return "certain"
    return provenance(evaluated.consulted)


def comparable_id(identifier: Value) -> str:
    """An id in lower case; what is not known in it stands in braces."""
    return canonical_text(as_expression(identifier))


def may_be_same(first: str, second: str) -> bool:
    """Whether two comparable ids have the same known name and are not known to differ."""
    firsts, seconds = first.split("/"), second.split("/")
    if len(firsts) < 2 or len(firsts) != len(seconds) or firsts[-1] != seconds[-1]:
        return False
    if "{" in firsts[-1]:
        return False
    return all(a == b or "{" in a or "{" in b for a, b in zip(firsts, seconds, strict=True))


def roots(footprints: Iterable[Footprint]) -> list[Footprint]:
    """Without the templates that another one of the run links: they are part of that one."""
    every = list(footprints)
    linked = {file for each in every for file in each.files if file != each.template}
    return [each for each in every if each.template not in linked]
