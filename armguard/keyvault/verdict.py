"""The verdict on a vault: what a redeployment does to its access policies, and how sure that is.

The worst world decides. It is `possible` where another world ends better, `default` where it hangs
on the default of a parameter of the root template, which somebody may override, on a file that is
taken for a linked one, or on what nobody has established; else `certain`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from armguard.errors import BudgetSpentError
from armguard.evaluation.json_values import hangs_on_name
from armguard.evaluation.text_pieces import shown
from armguard.evaluation.unknown import Reason, Unknown, Value
from armguard.finding import Certainty
from armguard.finding.report import VerdictKind
from armguard.keyvault.examination import Examination
from armguard.keyvault.outcome import NOT_WRITTEN, Outcome, outcome_of
from armguard.keyvault.parameters import that_matter
from armguard.keyvault.worlds import MAXIMUM_WORLDS, World, in_every_world
from armguard.record import record

WIPES: tuple[VerdictKind, ...] = ("emptied", "missing", "replaced")
"""The verdicts with which somebody may lose access."""

WORST_FIRST: tuple[VerdictKind, ...] = (
    *WIPES,
    "undecided",
    "kept",
    "dormant",
    "not-written",
)


@record
class Verdict:
    kind: VerdictKind
    certainty: Certainty | None
    """None where the kind is `undecided`"""
    outcome: Outcome
    """that of the worst world"""
    world: World
    deciding: tuple[str, ...] = ()
    """the parameters whose default decides it"""
    reason: str | None = None
    """why it is undecided: one sentence"""


def verdict_on(examination: Examination, key: str) -> Verdict:
    """The verdict on the vault with this key."""

    declared = examination.run().vault(key)
    stands_for_all = declared is not None and declared.stands_for_all

    def outcome_in(world: World, forgotten: tuple[str, ...] = ()) -> Outcome:
        run = examination.run(world.assumptions, forgotten)
        if stands_for_all:
            return min(map(outcome_of, run.iterations(key)), key=_rank, default=NOT_WRITTEN)
        return outcome_of(run.vault(key))

    def examine(world: World) -> tuple[Outcome, Mapping[str, list[Value]]]:
        outcome = outcome_in(world)
        if outcome.open is not None:
            examination.spend_on(outcome.open)
        return outcome, examination.run(world.assumptions).session.alternatives

    reason = f"it hangs on more than {MAXIMUM_WORLDS} combinations of conditions"
    try:
        found = in_every_world(examine)
    except BudgetSpentError as error:
        found, reason = None, str(error)
    if found is None:
        world = World({})
        outcome = outcome_in(world)
        if outcome.settled.kind == "undecided":
            return Verdict("undecided", None, outcome, world, reason=reason)
        found = [(world, outcome)]
    found = [(world, outcome.settled) for world, outcome in found]
    # what the service refuses takes nothing away
    world, outcome = min(found, key=lambda each: _how_bad(each[1]))
    if outcome.kind == "undecided":
        assert outcome.open is not None
        return Verdict("undecided", None, outcome, world, reason=_reason(outcome.open, outcome))
    if any(other.kind != outcome.kind or other.at_run_time for _, other in found):
        deciding = _deciding(outcome, partial(outcome_in, world))
        return Verdict(outcome.kind, Certainty.POSSIBLE, outcome, world, deciding)
    deciding = tuple(
        dict.fromkeys(
            name for each, other in found for name in _deciding(other, partial(outcome_in, each))
        )
    )
    doubted = any(other.doubts or other.files or other.keeps_model for _, other in found)
    certainty = Certainty.DEFAULT if deciding or doubted else Certainty.CERTAIN
    return Verdict(outcome.kind, certainty, outcome, world, deciding)


def untouched(certainty: Certainty) -> Verdict:
    """The verdict on a vault that the deployment does not write itself."""
    return Verdict("not-written", certainty, NOT_WRITTEN, World({}))


def _rank(outcome: Outcome) -> tuple[bool, bool, int]:
    """Which iteration of a loop tells most: what is open may still turn out to be worse."""
    return outcome.kind != "emptied", outcome.open is None, WORST_FIRST.index(outcome.kind)


def _how_bad(outcome: Outcome) -> tuple[int, bool, bool]:
    """The worst comes first, of equals the one that nobody doubts."""
    return WORST_FIRST.index(outcome.kind), outcome.refused, bool(outcome.doubts)


def defaults_of(outcome: Outcome) -> dict[str, str]:
    """The parameters at their default that take part in it: lower-case name -> name."""
    every = (each for step in outcome.steps for each in step.evaluated.consulted)
    return {each.name.lower(): each.name for each in every if each.is_default}


def _deciding(outcome: Outcome, without: Callable[[tuple[str, ...]], Outcome]) -> tuple[str, ...]:
    """The parameters at their default without which the outcome would not be the same."""
    names: dict[str, str] = {}
    asked = defaults_of(outcome)
    while not asked.keys() <= names.keys():
        # where one is left out, another branch may count, with defaults of its own
        names |= asked
        asked = defaults_of(without(tuple(names)))

    def is_same_without(left_out: Sequence[str]) -> bool:
        return without(tuple(left_out)).settled.kind == outcome.kind

    if not names or is_same_without([*names]):
        return ()
    decisive = that_matter([*names], is_same_without)
    return tuple(names[each] for each in decisive or names)


_LONGEST_SHOWN = 90


def _reason(open_: Unknown, outcome: Outcome) -> str:
    what = outcome.steps[-1].what
    if open_.failed:
        return f"{what} can't be evaluated: {open_.detail}"
    text = shown(open_)
    is_long = len(text) > _LONGEST_SHOWN
    if is_long or open_.reason is Reason.NOT_ESTABLISHED or hangs_on_name(open_.residual):
        return f"{what} is not known: {open_.detail}"
    return f"{what} is {text}: {open_.detail}"
