"""In which order one deployment writes a vault and its children: as `dependsOn` and reference()
say, also those of the deployments around them. What nothing orders is written at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence

from armguard.templates.dependencies import Dependencies, Waits
from armguard.templates.resource import Resource, Surroundings

_MOST_ORDERED = 40
"""More writes of one vault than these are taken in the order of the template."""
_NOT = Waits(False)


class WriteOrder:
    """The dependencies in each deployment, made when they are first needed."""

    def __init__(self) -> None:
        self._made: dict[int, Dependencies] = {}

    def waits(self, first: Resource, second: Resource) -> Waits:
        """Whether the first is written only after the second."""
        pairs = zip(first.gates, second.gates, strict=False)
        apart = next((pair for pair in pairs if pair[0].key != pair[1].key), None)
        if apart is None:
            return _NOT
        one, other = apart
        return self._inside(one.deployment).waits(one, other)

    def _inside(self, deployment: Surroundings) -> Dependencies:
        if id(deployment) not in self._made:
            self._made[id(deployment)] = Dependencies(deployment)
        return self._made[id(deployment)]

    def ordered(self, writes: Sequence[Resource]) -> list[Resource]:
        """The same, each after those that it waits for; else as they are given."""
        left = list(writes)
        found: list[Resource] = []
        while left:
            ready = (each for each in left if not self._waits_for_any(each, left))
            first = next(ready, left[0])
            left.remove(first)
            found.append(first)
        return found

    def _waits_for_any(self, resource: Resource, others: Sequence[Resource]) -> bool:
        return any(self.waits(resource, each).for_it for each in others if each.key != resource.key)


def orders_of(
    vault: Resource | None, changes: Sequence[Resource], *, only_adds: bool
) -> list[list[Resource]]:
    """The orders in which a vault (None: it is not written) and the changes of its policies may be
    written; one where it makes no difference. The vault comes first, unless it waits for a change;
    with `only_adds` the order among the changes makes none."""
    order = WriteOrder()
    first = [] if vault is None else [vault]
    if len(changes) > _MOST_ORDERED:
        return [[*first, *changes]]
    if only_adds:
        before = [] if vault is None else [c for c in changes if order.waits(vault, c).for_it]
        return [[*before, *first, *(each for each in changes if each not in before)]]
    one, other = (order.ordered([*first, *each]) for each in (changes, changes[::-1]))
    return [one] if one == other else [one, other]
