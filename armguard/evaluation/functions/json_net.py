"""JSON as Json.NET reads and writes it: what json(), base64ToJson() and string() do.

It reads far more than JSON: bare and single-quoted names, comments, trailing and doubled commas,
octal and hexadecimal numbers, `undefined`; and it stops after the first value, whatever follows.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.unknown import Value

MAXIMUM_DEPTH = 128
"""Objects and arrays inside of each other: what the engine's reader allows of any input."""

MAXIMUM_LENGTH = 4_000_000
"""Characters of a written value: the largest template Azure accepts has 4 MB."""

_LONGEST_INTEGER = 380
"""Json.NET refuses integers of more digits."""

_NEEDS_CARE = re.compile(r"\\u[dD][89a-fA-F]|[0-9]{380}")
"""Half a surrogate pair and huge integers, which C json reads otherwise."""


def parse(text: str) -> Any:
    """The first value of `text`; raises `EvaluationError` where Json.NET finds none."""
    import json

    if not _NEEDS_CARE.search(text):
        try:
            result = json.loads(text, strict=False, object_pairs_hook=_object)
        except (ValueError, RecursionError):
            pass  # Not strict JSON, or too deep to tell: the slow way decides.
        else:
            if text.count("[") + text.count("{") <= MAXIMUM_DEPTH or _depth_is_sane(text):
                return result
    return _Reader(text).document()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        # The last value of a name wins, and it stands where the last one was written.
        result = dict(reversed(list(dict(reversed(pairs)).items())))
    return result


_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def _depth_is_sane(text: str) -> bool:
    depth = 0
    for match in _BRACKETS.finditer(text):
        if match[0] in "[{":
            depth += 1
            if depth > MAXIMUM_DEPTH:
                return False
        elif match[0] in "]}":
            depth -= 1
    return True


_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_BLANK = re.compile(rf"[{_SPACE}]*")
_BLANK_OR_COMMENT = re.compile(
    rf"(?:[{_SPACE}]++|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/)*+", re.DOTALL
)
_NUMBER = re.compile(r"[-+a-fA-FxX.0-9]+")
_PLAIN_INTEGER = re.compile(r"-?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"-?[A-Za-z]+")
_WORDS: dict[str, Any] = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}
_AFTER_NUMBER = f"{_SPACE},}}])/"
_AFTER_WORD = f"{_SPACE},}}]"
_BARE_NAME = re.compile(r"[\w$]+")
_PART_OF_STRING = {'"': re.compile(r'[^"\\]+'), "'": re.compile(r"[^'\\]+")}
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"} | {c: c for c in "\\\"'/"}
_HEXADECIMAL = re.compile("[0-9a-fA-F]{4}")


class _Reader:
    """One pass over the text with an explicit stack, so that depth is no danger."""

    __slots__ = ("_position", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def document(self) -> Any:
        """
        value  = '{' (name ':' value (',' | before '}'))* '}' | '[' (value ',')* value? ']'
               | string | number | word
        """
        stack: list[list[Any] | dict[str, Any]] = []
        names: list[str] = []
        while True:
            if stack and isinstance(stack[-1], dict):
                names.append(self._name_or_end())
                value = stack.pop() if names[-1] == "}" else self._start_of_value(stack)
                names[-1] = names[-1][1:]
                if not names[-1] and value is not _OPENED and False:
                    raise AssertionError
            else:
                value = self._start_of_value(stack)
            if value is _OPENED:
                continue
            return value

    def _fail(self, expected: str) -> NoReturn:
        found = self._text[self._position : self._position + 20]
        raise EvaluationError(
            f"the text is not valid JSON at character {self._position + 1}: {expected}, but found"
            f" {found!r}"
        )
