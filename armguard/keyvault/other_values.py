"""What other values of the root template's parameters would make of a vault.

Asked only about parameters that take part in what decides: which of them has a value with which the
live list stays, and which can hold the list itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import itemgetter

from armguard.errors import EvaluationError
from armguard.evaluation.identity import id_key, may_be_same
from armguard.evaluation.types import check_type
from armguard.evaluation.unknown import Reason, Unknown, Value, call_left
from armguard.expressions.syntax import Call, Expression, Index, Literal, Property
from armguard.finding.report import VerdictKind
from armguard.keyvault.declared import safe_id
from armguard.keyvault.examination import Examination, Run
from armguard.keyvault.outcome import Outcome, outcome_of
from armguard.keyvault.parameters import of_root, possible_values, that_matter, type_of
from armguard.keyvault.verdict import WIPES, Verdict
from armguard.record import record
from armguard.templates.parameters import DeclaredParameter
from armguard.templates.resource import Resource

_HARMLESS: tuple[VerdictKind, ...] = ("not-written", "kept", "dormant")


@record
class SafeValue:
    """A value of a parameter with which the vault keeps its list and no other one fares worse."""

    parameter: str
    value: Value
    kind: VerdictKind
    """what becomes of the vault then: `not-written`, `kept` or `dormant`"""


@record
class OtherValues:
    safe: tuple[SafeValue, ...] = ()
    """for each flag those that it has, one of each kind, the safest first"""
    holds_list: str | None = None
    """the parameter in which the live list can be passed; None: there is none"""
    in_part: bool = False
    """whether the list is only a part of what that parameter holds"""


@record
class _Fate:
    """What becomes of a vault."""

    kind: VerdictKind
    doubted: bool
    vault: str | None
    """`id_key`"""

    @property
    def is_harmless(self) -> bool:
        return self.kind in _HARMLESS and not self.doubted


class Alternatives:
    """Asks what other values would make of the vaults of a template, each question once."""

    def __init__(self, examination: Examination, verdicts: Mapping[str, VerdictKind]) -> None:
        """`verdicts` of the vaults by their keys."""
        self._examination = examination
        self._verdicts = verdicts
        self._known: dict[str, _Fates] = {}

    def of(self, key: str, verdict: Verdict) -> OtherValues:
        """Those for the vault with this key; none where nothing is lost."""
        if verdict.kind not in WIPES:
            return OtherValues()
        asked = (each for step in verdict.outcome.steps for each in step.evaluated.consulted)
        names = [*of_root(self._examination, asked)]

        def outcome_with(instead: Mapping[str, Value]) -> Outcome:
            """What becomes of the vault with other values, in the world that decides it now."""
            run = self._examination.run(verdict.world.assumptions, instead=instead)
            return outcome_of(run.vault(key))

        def is_lost_without(left_out: Sequence[DeclaredParameter]) -> bool:
            # with an origin of its own, so that nothing is assumed of it in this world
            return outcome_with(_not_given(left_out, origin="any")).settled.kind in WIPES

        def is_closed_without(left_out: Sequence[DeclaredParameter]) -> bool:
            return outcome_with(_not_given(left_out)).open is None

        flags = that_matter([each for each in names if possible_values(each)], is_lost_without)
        safe = [one for each in flags for one in self._safe_values(each, key, verdict)]
        lists = [each for each in names if _can_hold_list(each)]
        for each in that_matter(lists, is_closed_without):
            outcome = outcome_with(_not_given([each]))
            held = _held_list(each, outcome)
            if held is not None:
                return OtherValues(tuple(safe), each.name, isinstance(held, (Property, Index)))
        return OtherValues(tuple(safe))

    def _safe_values(
        self, declared: DeclaredParameter, key: str, verdict: Verdict
    ) -> list[SafeValue]:
        found: dict[VerdictKind, SafeValue] = {}
        for value in possible_values(declared):
            then = self._fates_with(declared, value, key, verdict)
            own = then.of(key)
            if own.is_harmless and own.kind not in found and self._is_safe(then, key, verdict):
                found[own.kind] = SafeValue(declared.name, value, own.kind)
        return sorted(found.values(), key=lambda each: _HARMLESS.index(each.kind))

    def _fates_with(
        self, declared: DeclaredParameter, value: Value, key: str, verdict: Verdict
    ) -> _Fates:
        """Those of all vaults with this value; only that of the one with this key where it is not
        harmless."""
        assumptions, instead = verdict.world.assumptions, {declared.name.lower(): value}
        question = repr((sorted(assumptions.items(), key=itemgetter(0)), instead))
        if question not in self._known:
            run = self._examination.run(assumptions, instead=instead)
            vault = run.vault(key)
            own = _GONE if vault is None else _fate_of(vault)
            if not own.is_harmless:
                return _Fates({key: own}, {})
            # which vault is used then may hang on parameters that are given along with it
            others = [*run.deployment.names.declared]
            free = self._examination.run(assumptions, others, instead)
            self._known[question] = _fates(run, free)
        return self._known[question]

    def _is_safe(self, then: _Fates, key: str, verdict: Verdict) -> bool:
        """Whether nobody else writes the vault then, it may still be the one of its workspaces,
        and no other vault is wiped that is not wiped now."""
        run = self._examination.run(verdict.world.assumptions)
        vault = run.vault(key)
        if vault is None:
            return False
        identifier = safe_id(vault)
        own = id_key(identifier)
        if then.of(key) is not _GONE and then.of(key).vault != own:
            return False
        used = (then.used.get(each.key) for each in run.users.of(identifier))
        if any(own and other and not may_be_same(own, other) for other in used):
            return False
        return not any(
            each.kind in WIPES and (each.vault == own or self._verdicts.get(name) not in WIPES)
            for name, each in then.by_vault.items()
        )


_GONE = _Fate("not-written", False, None)


@record
class _Fates:
    by_vault: Mapping[str, _Fate]
    used: Mapping[str, str | None]
    """key of a workspace -> `id_key` of its vault, whatever the other parameters are"""

    def of(self, key: str) -> _Fate:
        return self.by_vault.get(key, _GONE)


def _fates(run: Run, free: Run) -> _Fates:
    return _Fates(
        {each.key: _fate_of(each) for each in run.declared.vaults},
        {workspace.key: id_key(vault) for workspace, vault in free.users.pairs},
    )


def _fate_of(vault: Resource) -> _Fate:
    outcome = outcome_of(vault)
    return _Fate(outcome.settled.kind, bool(outcome.doubts), id_key(safe_id(vault)))


_ANY_LIST: Value = [
    {
        "tenantId": "00000000-0000-0000-0000-000000000000",
        "objectId": "00000000-0000-0000-0000-000000000000",
        "permissions": {"secrets": ["get"]},
    }
]


def _can_hold_list(declared: DeclaredParameter) -> bool:
    """Whether a list of access policies, or an object with one, can be passed in it."""
    if type_of(declared) == "object":
        return True
    if type_of(declared) != "array":
        return False
    try:
        check_type(_ANY_LIST, declared.declaration, "", declared.definitions)
    except EvaluationError:
        return False
    return True


def _held_list(declared: DeclaredParameter, outcome: Outcome) -> Expression | None:
    """The parameter, or the part of it, that the written list is or is made of; None: there is no
    such part."""
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
