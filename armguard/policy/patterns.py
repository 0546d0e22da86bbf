"""Which regular expressions a policy may use: those that can't take exponential time.

Python's engine tries every way to share a text between two repetitions, one inside of the other; a
repeated group may therefore hold neither a repetition nor alternatives. Of repetitions after each
other only a few may share a text, and the more do, the shorter it has to be.
"""

from __future__ import annotations

import re
import warnings
from math import ceil

from armguard.errors import UsageError
from armguard.policy.retries import retries

_LONGEST = 1_000
_LONGEST_TEXTS = (10_000, 600, 200, 90)
"""Characters in which one repetition, or two and more that share a text, are looked for."""

_TOKEN = re.compile(
    r"\\."  # an escaped character, or a class like \d
    r"|\[\^?\]?(?:\\.|[^\]\\])*\]"  # a set of characters
    r"|\(\??"
    r"|(?:[*+?]|\{\d*,?\d*\})[?+]?"
    r"|.",
    re.DOTALL,
)


def check_pattern(pattern: str) -> None:
    """Raise `UsageError` for a pattern that is no regular expression or could run for ages."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            re.compile(pattern)
    except (re.error, FutureWarning) as error:
        raise UsageError(f"'{pattern}' is no regular expression: {error}") from error
    if len(pattern) > _LONGEST:
        raise UsageError(
            f"is a regular expression of {len(pattern):,} characters, but {_LONGEST:,} is the most"
        )
    if retries(pattern) > len(_LONGEST_TEXTS):
        raise UsageError(
            f"'{pattern}' has repetitions after each other that match the same text, which can take"
            " for ever; write what stands between them, as in [^/]+/[^/]+ for .+/.+"
        )
    if _nests_repetitions(pattern):
        raise UsageError(
            f"'{pattern}' repeats a group that holds a repetition or alternatives, which can take"
            " for ever; write it without one of them, as in [ab]+ for (a|b)+"
        )


def is_found(pattern: str, text: str) -> bool | None:
    """Whether a pattern is found in a text, in any case; None: that could take too long."""
    shared = ceil(retries(pattern))
    if len(text) > _LONGEST_TEXTS[max(shared, 1) - 1]:
        return None
    return re.search(pattern, text, re.IGNORECASE) is not None


def _nests_repetitions(pattern: str) -> bool:
    # for each open group whether it holds a repetition or alternatives; the first is the pattern
    groups = [False]
    closed = False
    for token in _TOKEN.findall(pattern):
        after_group, closed = closed, False
        if token in ("(", "(?"):
            groups.append(False)
        elif token == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1] |= closed
        elif token == "|":
            groups[-1] = True
        elif token[0] in "*+?{" and token != "{":
            if after_group and token[0] != "?":
                return True
            # a fixed count leaves nothing to try
            groups[-1] |= token[0] != "{" or "," in token
    return False
