"""One template with one set of parameters, evaluated as often as a verdict needs it.

Each run is a whole lenient evaluation in one world, lazy enough to cost little; all runs share one
budget, so that no template makes many worlds expensive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from armguard.evaluation.identity import id_key
from armguard.evaluation.scope import Budget, Session
from armguard.evaluation.unknown import Unknown, Value
from armguard.keyvault.declared import (
    DeclaredResources,
    declared_in,
    find_declared,
    is_written,
    vault_of_change,
    vault_of_encryption,
    vault_of_workspace,
    workspaces_by_id,
)
from armguard.templates.deployment import Deployment
from armguard.templates.resource import Resource

_STEPS_OF_A_NODE = 10
"""What it takes to evaluate a node of a residual in one more world, and to compare it."""

Start = Callable[[Session], Deployment]
"""Deploys the template in a session"""


class Users:
    """Which workspaces use which vault."""

    def __init__(self, workspaces: Iterable[Resource], used: Callable[[Resource], Value]) -> None:
        """`used` gives the id of the vault that a workspace uses; None: none is named."""
        self.pairs = tuple(
            (each, vault) for each in workspaces if (vault := used(each)) is not None
        )
        """(workspace, the id of its vault)"""
        self._by_key: dict[str, list[Resource]] = {}
        for each, vault in self.pairs:
            self._by_key.setdefault(id_key(vault) or "", []).append(each)

    def of(self, vault_id: Value) -> list[Resource]:
        """The workspaces that use the vault with this id."""
        return self._by_key.get(id_key(vault_id) or "-", [])


class Run:
    """One evaluation in one world; it looks no further than it is asked."""

    def __init__(self, deployment: Deployment, session: Session) -> None:
        self.deployment = deployment
        self._found: dict[str, Resource | None] = {}
        self.session = session

    @cached_property
    def declared(self) -> DeclaredResources:
        """All that is declared in this world."""
        return declared_in(self.deployment)

    @cached_property
    def _changes(self) -> dict[str, list[Resource]]:
        """`id_key` of a vault -> the written changes of its policies."""
        changes: dict[str, list[Resource]] = {}
        for each in filter(is_written, self.declared.changes):
            changes.setdefault(id_key(vault_of_change(each)) or "", []).append(each)
        return changes

    @cached_property
    def users(self) -> Users:
        """The written workspaces and the vaults that they have for their own."""
        by_id = workspaces_by_id(self.declared.workspaces)
        return Users(self._workspaces, lambda each: vault_of_workspace(each, by_id))

    @cached_property
    def encrypted(self) -> Users:
        """The written workspaces and the vaults with their encryption keys."""
        return Users(self._workspaces, vault_of_encryption)

    @cached_property
    def _workspaces(self) -> list[Resource]:
        return [each for each in self.declared.workspaces if is_written(each)]

    def changes_of(self, vault_id: Value) -> list[Resource]:
        """The written children that change the policies of a vault."""
        return self._changes.get(id_key(vault_id) or "-", [])

    def vault(self, key: str) -> Resource | None:
        """The vault whose resource has this key, which is the same in every run; None: there is
        none in this world."""
        if key not in self._found:
            self._found[key] = find_declared(self.deployment, key)
        return self._found[key]

    def iterations(self, key: str) -> list[Resource]:
        """The vaults of a loop whose first one has this key, as many as there are in this world."""
        found: list[Resource] = []
        while (each := self.vault(f"{key.removesuffix('[0]')}[{len(found)}]")) is not None:
            found.append(each)
        return found


class Examination:
    def __init__(self, start: Start, new_session: Callable[..., Session]) -> None:
        """`new_session(assumptions=, forgotten=, instead=, budget=)` makes a lenient session."""
        self._start = start
        self._new_session = new_session
        self._budget = Budget()
        self._runs: dict[tuple[str, frozenset[str]], Run] = {}

    def run(
        self,
        assumptions: Mapping[str, Value] | None = None,
        forgotten: Iterable[str] = (),
        instead: Mapping[str, Value] | None = None,
    ) -> Run:
        """The evaluation in the world of `assumptions`, with the defaults of the root parameters
        `forgotten` (lower-case names) left out of account, and with other values for those in
        `instead`."""
        assumptions = assumptions or {}
        if instead is not None:
            return self._new_run(assumptions, forgotten, instead)  # nobody asks for it again
        key = _text_of(assumptions), frozenset(forgotten)
        if key not in self._runs:
            self._runs[key] = self._new_run(assumptions, forgotten, {})
        return self._runs[key]

    def _new_run(
        self,
        assumptions: Mapping[str, Value],
        forgotten: Iterable[str],
        instead: Mapping[str, Value],
    ) -> Run:
        session = self._new_session(
            assumptions=assumptions,
            forgotten=frozenset(forgotten),
            instead=instead,
            budget=self._budget,
        )
        return Run(self._start(session), session)

    def spend_on(self, open_: Unknown) -> None:
        """Count one more world of something open, by its weight: each is evaluated anew. Raises
        `BudgetSpentError`."""
        weight = self._budget.scales.weigh(open_.residual)
        if weight is not None:
            self._budget.spend(_STEPS_OF_A_NODE * weight.nodes)


def _text_of(values: Mapping[str, Value]) -> str:
    return repr(sorted(values.items(), key=lambda item: item[0]))
