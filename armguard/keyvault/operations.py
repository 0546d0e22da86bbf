"""What a child `accessPolicies` does in the worlds that its template writes down.

The operation is the last segment of the child's name, so it may hang on a parameter or an `if` as
anything else; where it is not known in a world, it may be any.
"""

from __future__ import annotations

from collections.abc import Mapping

from armguard.evaluation.unknown import Value
from armguard.finding import Certainty
from armguard.keyvault.declared import operation_of
from armguard.keyvault.examination import Examination
from armguard.keyvault.outcome import Outcome, outcome_of
from armguard.keyvault.worlds import World, in_every_world
from armguard.templates.resource import Resource


def operation_certainty(change: Resource, examination: Examination) -> Certainty:
    """How sure the operation is that a child has in the world that is written: whether it hangs on
    the default of a parameter of the root template."""
    defaults = [
        each.name.lower() for each in change.read_member("name").consulted if each.is_default
    ]
    if not defaults:
        return Certainty.CERTAIN
    without = examination.run(forgotten=defaults).vault(change.key)
    same = without is not None and operation_of(without) == operation_of(change)
    return Certainty.CERTAIN if same else Certainty.DEFAULT


def operations_of(change: Resource, examination: Examination) -> tuple[str | None, ...]:
    """The operations, in lower case, that a child has in the worlds in which it is written; None
    among them: not known."""
    operation = operation_of(change)
    if operation is not None:
        return (operation,)

    def examine(world: World) -> tuple[Outcome, Mapping[str, list[Value]]]:
        run = examination.run(world.assumptions)
        return outcome_of(run.vault(change.key)), run.session.alternatives

    every = in_every_world(examine)
    if every is None:
        return (None,)
    children = (
        examination.run(world.assumptions).vault(change.key)
        for world, outcome in every
        if outcome.kind != "not-written"
    )
    return tuple(dict.fromkeys(operation_of(each) for each in children if each is not None))
