"""A unified diff for people: safe on a terminal and in the log of a CI, long lines cut.

`git apply` takes it where no line was cut and nothing in the lines had to be escaped; of lines that
end with CR and LF, which are one to people, the CR is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from armguard.safe_text import line, visible

_CONTEXT = 3
_LONGEST = 300
_KEPT = 60
_CUT = " ... "
_MANY = 2_000
"""Lines from which on those that are everywhere, as `},`, are not compared with each other."""
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_PIECE = re.compile(r"[^,{\[]*[,{\[]?")

_Line = tuple[str, bool]
"""the text of a line, and whether a line break ends it"""


def difference(path: str, old: str, new: str) -> Iterator[str]:
    """The lines of a unified diff, without line ends; none where the texts are equal."""
    before, after = _lines(old), _lines(new)
    is_long = max(len(before), len(after)) > _MANY
    matcher = SequenceMatcher(None, before, after, autojunk=is_long)
    groups = [*matcher.get_grouped_opcodes(_CONTEXT)]
    if not groups:
        return
    yield line(f"--- a/{path}")
    yield line(f"+++ b/{path}")
    for group in groups:
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        for tag, start, end, new_start, new_end in group:
            removed: Sequence[_Line] = before[start:end]
            added: Sequence[_Line] = after[new_start:new_end]
            if tag == "equal":
                yield from _told(" ", removed)
                continue
            if len(removed) == len(added) == 1:
                removed, added = _around_difference(removed[0], added[0])
            yield from _told("-", removed)
            yield from _told("+", added)


def _lines(text: str) -> list[_Line]:
    *lines, last = _LINE_BREAK.split(text)
    return [*((each, True) for each in lines), *([(last, False)] if last else [])]


def _range(start: int, end: int) -> str:
    length = end - start
    beginning = start + 1 if length else start
    return str(beginning) if length == 1 else f"{beginning},{length}"


def _told(sign: str, lines: Sequence[_Line]) -> Iterator[str]:
    for text, has_end in lines:
        shown = _shown(text)
        if sign == " ":
            # GitHub looks for its commands behind blanks
            rest = shown.lstrip()
            shown = shown[: len(shown) - len(rest)] + line(rest)
        yield f"{sign}{shown}"
        if not has_end:
            yield r"\ No newline at end of file"


def _shown(text: str) -> str:
    """A line with its tabs, in the middle of which a very long one is cut."""
    if len(text) > 2 * _LONGEST * 10:
        text = f"{text[:_LONGEST]}{_CUT}{text[-_LONGEST:]}"
    return "\t".join(map(visible, text.split("\t")))


def _around_difference(old: _Line, new: _Line) -> tuple[Sequence[_Line], Sequence[_Line]]:
    """Of two long lines only the parts in which they differ."""
    if max(len(old[0]), len(new[0])) <= _LONGEST:
        return (old,), (new,)
    before, after = _PIECE.findall(old[0]), _PIECE.findall(new[0])
    ones, others = list[str](), list[str]()
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) > _MANY)
    codes = matcher.get_opcodes()
    for number, (tag, start, end, new_start, new_end) in enumerate(codes):
        one, other = "".join(before[start:end]), "".join(after[new_start:new_end])
        if tag == "equal":
            one = other = _cut(one, number == 0, number == len(codes) - 1)
        ones.append(one)
        others.append(other)
    return (("".join(ones), old[1]),), (("".join(others), new[1]),)


def _cut(same: str, is_first: bool, is_last: bool) -> str:
    """What two lines have in common, as far as it is near to where they differ."""
    head, tail = "" if is_first else same[:_KEPT], "" if is_last else same[-_KEPT:]
    dots = _CUT.strip() if is_first or is_last else _CUT
    return same if len(same) <= len(head) + len(tail) + len(dots) else f"{head}{dots}{tail}"
