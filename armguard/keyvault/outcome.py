"""What one deployment does to one vault in one world: the steps that decide it, in their order.

existing -> condition -> onlyIfNotExists -> RBAC -> createMode -> accessPolicies -> method; the
first step that settles the question ends it. Only then it is asked whether the loops around it run
at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from armguard.evaluation.evaluator import asked
from armguard.evaluation.scope import Consulted, Evaluated, Scope, Where
from armguard.evaluation.unknown import Reason, Unknown, Value, asks_azure, call_left, unknowns
from armguard.evaluation.values import find_key
from armguard.finding import Location
from armguard.finding.report import VerdictKind
from armguard.keyvault.api_versions import ROLES_SINCE, new_vault_uses_roles
from armguard.keyvault.declared import POLICY_CHANGES, named_operation, safe_member, safe_read
from armguard.keyvault.preserved import is_live_list, is_own_list
from armguard.keyvault.refusals import refusals
from armguard.record import record, replace
from armguard.templates.resource import Resource
from armguard.templates.written import written_twice


@record
class Step:
    """One thing that was asked on the way to the outcome."""

    what: str
    """`count` (of a loop), `existing`, `condition`, `@options`, `operation` (of a child),
    `enableRbacAuthorization`, `createMode`, `accessPolicies` or `method`"""
    key: str
    """that of the resource that was asked"""
    place: Location
    evaluated: Evaluated


@record
class Outcome:
    kind: VerdictKind
    steps: tuple[Step, ...]
    open: Unknown | None = None
    """what the outcome hangs on, where it is undecided"""
    otherwise: VerdictKind | None = None
    """what an undecided one is all the same where nothing can be chosen any more"""
    protected: Literal["recover", "live-list", "patch"] | None = None
    """what keeps the policies, where they are kept"""
    doubts: tuple[str, ...] = ()
    """what it counts on that nobody has established, one sentence each"""
    at_run_time: bool = False
    """whether only Azure computes the list, while it deploys, and its kind is a conclusion"""
    keeps_model: bool = False
    """whether it is so only for a vault that uses access policies today: the API version gives a
    new one roles, and nothing is written about that"""
    refused: bool = False
    """whether the service refuses what is written, so that nothing is written at all"""

    @property
    def settled(self) -> Outcome:
        """The same, where nothing can be chosen any more."""
        if self.otherwise is None:
            return self
        at_run_time = self.open is not None and _is_computed_by_azure(self.open)
        return replace(
            self, kind=self.otherwise, open=None, otherwise=None, at_run_time=at_run_time
        )

    @property
    def files(self) -> tuple[Consulted, ...]:
        """The files of this repository that are taken for linked ones, on which it counts."""
        consulted = (each for step in self.steps for each in step.evaluated.consulted)
        return tuple(dict.fromkeys(each for each in consulted if each.kind == "file"))


def _is_computed_by_azure(policies: Unknown) -> bool:
    """Whether something in a list is known only while it is deployed."""
    entries = () if policies.list is None else policies.list.entries
    inside = (each for entry in entries for each in unknowns(entry))
    return any(
        each.reason is Reason.RUNTIME or asks_azure(each.residual) for each in (policies, *inside)
    )


class Steps:
    """The steps that were taken so far."""

    def __init__(self) -> None:
        self.taken: list[Step] = []

    def ask(
        self, what: str, resource: Resource, place: Location, question: Callable[[Scope], Value]
    ) -> Value:
        evaluated = asked(resource.scope, question)
        self.taken.append(Step(what, resource.key, place, evaluated))
        return evaluated.value

    def ask_conditions(self, resource: Resource) -> Value:
        """True where all that is around the resource is there; the first condition that is not
        true otherwise, or what stands for resources that are written twice."""
        for gate in resource.gates:
            doubted = gate.deployment.doubted
            if doubted is not None:
                key = find_key(gate.deployment.template, "resources")
                place = gate.deployment.place.child(str(key))
                self.taken.append(Step("resources", gate.key, place, Evaluated(doubted)))
                return doubted
            key = find_key(gate.written, "condition")
            if key is None:
                continue

            def condition(_: Scope, gate: Resource = gate) -> Value:
                value = gate.evaluate("condition", Where.GATE)
                return True if value is None else value

            value = self.ask("condition", gate, gate.place.child(key), condition)
            if value is False or isinstance(value, Unknown):
                return value
        return True

    def end(
        self,
        kind: VerdictKind,
        *,
        open: Unknown | None = None,  # noqa: A002
        otherwise: VerdictKind | None = None,
        protected: Literal["recover", "live-list", "patch"] | None = None,
        doubts: tuple[str, ...] = (),
    ) -> Outcome:
        return Outcome(kind, tuple(self.taken), open, otherwise, protected, doubts)


NOT_WRITTEN = Outcome("not-written", ())
"""of a vault that is not there in a world"""


def outcome_of(vault: Resource | None) -> Outcome:
    """What the deployment of `vault` does to the access policies that the vault has; None: there is
    no such resource in this world."""
    if vault is None:
        return NOT_WRITTEN
    outcome = _outcome_in_loops(vault)
    if outcome.settled.kind in ("undecided", "not-written"):
        return outcome
    counts = Steps()
    for gate in vault.gates:
        open_count = _open_count(gate, counts) if gate.begins_loop else None
        if open_count is not None:
            return Outcome("undecided", (*outcome.steps, *counts.taken), open_count)
    return replace(outcome, steps=(*counts.taken, *outcome.steps))


def _outcome_in_loops(vault: Resource) -> Outcome:
    """The outcome, if all loops around the vault run at all."""
    steps = Steps()
    existing = _of_language_2(vault, "existing", vault.existing, steps)
    if existing is not False:
        return _left_alone(existing, steps)
    condition = steps.ask_conditions(vault)
    if isinstance(condition, Unknown):
        return steps.end("undecided", open=condition)
    if condition is False:
        return steps.end("not-written")
    only_once = find_key(vault.options, "onlyIfNotExists") is not None
    once = _of_language_2(vault, "@options", only_once, steps)
    return _written(vault, steps) if once is False else _left_alone(once, steps)


def _left_alone(why: Value, steps: Steps) -> Outcome:
    if isinstance(why, Unknown):
        return steps.end("undecided", open=why)
    return steps.end("not-written")


def _of_language_2(vault: Resource, name: str, said: bool, steps: Steps) -> bool | Unknown:
    """Whether a member of languageVersion 2.0 keeps a vault from being written. Without it Azure
    refuses `@options` ("Template language version must be specified", Azure/bicep#18603), and
    `existing` by analogy."""
    doubted = written_twice(vault.written, name, vault.key)
    if doubted is None and said and not vault.deployment.symbolic:
        detail = f"without languageVersion 2.0 Azure refuses {name}, so nothing may be deployed"
        reason = Reason.NOT_ESTABLISHED
        doubted = call_left(name, reason=reason, detail=detail, origin=vault.key)
    if doubted is None and not said:
        return False
    answer = True if doubted is None else doubted
    place = vault.member_place(name)
    steps.taken.append(Step(name, vault.key, place, Evaluated(answer, vault.deployment.taken)))
    return answer


def _open_count(gate: Resource, steps: Steps) -> Unknown | None:
    """The count of a loop that hangs on a test, as `if(new, 1, 0)` does, or of which nobody knows
    whether it is the one that counts. One that is open otherwise decides nothing: the question is
    about the vaults that there are."""
    place = gate.place.child(find_key(gate.written, "copy") or "copy", "count")
    count = steps.ask("count", gate, place, lambda _: gate.loop_count())
    if not isinstance(count, Unknown):
        return None
    tested = any(each.kind == "choice" for each in steps.taken[-1].evaluated.consulted)
    if tested or count.reason is Reason.NOT_ESTABLISHED:
        return count
    steps.taken.pop()
    return None


_CIRCLE = (
    "it is read from the vault itself while the same template writes it, a circle that Azure may"
    " refuse"
)


def _written(resource: Resource, steps: Steps) -> Outcome:
    operation: Value = None
    if resource.type.lower() == POLICY_CHANGES:
        place = resource.member_place("name")

        def named(_: Scope) -> Value:
            resource.evaluate("name")  # what it hangs on was heard by whoever asked first
            return named_operation(resource)

        operation = steps.ask("operation", resource, place, named)
        if isinstance(operation, Unknown):
            return steps.end("undecided", open=operation)

    def read(name: str) -> Value:
        place = resource.property_place(name)
        return steps.ask(name, resource, place, lambda _: resource.read(name).value)

    rbac = read("enableRbacAuthorization")
    if rbac is True:
        return steps.end("dormant", doubts=_doubts(resource, "enableRbacAuthorization"))
    if isinstance(rbac, Unknown):
        return steps.end("undecided", open=rbac)
    mode = read("createMode")
    if isinstance(mode, Unknown):
        return steps.end("undecided", open=mode)
    if isinstance(mode, str) and mode.lower() == "recover":
        return steps.end("kept", protected="recover", doubts=_doubts(resource, "createMode"))
    doubts = _text_for_rbac(rbac)
    policies = read("accessPolicies")
    version = safe_member(resource, "apiVersion")
    keeps_model = rbac is None and operation is None and new_vault_uses_roles(version)
    if isinstance(policies, Unknown):
        if is_live_list(policies.residual, resource):
            return steps.end("kept", protected="live-list")
        if is_own_list(policies.residual, resource):
            policies = Unknown(Reason.NOT_ESTABLISHED, policies.residual, _CIRCLE)
            last = steps.taken[-1]
            if _is_tested_first(last.evaluated, resource):
                steps.taken[-1] = replace(last, evaluated=Evaluated(policies))
        left = steps.end("undecided", open=policies, otherwise=_concluded(policies), doubts=doubts)
        return replace(left, keeps_model=keeps_model and left.otherwise is not None)
    if policies is None and find_key(resource.written, "method") is not None:
        patched = _patched(resource, steps)
        if patched is not None:
            return patched
    kind: VerdictKind = "missing"
    if isinstance(policies, list):
        kind = "replaced" if policies else "emptied"
    name = operation.lower() if isinstance(operation, str) else None
    refused = next(refusals(policies, mode=mode, version=version, operation=name), None)
    ended = steps.end(kind, doubts=doubts)
    return replace(ended, keeps_model=keeps_model, refused=refused is not None)


def _text_for_rbac(rbac: Value) -> tuple[str, ...]:
    """Nobody has established what the service makes of the text 'true'."""
    if not isinstance(rbac, str) or rbac.lower() != "true":
        return ()
    return (
        f"enableRbacAuthorization is the text '{rbac}' and not the value true: whether Azure takes"
        " the one for the other is not known",
    )


_NULL_IN_PATCH = "whether PATCH leaves the list alone where it is written as null"


def _patched(resource: Resource, steps: Steps) -> Outcome | None:
    """The outcome where there is no list and the method is PATCH, which leaves alone what is not
    named; None: it is another method. From the published schema of resources."""
    place = resource.member_place("method")
    method = steps.ask("method", resource, place, lambda _: resource.evaluate("method"))
    if isinstance(method, Unknown):
        return steps.end("undecided", open=method)
    if not isinstance(method, str) or method.lower() != "patch":
        steps.taken.pop()
        return None
    properties = safe_read(resource)
    if isinstance(properties, Mapping) and find_key(properties, "accessPolicies") is not None:
        steps.taken.pop()  # it is the list that leaves it open
        detail = f"{_NULL_IN_PATCH} is not established"
        null = call_left("null", reason=Reason.NOT_ESTABLISHED, detail=detail, origin=resource.key)
        return steps.end("undecided", open=null)
    return steps.end("kept", protected="patch")


def _concluded(policies: Unknown) -> VerdictKind | None:
    """What can be said of a list that is open. One that may hold anybody may also be the live
    one."""
    known = policies.list
    if known is None or known.open:
        return None
    return "replaced" if known.least else None if known.entries else "emptied"


def _is_tested_first(evaluated: Evaluated, resource: Resource) -> bool:
    """Whether the first test that is open asks for the vault's own list: both ways in which it can
    come out have the circle."""
    tests = (each.residual for each in evaluated.consulted if each.kind == "choice")
    first = next(tests, None)
    return first is not None and is_own_list(first, resource)


_SINCE = {"enableRbacAuthorization": ROLES_SINCE, "createMode": "2016-10-01"}
"""the first API version of vaults that has the property; from the published schemas"""


def _doubts(resource: Resource, name: str) -> tuple[str, ...]:
    """What the service does with a property that its API version does not have."""
    version = safe_member(resource, "apiVersion")
    if isinstance(version, str) and version[:10] >= _SINCE[name]:
        return ()
    used = version if isinstance(version, str) else "a version that is not known"
    return (
        f"{name} came with API version {_SINCE[name]}: whether it counts with {used} is not"
        " established",
    )
