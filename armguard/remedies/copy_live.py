"""The deployed list written where the vault's own list comes from, with --live or --against.

The second way out of Microsoft's page. It goes into the parameter file, where the list is a
parameter and there is one, else into the template. What is written already stays as it is, so an
entry for a run-time identity remains an expression; who is missing is added as deployed. The list
is as old as what it was taken from: who is granted access afterwards is lost with the next
deployment unless it is run again, and a principal that no longer exists makes a deployment fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from armguard.errors import EvaluationError
from armguard.evaluation.values import member as member_of
from armguard.explaining.case import Case
from armguard.finding import Location, quoted
from armguard.keyvault.assessment import AssessedVault
from armguard.remedies.remedy import DoneError, Expected, Member, Proposal, RefusedError, Target

if TYPE_CHECKING:
    from armguard.remedies._deployed_entries import Lacking
    from armguard.source.text_edits import Edit

RANK = 50
SUMMARY = "the deployed list is written into the parameter file, or into the template"
COST = "whoever is granted access later is lost unless it is run again before each deployment"
HAZARDS = ("list", "workspace")


def objection(vault: AssessedVault, case: Case) -> str | None:
    if vault.keeper is not None:
        return f"where a template that is kept in a {vault.keeper.called} is deployed is not known"
    if case.compared is None:
        return "it needs the deployed list: give --live, or --against FILE"
    if _needs_nothing(vault):
        return None
    return _unanswered(vault, case) or _half_fix(vault)


_MOST_SAID = 10


def in_bicep(vault: AssessedVault, case: Case) -> str:
    from armguard.remedies._bicep_values import inline_text

    comparison = case.comparison_of(vault)
    document = None if comparison is None else comparison.found.document
    changes = () if comparison is None else comparison.changes
    lost = {(each.tenant_id.lower(), each.object_id.lower()) for each in changes if each.is_loss}
    policies = member_of(member_of(document, "properties"), "accessPolicies")
    entries = [
        {name: value for name, value in each.items() if value is not None}
        for each in (policies if isinstance(policies, list) else ())
        if isinstance(each, Mapping)
        and tuple(str(member_of(each, key)).lower() for key in ("tenantId", "objectId")) in lost
    ]
    said = " ".join(map(inline_text, entries[:_MOST_SAID]))
    more = f" and {len(entries) - _MOST_SAID} more" if len(entries) > _MOST_SAID else ""
    return (
        "write what the deployed list has and it lacks into accessPolicies, or into the .bicepparam"
        f" file that gives it: {said}{more}"
    )


def _needs_nothing(vault: AssessedVault) -> bool:
    """Whether nobody loses anything by its list, as with one of several sets of parameters."""
    return vault.verdict.kind in ("dormant", "not-written")


def _unanswered(vault: AssessedVault, case: Case) -> str | None:
    """Why there is no deployed list to copy."""
    found = next((each for each in case.comparisons if each.vault.key == vault.key), None)
    name = quoted(vault.name)
    if found is None:
        return (
            f"the id of vault {name} is not known, so its deployed list can't be looked up;"
            " --resource-group, --parameters or --set may tell what it hangs on"
        )
    match found.found.state:
        case "unread":
            return f"the list of vault {name} was not read: {found.note or 'no reason is known'}"
        case "absent":
            return f"vault {name} does not exist yet, so there is no list to copy"
        case "deleted":
            return f"vault {name} is soft-deleted, so there is no list to copy"
    if found.rbac:
        return f"vault {name} uses role assignments, so its access policies have no effect"
    if found.flip is not None:
        return f"the template may turn role assignments on for vault {name}; no list counts then"
    return None


def _half_fix(vault: AssessedVault) -> str | None:
    """Whoever is only in a child that adds to the list is without access from the one write to the
    other, in every deployment."""
    for change in vault.changes:
        may_add = "add" in change.operations or None in change.operations
        if may_add and change.written is not None and not change.refusals:
            adds = "adds" if change.operation == "add" else "may add"
            return (
                f"vault {quoted(vault.name)} ({_at(vault.place)}) is written with a list of its"
                f" own, and child {change.resource} ({_at(change.place)}) {adds} to that: keep the"
                " vault from being written again, or move the child's entries into its list first"
            )
    return None


def _at(place: Location) -> str:
    return f"'{place.path}' at {place.pointer}"


def propose(target: Target) -> Proposal:
    from armguard.remedies._deployed_entries import edits_of, lacking
    from armguard.remedies._written_list import written_list

    edits: dict[Location, list[Edit]] = {}
    writers: dict[Location, str] = {}
    found: list[Lacking] = []
    written_by = [each for each in target.written_by if not _needs_nothing(each[0].vault)]
    for member, vault in written_by:
        comparison = member.case.comparison_of(member.vault)
        assert comparison is not None  # objection() saw to that
        parts = written_list(vault, target.files, member.parameter_files)
        found.append(lacking(parts, comparison))
        for place, own in edits_of(parts, found[-1], target.files).items():
            name = quoted(member.vault.name)
            first = writers.setdefault(place, name)
            if edits.setdefault(place, own) != own:
                raise RefusedError(_unlike(first, name, place))
    if not any(found):
        raise DoneError("the list that is written has all that the deployed one has")
    _refuse_shared(target, edits)
    return Proposal(
        tuple(each for own in edits.values() for each in own),
        _does([each for each, _ in written_by], found),
        _then(target),
        Expected(changed=(("properties", "accesspolicies"),), keeps_access=True),
    )


def _unlike(first: str, second: str, place: Location) -> str:
    """That one list lacks one thing here and another there."""
    if first == second:
        return (
            f"what the list of vault {first} ({_at(place)}) lacks is not the same with every set"
            " of parameters; give each set a list of its own"
        )
    return (
        f"vaults {first} and {second} take their lists from one place ({_at(place)}), and what"
        " that lacks is not the same for both; give each a list of its own"
    )


def _refuse_shared(target: Target, edits: Mapping[Location, Sequence[Edit]]) -> None:
    """What is written for a vault must not become the list of another one as well, nor that of one
    with role assignments, which counts again as soon as they are turned off."""
    from armguard.keyvault.declared import find_declared
    from armguard.remedies._written_list import written_list

    own = {
        (id(each.case), each.vault.key)
        for each in target.members
        if each.vault.verdict.kind != "dormant"
    }
    cases = {id(each.case): (each, vault) for each, vault in target.written_by}
    for member, vault in cases.values():
        root = vault.gates[0].deployment
        for other in member.case.assessment.vaults:
            is_other = not other.by_children and (id(member.case), other.key) not in own
            resource = find_declared(root, other.key) if is_other else None
            if resource is None:
                continue
            try:
                parts = written_list(resource, target.files, member.parameter_files)
            except (RefusedError, EvaluationError):
                continue  # it has a list of another kind; the proof looks at what becomes of it
            for each in parts:
                if each.at is not None and edits.get(each.at):
                    raise RefusedError(
                        f"its list ({_at(each.at)}) is that of vault {quoted(other.name)} as well;"
                        " give each a list of its own"
                    )


def _does(members: Sequence[Member], found: Sequence[Lacking]) -> str:
    names = [*dict.fromkeys(quoted(each.vault.name) for each in members)]
    if len(names) > 1:
        return f"the lists of vaults {', '.join(names)} get what they lack of the deployed ones"
    if any(each != found[0] for each in found):
        return f"the lists of vault {names[0]} get what they lack of the deployed one"
    gets = []
    added, permitted = len(found[0].entries), len(found[0].names)
    if added:
        gets.append(f"{added} deployed {'entry' if added == 1 else 'entries'}")
    if permitted:
        lacking = "1 entry lacks" if permitted == 1 else f"{permitted} entries lack"
        gets.append(f"the permissions that {lacking}")
    return f"the list of vault {names[0]} gets {' and '.join(gets)}"


def _then(target: Target) -> tuple[str, ...]:
    compared = target.members[0].case.compared
    taken_from = "" if compared is None else compared.taken_from
    return (
        f"the list is that of {taken_from or 'Azure as it is now'}: who is granted access later is"
        " lost with the next deployment, so run this again before each one",
        "a principal that no longer exists makes the deployment fail: take its entry out then",
    )
