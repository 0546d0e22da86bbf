"""JSON, Base64 and data URIs as text.

What is decoded is taken as UTF-8, with U+FFFD for what is none; Base64 may hold white space.
"""

from __future__ import annotations

import re
from typing import Any

from armguard.dotnet.json_net import parse, serialize
from armguard.dotnet.utf16 import to_utf8
from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.functions.registry import ANY, NULL, STRING, function
from armguard.evaluation.unknown import Value

_MAXIMUM_LENGTH = 4_000_000
_DATA_URI = re.compile(r"data:([^,]*),(.*)", re.IGNORECASE | re.DOTALL)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_WHITE_SPACE = str.maketrans("", "", " \t\r\n")


@function("json", STRING)
def json(text: str) -> Any:
    """json(arg1)

    As lenient as Json.NET: bare keys, comments and octal numbers are read, text after the value is
    ignored.
    """
    return parse(text)


@function("base64", STRING)
def base64(text: str) -> str:
    """base64(inputString)"""
    from base64 import b64encode

    data = to_utf8(text)
    if len(data) > _MAXIMUM_LENGTH // 4 * 3:
        raise BudgetSpentError(
            f"the Base64 form of {len(data)} bytes is longer than any real template needs"
        )
    return b64encode(data).decode("ascii")


@function("base64ToString", STRING)
def base64_to_string(text: str) -> str:
    """base64ToString(base64Value)

    White space is ignored, padding is needed.
    """
    return _decoded(text)


def _decoded(text: str) -> str:
    from base64 import b64decode

    digits = text.translate(_WHITE_SPACE)
    if _BASE64.fullmatch(digits) is None:
        raise EvaluationError(
            f"'{text[:100]}' is not Base64, which has groups of four characters from A-Z, a-z, 0-9,"
            " + and /, with = at its end where the last group is short"
        )
    return b64decode(digits).decode("utf-8", "replace")


@function("base64ToJson", STRING)
def base64_to_json(text: str) -> Any:
    """base64ToJson(base64Value)

    As json() reads it.
    """
    return parse(_decoded(text))


@function("dataUri", ANY ^ NULL)
def data_uri(value: Value) -> str:
    """dataUri(stringToConvert)

    A string as text/plain; anything else as application/json, though only arrays and objects are
    JSON there: true is 'True' and 1000.0 is '1000'. null is refused.
    """
    if isinstance(value, str):
        return f"data:text/plain;charset=utf-8;base64,{base64(value)}"
    return f"data:application/json;charset=utf-8;base64,{base64(_text_of(value))}"


def _text_of(value: Value) -> str:
    if isinstance(value, (dict, list)):
        return serialize(value)
    if isinstance(value, float):
        from armguard.dotnet.numbers import format_number

        return format_number(value, "")
    return str(value)


@function("dataUriToString", STRING)
def data_uri_to_string(text: str) -> str:
    """dataUriToString(dataUriToConvert)

    In Base64 or percent-encoded; the only charset is UTF-8.
    """
    match = _DATA_URI.fullmatch(text)
    if match is None:
        raise EvaluationError(
            f"'{text[:100]}' is no data URI such as 'data:text/plain;base64,SGk='"
        )
    header, data = match.groups()
    _, *attributes = header.split(";")
    for attribute in attributes:
        name, _, value = attribute.partition("=")
        if name.strip().lower() == "charset" and value.strip().lower() not in ("utf-8", "utf8"):
            raise EvaluationError(f"the charset '{value}' of a data URI must be utf-8")
    if attributes and attributes[-1].strip().lower() == "base64":
        return _decoded(data)
    from urllib.parse import unquote

    return unquote(data)
