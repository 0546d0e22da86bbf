"""Children of one vault that a deployment writes at the same time: Azure answers some with 409.

Two writes are in a chain where, in the deployment that holds both, what leads to one of them waits
for what leads to the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from armguard.evaluation.evaluator import asked
from armguard.evaluation.identity import id_key, is_another_each_time
from armguard.evaluation.text_pieces import shown
from armguard.evaluation.unknown import Unknown
from armguard.evaluation.values import find_key
from armguard.finding import Certainty
from armguard.keyvault.assessment import ParallelWrites
from armguard.keyvault.declared import (
    is_written,
    operation_of,
    vault_name_of_change,
    vault_of_change,
)
from armguard.keyvault.double_writers import pair_of
from armguard.keyvault.examination import Examination
from armguard.keyvault.refusals import OPERATIONS
from armguard.keyvault.sureness import least, provenance
from armguard.keyvault.write_order import WriteOrder
from armguard.templates.dependencies import batch_size
from armguard.templates.resource import Resource

_MOST_COMPARED = 40
"""Of more writes than these only neighbours are compared."""


def parallel_writes(
    changes: Sequence[Resource], examination: Examination
) -> Iterator[ParallelWrites]:
    """At most one for each vault."""
    writes: dict[str, list[Resource]] = {}
    for change in filter(is_written, changes):
        identity = id_key(vault_of_change(change))
        operation = operation_of(change)
        refused = operation is not None and operation not in OPERATIONS
        if identity is None or refused or _is_never_the_same(identity):
            continue
        writes.setdefault(identity, []).append(change)
    order = WriteOrder()
    for of_one in writes.values():
        found = _of_one_vault(of_one, order, examination)
        if found is not None:
            yield found


def _of_one_vault(
    writes: Sequence[Resource], order: WriteOrder, examination: Examination
) -> ParallelWrites | None:
    """The surest, of as many as can be compared."""
    few = len(writes) <= _MOST_COMPARED
    pairs = combinations(writes, 2) if few else pairwise(writes)
    possible = next(filter(None, map(_alone, writes)), None)
    for first, second in pairs:
        found = _together(first, second, order, examination)
        if found is not None and found.certainty is not Certainty.POSSIBLE:
            return found
        possible = possible or found
    return possible


def _is_never_the_same(identity: str) -> bool:
    """Also of the iterations of a loop whose count is not known."""
    return is_another_each_time(identity) or "copyindex(" in identity


def _alone(change: Resource) -> ParallelWrites | None:
    """A child in a loop of which nobody knows how often it runs."""
    for gate in change.gates:
        size = batch_size(gate) if gate.stands_for_all else 1
        if isinstance(size, Unknown) or size == 1:
            continue
        return _parallel(change, change, gate, Certainty.POSSIBLE, ("it runs more than once",))
    return None


def _together(
    first: Resource, second: Resource, order: WriteOrder, examination: Examination
) -> ParallelWrites | None:
    """None: one is written after the other, or never both."""
    waiting = order.waits(second, first), order.waits(first, second)
    if any(each.for_it for each in waiting):
        return None
    pair = pair_of(first.key, second.key, examination)
    if pair is None:
        return None
    certainty, said = pair.certainty, pair.said
    if any(each.open for each in waiting):
        certainty = least(certainty, Certainty.POSSIBLE)
        said = (*said, "no dependsOn that is not known orders them")
    one, other = next(
        pair for pair in zip(first.gates, second.gates, strict=False) if pair[0].key != pair[1].key
    )
    same_loop = one.place == other.place
    if same_loop:
        # with another count there may be no other one
        count = asked(one.scope, lambda _: one.loop_count())
        certainty = least(certainty, provenance(count.consulted))
    return _parallel(first, second, one if same_loop else None, certainty, said)


def _parallel(
    first: Resource,
    second: Resource,
    loop: Resource | None,
    certainty: Certainty,
    said: tuple[str, ...],
) -> ParallelWrites:
    place = None
    if loop is not None:
        place = loop.place.child(find_key(loop.written, "copy") or "copy")
    return ParallelWrites(
        shown(vault_name_of_change(first)),
        id_key(vault_of_change(first)),
        first.place,
        second.place,
        place,
        certainty,
        said,
    )
