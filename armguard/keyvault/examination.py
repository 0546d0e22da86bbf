"""One template with one set of parameters, evaluated as often as a verdict needs it.

Each run is a whole lenient evaluation in one world, lazy enough to cost little; all runs share one
budget, so that no template makes many worlds expensive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from armguard.evaluation.identity import id_key
from armguard.evaluation.scope import Budget, Session
from armguard.evaluation.unknown import Value
from armguard.keyvault.declared import (
    DeclaredResources,
    declared_in,
    find_declared,
    is_written,
    vault_of_change,
    vault_of_workspace,
    workspaces_by_id,
)
from armguard.templates.deployment import Deployment
from armguard.templates.resource import Resource

Start = Callable[[Session], Deployment]
"""Deploys the template in a session"""


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
    def _by_vault(self) -> tuple[dict[str, list[Resource]], dict[str, list[Resource]]]:
        """`id_key` of a vault -> the changes of its policies, and the workspaces that use it."""
        changes: dict[str, list[Resource]] = {}
        workspaces: dict[str, list[Resource]] = {}
        for each in filter(is_written, self.declared.changes):
            changes.setdefault(id_key(vault_of_change(each)) or "", []).append(each)
        for each in filter(is_written, self.declared.workspaces):
            workspaces.setdefault(id_key(self.vault_of_workspace(each)) or "", []).append(each)
        return changes, workspaces

    @cached_property
    def _workspaces_by_id(self) -> dict[str, list[Resource]]:
        return workspaces_by_id(self.declared.workspaces)

    def vault_of_workspace(self, workspace: Resource) -> Value:
        """The id of the vault that a workspace uses; None: none is named."""
        return vault_of_workspace(workspace, self._workspaces_by_id)

    def changes_of(self, vault_id: Value) -> list[Resource]:
        """The written children that change the policies of a vault."""
        return self._by_vault[0].get(id_key(vault_id) or "-", [])

    def workspaces_of(self, vault_id: Value) -> list[Resource]:
        """The written workspaces that use a vault."""
        return self._by_vault[1].get(id_key(vault_id) or "-", [])

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
        self._runs: dict[tuple[str, frozenset[str], str], Run] = {}

    def run(
        self,
        assumptions: Mapping[str, Value] | None = None,
        forgotten: Iterable[str] = (),
        instead: Mapping[str, Value] | None = None,
    ) -> Run:
        """The evaluation in the world of `assumptions`, with the defaults of the root parameters
        `forgotten` (lower-case names) left out of account, and with other values for those in
        `instead`."""
        assumptions, instead = assumptions or {}, instead or {}
        key = (_text_of(assumptions), frozenset(forgotten), _text_of(instead))
        run = self._runs.get(key)
        if run is None:
            session = self._new_session(
                assumptions=assumptions,
                forgotten=frozenset(forgotten),
                instead=instead,
                budget=self._budget,
            )
            run = self._runs[key] = Run(self._start(session), session)
        return run


def _text_of(values: Mapping[str, Value]) -> str:
    return repr(sorted(values.items(), key=lambda item: item[0]))
