"""Changes of a text as spans of the original one: all that is not named stays byte for byte.

Edits of one text never overlap; two insertions at the same place come in the order in which they
are given. Which commas a list needs depends on all that happens to it, so they are set only here,
where all edits are known: what is put behind an item that goes away takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Literal

from armguard.errors import ArmguardError
from armguard.record import record
from armguard.source.json_items import Items


class EditError(ArmguardError):
    """An edit that can't be made; the text says why, in one sentence."""


class OverlapError(EditError):
    """Two edits want to change the same characters."""


@record
class Inserted:
    """That the text of an edit is a new item of a list, or several, next to one that is there."""

    items: Items
    index: int
    """of the one that is there; in a list that has none what is between the brackets is
    replaced"""
    side: Literal["before", "behind"]
    separator: str
    """what stands between two items, without the comma"""
    opening: str = ""
    """what stands behind the opening bracket of a list that had none"""
    closing: str = ""
    """the same in front of the closing one"""


@record
class Taken:
    """An item that goes away, with the comma behind it and the blanks that it needs no more."""

    index: int
    span: tuple[int, int]
    span_at_end: tuple[int, int]
    """the same where nothing follows any more"""
    kept: str
    """what stays in its place: a comment in front of the comma"""


@record
class Removed:
    """That an edit takes items of a list away."""

    items: Items
    taken: tuple[Taken, ...]


@record
class Several:
    """That only parts of what stands there become something else."""

    parts: tuple[tuple[int, int, str], ...]
    """(start, end, text)"""


@record
class Edit:
    """What stands from `start` to `end`, offsets in characters, becomes `text`."""

    path: str
    start: int
    end: int
    text: str
    change: Inserted | Removed | Several | None = None


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; raises `OverlapError` where two of them meet."""
    pieces: list[str] = []
    position = 0
    for edit in sorted(settled(edits), key=lambda each: (each.start, each.end)):
        if edit.start < position:
            raise OverlapError(f"two changes of '{edit.path}' meet at offset {edit.start}")
        pieces += (text[position : edit.start], edit.text)
        position = edit.end
    return "".join((*pieces, text[position:]))


def by_path(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """The edits of each file."""
    found: dict[str, list[Edit]] = {}
    for each in edits:
        found.setdefault(each.path, []).append(each)
    return found


def settled(edits: Iterable[Edit]) -> Iterator[Edit]:
    """The edits of one text as plain spans, with the commas that they need together."""
    lists: dict[int, _List] = {}
    for each in edits:
        if each.change is None:
            yield each
        elif isinstance(each.change, Several):
            yield from (Edit(each.path, *part) for part in each.change.parts)
        else:
            found = lists.setdefault(each.change.items.opening, _List(each.path, each.change.items))
            found.take(each)
    for changed in lists.values():
        yield from changed.edits()


@record
class _Place:
    """An item of the list as it will be."""

    old: int | None
    """the one that is there, or was"""
    new: tuple[Edit, ...] = ()
    """what is written anew; in place of the old one, where there is one"""


class _List:
    """All that happens to one list."""

    def __init__(self, path: str, items: Items) -> None:
        self._path = path
        self._items = items
        self._removed: dict[int, Taken] = {}
        self._new: dict[tuple[int, str], list[Edit]] = {}

    def take(self, edit: Edit) -> None:
        match edit.change:
            case Removed(_, taken):
                for each in taken:
                    if each.index in self._removed:
                        raise OverlapError(f"'{self._path}' is to lose the same value twice")
                    self._removed[each.index] = each
            case Inserted(_, index, side):
                self._new.setdefault((index, side), []).append(edit)

    def edits(self) -> Iterator[Edit]:
        items = self._items
        if not items.extents:
            yield self._filled([each for new in self._new.values() for each in new])
            return
        places = [*self._places()]
        if not places and items.is_bare:
            yield Edit(self._path, items.opening + 1, items.closing, "")
            return
        for place, following in zip_longest(places, places[1:]):
            has_comma = following is not None or items.trails
            if place.old is None:
                yield from _beside(place.new, has_comma)
            else:
                yield from self._at(place.old, place.new, has_comma)
        yield from self._away({place.old for place in places if place.old is not None})

    def _places(self) -> Iterator[_Place]:
        for index in range(len(self._items.extents)):
            before, behind = self._new.get((index, "before")), self._new.get((index, "behind"))
            if index in self._removed:
                if before or behind:
                    yield _Place(index, (*(before or ()), *(behind or ())))
                continue
            yield from (_Place(None, (each,)) for each in before or ())
            yield _Place(index)
            yield from (_Place(None, (each,)) for each in behind or ())

    def _at(self, index: int, new: Sequence[Edit], has_comma: bool) -> Iterator[Edit]:
        """An item that stays, or another one in its place, with or without a comma."""
        start, end = self._items.extents[index]
        if new:
            yield Edit(self._path, start, end, _joined(new))
        had_comma = index < len(self._items.commas)
        if has_comma and not had_comma:
            yield Edit(self._path, end, end, ",")
        elif had_comma and not has_comma:
            comma = self._items.commas[index]
            yield Edit(self._path, comma, comma + 1, "")

    def _away(self, stay: set[int]) -> Iterator[Edit]:
        """What goes away without anything in its place."""
        last = max(stay, default=-1)
        gone = [each for index, each in sorted(self._removed.items()) if index not in stay]
        spans = [each.span if each.index < last else each.span_at_end for each in gone]
        for each, (start, end), following in zip_longest(gone, spans, spans[1:]):
            # two neighbours may both want the blanks between them
            yield Edit(self._path, start, min(end, following[0]) if following else end, each.kept)

    def _filled(self, new: Sequence[Edit]) -> Edit:
        change = new[0].change
        assert isinstance(change, Inserted)
        text = f"{change.opening}{_joined(new)}{change.closing}"
        return Edit(self._path, new[0].start, new[0].end, text)


def _beside(new: Sequence[Edit], has_comma: bool) -> Iterator[Edit]:
    for each in new:
        change, comma = each.change, "," if has_comma else ""
        assert isinstance(change, Inserted)
        text = (
            f"{change.separator}{each.text}{comma}"
            if change.side == "behind"
            else f"{each.text}{comma}{change.separator}"
        )
        yield Edit(each.path, each.start, each.end, text)


def _joined(new: Sequence[Edit]) -> str:
    change = new[0].change
    assert isinstance(change, Inserted)
    return f",{change.separator}".join(each.text for each in new)
