"""Vaults that two resources of one deployment write: same id, and a world in which both are there.

Resources whose conditions exclude each other, as `p` and `not(p)` do, are one writer: their worlds
are joint, so no world has both. Whether the second write does any harm is not asked here.
"""

from __future__ import annotations

from collections.abc import Mapping

from armguard.evaluation.facts import Keeper
from armguard.evaluation.identity import canonical_text, is_another_each_time
from armguard.evaluation.scope import Consulted
from armguard.evaluation.unknown import Unknown, Value, as_expression
from armguard.finding import Certainty
from armguard.keyvault.declared import safe_id
from armguard.keyvault.examination import Examination, Run
from armguard.keyvault.outcome import Step, outcome_of
from armguard.keyvault.sureness import provenance
from armguard.keyvault.worlds import World, in_every_world
from armguard.record import record
from armguard.templates.resource import Resource


@record
class Pair:
    """Two writers of one vault, by the keys of their resources, in the order of the template."""

    first: str
    second: str
    certainty: Certainty
    """how sure it is that both are written"""
    said: tuple[str, ...] = ()
    """the world in which both are written, where there are others"""


@record
class _Both:
    """Whether both are written, in one world."""

    written: bool
    steps: tuple[Step, ...]
    open: Unknown | None = None
    files: tuple[Consulted, ...] = ()
    """those that are taken for linked ones"""


def double_writers(vaults: tuple[Resource, ...], examination: Examination) -> tuple[Pair, ...]:
    """One pair for each vault resource that writes what an earlier one writes as well."""
    writers: dict[tuple[str, Keeper | None], list[str]] = {}
    for vault in vaults:
        identity = None if vault.existing else _identity(safe_id(vault))
        if identity is not None:
            keeper = vault.deployment.facts.keeper
            writers.setdefault((identity, keeper), []).append(vault.key)
    found = []
    for keys in writers.values():
        for position, second in enumerate(keys):
            pairs = (pair_of(first, second, examination) for first in keys[:position])
            pair = next((each for each in pairs if each is not None), None)
            if pair is not None:
                found.append(pair)
    return tuple(found)


def _identity(identifier: Value) -> str | None:
    """A text that is equal for the same id; None: it is another one each time, or unknowable."""
    if isinstance(identifier, Unknown) and identifier.failed:
        return None
    text = canonical_text(as_expression(identifier))
    return None if is_another_each_time(text) else text


def pair_of(first: str, second: str, examination: Examination) -> Pair | None:
    """Two resources, by their keys, that write the same; None: no world has both."""

    def examine(world: World) -> tuple[_Both, Mapping[str, list[Value]]]:
        run = examination.run(world.assumptions)
        return _both_written(first, second, run), run.session.alternatives

    every = in_every_world(examine) or []
    both = [(world, answer) for world, answer in every if answer.written]
    if not both:
        return None
    world, answer = both[0]
    if len(both) < len(every):
        return Pair(first, second, Certainty.POSSIBLE, world.said)
    consulted = (each for step in answer.steps for each in step.evaluated.consulted)
    return Pair(first, second, provenance((*consulted, *answer.files)))


def _both_written(first: str, second: str, run: Run) -> _Both:
    conditions: list[Step] = []
    files: list[Consulted] = []
    for key in (first, second):
        outcome = outcome_of(run.vault(key))
        last = outcome.steps[-1] if outcome.steps else None
        hangs_on_condition = last is not None and last.what == "condition"
        if outcome.kind == "not-written" or (outcome.open is not None and hangs_on_condition):
            return _Both(False, outcome.steps, outcome.open)
        conditions.extend(step for step in outcome.steps if step.what == "condition")
        files.extend(outcome.files)
    return _Both(True, tuple(conditions), files=tuple(files))
