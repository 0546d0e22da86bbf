"""The smallest pieces of JSON as ARM reads it, as patterns that every reader of text shares.

All quantifiers are possessive (`++`, `*+`): they never give back what they took, so no pattern
can take more than linear time, whatever the text. Keep it so.
"""

from __future__ import annotations

import re

OTHER_BLANKS = r"\v\f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space that .NET skips between tokens but JSON does not know, to go into `[...]`."""

STRING = r'"[^"\\]*+(?:\\[\s\S][^"\\]*+)*+"'
COMMENT = r"//[^\r\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/"

BYTE_ORDER_MARK = "\ufeff"

IGNORED = rf"(?:[ \t\r\n{OTHER_BLANKS}]++|{COMMENT})*+"
"""What may stand between any two tokens."""

_IGNORED = re.compile(IGNORED)
_UP_TO_BRACKET = re.compile(rf'(?:[^"{{}}\[\]/]++|{STRING}|{COMMENT}|/(?![/*]))*+')


def after_ignored(text: str, position: int) -> int:
    """Where the blanks and comments that begin at `position` end."""
    match = _IGNORED.match(text, position)
    return match.end() if match else position


def next_bracket(text: str, position: int) -> int:
    """Where the next of `{}[]` outside strings and comments is; -1 if there is none.

    `position` must itself be outside strings and comments. A string or comment that is never
    closed hides everything behind it.
    """
    match = _UP_TO_BRACKET.match(text, position)
    end = match.end() if match else position
    return end if text[end : end + 1] in ("{", "}", "[", "]") else -1
