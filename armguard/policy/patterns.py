"""Which regular expressions a policy may use: those that can't take exponential time.

Python's engine tries every way to share a text between two repetitions, one inside of the other; a
repeated group may therefore hold neither a repetition nor alternatives.
"""

from __future__ import annotations

import re
import warnings

from armguard.errors import UsageError

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
    if _nests_repetitions(pattern):
        raise UsageError(
            f"'{pattern}' repeats a group that holds a repetition or alternatives, which can take"
            " for ever; write it without one of them, as in [ab]+ for (a|b)+"
        )


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
