"""What other values of the root template's parameters would make of a vault.

Asked only about parameters that take part in what decides: which of them has a value with which the
live list stays, and which can hold the list itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from armguard.evaluation.unknown import Reason, Unknown, Value, call_left
from armguard.expressions.syntax import Call, Expression, Index, Literal, Property
from armguard.finding import VerdictKind
from armguard.keyvault.examination import Examination
from armguard.keyvault.outcome import Outcome, outcome_of
from armguard.keyvault.parameters import allowed_values, of_root, that_matter, type_of
from armguard.keyvault.verdict import WIPES, Verdict
from armguard.record import record
from armguard.templates.parameters import DeclaredParameter

_OutcomeWith = Callable[[Mapping[str, Value]], Outcome]
_HARMLESS: tuple[VerdictKind, ...] = ("not-written", "kept", "dormant")


@record
class SafeValue:
    """A value of a parameter with which the vault keeps its list."""

    parameter: str
    value: Value
    kind: VerdictKind
    """what becomes of the vault then: `not-written`, `kept` or `dormant`"""


@record
class OtherValues:
    safe: tuple[SafeValue, ...] = ()
    """for each flag that has one its safest value"""
    holds_list: str | None = None
    """the parameter in which the live list can be passed; None: there is none"""
    in_part: bool = False
    """whether the list is only a part of what that parameter holds"""


def other_values(examination: Examination, key: str, verdict: Verdict) -> OtherValues:
    """Those for the vault with this key; none where nothing is lost."""
    if verdict.kind not in WIPES:
        return OtherValues()
    asked = (each for step in verdict.outcome.steps for each in step.evaluated.consulted)
    names = [*of_root(examination, asked)]

    def outcome_with(instead: Mapping[str, Value]) -> Outcome:
        """What becomes of the vault with other values, in the world that decides it now."""
        return outcome_of(examination.run(verdict.world.assumptions, instead=instead).vault(key))

    def is_lost_without(left_out: Sequence[DeclaredParameter]) -> bool:
        # with an origin of its own, so that nothing is assumed of it in this world
        return outcome_with(_not_given(left_out, origin="any")).settled.kind in WIPES

    def is_closed_without(left_out: Sequence[DeclaredParameter]) -> bool:
        return outcome_with(_not_given(left_out)).open is None

    flags = that_matter([each for each in names if _values(each)], is_lost_without)
    safe = (_safe_value(each, outcome_with) for each in flags)
    known = tuple(each for each in safe if each is not None)
    lists = [each for each in names if type_of(each) in ("array", "object")]
    for each in that_matter(lists, is_closed_without):
        held = _held_list(each, outcome_with)
        if held is not None:
            return OtherValues(known, each.name, isinstance(held, (Property, Index)))
    return OtherValues(known)


def _safe_value(declared: DeclaredParameter, outcome_with: _OutcomeWith) -> SafeValue | None:
    found = []
    for value in _values(declared):
        outcome = outcome_with({declared.name.lower(): value})
        if outcome.kind in _HARMLESS and not outcome.doubts:
            found.append(SafeValue(declared.name, value, outcome.kind))
    return min(found, key=lambda each: _HARMLESS.index(each.kind), default=None)


def _values(declared: DeclaredParameter) -> list[Value]:
    """The values that it may have, where they are few."""
    truth: list[Value] = [True, False] if type_of(declared) == "bool" else []
    return [*allowed_values(declared), *truth]


def _held_list(declared: DeclaredParameter, outcome_with: _OutcomeWith) -> Expression | None:
    """The parameter, or the part of it, that the written list is or is made of; None: there is no
    such part."""
    outcome = outcome_with(_not_given([declared]))
    if outcome.open is None or outcome.steps[-1].what != "accessPolicies":
        return None
    return _passed_on(outcome.open.residual, declared.name)


def _not_given(declared: Sequence[DeclaredParameter], origin: str = "") -> dict[str, Value]:
    """Nothing known of any of these."""
    left = partial(
        call_left, "parameters", reason=Reason.NOT_SUPPLIED, detail="any value", origin=origin
    )
    return {each.name.lower(): left(each.name) for each in declared}


def _passed_on(residual: Expression, name: str) -> Expression | None:
    """A parameter, or a part of it, that a list is or has among what it is made of."""
    inside: Sequence[Expression] = ()
    match residual:
        case Call("parameters", (Literal(str(given)),), ""):
            return residual if given.lower() == name.lower() else None
        case Property(target) | Index(target):
            return None if _passed_on(target, name) is None else residual
        case Call(function, arguments) if function.lower() in ("coalesce", "concat", "union"):
            inside = arguments
        case Call(function, (_, *branches)) if function.lower() == "if":
            inside = branches
        case Call(function, (target, *_)) if function.lower() == "tryget":
            return None if _passed_on(target, name) is None else Property(target, "")
        case Literal(Unknown(_, left)):
            inside = (left,)
    found = (_passed_on(each, name) for each in inside)
    return next((each for each in found if each is not None), None)
