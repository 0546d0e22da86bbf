"""What a deployment makes of the access policies of one vault, in one world and in all of them.

The vault is written first, then its children in their order; where a condition or a mode is open,
what can be said is said about all outcomes together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import cast

from armguard.deployed.access_list import ANYBODY, AccessList, Key, one_of, written_entries
from armguard.deployed.changes import Change, changes_between
from armguard.deployed.inventory import Document
from armguard.deployed.permission_sets import Held, Permissions
from armguard.deployed.runtime import DeployedRuntime
from armguard.deployed.writes import Operation, Shortage, Write, after, shortage
from armguard.evaluation.evaluator import asked
from armguard.evaluation.identity import same_value
from armguard.evaluation.unknown import Unknown, Value, unknowns
from armguard.finding import Location
from armguard.keyvault.complete_mode import Answer, is_complete
from armguard.keyvault.declared import (
    POLICY_CHANGES,
    operation_of,
    safe_member,
    safe_read,
    vault_of_change,
)
from armguard.keyvault.examination import Examination, Run
from armguard.keyvault.outcome import Outcome, Step, outcome_of
from armguard.keyvault.refusals import refusals
from armguard.keyvault.verdict import defaults_of
from armguard.keyvault.worlds import World, can_be_split, in_every_world
from armguard.keyvault.write_order import orders_of
from armguard.record import record, replace
from armguard.templates.resource import Resource


@record
class Effect:
    """A vault after the deployment; in one world, or in all as far as they agree."""

    writes: tuple[Write, ...]
    """of the list, in their order; while RBAC is on it has no effect"""
    rbac: bool | None
    """None: not known"""
    written: bool
    """whether the vault itself may be written"""
    deleted: Answer = "no"
    protected_by_recover: bool = False


class Effects:
    """The effects of one deployment on one vault that exists."""

    def __init__(
        self,
        key: str | None,
        vault_id: str,
        examination: Examination,
        runtime: DeployedRuntime,
        root_mode: str,
    ) -> None:
        """`key` is that of the resource that declares the vault; None: only children write it."""
        self._key = key
        self._id = vault_id
        self._examination = examination
        self._runtime = runtime
        self._mode = root_mode

    def on(self, deployed: Document, rbac: bool) -> tuple[Effect, ...]:
        """The effect in every world; one that says nothing is known where there are too many."""
        return self._on(deployed, rbac, frozenset())

    def without_defaults(self, deployed: Document, rbac: bool) -> tuple[Effect, ...] | None:
        """The same, if nothing is known of the parameters whose defaults take part in what the
        vault itself writes; None: there are none."""
        names = frozenset[str]()
        while True:
            with self._runtime.writing(deployed):
                taking_part = [self._defaults_in(run) for run in self._runs(names) or ()]
            more = names.union(*taking_part)
            if more == names:
                return self._on(deployed, rbac, names) if names else None
            names = more

    def _defaults_in(self, run: Run) -> set[str]:
        """Those that take part in the outcome, and in a list that may be written whatever the
        outcome hangs on."""
        declared = self._declared(run)
        outcome = outcome_of(declared)
        found = {*defaults_of(outcome)}
        if declared is not None and outcome.kind == "undecided":
            listed = asked(declared.scope, lambda _: safe_read(declared, "accessPolicies"))
            found.update(each.name.lower() for each in listed.consulted if each.is_default)
        return found

    def _on(self, deployed: Document, rbac: bool, forgotten: frozenset[str]) -> tuple[Effect, ...]:
        with self._runtime.writing(deployed):
            runs = self._runs(forgotten)
            if runs is None:
                return (Effect((Write("put", (ANYBODY,), perhaps=True),), None, True),)
            return tuple(effect for run in runs for effect in self._effects(run, rbac))

    def _runs(self, forgotten: frozenset[str]) -> list[Run] | None:
        """The evaluation in every world; None: there are too many."""
        worlds = in_every_world(partial(self._examine, forgotten, True))
        if worlds is None:
            worlds = in_every_world(partial(self._examine, forgotten, False))
        if worlds is None:
            return None
        return [self._examination.run(world.assumptions, forgotten) for world, _ in worlds]

    def _examine(
        self, forgotten: frozenset[str], by_entries: bool, world: World
    ) -> tuple[Outcome, Mapping[str, list[Value]]]:
        """The first outcome that is open, of the vault or of a child, so that it is split; with
        `by_entries` also an entry that has several known ways to come out."""
        run = self._examination.run(world.assumptions, forgotten)
        declared, changes = self._declared(run), self._changes(run)
        outcome = outcome_of(declared)
        for each in (outcome, *map(outcome_of, changes)):
            if each.open is not None:
                return each, run.session.alternatives
        if by_entries:
            for written in (*([] if declared is None else [declared]), *changes):
                chosen = _with_choice(written, run, world)
                if chosen is not None:
                    return chosen, run.session.alternatives
        return outcome, run.session.alternatives

    def _declared(self, run: Run) -> Resource | None:
        """The vault; None: it is not declared in this world."""
        return None if self._key is None else run.vault(self._key)

    def _changes(self, run: Run) -> list[Resource]:
        return [
            each
            for each in run.declared.changes
            if not each.existing
            and each.deployment.facts.keeper is None
            and same_value(vault_of_change(each), self._id)
        ]

    def _effects(self, run: Run, rbac: bool) -> Iterator[Effect]:
        """One for each order in which the writes may come, where that makes a difference."""
        declared, changes = self._declared(run), self._changes(run)
        outcome = outcome_of(declared)
        deleted: Answer = "no"
        rbac_after: bool | None = rbac
        refused = declared is not None and _is_refused(declared, outcome)
        is_written = declared is not None and not refused and outcome.kind != "not-written"
        if is_written and declared is not None:
            rbac_after = _model_after(outcome, declared, rbac)
        elif not refused and (resource := declared or next(iter(changes), None)) is not None:
            deleted = self._deleted(resource, outcome)
        only_adds = all(operation_of(each) == "add" for each in changes)
        vault = declared if is_written else None
        for order in orders_of(vault, changes, only_adds=only_adds):
            writes = (
                _writes_of(each, outcome) if each is declared else _writes_of_change(each)
                for each in order
            )
            yield Effect(
                tuple(write for found in writes for write in found),
                rbac_after,
                outcome.kind != "not-written" and not refused,
                deleted,
                outcome.protected == "recover",
            )

    def _deleted(self, resource: Resource, outcome: Outcome) -> Answer:
        """Complete mode deletes what a false condition leaves out; whether it deletes what is only
        referred to as `existing`, or by a child, is not established."""
        if resource.existing or resource.type.lower() == POLICY_CHANGES:
            return "no" if is_complete(resource, self._mode) == "no" else "perhaps"
        is_left_out = bool(outcome.steps) and outcome.steps[-1].what == "condition"
        gate_is_false = is_left_out and outcome.steps[-1].evaluated.value is False
        return is_complete(resource, self._mode) if gate_is_false else "no"


def _with_choice(resource: Resource, run: Run, world: World) -> Outcome | None:
    """Stands for a list that is written, if an entry hangs on a choice that the template writes
    down: allowedValues, or the branches of an `if`."""
    listed = asked(resource.scope, lambda _: safe_read(resource, "accessPolicies"))
    place = resource.property_place("accessPolicies")
    step = Step("accessPolicies", resource.key, place, listed)
    for unknown in unknowns(listed.value):
        outcome = Outcome("undecided", (step,), unknown)
        if can_be_split(outcome, run.session.alternatives, world):
            return outcome
    return None


def _is_refused(resource: Resource, outcome: Outcome) -> bool:
    """Whether the service refuses what is written, so that the vault stays as it is."""
    if outcome.refused:
        return True
    if outcome.kind in ("not-written", "undecided"):
        return False
    found = refusals(
        safe_read(resource, "accessPolicies"),
        mode=safe_read(resource, "createMode"),
        version=safe_member(resource, "apiVersion"),
    )
    return next(found, None) is not None


def _writes_of(resource: Resource, outcome: Outcome) -> Iterator[Write]:
    """What a vault writes of its list."""
    kind = outcome.kind
    policies = safe_read(resource, "accessPolicies")
    if kind == "missing":
        # that fails or removes everything
        yield Write("put", (), perhaps=True)
    elif kind == "kept" and outcome.protected == "live-list" and isinstance(policies, list):
        yield Write("put", written_entries(policies))
    elif kind not in ("kept", "dormant", "not-written"):
        is_undecided = kind == "undecided"
        is_open = is_undecided and _may_be_left_out(resource, outcome)
        is_list = isinstance(policies, (list, Unknown))
        entries = (ANYBODY,) if is_undecided and not is_list else written_entries(policies)
        yield Write("put", entries, perhaps=is_open)


def _may_be_left_out(resource: Resource, outcome: Outcome) -> bool:
    """Whether a vault of which something is open may leave the list alone."""
    match outcome.steps[-1].what:
        case "accessPolicies":
            return False
        case "enableRbacAuthorization":
            # the list is stored with either model
            mode = safe_read(resource, "createMode")
            return isinstance(mode, Unknown) or str(mode).lower() == "recover"
        case _:
            return True


def _model_after(outcome: Outcome, resource: Resource, rbac: bool) -> bool | None:
    """A vault that exists keeps its model where the template does not set it."""
    if outcome.kind == "dormant":
        return True
    written = safe_read(resource, "enableRbacAuthorization")
    if isinstance(written, Unknown):
        return None
    return False if written is False else rbac


def _writes_of_change(change: Resource) -> Iterator[Write]:
    """What a child writes of the list of its vault; Azure fails at an operation that it does not
    know, so that writes nothing."""
    outcome = outcome_of(change)
    operation = operation_of(change)
    is_known = operation in (None, "add", "replace", "remove")
    if outcome.kind == "not-written" or outcome.refused or not is_known:
        return
    is_open = outcome.open is not None and outcome.steps[-1].what != "accessPolicies"
    # a loop whose count is not known may run not even once
    may_be_left_out = is_open or any(gate.stands_for_all for gate in change.gates)
    entries = written_entries(safe_read(change, "accessPolicies"))
    yield Write(cast("Operation | None", operation), entries, may_be_left_out, change.place)


def effective_after(effects: Sequence[Effect], before: Mapping[Key, Permissions]) -> AccessList:
    """The list that has effect after the deployment, as far as all worlds agree; `before`: the
    stored one."""
    had = {key: (Held(held, held),) for key, held in before.items()}
    return one_of(list(_effective(effects, had)))


def _effective(effects: Iterable[Effect], had: AccessList) -> Iterator[AccessList]:
    """While RBAC is on no policy has effect, and a deleted vault has none."""
    for effect in effects:
        if effect.deleted != "yes":
            if effect.rbac is not True:
                yield after(effect.writes, had, had)
            if effect.rbac is not False:
                yield {}
        if effect.deleted != "no":
            yield {}


@record
class Taker:
    """A child that takes something away."""

    place: Location
    alone: bool
    """whether nothing would be lost without it"""


def taking_children(
    effects: Sequence[Effect], stored: Mapping[Key, Permissions], lost: Mapping[Key, Change]
) -> dict[Key, Taker]:
    """The child without which these would lose nothing, or less, where there is one."""
    if not lost:
        return {}
    children = dict.fromkeys(
        each.place
        for effect in effects
        for each in effect.writes
        if each.place is not None and each.operation != "add"
    )
    found: dict[Key, Taker] = {}
    for child in children:
        others = [
            replace(effect, writes=tuple(each for each in effect.writes if each.place != child))
            for effect in effects
        ]
        without = {
            each.key: each for each in changes_between(stored, effective_after(others, stored))
        }
        for key, change in lost.items():
            left = without.get(key)
            alone = left is None or not left.is_loss
            if key not in found and (alone or left != change):
                found[key] = Taker(child, alone)
    return found


def shortage_in_all(
    effects: Sequence[Effect], before: Mapping[Key, Permissions]
) -> Shortage | None:
    """How many principals lose something for sure though of none of them it is; None: nobody."""
    if any(effect.rbac is not False or effect.deleted != "no" for effect in effects):
        return None
    found = [shortage(effect.writes, before) for effect in effects]
    everywhere = [each for each in found if each is not None]
    if not everywhere or len(everywhere) < len(found):
        return None
    among = sorted({key for each in everywhere for key in each.among})
    return Shortage(min(each.least for each in everywhere), tuple(among))
