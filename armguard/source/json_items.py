"""The members of an object, or the elements of an array, as they stand in a text.

Offsets are characters of the text; blanks and comments between the items belong to none of them.
"""

from __future__ import annotations

import json
import re

from armguard.record import record
from armguard.source.location import Extent, end_of_value
from armguard.source.tokens import STRING, after_ignored

_STRING = re.compile(STRING)


@record
class Items:
    is_object: bool
    opening: int
    """where the bracket stands"""
    closing: int
    extents: tuple[tuple[int, int], ...]
    """from the quote of a key, or from an element, to behind the value"""
    keys: tuple[str, ...]
    """those of an object, without escapes; none for an array"""
    commas: tuple[int, ...]
    """one behind each item; the last item need not have one"""
    is_bare: bool
    """no comment stands between the items"""

    @property
    def trails(self) -> bool:
        """Whether there is a comma behind the last one."""
        return 0 < len(self.extents) == len(self.commas)

    def lead(self, index: int) -> int:
        """Where the blanks and comments in front of an item begin."""
        return self.commas[index - 1] + 1 if index else self.opening + 1


def items_of(text: str, extent: Extent) -> Items:
    """Those of the object or array whose value stands at `extent`, which is well formed."""
    is_object = text[extent.value] == "{"
    position, extents, keys, commas, gaps = extent.value + 1, [], [], [], []
    while True:
        start = after_ignored(text, position)
        gaps.append(text[position:start])
        if text[start] in "}]":
            break
        value = start
        if is_object:
            key = _STRING.match(text, start)
            assert key is not None
            keys.append(str(json.loads(key[0], strict=False)))
            value = after_ignored(text, after_ignored(text, key.end()) + 1)
        end = end_of_value(text, value)
        extents.append((start, end))
        position = after_ignored(text, end)
        gaps.append(text[end:position])
        if text[position] == ",":
            commas.append(position)
            position += 1
    is_bare = not any(each.strip() for each in gaps)
    return Items(
        is_object, extent.value, start, tuple(extents), tuple(keys), tuple(commas), is_bare
    )
