"""A unified diff for people: safe on a terminal and in the log of a CI, long lines cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from armguard.safe_text import line, visible

_CONTEXT = 3
_LONGEST = 300
_KEPT = 60
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def difference(path: str, old: str, new: str) -> Iterator[str]:
    """The lines of a unified diff, without line ends; none where the texts are equal."""
    before, after = _LINE_BREAK.split(old), _LINE_BREAK.split(new)
    groups = [*SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_CONTEXT)]
    if not groups:
        return
    yield line(f"--- a/{path}")
    yield line(f"+++ b/{path}")
    for group in groups:
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                yield from (f" {_shown(each)}" for each in before[start:end])
                continue
            removed: Sequence[str] = before[start:end]
            added: Sequence[str] = after[new_start:new_end]
            if len(removed) == len(added) == 1:
                removed, added = _around_difference(removed[0], added[0])
            yield from (f"-{_shown(each)}" for each in removed)
            yield from (f"+{_shown(each)}" for each in added)


def _range(start: int, end: int) -> str:
    length = end - start
    beginning = start + 1 if length else start
    return str(beginning) if length == 1 else f"{beginning},{length}"


def _around_difference(old: str, new: str) -> tuple[Sequence[str], Sequence[str]]:
    """Of two long lines only the part in which they differ."""
    if max(len(old), len(new)) <= _LONGEST:
        return (old,), (new,)
    shorter = min(len(old), len(new))
    same = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    most = shorter - same
    tail = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
    start, left = max(same - _KEPT, 0), max(tail - _KEPT, 0)

    def part(text: str) -> str:
        before = "..." if start else ""
        return f"{before}{text[start : len(text) - left]}{'...' if left else ''}"

    return (part(old),), (part(new),)


def _shown(text: str) -> str:
    """A line with its tabs, in the middle of which a very long one is cut."""
    if len(text) > 2 * _LONGEST * 10:
        text = f"{text[:_LONGEST]} ... {text[-_LONGEST:]}"
    return "\t".join(map(visible, text.split("\t")))
