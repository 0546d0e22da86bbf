"""The template function format(): .NET's composite formatting, `{index,alignment:format}`.

Only numbers obey a format; strings, booleans, arrays and objects ignore it, right or wrong.
"""

from __future__ import annotations

import re

from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.functions.registry import ANY, STRING, function
from armguard.evaluation.unknown import Value

_WIDEST = 200_000
_LONGEST = 4_000_000
"""characters; more than that is asked for only to exhaust memory"""
_TEXT = re.compile(r"[^{}]+")
_ITEM = re.compile(
    r"\{(?P<index>\d+) *(?:, *(?P<left>-?)(?P<width>\d+) *)?(?::(?P<spec>[^{}]*))?\}", re.ASCII
)
_LARGEST_NUMBER = 9_999_999
"""of seven digits: .NET stops reading an index or a width when it has reached a million"""


@function("format", STRING, rest=ANY)
def format_text(pattern: str, *arguments: Value) -> str:
    """format(formatString, arg1, arg2, ...)

    As String.Format of .NET in the invariant culture: `{0,-8}` pads, `{0:N2}` formats a number,
    `{{` is a brace. Strings, booleans, arrays and objects ignore formats, null is nothing, and
    arrays and objects show as JSON with every double quote turned into a single one.
    """
    written: list[str] = []
    length = position = 0
    while position < len(pattern):
        if text := _TEXT.match(pattern, position):
            piece, position = text[0], text.end()
        elif pattern[position : position + 2] in ("{{", "}}"):
            piece, position = pattern[position], position + 2
        elif item := _ITEM.match(pattern, position):
            piece, position = _item(item, arguments), item.end()
        else:
            raise EvaluationError(_what_is_wrong(pattern, position))
        length += len(piece)
        if length > _LONGEST:
            raise BudgetSpentError(f"the result of format() is longer than {_LONGEST} characters")
        written.append(piece)
    return "".join(written)


def _what_is_wrong(pattern: str, position: int) -> str:
    shown = pattern[position : position + 20]
    if pattern[position] == "}":
        return f"'{shown}' in a format string has a '}}' too many: a single one is written '}}}}'"
    return (
        f"'{shown}' in a format string must be '{{index}}', '{{index,width}}' or"
        " '{index:format}' with digits for index and width; a single '{' is written '{{'"
    )


def _item(item: re.Match[str], arguments: tuple[Value, ...]) -> str:
    index, width = _small(item["index"]), _small(item["width"] or "0")
    if index >= len(arguments):
        raise EvaluationError(
            f"'{item[0]}' in a format string asks for more than the {len(arguments)} arguments that"
            " follow it"
        )
    if width > _WIDEST:
        raise BudgetSpentError(f"'{item[0]}' in a format string pads to more than {_WIDEST}")
    text = _text_of(arguments[index], item["spec"] or "")
    if width <= len(text):
        return text
    # .NET counts UTF-16 units, of which an emoji has two.
    width -= sum(letter > "\uffff" for letter in text)
    return text.ljust(width) if item["left"] else text.rjust(width)


def _small(digits: str) -> int:
    digits = digits.lstrip("0") or "0"
    if len(digits) > 7:
        raise EvaluationError(
            f"a number in braces in a format string must be at most {_LARGEST_NUMBER}"
        )
    return int(digits)


def _text_of(value: Value, spec: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        from armguard.dotnet.numbers import format_number

        return format_number(value, spec)
    from armguard.dotnet.json_net import serialize

    return serialize(value).replace('"', "'")
