"""Parameter files that the Azure Developer CLI or a pipeline fills in before Azure sees them.

A value with a placeholder is no given fact. The Developer CLI leaves out what is not set, so
`${NAME}` is as good as not there and `${NAME=text}` is `text`, unless somebody sets the variable;
what a pipeline puts in place of `#{NAME}#` is not known at all. A placeholder inside of a list or
an object leaves its own place unknown and no more: a list with such an entry is not empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from armguard.evaluation.scope import LEVELS
from armguard.evaluation.types import may_hold_secrets, type_name
from armguard.evaluation.unknown import Reason, Unknown, Value, call_left, member_of
from armguard.evaluation.values import find_key, is_deeper
from armguard.record import record
from armguard.templates.parameters import (
    DeclaredParameter,
    GivenParameter,
    SuppliedParameter,
    supplied,
)

# strings, which `re` compiles when they are first needed: few files have a placeholder
_VARIABLE = r"\$\{[A-Za-z_][\w.]*+(?:(?::?[=-])((?:(?!\$\{)[^}])*+))?\}"
"""of the Azure Developer CLI; what follows `=`, `:=`, `-` or `:-` stands where it is not set"""
_JSON = r"(?s)\$\{[A-Za-z_][\w.]*+:?[=-]((?:(?!\$\{).)*)\}"
"""the same as a whole value, with braces of JSON inside"""
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9.\-]|_(?!_))*+"
_OTHERS = (
    r"\$\{[^{}]++\}|#\{[^{}]++\}#|\$\([A-Za-z_][\w.\-]*+\)|\{\{[^{}]++\}\}"
    # but Logging__LogLevel__Default is a name
    rf"|(?<![A-Za-z0-9_])__{_NAME}__(?!_)|(?<!_)__{_NAME}__(?![A-Za-z0-9_])"
)
_BLANK = r"\s*<[^<>]++(?<!/)>\s*"
"""`<your object id>`, for people"""
_MARKS = ("${", "#{", "$(", "{{", "__", "<")
_MOST_INSIDE_OF_EACH_OTHER = 8
_LONGEST_SHOWN = 60
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")


@record
class _Read:
    """A value as far as it is known."""

    value: Value
    without_defaults: Value
    """the same if nothing is said of variables that are not set"""
    left_out: bool = False
    """whether it is nothing where a variable is not set"""


def is_filled_by_developer_cli(parameters: object) -> bool:
    """Whether the parameters of a file hold a variable of the Azure Developer CLI, which reads
    values by their declared types and takes no notice of surplus names."""
    return any("${" in text and re.search(_VARIABLE, text) for text in _texts(parameters))


def filled_in(
    given: Mapping[str, GivenParameter], declared: Mapping[str, DeclaredParameter]
) -> dict[str, SuppliedParameter]:
    """The values of a root deployment in a check, by lower-case name."""
    result = {}
    for key, each in given.items():
        known = declared.get(key)
        if known is not None:
            result[key] = _filled(each, known)
        elif not each.by_developer_cli:
            result[key] = supplied(each)
    return result


def _filled(given: GivenParameter, declared: DeclaredParameter) -> SuppliedParameter:
    key = find_key(given.entry, "value")
    if key is None or find_key(given.entry, "reference") is not None:
        return supplied(given)
    written = given.entry[key]
    placeholder = next(filter(None, map(_placeholder_in, _texts(written))), None)
    is_typed = given.by_developer_cli and isinstance(written, str)
    if (placeholder is None and not is_typed) or is_deeper(written, LEVELS):
        return supplied(given)
    unknown = _unknown(declared, placeholder)
    read = _read(written, unknown)
    if is_typed:
        read = _by_type(read, type_name(declared.declaration), unknown)
    value = read.value
    if read.left_out and (declared.has_default or declared.nullable):
        value = None
    # what a pipeline fills in is not known whatever is forgotten
    origin: Literal["supplied", "unset"] = "supplied" if value == read.without_defaults else "unset"
    return SuppliedParameter(lambda: value, origin, given.place, lambda: read.without_defaults)


def _unknown(declared: DeclaredParameter, placeholder: str | None) -> Unknown:
    detail = f"parameter '{declared.name}' is given an empty text, which counts as none"
    if placeholder is not None:
        hidden = may_hold_secrets(declared.declaration) or len(placeholder) > _LONGEST_SHOWN
        shown = "a placeholder in it" if hidden else f"'{placeholder}'"
        detail = (
            f"parameter '{declared.name}' is not supplied yet: {shown} is filled in before the"
            " deployment"
        )
    return call_left("parameters", declared.name, reason=Reason.NOT_SUPPLIED, detail=detail)


def _texts(value: object) -> Iterator[str]:
    """All texts of a value, the names of members among them."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            pending += (*each.values(), *each)
        elif isinstance(each, list):
            pending += each


def _placeholder_in(text: str) -> str | None:
    """The first placeholder in a text, of whatever kind."""
    if not any(mark in text for mark in _MARKS):
        return None
    found = re.search(_VARIABLE, text) or re.search(_OTHERS, text) or re.fullmatch(_BLANK, text)
    return None if found is None else found[0]


def _read(written: Any, unknown: Unknown) -> _Read:
    """`unknown` stands for all of what is written."""
    if isinstance(written, str):
        return _read_text(written, unknown)
    if isinstance(written, Mapping):
        if any(map(_placeholder_in, written)):
            return _Read(unknown, unknown)
        members = {name: _read(each, member_of(unknown, name)) for name, each in written.items()}
        return _Read(
            {name: each.value for name, each in members.items()},
            {name: each.without_defaults for name, each in members.items()},
        )
    if isinstance(written, list):
        elements = [_read(each, member_of(unknown, index)) for index, each in enumerate(written)]
        return _Read(
            [each.value for each in elements], [each.without_defaults for each in elements]
        )
    return _Read(written, written)


def _read_text(text: str, unknown: Unknown) -> _Read:
    if _placeholder_in(text) is None:
        return _Read(text, text)
    whole = re.fullmatch(_VARIABLE, text)
    if whole is not None and whole[1] is None:
        return _Read(unknown, unknown, left_out=True)
    json_inside = re.fullmatch(_JSON, text)
    if json_inside is not None and json_inside[1].count("{") == json_inside[1].count("}"):
        text = json_inside[1]
    for _ in range(_MOST_INSIDE_OF_EACH_OTHER):
        if any(found[1] is None for found in re.finditer(_VARIABLE, text)):
            break
        text, count = re.subn(_VARIABLE, lambda found: found[1], text)
        if not count:
            break
    is_known = _placeholder_in(text) is None
    return _Read(text if is_known else unknown, unknown)


def _by_type(read: _Read, kind: str, unknown: Unknown) -> _Read:
    """What the Azure Developer CLI makes of a text where the template declares another type; a
    text that is none of that type stays one, which Azure refuses."""
    text = read.value
    if not isinstance(text, str) or kind not in ("bool", "int", "array", "object"):
        return read
    if not text:
        return _Read(unknown, unknown, left_out=True)
    value: Value = text
    if kind == "bool":
        value = True if text in _TRUE else False if text in _FALSE else text
    elif kind == "int":
        value = int(text) if re.fullmatch(r"[+-]?[0-9]{1,19}", text) else text
    else:
        parsed = _parsed(text)
        value = parsed if isinstance(parsed, list if kind == "array" else dict) else text
    return _Read(value, value if read.without_defaults == text else read.without_defaults)


def _parsed(text: str) -> Any:
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return None if is_deeper(value, LEVELS) else value
