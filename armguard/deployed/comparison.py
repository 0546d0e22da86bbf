"""Declared against deployed: for each vault of a deployment, what changes for whom.

A vault that could not be read has no changes, which does not mean that nothing changes: `state`
comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from armguard.deployed.access_list import AccessList, Key, deployed_list
from armguard.deployed.changes import Change, changes_between
from armguard.deployed.effects import (
    Effect,
    Effects,
    effective_after,
    shortage_in_all,
    taking_children,
)
from armguard.deployed.inventory import (
    DeployedState,
    Document,
    FoundVault,
    GroupVaults,
    People,
    text,
)
from armguard.deployed.permission_sets import Held, missing, spelled
from armguard.deployed.runtime import DeployedRuntime
from armguard.evaluation.text_pieces import shown
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import member
from armguard.finding import Certainty, Location, PrincipalChange, quoted
from armguard.keyvault.assessment import AssessedVault, Assessment
from armguard.keyvault.complete_groups import CompleteGroup, complete_groups
from armguard.keyvault.examination import Examination
from armguard.record import field, record

_RBAC_NOTE = "role assignments decide about access; the stored access policies have no effect"


@record
class Flip:
    """The template turns RBAC on or off."""

    to_rbac: bool
    certain: bool


@record
class Comparison:
    vault: AssessedVault
    found: FoundVault
    rbac: bool | None
    """the deployed model; None: the vault does not exist or was not read"""
    changes: tuple[PrincipalChange, ...] = ()
    flip: Flip | None = None
    failures: tuple[tuple[str, str], ...] = ()
    """(property, why Azure would refuse the deployment)"""
    shut_out: tuple[tuple[str, str], ...] = ()
    """(workspace, its principal id) of those that have no access today"""
    note: str | None = None
    deleted: bool = False
    """whether the deployment deletes the vault"""
    short: int = 0
    """how many of `among` lose something for sure, though of none of them it is"""
    among: tuple[PrincipalChange, ...] = ()
    taken: Mapping[str, Location] = field(default_factory=dict)
    """key of a change -> the child that takes something away, where it is not the vault's list"""
    encrypted: tuple[str, ...] = ()
    """the workspaces that have their encryption key in the vault"""

    @property
    def id(self) -> str:
        return str(self.vault.id)


@record
class Unlisted:
    """A vault of its resource group that a Complete-mode deployment does not mention."""

    document: Document
    rbac: bool
    changes: tuple[PrincipalChange, ...]
    group: CompleteGroup
    certainty: Certainty
    """how sure it is that the vault is deleted"""


@record
class Compared:
    vaults: tuple[Comparison, ...]
    unlisted: tuple[Unlisted, ...] = ()
    unanswered: tuple[str, ...] = ()
    """what could not be compared, one sentence each"""

    def unread(self) -> Iterator[str]:
        """What stayed open because it could not be read."""
        yield from self.unanswered
        for comparison in self.vaults:
            if comparison.found.state == "unread":
                yield f"vault '{comparison.vault.name}': {comparison.note or 'not read'}"


def compare(
    assessment: Assessment,
    examination: Examination,
    runtime: DeployedRuntime,
    state: DeployedState,
) -> Compared:
    """One comparison for each vault of a deployment whose id is known, and the other vaults of the
    groups that it takes for its own; what is only kept for a later deployment may go anywhere."""
    vaults = tuple(
        _compared(vault, vault.id, assessment, examination, runtime, state)
        for vault in assessment.vaults
        if isinstance(vault.id, str) and vault.keeper is None
    )
    unanswered = [
        f"vault {quoted(vault.name)} was not compared: its id is not known"
        for vault in assessment.vaults
        if not isinstance(vault.id, str)
        and vault.keeper is None
        and vault.verdict.kind != "not-written"
    ]
    unlisted: list[Unlisted] = []
    for group in complete_groups(examination.run().deployment, assessment.mode):
        of_group = _vaults_of(group, state)
        if not of_group.complete:
            name = quoted(shown(group.name)) if group.name is not None else "of the deployment"
            unanswered.append(f"which other vaults are in resource group {name} is not known")
        known = {each.id.lower() for each in vaults}
        for document in of_group.vaults:
            if text(document, "id").lower() not in known:
                unlisted.append(_unlisted(document, group, assessment, state.people()))
    return Compared(vaults, tuple(unlisted), tuple(unanswered))


def _vaults_of(group: CompleteGroup, state: DeployedState) -> GroupVaults:
    if isinstance(group.subscription, str) and isinstance(group.name, str):
        return state.vaults_of_group(group.subscription, group.name)
    return GroupVaults()


def _unlisted(
    document: Document, group: CompleteGroup, assessment: Assessment, people: People
) -> Unlisted:
    # what is not known in the template may be that very vault
    known = all(isinstance(vault.id, str) for vault in assessment.vaults)
    certainty = group.certainty if known and not assessment.closed else Certainty.POSSIBLE
    properties = member(document, "properties")
    rbac = member(properties, "enableRbacAuthorization") is True
    stored = {} if rbac else deployed_list(member(properties, "accessPolicies"))
    is_sure = certainty is not Certainty.POSSIBLE
    kept: AccessList = {key: (None, Held(held, held)) for key, held in stored.items()}
    after: AccessList = {} if is_sure else kept
    changes = tuple(_told(change, people) for change in changes_between(stored, after))
    return Unlisted(document, rbac, changes, group, certainty)


def _compared(
    vault: AssessedVault,
    identifier: str,
    assessment: Assessment,
    examination: Examination,
    runtime: DeployedRuntime,
    state: DeployedState,
) -> Comparison:
    declares = not vault.by_children
    location = vault.settings["location"].value if declares else None
    found = state.vault(identifier, location if isinstance(location, str) else None)
    if found.state != "exists" or found.document is None:
        return Comparison(vault, found, None, note=found.note)
    properties = member(found.document, "properties")
    rbac = member(properties, "enableRbacAuthorization") is True
    stored = deployed_list(member(properties, "accessPolicies"))
    people = state.people()
    key = vault.key if declares else None
    effects = Effects(key, identifier, examination, runtime, assessment.mode).on(
        found.document, rbac
    )
    before = {} if rbac else stored
    after = effective_after(effects, stored)
    short = None if rbac else shortage_in_all(effects, stored)
    writes = [effect for effect in effects if effect.written]
    told = [(_told(change, people), change) for change in changes_between(before, after)]
    losing = {change.key: each for each, change in told if change.is_loss}
    taken = taking_children(effects, stored, losing)
    takes_keys = any("keys" in each.lost or "keys" in each.perhaps for each, _ in told)
    return Comparison(
        vault,
        found,
        rbac,
        tuple(each for each, _ in told),
        _flip(effects, rbac),
        tuple(_failures(vault, found.document)) if writes and declares else (),
        () if rbac else tuple(_shut_out(identifier, stored, people)),
        "; ".join(dict.fromkeys(_notes(found, effects, rbac, before, after, vault))) or None,
        deleted=any(effect.deleted != "no" for effect in effects),
        short=0 if short is None else short.least,
        among=tuple(each for each, change in told if short and change.key in short.among),
        taken={losing[key].key: child for key, child in taken.items()},
        encrypted=_encrypted(vault, people) if takes_keys else (),
    )


def _encrypted(vault: AssessedVault, people: People) -> tuple[str, ...]:
    """By the template and by what is deployed."""
    names = [each.name for each in vault.workspaces if each.by_its_key]
    names += [text(each, "name") for each in people.encrypted_by(str(vault.id))]
    return tuple({name.lower(): name for name in names}.values())


def _told(change: Change, people: People) -> PrincipalChange:
    tenant, object_id, application = change.key
    principal = people.principal(object_id)
    return PrincipalChange(
        object_id,
        tenant,
        application or None,
        principal.name,
        tuple(sorted(text(workspace, "name") for workspace in principal.workspaces)),
        change.kind,
        spelled(change.lost),
        spelled(change.gained),
        principal.kind,
        change.whole,
        spelled(change.perhaps),
    )


def _flip(effects: tuple[Effect, ...], rbac: bool) -> Flip | None:
    flips = [effect for effect in effects if effect.rbac is not None and effect.rbac != rbac]
    return Flip(not rbac, len(flips) == len(effects)) if flips else None


def _notes(
    found: FoundVault,
    effects: tuple[Effect, ...],
    rbac: bool,
    before: Mapping[Key, Any],
    after: AccessList,
    vault: AssessedVault,
) -> Iterator[str]:
    if found.note is not None:
        yield found.note
    if rbac and all(effect.rbac is True for effect in effects):
        yield _RBAC_NOTE
    for effect in effects:
        if effect.deleted == "yes":
            yield "a deployment in Complete mode deletes the vault"
        elif effect.deleted == "perhaps":
            yield "a deployment in Complete mode may delete the vault"
        if effect.protected_by_recover:
            yield "createMode recover keeps the policies; other changes may not be applied"
    if vault.verdict.kind == "missing" and not vault.refusals:
        yield ("without accessPolicies the deployment fails or removes all of them; reports differ")
    for key, ways in after.items():
        had = before.get(key, {})
        for held in filter(None, ways):
            if any("purge" in names for names in missing(had, held.most)[1].values()):
                yield "whether 'all' covers purge is not established"


def _failures(vault: AssessedVault, deployed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What can't be changed on a vault that exists, where it is written differently."""
    written = vault.settings["location"].value
    location = text(deployed, "location")
    if isinstance(written, str) and location and _plain(written) != _plain(location):
        yield "location", f"its location is '{location}' and can't be changed to '{written}'"
    days = vault.settings["softDeleteRetentionInDays"].value
    had = member(member(deployed, "properties"), "softDeleteRetentionInDays")
    if _is_number(days) and _is_number(had) and days != had:
        yield (
            "softDeleteRetentionInDays",
            f"its softDeleteRetentionInDays is {had} and can't be changed to {days}",
        )


def _plain(location: str) -> str:
    return location.replace(" ", "").lower()


def _is_number(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shut_out(
    vault_id: str, stored: Mapping[Key, Any], people: People
) -> Iterator[tuple[str, str]]:
    """Workspaces that use the vault and none of whose identities has an entry of its own that
    permits anything."""
    have = {
        principal
        for (_, principal, application), held in stored.items()
        if application == "" and any(held.values())
    }
    for use in people.uses(vault_id):
        if use.principals and have.isdisjoint(use.principals):
            yield text(use.workspace, "name"), use.principals[0]
