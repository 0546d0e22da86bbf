"""Declared against deployed: for each vault of a deployment, what changes for whom.

A vault that could not be read has no changes, which does not mean that nothing changes: `state`
comes first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from armguard.deployed.access_list import AccessList, Key, deployed_list, one_of, written_entries
from armguard.deployed.changes import Change, changes_between
from armguard.deployed.effects import (
    Effect,
    Effects,
    Taker,
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
    Unread,
    text,
)
from armguard.deployed.permission_sets import Held, missing, spelled
from armguard.deployed.runtime import DeployedRuntime
from armguard.deployed.writes import Write, after
from armguard.evaluation.text_pieces import shown
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import member
from armguard.finding import Certainty, quoted
from armguard.finding.report import PrincipalChange
from armguard.keyvault.assessment import AssessedVault, Assessment, PolicyChange
from armguard.keyvault.complete_groups import CompleteGroup, complete_groups
from armguard.keyvault.examination import Examination
from armguard.record import field, record

_REFUSED = "the service refuses this deployment of the vault, so nothing changes"
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
    taken: Mapping[str, Taker] = field(default_factory=dict)
    """key of a change -> the child that takes something away, where it is not only the vault's
    list"""
    elsewhere: str | None = None
    """the id of a vault with the name of one that is not there, of which only a child is written"""
    erased: tuple[PrincipalChange, ...] = ()
    """whose stored entries go, though role assignments decide before and after"""
    by_default: frozenset[str] = frozenset()
    """the keys of the losses that another value of a parameter may prevent"""
    users: frozenset[str] = frozenset()
    """the names of the deployed workspaces that use the vault as their own"""
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
    users: frozenset[str] = frozenset()
    """as for `Comparison`"""


@record
class Compared:
    vaults: tuple[Comparison, ...]
    unlisted: tuple[Unlisted, ...] = ()
    unanswered: tuple[str, ...] = ()
    """what could not be compared, one sentence each"""
    taken_from: str = ""
    """what it was compared with and when that was read, in words; "": Azure itself, now"""

    def unread(self) -> Iterator[Unread]:
        """The vaults that could not be read."""
        for comparison in self.vaults:
            if comparison.found.state == "unread":
                name = f"vault '{comparison.vault.name}'"
                yield Unread(name, comparison.note or "not read")


def compare(
    assessment: Assessment,
    examination: Examination,
    runtime: DeployedRuntime,
    state: DeployedState,
) -> Compared:
    """One comparison for each vault of a deployment whose id is known, and the other vaults of the
    groups that it takes for its own."""
    asked_for = vaults_asked_for(assessment)
    state.read_ahead(identifier for _, identifier in asked_for)
    vaults = tuple(
        _compared(vault, identifier, assessment, examination, runtime, state)
        for vault, identifier in asked_for
    )
    unanswered = [
        f"vault {quoted(vault.name)} was not compared: its id is not known; --resource-group,"
        " --parameters or --set may tell what it hangs on"
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
                unlisted.append(_unlisted(document, group, assessment, runtime.people()))
    return Compared(vaults, tuple(unlisted), tuple(unanswered), state.taken_from)


def vaults_asked_for(assessment: Assessment) -> tuple[tuple[AssessedVault, str], ...]:
    """The vaults that are compared, with their ids; what is only kept for a later deployment may go
    anywhere."""
    return tuple(
        (vault, vault.id)
        for vault in assessment.vaults
        if isinstance(vault.id, str) and vault.keeper is None
    )


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
    then: AccessList = {} if is_sure else kept
    changes = tuple(_told(change, people) for change in changes_between(stored, then))
    return Unlisted(document, rbac, changes, group, certainty, _users(people, text(document, "id")))


def _users(people: People, vault_id: str) -> frozenset[str]:
    return frozenset(text(each.workspace, "name") for each in people.uses(vault_id))


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
        needs_it = vault.verdict.kind == "not-written" and vault.changes and found.state == "absent"
        elsewhere = state.namesake(identifier) if needs_it else None
        return Comparison(vault, found, None, note=found.note, elsewhere=elsewhere)
    properties = member(found.document, "properties")
    rbac = member(properties, "enableRbacAuthorization") is True
    stored = deployed_list(member(properties, "accessPolicies"))
    people = runtime.people()
    shut_out = () if rbac else tuple(_shut_out(identifier, stored, people))
    key = vault.key if declares else None
    failures = tuple(_failures(vault, found.document)) if declares and vault.written else ()
    if (failures or vault.refusals) and not any(map(_has_effect, vault.changes)):
        note = "; ".join(filter(None, (found.note, _REFUSED)))
        return Comparison(vault, found, rbac, failures=failures, shut_out=shut_out, note=note)
    all_effects = Effects(key, identifier, examination, runtime, assessment.mode)
    effects = all_effects.on(found.document, rbac)
    before = {} if rbac else stored
    then = effective_after(effects, stored)
    short = None if rbac else shortage_in_all(effects, stored)
    told = [(_told(change, people), change) for change in changes_between(before, then)]
    losses = {change.key: change for _, change in told if change.is_loss}
    taken = taking_children(effects, stored, losses)
    without = all_effects.without_defaults(found.document, rbac) if losses else None
    by_default = _by_default(losses, before, stored, without)
    takes_keys = any("keys" in each.lost or "keys" in each.perhaps for each, _ in told)
    return Comparison(
        vault,
        found,
        rbac,
        tuple(each for each, _ in told),
        _flip(effects, rbac),
        failures if any(effect.written for effect in effects) else (),
        shut_out,
        "; ".join(dict.fromkeys(_notes(found, effects, rbac, before, then, vault))) or None,
        deleted=any(effect.deleted != "no" for effect in effects),
        short=0 if short is None else short.least,
        among=tuple(each for each, change in told if short and change.key in short.among),
        taken={each.key: taken[change.key] for each, change in told if change.key in taken},
        erased=tuple(_told(each, people) for each in _erased(vault, effects, rbac, stored)),
        by_default=frozenset(each.key for each, change in told if change.key in by_default),
        users=_users(people, identifier),
        encrypted=_encrypted(vault, people) if takes_keys else (),
    )


def _has_effect(change: PolicyChange) -> bool:
    """Whether a child is, or may be, written and the service takes it."""
    return change.written is not None and not change.refusals


def _by_default(
    losses: Collection[Key],
    before: Mapping[Key, Any],
    stored: Mapping[Key, Any],
    without: tuple[Effect, ...] | None,
) -> frozenset[Key]:
    """Whose losses are none any more `without` the defaults that take part in them."""
    if without is None:
        return frozenset()
    changes = changes_between(before, effective_after(without, stored))
    sure = {each.key for each in changes if each.kind in ("lost", "narrowed")}
    return frozenset(losses) - sure


def _erased(
    vault: AssessedVault, effects: tuple[Effect, ...], rbac: bool, stored: Mapping[Key, Any]
) -> Iterator[Change]:
    """What surely goes of a list that has no effect, where the template writes one."""
    mode, policies = (vault.settings[name].value for name in ("createMode", "accessPolicies"))
    is_recovered = isinstance(mode, Unknown) or str(mode).lower() == "recover"
    keeps_roles = rbac and all(each.rbac and each.written for each in effects)
    if not keeps_roles or is_recovered or not isinstance(policies, list) or vault.refusals:
        return
    had: AccessList = {key: (Held(held, held),) for key, held in stored.items()}
    put = Write("put", written_entries(policies))
    left = one_of([after([put, *each.writes], had, had) for each in effects])
    yield from (each for each in changes_between(stored, left) if each.kind in ("lost", "narrowed"))


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
        principal.type,
    )


def _flip(effects: tuple[Effect, ...], rbac: bool) -> Flip | None:
    flips = [effect for effect in effects if effect.rbac is not rbac]
    certain = all(effect.rbac is not None for effect in flips) and len(flips) == len(effects)
    return Flip(not rbac, certain) if flips else None


def _notes(
    found: FoundVault,
    effects: tuple[Effect, ...],
    rbac: bool,
    before: Mapping[Key, Any],
    then: AccessList,
    vault: AssessedVault,
) -> Iterator[str]:
    if found.note is not None:
        yield found.note
    if rbac and all(effect.rbac is True for effect in effects):
        yield _RBAC_NOTE
    if all(effect.deleted == "yes" for effect in effects):
        yield "a deployment in Complete mode deletes the vault"
    elif any(effect.deleted != "no" for effect in effects):
        yield "a deployment in Complete mode may delete the vault"
    if all(effect.protected_by_recover for effect in effects):
        yield "createMode recover keeps the policies; other changes may not be applied"
    elif any(effect.protected_by_recover for effect in effects):
        yield "where createMode is recover the policies are kept; other changes may not be applied"
    if vault.verdict.kind == "missing" and not vault.refusals:
        yield ("without accessPolicies the deployment fails or removes all of them; reports differ")
    for key, ways in then.items():
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
