"""The entries of the vault's own list move into a child `accessPolicies/add`.

Only beside a remedy with which the vault keeps the list that it has: writing it would remove
everybody whom the child does not name, and leave the others without access until the child is
written. The child adds
to the list that the vault has, so that later entries of the template reach a vault that exists; it
takes nobody out. What waited for the vault waits for the child, which now gives access.
"""

from __future__ import annotations

from armguard.explaining.case import Case
from armguard.finding import Certainty, quoted
from armguard.keyvault.api_versions import NEWEST
from armguard.keyvault.assessment import AssessedVault
from armguard.remedies.remedy import Expected, Member, Proposal, RefusedError, Target

RANK = 60
SUMMARY = "the entries move into a child 'add', beside a remedy that keeps the vault's own list"
COST = "the child only adds: whoever is taken out of its list later keeps the access"
HAZARDS = ("list", "workspace")
COMPANION = True

_LIST = ("properties", "accesspolicies")


def objection(vault: AssessedVault, case: Case) -> str | None:
    return None


def in_bicep(vault: AssessedVault, case: Case) -> str:
    return (
        "beside what keeps the vault from being written again, move its entries into resource"
        f" grants 'Microsoft.KeyVault/vaults/accessPolicies@{NEWEST}' ="
        " { parent: SYMBOL_OF_THE_VAULT, name: 'add', properties: { accessPolicies: [...] } }, and"
        " leave [] in the vault"
    )


def propose(target: Target) -> Proposal:
    from armguard.keyvault.declared import POLICY_CHANGES
    from armguard.remedies._grants import Grants
    from armguard.remedies._own_list import emptied, own_list

    own = own_list(target.written, target.place)
    if own.place is None or not own.value or all(map(_is_empty, target.members)):
        raise RefusedError("nobody is in the vault's own list, so there is nothing to move")
    grants = Grants(target, own)
    edits = [*grants.edits(), emptied(target.json_editor, own)]
    return Proposal(
        tuple(edits),
        f"the entries of vault {quoted(target.vault.name)} move into a child 'add', which adds them"
        " to the list that the vault has",
        tuple(grants.said()),
        Expected(
            changed=(_LIST,),
            children_changed=(_LIST,) if grants.existing is not None else (),
            added=() if grants.existing is not None else (POLICY_CHANGES,),
            moves_entries=True,
        ),
    )


def _is_empty(member: Member) -> bool:
    verdict = member.vault.verdict
    return verdict.kind == "emptied" and verdict.certainty is Certainty.CERTAIN
