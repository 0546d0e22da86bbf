"""Vaults that two resources of one deployment write: same id, and a world in which both are there.

Resources whose conditions exclude each other, as `p` and `not(p)` do, are one writer: their worlds
are joint, so no world has both. Whether the second write does any harm is not asked here.
"""

from __future__ import annotations

from collections.abc import Mapping

from armguard.evaluation.identity import canonical_text
from armguard.evaluation.unknown import Unknown, Value, as_expression
from armguard.keyvault.declared import Declared, safe_id
from armguard.keyvault.examination import Examination, Run
from armguard.keyvault.outcome import Outcome, Step, outcome_of
from armguard.keyvault.sureness import Certainty, provenance
from armguard.keyvault.worlds import World, outcomes
from armguard.record import record

# Two parameters that both default to newGuid() leave the same residual, but are not the same value.
_NEVER_THE_SAME = ("newguid(", "utcnow(", "invalid(")


@record
class Rivals:
    """Two writers of one vault, by the keys of their resources, in the order of the template."""

    first: str
    second: str
    certainty: Certainty
    said: tuple[str, ...] = ()
    """the world in which both are written, where there are others"""


def rivals_among(vaults: tuple[Declared, ...], examination: Examination) -> tuple[Rivals, ...]:
    """One pair for each vault resource that writes what an earlier one writes as well."""
    writers: dict[str, list[str]] = {}
    for vault in vaults:
        if not vault.resource.existing:
            writers.setdefault(_identity(safe_id(vault.resource)), []).append(vault.resource.key)
    found = []
    for identity, keys in writers.items():
        if any(text in identity for text in _NEVER_THE_SAME):
            continue
        for position, second in enumerate(keys):
            pairs = (_pair(first, second, examination) for first in keys[:position])
            pair = next((each for each in pairs if each is not None), None)
            if pair is not None:
                found.append(pair)
    return tuple(found)


def _identity(identifier: Value) -> str:
    return canonical_text(as_expression(identifier))


def _pair(first: str, second: str, examination: Examination) -> Rivals | None:
    def examine(world: World) -> tuple[Outcome, Mapping[str, list[Value]]]:
        run = examination.run(world.assumptions)
        return _both_written(first, second, run), run.session.alternatives

    every = outcomes(examine) or []
    both = [(world, outcome) for world, outcome in every if outcome.kind == "replaced"]
    if not both:
        return None
    world, outcome = both[0]
    if len(both) < len(every):
        return Rivals(first, second, "possible", world.said)
    certainty = provenance(each for step in outcome.steps for each in step.evaluated.consulted)
    return Rivals(first, second, certainty)


def _both_written(first: str, second: str, run: Run) -> Outcome:
    """`replaced` stands for "both are written", whatever is written."""
    conditions: list[Step] = []
    for key in (first, second):
        vault = run.vault(key)
        if vault is None:
            return Outcome("not-written", tuple(conditions))
        outcome = outcome_of(vault)
        if outcome.kind == "not-written" or _hangs_on_condition(outcome):
            return outcome
        conditions.extend(step for step in outcome.steps if step.what == "condition")
    return Outcome("replaced", tuple(conditions))


def _hangs_on_condition(outcome: Outcome) -> bool:
    last = outcome.steps[-1] if outcome.steps else None
    return (
        last is not None and last.what == "condition" and isinstance(last.evaluated.value, Unknown)
    )
