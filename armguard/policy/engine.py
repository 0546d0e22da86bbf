"""Policies over the resources of a deployment: violated, complied with, or undecided.

Three-valued throughout. Only a violation in which nothing unknown takes part is one; a resource
whose condition is open may not be written, so it is a possible one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, assert_never

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import asked
from armguard.evaluation.scope import Consulted, Evaluated, Session, Where
from armguard.evaluation.unknown import Unknown, Value
from armguard.policy.definition import AllOf, AnyOf, Check, Condition, Not, Policy
from armguard.policy.operators import negated, passes
from armguard.policy.selector import Selected
from armguard.policy.subject import select_in
from armguard.record import record, replace
from armguard.templates.deployment import Deployment
from armguard.templates.embedding import DEPLOYMENTS
from armguard.templates.resource import Resource, Surroundings

Kind = Literal["violated", "possible", "undecided", "complied"]


@record
class Reading:
    """A value that decided, or kept from deciding, and what it depended on."""

    check: Check
    selected: Selected
    consulted: tuple[Consulted, ...]


@record
class Answer:
    truth: bool | None
    readings: tuple[Reading, ...]
    """those that make it so"""


@record
class Judged:
    """A policy on a resource that it applies to."""

    policy: Policy
    resource: Resource
    kind: Kind
    readings: tuple[Reading, ...]
    conditions: tuple[Evaluated, ...]
    """those of the resource and the nested deployments around it; none of them is false"""
    deciding: tuple[Consulted, ...] = ()
    """the parameters of the root template whose default makes it a violation"""

    @property
    def files(self) -> tuple[Consulted, ...]:
        """The files of this repository that are taken for linked ones, on which it counts."""
        consulted = (each for reading in self.readings for each in reading.consulted)
        files = (each for each in consulted if each.kind == "file")
        return tuple(dict.fromkeys((*self.resource.deployment.taken, *files)))


@record
class _Written:
    resource: Resource
    conditions: tuple[Evaluated, ...]


def judge(policies: Sequence[Policy], deployment: Deployment) -> Iterator[Judged]:
    """Every policy on every resource that it applies to and that is, or may be, written.

    `deployment` is a root in a lenient session. Existing resources are not written, so they are
    left out, as are nested deployments that can't be opened (`undecided-vault` reports those).
    """
    again = _WithoutDefaults(policies, deployment)
    for written in _written_in(deployment, (), _wanted(policies)):
        for policy in policies:
            judged = _judged(policy, written)
            if judged is not None:
                yield replace(judged, deciding=again.deciding(judged))


def _wanted(policies: Iterable[Policy]) -> frozenset[str] | None:
    if any(policy.has_wildcards for policy in policies):
        return None
    return frozenset(each.lower() for policy in policies for each in policy.types) | {DEPLOYMENTS}


def _written_in(
    deployment: Surroundings, around: tuple[Evaluated, ...], wanted: frozenset[str] | None
) -> Iterator[_Written]:
    for resource in deployment.resources(wanted):
        if resource.existing:
            continue
        condition = _condition(resource)
        if condition.value is False:
            continue
        conditions = (*around, condition)
        yield _Written(resource, conditions)
        if resource.is_deployment:
            nested = _nested(deployment, resource)
            if nested is not None:
                yield from _written_in(nested, conditions, wanted)


def _condition(resource: Resource) -> Evaluated:
    return asked(resource.scope, lambda _: resource.evaluate("condition", Where.GATE))


def _nested(deployment: Surroundings, resource: Resource) -> Surroundings | None:
    try:
        return deployment.nested(resource).deployment
    except EvaluationError:
        return None  # what Azure would refuse is a finding of the rule invalid-expression


def _judged(policy: Policy, written: _Written) -> Judged | None:
    """None: the policy is not about this resource."""
    resource = written.resource
    if not policy.applies_to(resource.type):
        return None
    where = Answer(True, ()) if policy.where is None else answer(policy.where, resource)
    if where.truth is False:
        return None
    require = answer(policy.require, resource)
    kind: Kind
    if require.truth:
        kind = "complied"
    elif where.truth is None or require.truth is None:
        kind = "undecided"
    else:
        open_ = any(isinstance(each.value, Unknown) for each in written.conditions)
        kind = "possible" if open_ else "violated"
    readings = require.readings
    if kind == "undecided":
        readings = tuple(
            each
            for each in (*where.readings, *require.readings)
            if passes(each.check.operator, each.selected.value, each.check.operand) is None
        )
    return Judged(policy, resource, kind, readings, written.conditions)


def answer(condition: Condition, resource: Resource) -> Answer:
    """Whether a condition holds for a resource; None where that is not known."""
    match condition:
        case Check():
            return _checked(condition, resource)
        case Not(inner):
            found = answer(inner, resource)
            return Answer(negated(found.truth), found.readings)
        case AllOf(conditions):
            return _joined(conditions, resource, decisive=False)
        case AnyOf(conditions):
            return _joined(conditions, resource, decisive=True)
        case _:
            assert_never(condition)


def _joined(conditions: tuple[Condition, ...], resource: Resource, *, decisive: bool) -> Answer:
    answers = [answer(each, resource) for each in conditions]
    return _strongest(answers, decisive)


def _strongest(answers: Sequence[Answer], decisive: bool) -> Answer:
    """The decisive answers where there are any, else those not known, else all."""
    for truth in (decisive, None, not decisive):
        found = [each for each in answers if each.truth is truth]
        if found:
            return Answer(truth, tuple(reading for each in found for reading in each.readings))
    return Answer(not decisive, ())


def _checked(check: Check, resource: Resource) -> Answer:
    """Every value at the path must pass; of no value at all only `exists: true` fails."""
    selected, consulted = select_in(resource, check.path)
    if not selected:
        truth = not (check.operator == "exists" and check.operand)
        nothing = Selected(None, _names_of(check))
        return Answer(truth, (Reading(check, nothing, consulted),))
    return _strongest(
        [
            Answer(
                passes(check.operator, each.value, check.operand),
                (Reading(check, each, consulted),),
            )
            for each in selected
        ],
        decisive=False,
    )


def _names_of(check: Check) -> tuple[str, ...]:
    """The names that a path begins with: where to look when it selects nothing."""
    from armguard.policy.selector import Field

    names: list[str] = []
    for step in check.path.steps:
        if not isinstance(step, Field):
            break
        names.append(step.name)
    return tuple(names)


class _WithoutDefaults:
    """The same deployment again, with defaults of its parameters left out of account."""

    def __init__(self, policies: Sequence[Policy], deployment: Deployment) -> None:
        self._policies = policies
        self._deployment = deployment
        self._again: dict[frozenset[str], dict[str, _Written]] = {}

    def deciding(self, judged: Judged) -> tuple[Consulted, ...]:
        """The defaults without which a violation would be none: each that would do alone, or where
        there is none, the fewest that do together."""
        if judged.kind not in ("violated", "possible"):
            return ()
        consulted = (
            *(reading.consulted for reading in judged.readings),
            *(condition.consulted for condition in judged.conditions),
        )
        defaults = {each.name.lower(): each for one in consulted for each in one if each.is_default}
        alone = tuple(
            each
            for name, each in defaults.items()
            if self._kind_without(frozenset({name}), judged) != judged.kind
        )
        if alone or len(defaults) < 2:
            return alone
        needed = frozenset(defaults)
        if self._kind_without(needed, judged) == judged.kind:
            return ()
        for name in defaults:
            if self._kind_without(needed - {name}, judged) != judged.kind:
                needed -= {name}
        return tuple(each for name, each in defaults.items() if name in needed)

    def _kind_without(self, names: frozenset[str], judged: Judged) -> Kind | None:
        written = self._written_without(names).get(judged.resource.key)
        if written is None:
            return None
        again = _judged(judged.policy, written)
        return None if again is None else again.kind

    def _written_without(self, names: frozenset[str]) -> dict[str, _Written]:
        if names not in self._again:
            origin = self._deployment
            session = Session(
                strict=origin.session.strict,
                runtime=origin.session.runtime,
                assumptions=origin.session.assumptions,
                forgotten=names,
                budget=origin.session.budget,
            )
            deployment = Deployment(
                origin.template,
                origin.place,
                origin.names.supplied,
                origin.facts,
                session,
                linked=origin.linked,
            )
            written = _written_in(deployment, (), _wanted(self._policies))
            self._again[names] = {each.resource.key: each for each in written}
        return self._again[names]


def open_condition(judged: Judged) -> Value:
    """The first condition that is not known; None: all are true."""
    return next((c.value for c in judged.conditions if isinstance(c.value, Unknown)), None)
