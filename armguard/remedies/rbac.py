"""Role assignments in place of access policies: deploying the vault touches none of them.

The list is taken out and not emptied, which would erase what Azure has stored, the way back. Who is
listed in the template gets the roles that stand for the permissions; who was granted access by
somebody else is cut off at the switch. Roles take effect later, which can take minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from armguard.evaluation.identity import comparable
from armguard.evaluation.values import find_key, member
from armguard.explaining.case import Case
from armguard.finding import Certainty, Location, brief, quoted
from armguard.keyvault.access import Match, matches
from armguard.keyvault.assessment import AssessedVault
from armguard.record import record
from armguard.remedies.remedy import Expected, Files, Member, Proposal, RefusedError, Target

if TYPE_CHECKING:
    from armguard.remedies._role_assignments import Entry, Grant
    from armguard.remedies._written import Properties
    from armguard.source.text_edits import Edit
    from armguard.templates.resource import Resource

RANK = 90
SUMMARY = "role assignments decide who may read the vault, one for each principal that is listed"
COST = "at the switch everybody loses access who has no role, and only who is listed here gets one"
HAZARDS = ("list", "workspace")
UNSAFE = True

_FLAG = "enableRbacAuthorization"
_FIRST_VERSION = "2019-09-01"
_CHANGED = (("properties", "accesspolicies"), ("properties", "enablerbacauthorization"))


def objection(vault: AssessedVault, case: Case) -> str | None:
    if vault.verdict.kind == "dormant":
        return "role assignments decide about its access already"
    version = vault.settings["apiVersion"].value
    if isinstance(version, str) and version[:10] < _FIRST_VERSION:
        return (
            f"its apiVersion {version} does not know {_FLAG}; raise it to 2026-02-01 or later first"
        )
    return None


def in_bicep(vault: AssessedVault, case: Case) -> str:
    root = case.assessment.template
    compiled = f"{root.removesuffix('.bicep')}.json"
    return (
        "write enableRbacAuthorization: true in place of accessPolicies, and a role assignment for"
        f" each entry; 'bicep build {root}' and 'armguard fix {compiled} --remedy rbac --unsafe'"
        " show which"
    )


@record
class _Listed:
    """Who is listed in one deployment."""

    vault: Resource
    entries: tuple[Entry, ...]
    children: frozenset[Location]
    """those whose entries are among them"""

    @property
    def granted(self) -> list[Entry]:
        """The entries that roles can stand for."""
        return [each for each in self.entries if each.hindrance is None and each.permits]


def propose(target: Target) -> Proposal:
    from armguard.remedies._role_assignments import ROLE_ASSIGNMENTS, assignments, grants_for
    from armguard.remedies._written import LIST, properties_of

    properties = properties_of(target)
    listed = [_listed(target, vaults, properties) for vaults in target.chains]
    _refuse_what_differs(listed)
    granted = [grants_for(each.granted) for each in listed]
    roles, *others = (
        assignments(each.vault, grants) for each, grants in zip(listed, granted, strict=True)
    )
    if any(_missing(each) != _missing(roles) for each in others):
        raise RefusedError("parameters decide which of its roles the template assigns already")
    new = [each for each in roles if each is not None]
    does = [f"{_FLAG} is true"]
    if properties.key(LIST) is not None:
        does.append("the list of access policies is taken out")
    does.extend(_counted(len(new), len(roles) - len(new)))
    edits = (*_switch(target, properties), *_added(target, listed[0].vault, new))
    _refuse_list_that_is_left(target, edits)
    return Proposal(
        edits,
        f"vault {quoted(target.vault.name)} uses role assignments: {', '.join(does)}",
        tuple(_then(target, properties, listed, granted)),
        Expected(
            changed=_CHANGED,
            added=(ROLE_ASSIGNMENTS.lower(),) if new else (),
            cuts_off=True,
        ),
    )


def _missing(roles: Sequence[Any]) -> list[bool]:
    return [each is None for each in roles]


def _counted(new: int, old: int) -> Iterator[str]:
    """How many role assignments there are."""
    for count, ending in ((new, "for its entries"), (old, "in the template already")):
        if count:
            yield f"{count} role assignment{' stands' if count == 1 else 's stand'} {ending}"


def _listed(target: Target, vaults: Sequence[Resource], properties: Properties) -> _Listed:
    from armguard.remedies._role_assignments import entries_of, refuse_other_place
    from armguard.remedies._written import LIST

    vault, key = vaults[0], properties.key(LIST)
    written = None if key is None else properties.members[key]
    entries: list[Entry] = []
    if isinstance(written, list):
        entries.extend(entries_of(vault, vault, written))
    elif written is not None and not all(map(_lists_nobody, target.members)):
        raise RefusedError(
            "roles can't be derived from a list that is not written out; write its entries into the"
            " template first"
        )
    children = {}
    for child, its_list in _children(vault):
        try:
            children[child.place] = [*entries_of(vault, child, its_list)]
        except RefusedError:
            continue  # it is named among those that no role stands for
    entries.extend(each for found in children.values() for each in found)
    if entries:
        refuse_other_place(vault)
    return _Listed(vault, tuple(entries), frozenset(children))


def _lists_nobody(deployed: Member) -> bool:
    """Whether its list is empty, and not in one of several worlds only."""
    vault = deployed.vault
    is_sure = vault.verdict.certainty is not Certainty.POSSIBLE
    return is_sure and vault.settings["accessPolicies"].value in ([], None)


def _children(vault: Resource) -> Iterator[tuple[Resource, list[Any]]]:
    """The children of the same template that grant something to a list that is written out."""
    from armguard.keyvault.declared import POLICY_CHANGES, operation_of, vault_of_change
    from armguard.remedies._written import LIST

    for child in vault.deployment.resources((POLICY_CHANGES,)):
        written = member(member(child.written, "properties"), LIST)
        waits = member(child.written, "dependsOn")
        if (
            isinstance(written, list)
            and (waits is None or isinstance(waits, list))
            and not child.indexed
            and operation_of(child) in ("add", "replace")
            and comparable(vault_of_change(child)) == comparable(vault.id)
        ):
            yield child, written


def _refuse_what_differs(listed: Sequence[_Listed]) -> None:
    """Roles are written for all deployments of the template, so they can't hang on parameters."""
    first = listed[0].granted
    for each in listed:
        others = each.granted
        if [one.permissions for one in others] != [one.permissions for one in first]:
            raise RefusedError(
                "parameters decide what an entry of its list permits, and roles can't hang on them"
            )
        mine = [comparable(one.object_id) for one in first]
        theirs = [comparable(one.object_id) for one in others]
        if [mine.index(one) for one in mine] != [theirs.index(one) for one in theirs]:
            raise RefusedError(
                "two entries of its list are the same principal with some parameters only, which"
                " would get the same role twice"
            )


def _switch(target: Target, properties: Properties) -> Iterator[Edit]:
    from armguard.remedies._written import LIST

    flag, listed = properties.key(_FLAG), properties.key(LIST)
    editor, place = target.json_editor, properties.place
    if flag is not None:
        yield editor.set_value(place.child(flag).pointer, True)
        if listed is not None:
            yield editor.remove(place.child(listed).pointer)
    elif listed is not None:
        yield editor.replace_member(place.child(listed).pointer, _FLAG, True)
    else:
        yield from editor.insert_members(place.pointer, {_FLAG: True})


def _refuse_list_that_is_left(target: Target, edits: Sequence[Edit]) -> None:
    """Of equal keys the last one counts, and without it the one before."""
    from armguard.remedies._written import LIST
    from armguard.source.json_text import parse_json
    from armguard.source.text_edits import edited

    document = parse_json(edited(target.json_editor.text, edits))
    after = Files(lambda _: "", lambda _: document).value(target.place)
    if find_key(member(after, "properties"), LIST) is not None:
        raise RefusedError(f"its {LIST} is written twice; take the first one out")


def _added(target: Target, vault: Resource, new: Sequence[dict[str, Any]]) -> Iterator[Edit]:
    from armguard.source.json_edits import parent_of

    if not new:
        return
    if not vault.deployment.symbolic:
        yield from target.json_editor.insert_behind(target.place.pointer, new)
        return
    taken = {str(each.symbol).partition("[")[0].lower() for each in vault.deployment.resources()}
    names = (f"{vault.symbol}Role{number}" for number in range(1, len(new) + len(taken) + 1))
    free = [each for each in names if each.lower() not in taken]
    yield from target.json_editor.insert_members(
        parent_of(target.place.pointer), dict(zip(free, new, strict=False)), last=True
    )


def _then(
    target: Target,
    properties: Properties,
    listed: Sequence[_Listed],
    granted: Sequence[Sequence[Grant]],
) -> Iterator[str]:
    from armguard.remedies._role_assignments import is_asked_for, is_identity, told_of

    grants = granted[0]
    yield from _cut_off(target, granted)
    if any(each.equivalent.roles for each in grants):
        yield (
            "the roles take effect after the switch, which may take minutes, and until then the"
            " listed ones may be without access: deploy the role assignments alone before, if the"
            " vault is in use (under other names they would be refused as already existing)"
        )
    yield from told_of(grants)
    for each in listed[0].entries:
        if each.hindrance is not None:
            yield f"no role stands for an entry of {quoted(each.principal)}: {each.hindrance}"
        elif each.permits and each.permissions_are_computed:
            yield (
                f"the permissions of {quoted(each.principal)} are an expression, and its roles"
                " stand for the present value: they don't follow it"
            )
    untyped = [
        quoted(each.entry.principal)
        for each in grants
        if is_asked_for(each.entry.principal) and not is_identity(each.entry)
    ]
    if untyped:
        yield (
            f"principalType of {', '.join(untyped)} is left out, as it is not known: for a"
            " principal that was made moments before write it in, or it may not be found"
        )
    yield from _without_effect(target, properties, listed[0].children)
    yield from _workspaces(target)
    yield (
        "whoever deploys needs Microsoft.Authorization/roleAssignments/write, and the access"
        " policies that are stored in the vault are the way back: keep them, as with 'armguard"
        " snapshot'"
    )


def _cut_off(target: Target, granted: Sequence[Sequence[Grant]]) -> Iterator[str]:
    """Who loses access at the switch, in any of the deployments."""
    from armguard.remedies._cut_off import cut_off

    cases = {id(each.case): each for each in target.members}
    told: dict[str, None] = {}
    for each, grants in zip(cases.values(), granted, strict=True):
        told.update(dict.fromkeys(cut_off(each, grants)))
    yield from told


def _without_effect(
    target: Target, properties: Properties, carried: frozenset[Location]
) -> Iterator[str]:
    """What is written in the template and decides nothing any more."""
    from armguard.expressions.parser import is_expression
    from armguard.remedies._written import LIST

    for name in (_FLAG, LIST):
        key = properties.key(name)
        written = None if key is None else properties.members[key]
        if isinstance(written, str) and is_expression(written):
            told = f"{name} was {brief(written)}, which decides nothing about this vault any more"
            yield told + (": whoever is passed in there gets no role" if name == LIST else "")
    for change in target.vault.changes:
        if change.place in carried:
            yield (
                f"what {change.resource} writes has no effect any more; its principals have their"
                " roles"
            )
        elif change.operation != "remove":
            path, pointer = change.place.path, change.place.pointer
            yield (
                f"what {change.resource} writes at {path}#{pointer} has no effect any more: give"
                " its principals roles as well, which could not be derived"
            )


def _workspaces(target: Target) -> Iterator[str]:
    """Those of Azure Machine Learning that no role is for."""
    told = dict.fromkeys(
        each.name
        for member in target.members
        for each in member.vault.workspaces
        if not each.by_its_key
        and (
            each.identity is None or Match.YES not in matches(member.vault.policies, each.identity)
        )
    )
    for name in told:
        yield (
            f"workspace {quoted(name)} uses the vault, and its identity is in no entry, so it gets"
            " no role here: assign one (Azure Machine Learning takes all permissions on keys,"
            " secrets and certificates in a list, as Key Vault Administrator has; whether less is"
            " enough is not established)"
        )
