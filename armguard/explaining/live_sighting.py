"""Sightings on deployed vaults, put where the template decides about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from armguard.deployed.comparison import Comparison
from armguard.explaining.because import because
from armguard.explaining.case import Case
from armguard.explaining.remedies import ways_out
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Detail, Hazard, Location, Related
from armguard.finding.report import PrincipalChange
from armguard.keyvault.assessment import AssessedVault, PolicyChange
from armguard.keyvault.workspace_access import workspaces_without_access


def live_sighting(
    message: str,
    comparison: Comparison,
    case: Case,
    *,
    certainty: Certainty = Certainty.CERTAIN,
    setting: str = "accessPolicies",
    extra: tuple[Detail, ...] = (),
    remedies: bool = False,
    subject: str = "",
    children: Sequence[PolicyChange] = (),
    children_alone: bool = True,
    by_template: bool = True,
) -> Sighting:
    """What was seen about one deployed vault. `subject`: what of the vault it is about, of which
    there are several; `children`: those that do it, alone or after the vault's list;
    `by_template`: whether it is the template that brings it about."""
    vault = comparison.vault
    details: tuple[Detail, ...] = ()
    places: tuple[Related, ...] = ()
    writes = vault.verdict.kind != "not-written"
    # what decides a list that is written decides nothing about a deletion
    taken_from = "" if case.compared is None else case.compared.taken_from
    if taken_from:
        extra = (*extra, Detail("compared", (f"with {taken_from}",)))
    if children and children_alone:
        return Sighting(
            message,
            children[0].settings["accessPolicies"].place,
            certainty,
            details=(*map(_because_of, children), *extra, *_way_out_of(children)),
            resource=vault.resource,
            subject=f"{vault.name}/{subject}",
        )
    if by_template and writes is not comparison.deleted:
        details, places = because(vault.verdict, case)
    details = (*details, *map(_because_of, children))
    return Sighting(
        message,
        _place(comparison, setting),
        certainty,
        related=places,
        details=(*details, *extra, *(ways_out(vault, case) if remedies and writes else ())),
        resource=vault.resource,
        hazard=_hazard(vault) if remedies and writes else None,
        vault=vault if remedies and writes else None,
        subject=f"{vault.name}/{subject}",
    )


def _hazard(vault: AssessedVault) -> Hazard:
    """What it is without deployed state, where that is known: the same remedies are possible."""
    return "workspace" if workspaces_without_access(vault) else "list"


def _because_of(child: PolicyChange) -> Detail:
    does = {
        "replace": ") gives the principals that it lists exactly the listed permissions",
        "remove": ") takes the listed permissions away from its principals",
    }
    text = does.get(child.operation or "", ") may replace or remove what it lists")
    return Detail("because", (f"child {child.resource} (", child.name_place, text))


def _way_out_of(children: Iterable[PolicyChange]) -> Iterator[Detail]:
    if any(child.operation == "replace" for child in children):
        text = "end its name in /add, unless taking permissions away is what it is for"
        yield Detail("fix", (text,))


def _place(comparison: Comparison, setting: str) -> Location:
    """The vault's where it is written, else that of the first child that takes something away."""
    vault = comparison.vault
    if vault.verdict.kind == "not-written" and not comparison.deleted:
        for change in vault.changes:
            if change.operation != "add":
                return change.settings["accessPolicies"].place
    return vault.settings[setting].place


def who(each: PrincipalChange) -> str:
    """`identity 'id-train' (1234...)`, `func-orders (Microsoft.Web/sites) with identity 1234...`;
    an id that matches nothing known stands alone."""
    through = f" through application {each.application_id}" if each.application_id else ""
    match each.kind:
        case "system" if each.type is not None:
            return f"{each.name} ({each.type}) with identity {each.object_id}{through}"
        case "system":
            return f"workspace '{each.name}' (identity {each.object_id}){through}"
        case "user":
            return f"identity '{each.name}' ({each.object_id}){through}"
        case None:
            return f"principal {each.object_id}{through}"


def in_words(permissions: Mapping[str, list[str]]) -> str:
    """`keys get, list; secrets all`."""
    parts = (f"{kind} {', '.join(names)}" for kind, names in permissions.items())
    return "; ".join(parts) or "nothing"
