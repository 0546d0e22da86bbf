"""Sightings on a vault: message, place, reasons, broken workspaces and ways out put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armguard.evaluation.text_pieces import shown
from armguard.explaining.because import because, only_if
from armguard.explaining.case import Case
from armguard.explaining.remedies import ways_out
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Detail, Hazard, Related, Severity, brief
from armguard.keyvault.assessment import AssessedVault, Workspace

_MOST = 8
_REMOVED = "the identity that Azure Machine Learning added to this vault is removed"
_LOSES = f"{_REMOVED}; image builds, datastores and compute stop working"
_KEY_LOST = (
    "its encryption key is in this vault, and who reads the key (the Azure Cosmos DB principal, or"
    " the workspace's identity) loses access"
)
_KEY_LOSES = f"{_KEY_LOST}; what is encrypted with it can't be read any more"


def vault_sighting(
    message: str,
    vault: AssessedVault,
    case: Case,
    *,
    setting: str = "accessPolicies",
    certainty: Certainty | None = None,
    severity: Severity | None = None,
    broken: Sequence[Workspace] = (),
    extra: tuple[Detail, ...] = (),
    related: tuple[Related, ...] = (),
    hazard: Hazard | None = None,
) -> Sighting:
    """What was seen about the verdict on a vault, at one of its settings."""
    certainty = certainty or vault.verdict.certainty or Certainty.CERTAIN
    details, places = because(vault.verdict, case)
    return Sighting(
        message + _world(vault, certainty),
        vault.settings[setting].place,
        certainty,
        severity,
        related=(
            *places,
            *related,
            *(Related(f"workspace '{brief(w.name)}' {_how_used(w)}", w.place) for w in broken),
        ),
        details=(
            *details,
            *_kept(vault),
            *extra,
            *_broken(vault, broken),
            *(ways_out(vault, case) if hazard is not None else ()),
        ),
        resource=vault.resource,
        hazard=hazard,
        vault=None if hazard is None else vault,
    )


def if_it_has_policies(vault: AssessedVault) -> str:
    """`, if it uses access policies` for the end of a message about a vault whose model the
    template leaves open; nothing else."""
    return ", if it uses access policies today" if vault.verdict.outcome.keeps_model else ""


def staying(vault: AssessedVault) -> Detail:
    """Who is in the list with any permission."""
    names = [shown(policy.object_id) for policy in vault.policies if policy.permits]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    said = ", ".join(names[:_MOST]) + more
    return Detail("stays", (said or "nobody, for its entries permit nothing",))


def _kept(vault: AssessedVault) -> tuple[Detail, ...]:
    if vault.keeper is None:
        return ()
    kept = f"its template is kept in a {vault.keeper.called}, and judged with its own defaults"
    return (Detail("because", (kept,)),)


def _world(vault: AssessedVault, certainty: Certainty) -> str:
    possible = certainty is vault.verdict.certainty is Certainty.POSSIBLE
    return only_if(*vault.verdict.world.said) if possible else ""


def _broken(vault: AssessedVault, workspaces: Sequence[Workspace]) -> Iterator[Detail]:
    for each in workspaces:
        removed, loses = (_KEY_LOST, _KEY_LOSES) if each.by_its_key else (_REMOVED, _LOSES)
        if each.elsewhere:
            says = f") of another template: {removed}"
        elif vault.verdict.kind == "missing":
            says = f"): unless the deployment fails, {loses}"
        else:
            says = f"): {loses}"
        yield Detail("breaks", (f"workspace '{brief(each.name)}' (", each.place, says))


def _how_used(workspace: Workspace) -> str:
    return "has its encryption key in this vault" if workspace.by_its_key else "uses this vault"
