"""JSON as Json.NET reads and writes it, which is how json() and string() behave.

It takes bare and single-quoted names, comments, octal and hexadecimal numbers, trailing commas and
`undefined`, and ignores whatever follows the first value.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from armguard.errors import EvaluationError
from armguard.evaluation.unknown import Value

MAXIMUM_DEPTH = 64

_BLANK = re.compile(r"(?:[\s\x00]|//[^\n\r]*|/\*(?:[^*]|\*(?!/))*+\*/)*+")
_NUMBER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|[0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?)")
_WORD = re.compile(r"-?[A-Za-z]+")
_BARE_NAME = re.compile(r"[\w$]+")
_WORDS: dict[str, Any] = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": None,
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
}
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}
_STRING_PART = re.compile(r"[^\\'\"]+")


def parse(text: str) -> Any:
    """The first value of a text; raises `EvaluationError` where there is none."""
    import json

    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return _Reader(text).document()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def document(self) -> Any:
        self._skip()
        return self._value(0)

    def _skip(self) -> None:
        match = _BLANK.match(self._text, self._position)
        assert match is not None
        self._position = match.end()

    def _fail(self) -> NoReturn:
        raise EvaluationError(
            f"the text is not valid JSON at character {self._position + 1}: {self._text!r:.60}"
        )

    def _value(self, depth: int) -> Any:
        if depth > MAXIMUM_DEPTH:
            raise EvaluationError(f"the JSON is nested more than {MAXIMUM_DEPTH} levels deep")
        character = self._text[self._position : self._position + 1]
        if character == "{":
            return self._object(depth)
        if character == "[":
            return self._array(depth)
        if character in ("'", '"') and character:
            return self._string()
        if character and character in "+-.0123456789":
            return self._number()
        return self._word()

    def _word(self) -> Any:
        match = _WORD.match(self._text, self._position)
        if match is None or match[0] not in _WORDS:
            self._fail()
        self._position = match.end()
        return _WORDS[match[0]]

    def _number(self) -> Any:
        if self._text.startswith("-I", self._position):
            return self._word()
        match = _NUMBER.match(self._text, self._position)
        if match is None or not match[0].strip("+-"):
            self._fail()
        digits = match[0]
        self._position = match.end()
        try:
            return _number_of(digits)
        except ValueError:
            self._fail()

    def _string(self) -> str:
        quote = self._text[self._position]
        self._position += 1
        parts: list[str] = []
        while True:
            match = _STRING_PART.match(self._text, self._position)
            if match is not None:
                parts.append(match[0])
                self._position = match.end()
            character = self._text[self._position : self._position + 1]
            if not character:
                self._fail()
            self._position += 1
            if character == quote:
                return "".join(parts)
            parts.append(self._escape() if character == "\\" else character)

    def _escape(self) -> str:
        character = self._text[self._position : self._position + 1]
        self._position += 1
        if character == "u":
            digits = self._text[self._position : self._position + 4]
            self._position += 4
            try:
                return chr(int(digits, 16))
            except ValueError:
                self._fail()
        if character in _ESCAPES:
            return _ESCAPES[character]
        if character and character in "\\/'\"":
            return character
        self._fail()

    def _array(self, depth: int) -> list[Any]:
        self._position += 1
        result: list[Any] = []
        while True:
            self._skip()
            character = self._text[self._position : self._position + 1]
            if character == "]":
                self._position += 1
                return result
            if character == ",":
                self._position += 1
                result.append(None)
                continue
            result.append(self._value(depth + 1))
            self._skip()
            self._separator("]")

    def _object(self, depth: int) -> dict[str, Any]:
        self._position += 1
        result: dict[str, Any] = {}
        while True:
            self._skip()
            if self._text.startswith("}", self._position):
                self._position += 1
                return result
            name = self._name()
            self._skip()
            if not self._text.startswith(":", self._position):
                self._fail()
            self._position += 1
            self._skip()
            result[name] = self._value(depth + 1)
            self._skip()
            self._separator("}")

    def _name(self) -> str:
        if self._text[self._position : self._position + 1] in ("'", '"'):
            return self._string()
        match = _BARE_NAME.match(self._text, self._position)
        if match is None:
            self._fail()
        self._position = match.end()
        return match[0]

    def _separator(self, end: str) -> None:
        if self._text.startswith(",", self._position):
            self._position += 1
        elif not self._text.startswith(end, self._position):
            self._fail()


def _number_of(digits: str) -> int | float:
    sign = -1 if digits[0] == "-" else 1
    unsigned = digits.lstrip("+-")
    if unsigned[:2].lower() == "0x":
        return sign * int(unsigned, 16)
    if len(unsigned) > 1 and unsigned[0] == "0" and unsigned.isdigit():
        return sign * int(unsigned, 8)
    if unsigned.isdigit():
        return sign * int(unsigned)
    return float(digits)


_ESCAPED = re.compile(r'["\\\x00-\x1f\x85\u2028\u2029]')
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def serialize(value: Value) -> str:
    """Compact JSON as Json.NET writes it: only what must be is escaped."""
    return "".join(_pieces(value))


def _pieces(value: Value) -> list[str]:
    if isinstance(value, dict):
        pieces = ["{"]
        for index, (name, member) in enumerate(value.items()):
            pieces.append("," if index else "")
            pieces.append(f"{_quoted(name)}:")
            pieces.extend(_pieces(member))
        return [*pieces, "}"]
    if isinstance(value, list):
        pieces = ["["]
        for index, element in enumerate(value):
            pieces.append("," if index else "")
            pieces.extend(_pieces(element))
        return [*pieces, "]"]
    if isinstance(value, str):
        return [_quoted(value)]
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [_float_text(value) if isinstance(value, float) else str(value)]


def _quoted(text: str) -> str:
    escaped = _ESCAPED.sub(lambda m: _SHORT.get(m[0]) or f"\\u{ord(m[0]):04x}", text)
    return f'"{escaped}"'


def _float_text(value: float) -> str:
    from armguard.evaluation.functions.dotnet_numbers import format_number

    text = format_number(value, "R")
    return text if any(sign in text for sign in ".EN") else f"{text}.0"
