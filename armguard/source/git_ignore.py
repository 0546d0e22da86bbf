"""Patterns of a .gitignore file, compiled so that no path takes long to compare.

pathspec makes regular expressions of them, and Python tries every way to share a path between two
stars. But where another star follows, the first place that fits is as good as any: each piece
between two stars, or between two `**`, is looked for once and kept. What is still too costly, for
want of knowing how pathspec writes it, is refused. As for git, `[!a]` is no slash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_STAR = re.escape("[^/]*")
_CLASS = r"\[\^?\]?(?:\\.|[^]\\/])*\]"
_NO_SLASH = "(?!/)"
_OTHERS = re.compile(rf"\\.|{_STAR}|\[\^/\]|(?=\[\^)({_CLASS})")
_PIECE = rf"\\.|\[\^/\](?!\*)|(?:{re.escape(_NO_SLASH)})?(?!\[\^/\]){_CLASS}|[^]\\/\[()*+?|^$.]"
_BETWEEN_STARS = re.compile(rf"{_STAR}((?:{_PIECE})++)(?={_STAR})")
_STARS = re.compile(rf"(?:{_STAR})++")
_FOLDERS_BEFORE, _FOLDERS_BETWEEN = "^(?:.+/)?", "(?:/.+)?"
_MOST = 3


def git_ignore_spec(lines: Iterable[str]) -> GitIgnoreSpec:
    """What these lines match. Raises `ValueError` for what is no pattern, or takes too long."""
    from pathspec import GitIgnoreSpec

    try:
        spec = GitIgnoreSpec.from_lines(lines)
    except re.error as error:  # of a range that runs backwards, [z-a]
        raise ValueError(str(error)) from error
    for pattern in spec.patterns:
        expression: Any = getattr(pattern, "regex", None)
        if expression is not None:
            quick = without_retrying(expression.pattern)
            if quick != expression.pattern:
                pattern.regex = re.compile(quick)
    return spec


def without_retrying(expression: str) -> str:
    """The same regular expression of pathspec, in which no two repetitions share a text."""
    in_one = _OTHERS.sub(lambda m: f"{_NO_SLASH}{m[0]}" if m[1] else m[0], expression)
    first, *others = map(_kept_between_stars, in_one.split(_FOLDERS_BETWEEN))
    if not others:
        return first
    if first.startswith(_FOLDERS_BEFORE):
        first = f"^(?>(?:.+?/)??{first.removeprefix(_FOLDERS_BEFORE)}(?=/))"
    kept = (f"(?>(?:/.+?)??{each}(?=/))" for each in others[:-1])
    return f"{first}{''.join(kept)}{_FOLDERS_BETWEEN}{others[-1]}"


def _kept_between_stars(expression: str) -> str:
    quick = _BETWEEN_STARS.sub(r"(?>[^/]*?\1)", _STARS.sub("[^/]*", expression))
    retrying = quick.replace("[^/]*?", "").replace("[^/]*", "\0").replace("[^/]", "").split("/")
    if max(segment.count("\0") for segment in retrying) > _MOST:
        raise ValueError("it has too many wildcards")
    return quick
