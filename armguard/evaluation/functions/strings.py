"""Strings: concat, split, replace, substring ...; positions count UTF-16 units, as in .NET.

What searches (indexOf, startsWith, endsWith) ignores case by the rules of the invariant culture;
contains() and replace() compare exactly.
"""

from __future__ import annotations

from typing import NoReturn

from armguard.dotnet import ordinal, utf16
from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.functions.registry import (
    ANY,
    ARRAY,
    BOOLEAN,
    INTEGER,
    LEAVE,
    OBJECT,
    STRING,
    function,
    kind_name,
    kind_of,
)
from armguard.evaluation.identity import id_segments
from armguard.evaluation.scope import Scope
from armguard.evaluation.unknown import Text, Unknown, Value, holds_unknown
from armguard.evaluation.values import scalar_text

MAXIMUM_LENGTH = 4_000_000
"""Characters of one string: the largest template Azure accepts has 4 MB."""

MAXIMUM_PADDING = 16


def checked_length(length: int) -> None:
    """Raise `BudgetSpentError` before a string of `length` characters is built."""
    if length > MAXIMUM_LENGTH:
        raise BudgetSpentError(
            f"the result has {length} characters, more than any real template needs"
        )


@function("concat", rest=ANY, looks_through=True)
def concat(*values: Value) -> Value:
    """concat(first, second, ...)

    All arrays, or strings, integers and booleans; true becomes 'True'. null is refused, and nothing
    at all is ''.
    """
    arrays = [value for value in values if isinstance(value, list)]
    if arrays and len(arrays) == len(values):
        checked_length(sum(map(len, arrays)))
        return [element for array in arrays for element in array]
    for value in values:
        if type(value) not in (str, int, bool):
            raise EvaluationError(
                "concat() takes arrays only, or strings, integers and booleans, but got"
                f" {kind_name(kind_of(value))}"
            )
    texts = list(map(scalar_text, values))
    checked_length(sum(map(len, texts)))
    return "".join(texts)


@function("join", ARRAY, STRING)
def join(values: list[Value], delimiter: str) -> str:
    """join(inputArray, delimiter)

    Of strings, integers and booleans.
    """
    for index, value in enumerate(values):
        if type(value) not in (str, int, bool):
            raise EvaluationError(
                "join() takes an array of strings, integers and booleans, but element"
                f" {index} is {kind_name(kind_of(value))}"
            )
    texts = list(map(scalar_text, values))
    checked_length(sum(map(len, texts)) + len(delimiter) * len(texts))
    return delimiter.join(texts)


@function("split", STRING, STRING | ARRAY, needs_scope=True, takes_unknown=True)
def split(scope: Scope, text: Text, delimiter: Value) -> Value:
    """split(inputString, delimiter)

    With regard to case; an array holds alternative delimiters, none at all mean any white
    space, and an empty delimiter splits nothing.
    """
    if isinstance(text, str) and isinstance(delimiter, (str, list)):
        return LEAVE if holds_unknown(delimiter) else _parts(text, delimiter)
    if isinstance(text, Unknown) and delimiter == "/" and not scope.session.strict:
        # the name is known where only the place of an id is not
        segments = id_segments(text)
        return LEAVE if segments is None else [*segments]
    return LEAVE


def _parts(text: str, delimiter: str | list[Value]) -> list[Value]:
    present: list[str] = []
    for each in [delimiter] if isinstance(delimiter, str) else delimiter or utf16.WHITE_SPACE:
        if not isinstance(each, str):
            raise EvaluationError(
                f"a delimiter of split() must be String, but is {kind_name(kind_of(each))}"
            )
        if each:
            present.append(each)
    if len(present) == 1:
        return [*text.split(present[0])]
    parts: list[Value] = []
    start = position = 0
    while position < len(text):
        found = next((each for each in present if text.startswith(each, position)), None)
        if found is None:
            position += 1
            continue
        parts.append(text[start:position])
        position += len(found)
        start = position
    return [*parts, text[start:]]


@function("replace", STRING, STRING, STRING)
def replace(text: str, old: str, new: str) -> str:
    """replace(originalString, oldString, newString)

    With regard to case; an empty oldString is refused.
    """
    if not old:
        raise EvaluationError("the second argument of replace() must not be empty")
    checked_length(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


@function("substring", STRING, INTEGER, INTEGER, optional=1)
def substring(text: str, start: int, length: int | None = None) -> str:
    """substring(stringToParse, startIndex, [length])

    startIndex may be the length of the string, which gives ''.
    """
    size = utf16.length(text)
    if not 0 <= start <= size:
        raise EvaluationError(
            f"substring() starts at {start}, which is outside of a string of {size} characters"
        )
    if length is None:
        length = size - start
    if length < 0 or start + length > size:
        raise EvaluationError(
            f"substring() takes {length} characters from {start} on, but the string has {size}"
        )
    return utf16.slice(text, start, length)


@function("padLeft", STRING | INTEGER, INTEGER, STRING, optional=1)
def pad_left(value: str | int, width: int, padding: str = " ") -> str:
    """padLeft(valueToPad, totalLength, [paddingCharacter])

    totalLength is at most 16.
    """
    if not 1 <= width <= MAXIMUM_PADDING:
        raise EvaluationError(f"the width of padLeft() must be from 1 to 16, but is {width}")
    if utf16.length(padding) != 1:
        raise EvaluationError(f"padLeft() pads with a single character, but got '{padding}'")
    text = str(value)
    return padding * max(0, width - utf16.length(text)) + text


@function("toLower", STRING)
def to_lower(text: str) -> str:
    """toLower(stringToChange)"""
    from armguard.dotnet import culture

    return culture.to_lower(text)


@function("toUpper", STRING)
def to_upper(text: str) -> str:
    """toUpper(stringToChange)

    Character by character: 'straße' becomes 'STRAßE'.
    """
    from armguard.dotnet import culture

    return culture.to_upper(text)


@function("trim", STRING)
def trim(text: str) -> str:
    """trim(stringToTrim)"""
    return text.strip(utf16.WHITE_SPACE)


@function("startsWith", STRING, STRING)
def starts_with(text: str, part: str) -> bool:
    """startsWith(stringToSearch, stringToFind)

    Without regard to case.
    """
    from armguard.dotnet import culture

    return culture.starts_with(text, part)


@function("endsWith", STRING, STRING)
def ends_with(text: str, part: str) -> bool:
    """endsWith(stringToSearch, stringToFind)

    Without regard to case.
    """
    from armguard.dotnet import culture

    return culture.ends_with(text, part)


@function("like", STRING, STRING)
def like(text: str, pattern: str) -> bool:
    """like(text, pattern)

    `*` stands for any characters; without regard to case.
    """
    text, pattern = ordinal.fold(text), ordinal.fold(pattern)
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, last = rest
    if not text.startswith(first):
        return False
    position = len(first)
    for part in middle:
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return len(text) - len(last) >= position and text.endswith(last)


@function("string", STRING | INTEGER | BOOLEAN | OBJECT | ARRAY)
def string(value: Value) -> str:
    """string(valueToConvert)

    Arrays and objects as compact JSON, true as 'True'; null and floats are refused.
    """
    if not isinstance(value, (list, dict)):
        return scalar_text(value)
    from armguard.dotnet.json_net import serialize

    return serialize(value)


@function("fail", STRING)
def fail(message: str) -> NoReturn:
    """fail(message)

    Ends the deployment with this message.
    """
    raise EvaluationError(f"fail() was reached: {message}")
