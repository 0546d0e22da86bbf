"""JSON as Json.NET reads and writes it: what json(), base64ToJson() and string() do.

It reads far more than JSON: bare and single-quoted names, comments, trailing and doubled commas,
octal and hexadecimal numbers, `undefined`; it stops after the first value, whatever follows, and
closes what is still open where the text ends after a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn, TypeAlias

from armguard.dotnet.utf16 import WHITE_SPACE
from armguard.errors import BudgetSpentError, EvaluationError

MAXIMUM_DEPTH = 128
"""Objects and arrays inside of each other."""

MAXIMUM_LENGTH = 4_000_000
"""Characters of a written value: the largest template Azure accepts has 4 MB."""

_LONGEST_INTEGER = 380
_NEEDS_CARE = re.compile(r"\\u[dD][89a-fA-F]|[0-9]{380}")
"""Half a surrogate pair and huge integers, which C json reads otherwise."""

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_BLANK = re.compile(f"[{WHITE_SPACE}]*")
_BLANK_OR_COMMENT = re.compile(rf"(?:[{WHITE_SPACE}]++|//[^\r\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/)*+")
_NUMBER = re.compile(r"[-+a-fA-FxX.0-9]+")
_INTEGER = re.compile(r"-?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"-?[A-Za-z]+")
_WORDS = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}
_AFTER_WORD = f"{WHITE_SPACE},}}]"
_AFTER_NUMBER = f"{WHITE_SPACE},}}])/"
_BARE_NAME = re.compile(r"[\w$]+")
_PLAIN = {'"': re.compile(r'[^"\\]+'), "'": re.compile(r"[^'\\]+")}
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"} | {c: c for c in "\\\"'/"}
_HEXADECIMAL = re.compile("[0-9a-fA-F]{4}")


def parse(text: str) -> Any:
    """The first value of `text`; raises `EvaluationError` where Json.NET finds none."""
    import json

    if not _NEEDS_CARE.search(text):
        try:
            result = json.loads(text, strict=False, object_pairs_hook=_object)
        except (ValueError, RecursionError):
            pass  # Not strict JSON, or too deep to tell: the reader decides.
        else:
            if _is_shallow(text):
                return result
    return _Reader(text).document()


def serialize(value: Any) -> str:
    """Compact JSON as Json.NET writes it; raises `BudgetSpentError` beyond `MAXIMUM_LENGTH`."""
    pieces: list[str] = []
    length = 0
    open_values: list[Iterator[tuple[str, Any]]] = [iter([("", value)])]
    ends = [""]
    while open_values:
        for before, each in open_values[-1]:
            if isinstance(each, dict):
                piece = before + "{"
                open_values.append(_members(each))
                ends.append("}")
            elif isinstance(each, list):
                piece = before + "["
                open_values.append(_elements(each))
                ends.append("]")
            else:
                piece = before + _scalar(each)
            pieces.append(piece)
            length += len(piece)
            if length > MAXIMUM_LENGTH:
                raise BudgetSpentError(
                    f"the value has more than {MAXIMUM_LENGTH} characters as JSON, more than any"
                    " real template needs"
                )
            if piece[-1] in "{[" and not isinstance(each, str):
                break
        else:
            open_values.pop()
            pieces.append(ends.pop())
    return "".join(pieces)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        _put(result, name, value)
    return result


def _put(target: dict[str, Any], name: str, value: Any) -> None:
    # The last value of a name wins, and it stands where the last one was written.
    target.pop(name, None)
    target[name] = value


def _is_shallow(text: str) -> bool:
    if text.count("[") + text.count("{") <= MAXIMUM_DEPTH:
        return True
    depth = 0
    for match in _BRACKETS.finditer(text):
        if match[0] in "[{":
            depth += 1
            if depth > MAXIMUM_DEPTH:
                return False
        elif match[0] in "]}":
            depth -= 1
    return True


_Parent: TypeAlias = tuple[dict[str, Any] | list[Any] | None, str]
"""An object or array that goes on after what is read now, and the name of that in it; None: that is
the whole value."""


class _Reader:
    """One pass over the text with an explicit stack, so that deep nesting is no danger."""

    __slots__ = ("_position", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def document(self) -> Any:
        """value = '{' (name ':' value ',')* '}' | '[' (value ',')* ']' | string | number | word

        The last comma may be missing; where a comma stands instead of a value, the value is null.
        What is open at the end of the text ends there, if a value came last.
        """
        parents: list[_Parent] = []
        current: dict[str, Any] | list[Any] | None = None
        name = ""
        while True:
            self._skip(_BLANK_OR_COMMENT)
            value: Any
            if current is not None and self._next() == _end_of(current):
                self._position += 1
                value = current
                current, name = parents.pop()
            else:
                if isinstance(current, dict):
                    name = self._name()
                if self._next() in ("{", "["):
                    if len(parents) == MAXIMUM_DEPTH:
                        raise EvaluationError(
                            f"the JSON is nested more than {MAXIMUM_DEPTH} levels deep"
                        )
                    parents.append((current, name))
                    current = {} if self._next() == "{" else []
                    self._position += 1
                    continue
                value = self._scalar()
            if current is None:
                return value
            _add(current, name, value)
            self._skip(_BLANK_OR_COMMENT)
            if self._next() == ",":
                self._position += 1
            elif not self._next():
                return _closed(current, parents)
            elif self._next() != _end_of(current):
                self._fail(f"expected ',' or '{_end_of(current)}'")

    def _next(self) -> str:
        return self._text[self._position : self._position + 1]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._position)
        assert match is not None  # both patterns match nothing, too
        self._position = match.end()

    def _fail(self, expected: str) -> NoReturn:
        found = self._text[self._position : self._position + 20]
        raise EvaluationError(
            f"the text is not valid JSON: {expected} at character {self._position + 1}, but found"
            f" '{found}'"
        )

    def _name(self) -> str:
        if self._next() in ("'", '"'):
            name = self._string()
        else:
            match = _BARE_NAME.match(self._text, self._position)
            if match is None:
                self._fail("expected a name")
            name = match[0]
            self._position = match.end()
        self._skip(_BLANK)
        if self._next() != ":":
            self._fail("expected ':'")
        self._position += 1
        self._skip(_BLANK_OR_COMMENT)
        return name

    def _scalar(self) -> Any:
        first = self._next()
        if first in ("'", '"'):
            return self._string()
        if first == ",":
            return None
        if first and first in "-.0123456789" and not self._text.startswith("-I", self._position):
            return self._number()
        match = _WORD.match(self._text, self._position)
        if match is None or match[0] not in _WORDS or not self._is_end_of_word(match.end()):
            self._fail("expected a value")
        self._position = match.end()
        return _WORDS[match[0]]

    def _is_end_of_word(self, position: int) -> bool:
        following = self._text[position : position + 1]
        if following == "/":
            return self._text.startswith(("//", "/*"), position)
        return not following or following in _AFTER_WORD

    def _number(self) -> int | float:
        match = _NUMBER.match(self._text, self._position)
        assert match is not None  # the caller saw its first character
        number = _number_of(match[0])
        following = self._text[match.end() : match.end() + 1]
        if number is None or (following and following not in _AFTER_NUMBER):
            self._fail("expected a number")
        self._position = match.end()
        return number

    def _string(self) -> str:
        quote = self._next()
        self._position += 1
        parts: list[str] = []
        has_surrogates = False
        while True:
            match = _PLAIN[quote].match(self._text, self._position)
            if match is not None:
                parts.append(match[0])
                self._position = match.end()
            sign = self._next()
            if not sign:
                self._fail(f"expected {quote} at the end of a string")
            self._position += 1
            if sign == quote:
                break
            parts.append(self._escaped())
            has_surrogates |= "\ud800" <= parts[-1] <= "\udfff"
        text = "".join(parts)
        if not has_surrogates:
            return text
        # Two halves of a pair become one character, one alone a replacement character.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _escaped(self) -> str:
        sign = self._next()
        self._position += 1
        if sign in _ESCAPES:
            return _ESCAPES[sign]
        match = _HEXADECIMAL.match(self._text, self._position) if sign == "u" else None
        if match is None:
            self._position -= 1
            self._fail("expected an escape such as \\n or \\u00e9")
        self._position = match.end()
        return chr(int(match[0], 16))


def _add(target: dict[str, Any] | list[Any], name: str, value: Any) -> None:
    if isinstance(target, dict):
        _put(target, name, value)
    else:
        target.append(value)


def _closed(value: Any, parents: list[_Parent]) -> Any:
    """The whole value, whose innermost open part is `value`."""
    while (parent := parents.pop())[0] is not None:
        _add(parent[0], parent[1], value)
        value = parent[0]
    return value


def _end_of(container: dict[str, Any] | list[Any]) -> str:
    return "}" if isinstance(container, dict) else "]"


def _number_of(text: str) -> int | float | None:
    """None: no number. `012` is octal, `0x1F` hexadecimal, both in 64 bits; `-012` is -12."""
    if text[0] == "0" and len(text) > 1 and text[1] not in ".eE":
        is_hexadecimal = text[1] in "xX"
        digits = text[2:] if is_hexadecimal else text
        if not re.fullmatch("[0-9a-fA-F]+" if is_hexadecimal else "[0-7]+", digits):
            return None
        value = int(digits, 16 if is_hexadecimal else 8)
        if value >= 1 << 64:
            return None
        return value - (1 << 64) if value >= 1 << 63 else value
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= _LONGEST_INTEGER else None
    return float(text) if _FLOAT.fullmatch(text) else None


def _members(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    comma = ""
    for name, member in value.items():
        yield f"{comma}{_quoted(name)}:", member
        comma = ","


def _elements(value: list[Any]) -> Iterator[tuple[str, Any]]:
    comma = ""
    for element in value:
        yield comma, element
        comma = ","


def _scalar(value: Any) -> str:
    match value:
        case str():
            return _quoted(value)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            return _float_text(value)
        case _:
            return str(value)


def _quoted(text: str) -> str:
    from json.encoder import encode_basestring

    quoted = encode_basestring(text)
    if quoted.isascii():
        return quoted
    return (
        quoted.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )


def _float_text(value: float) -> str:
    from math import isfinite

    from armguard.dotnet.numbers import format_number

    text = format_number(value, "R")
    if not isfinite(value):
        return f'"{text}"'
    return text if "." in text or "E" in text else f"{text}.0"
