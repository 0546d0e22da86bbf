"""Changes of a text as spans of the original one: all that is not named stays byte for byte.

Edits of one text never overlap; two insertions at the same place come in the order in which they
are given.
"""

from __future__ import annotations

from collections.abc import Iterable

from armguard.errors import ArmguardError
from armguard.record import record


class OverlapError(ArmguardError):
    """Two edits want to change the same characters."""


@record
class Edit:
    """What stands from `start` to `end`, offsets in characters, becomes `text`."""

    path: str
    start: int
    end: int
    text: str

    @property
    def _order(self) -> tuple[int, int]:
        return self.start, self.end


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; raises `OverlapError` where two of them meet."""
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda each: each._order):
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
