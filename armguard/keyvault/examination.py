"""One template with one set of parameters, evaluated as often as a verdict needs it.

Each run is a whole lenient evaluation in one world, lazy enough to cost little; all runs share one
budget, so that no template makes many worlds expensive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from armguard.evaluation.deployment import Deployment
from armguard.evaluation.scope import Budget, Session
from armguard.evaluation.unknown import Value
from armguard.keyvault.declared import Declared, Inventory, declared_in
from armguard.record import record

Start = Callable[[Session], Deployment]
"""Deploys the template in a session"""


@record
class Run:
    """One evaluation: what it declares, in its world."""

    inventory: Inventory
    session: Session
    vaults: Mapping[str, Declared]
    """by the key of the resource, which is the same in every run"""


class Examination:
    def __init__(self, start: Start, new_session: Callable[..., Session]) -> None:
        """`new_session(assumptions=, forgotten=, budget=)` makes a lenient session."""
        self._start = start
        self._new_session = new_session
        self._budget = Budget()
        self._runs: dict[tuple[str, frozenset[str]], Run] = {}

    def run(
        self, assumptions: Mapping[str, Value] | None = None, forgotten: Iterable[str] = ()
    ) -> Run:
        """The evaluation in the world of `assumptions`, with the defaults of the root parameters
        `forgotten` (lower-case names) left out of account."""
        assumptions = assumptions or {}
        key = (repr(sorted(assumptions.items(), key=lambda item: item[0])), frozenset(forgotten))
        run = self._runs.get(key)
        if run is None:
            session = self._new_session(
                assumptions=assumptions, forgotten=frozenset(forgotten), budget=self._budget
            )
            inventory = declared_in(self._start(session))
            vaults = {each.resource.key: each for each in inventory.vaults}
            run = self._runs[key] = Run(inventory, session, vaults)
        return run
