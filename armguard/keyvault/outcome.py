"""What one deployment does to one vault in one world: the steps that decide it, in their order.

existing -> condition -> onlyIfNotExists -> RBAC -> createMode -> accessPolicies; the first step
that settles the question ends it. Only then it is asked whether the loops around it run at all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.scope import Evaluated, Scope, Where
from armguard.evaluation.unknown import Reason, Unknown, Value
from armguard.evaluation.values import find_key
from armguard.expressions.syntax import Call
from armguard.finding import Location
from armguard.keyvault.declared import Declared, safe_id
from armguard.keyvault.preserved import is_live_list
from armguard.record import record, replace
from armguard.templates.resource import Resource

Kind = Literal["emptied", "missing", "replaced", "kept", "dormant", "not-written", "undecided"]


@record
class Step:
    """One thing that was asked on the way to the outcome."""

    what: str
    """`count` (of a loop), `condition`, `enableRbacAuthorization`, `createMode` or
    `accessPolicies`"""
    resource: Resource
    place: Location
    evaluated: Evaluated


@record
class Outcome:
    kind: Kind
    steps: tuple[Step, ...]
    open: Unknown | None = None
    """what the outcome hangs on, where it is undecided"""
    protected: Literal["recover", "live-list"] | None = None
    """what keeps the policies, where they are kept"""


class _Steps:
    def __init__(self) -> None:
        self.taken: list[Step] = []

    def ask(
        self, what: str, resource: Resource, place: Location, question: Callable[[Scope], Value]
    ) -> Value:
        scope = resource.scope
        try:
            evaluated = ask(scope, question)
        except EvaluationError as error:
            reason = Reason.BUDGET if isinstance(error, BudgetSpentError) else Reason.FAILED
            evaluated = Evaluated(Unknown(reason, Call("invalid", ()), str(error)))
        self.taken.append(Step(what, resource, place, evaluated))
        return evaluated.value

    def end(
        self,
        kind: Kind,
        *,
        open: Unknown | None = None,  # noqa: A002
        protected: Literal["recover", "live-list"] | None = None,
    ) -> Outcome:
        return Outcome(kind, tuple(self.taken), open, protected)


def outcome_of(vault: Declared) -> Outcome:
    """What the deployment of `vault` does to the access policies that the vault has."""
    outcome = _outcome_in_loops(vault)
    if outcome.kind in ("undecided", "not-written"):
        return outcome
    counts = _Steps()
    for gate in vault.gates:
        open_count = _open_count(gate, counts) if gate.begins_loop else None
        if open_count is not None:
            return Outcome("undecided", (*outcome.steps, *counts.taken), open_count)
    return replace(outcome, steps=(*counts.taken, *outcome.steps))


def _outcome_in_loops(vault: Declared) -> Outcome:
    """The outcome, if all loops around the vault run at all."""
    steps = _Steps()
    resource = vault.resource
    if resource.existing:
        return steps.end("not-written")
    for gate in vault.gates:
        if find_key(gate.written, "condition") is None:
            continue
        place = gate.place.child(find_key(gate.written, "condition") or "condition")
        value = steps.ask("condition", gate, place, partial(_condition, gate))
        if isinstance(value, Unknown):
            return steps.end("undecided", open=value)
        if value is False:
            return steps.end("not-written")
    if find_key(resource.options, "onlyIfNotExists") is not None:
        return steps.end("not-written")
    return _written(resource, steps)


def _open_count(gate: Resource, steps: _Steps) -> Unknown | None:
    """The count of a loop that hangs on a test, as `if(new, 1, 0)` does. One that is open otherwise
    decides nothing: the question is about the vaults that there are."""
    place = gate.place.child(find_key(gate.written, "copy") or "copy", "count")
    count = steps.ask("count", gate, place, lambda _: gate.loop_count())
    if not isinstance(count, Unknown):
        return None
    if any(each.kind == "choice" for each in steps.taken[-1].evaluated.consulted):
        return count
    steps.taken.pop()
    return None


def _condition(gate: Resource, _: Scope) -> Value:
    value = gate.evaluate("condition", Where.GATE)
    return True if value is None else value


def _written(resource: Resource, steps: _Steps) -> Outcome:
    def read(name: str) -> Value:
        place = resource.property_place(name)
        return steps.ask(name, resource, place, lambda _: resource.read(name).value)

    rbac = read("enableRbacAuthorization")
    if rbac is True:
        return steps.end("dormant")
    if isinstance(rbac, Unknown):
        return steps.end("undecided", open=rbac)
    mode = read("createMode")
    if isinstance(mode, Unknown):
        return steps.end("undecided", open=mode)
    if isinstance(mode, str) and mode.lower() == "recover":
        return steps.end("kept", protected="recover")
    policies = read("accessPolicies")
    if isinstance(policies, Unknown):
        if is_live_list(policies.residual, safe_id(resource)):
            return steps.end("kept", protected="live-list")
        return steps.end("undecided", open=policies)
    if policies is None:
        return steps.end("missing")
    if isinstance(policies, list):
        return steps.end("replaced" if policies else "emptied")
    return steps.end("missing")
