"""Reads the vaults of a deployment at once, instead of one after the other.

The meaning stays that of the reader: the look at a vault that counts comes when everything around
it was read. Of many vaults of one place the first look is one listing, which halves the requests.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from armguard.deployed.inventory import Document, text
from armguard.live.failures import ReadingError
from armguard.live.questions import Questions
from armguard.live.resource_ids import ResourceId
from armguard.live.together import THREADS, Question, Together

_MANY = 3
"""From so many vaults on a listing is cheaper than a request for each."""
_SETTLED = ("", "succeeded", "registeringdns")


def is_settled(vault: Document) -> bool:
    """Whether nobody is changing it."""
    return text(vault, "properties", "provisioningState").lower() in _SETTLED


def look_ahead(
    together: Together,
    asked: Questions,
    wanted: Mapping[str, ResourceId],
    around: Sequence[Question],
) -> None:
    """Asks about vaults, by their ids; `around` is what has to be read before they count."""
    what = f"reading {len(wanted)} vault{'' if len(wanted) == 1 else 's'}"
    groups = {each.group_path.lower(): each.group_path for each in wanted.values()}.values()
    first: list[Question] = [*around, *(partial(asked.group, path) for path in groups)]
    listed = _places_of_many(wanted.values())
    first += [partial(asked.look_at_all, place) for place in listed]
    singly = [each for each, of in wanted.items() if not _is_in(of, listed)]
    together.ask([*first, *(partial(asked.vault, each) for each in singly)], what)
    # what is not in a listing may be there all the same
    missing = [each for each in wanted if asked.looked_at(each) is None]
    together.ask([partial(asked.vault, each) for each in missing], what)
    looks = {each: asked.looked_at(each) for each in wanted}
    there = [each for each, look in looks.items() if _can_be_read_again(look)]
    absent = [wanted[each].subscription.lower() for each, look in looks.items() if _is_absent(look)]
    again: list[Question] = [partial(asked.vault_again, each) for each in there]
    for subscription in dict.fromkeys(absent):
        if absent.count(subscription) >= _MANY:
            again.append(partial(asked.deleted_in, subscription))
    together.ask(again, what)


def _places_of_many(wanted: Collection[ResourceId]) -> list[str]:
    """The resource groups of many vaults, or their subscription where there are many groups."""
    places: list[str] = []
    for subscription in dict.fromkeys(each.subscription.lower() for each in wanted):
        paths = [
            each.group_path.lower() for each in wanted if each.subscription.lower() == subscription
        ]
        if len(paths) >= _MANY and len(set(paths)) > THREADS:
            places.append(f"/subscriptions/{subscription}")
        else:
            places += [path for path in dict.fromkeys(paths) if paths.count(path) >= _MANY]
    return places


def _is_in(vault: ResourceId, places: Collection[str]) -> bool:
    return not {
        vault.group_path.lower(),
        f"/subscriptions/{vault.subscription}".lower(),
    }.isdisjoint(places)


def _can_be_read_again(look: Document | ReadingError | None) -> bool:
    """One that somebody is changing is given a moment."""
    return look is not None and not isinstance(look, ReadingError) and is_settled(look)


def _is_absent(look: Document | ReadingError | None) -> bool:
    return isinstance(look, ReadingError) and look.is_absence
