"""A template's text with the values of its parameters made unreadable where they may be secret.

What is left has the same length and the same lines, so every position stays true. A value is shown
if the parameter is declared with a type that is not secure, or if it says nothing by itself: an
expression, an empty list or object, true, false, null.
"""

from __future__ import annotations

import re
from enum import Enum

_COMMENT = r"//[^\r\n]*+|/\*(?:(?!\*/).)*+(?:\*/)?"
_BLANK = rf"(?:\s++|{_COMMENT})*+"
_PARAMETERS = re.compile(rf'"parameters"{_BLANK}:{_BLANK}(?=\{{)', re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(
    rf'"(?P<string>(?:[^"\\]++|\\.)*+)(?:"(?P<key>{_BLANK}:)?+)?+'
    rf"|[{{}}\[\]]|{_COMMENT}"
    r"|[^\s\"{}\[\]:,/]++",
    re.DOTALL,
)
_VALUES = ("value", "defaultvalue")
_TELLING_NOTHING = ("true", "false", "null")
_NOT_A_LINE_END = re.compile(r"[^\r\n]")

_Span = tuple[int, int]


class _Role(Enum):
    """What a bracket opens: all parameters, one of them, its value, or anything else."""

    ALL = 1
    ONE = 2
    VALUE = 3
    OTHER = 4


class _Parameter:
    def __init__(self) -> None:
        self.is_plain = False
        """declared with a type that is not secure"""
        self.values: list[_Span] = []


def concealed(text: str) -> str:
    """`text` with stars in place of what may be a secret."""
    pieces: list[str] = []
    end = done = 0
    for parameters in _PARAMETERS.finditer(text):
        if parameters.start() < done:
            continue
        secrets, done = _secrets(text, parameters.end())
        for first, last in secrets:
            pieces += (text[end:first], _NOT_A_LINE_END.sub("*", text[first:last]))
            end = last
    return "".join((*pieces, text[end:]))


def _secrets(text: str, start: int) -> tuple[list[_Span], int]:
    """What to conceal in the parameters that begin at `start`, and where they end."""
    found: list[_Span] = []
    open_: list[tuple[_Role, _Parameter]] = []
    member = ""
    members: list[str] = []
    for token in _TOKEN.finditer(text, start):
        first, string = token[0][0], token["string"]
        role, parameter = open_[-1] if open_ else (_Role.OTHER, _Parameter())
        if first in "{[":
            inner = _inner(role, member, first) if open_ else _Role.ALL
            open_.append((inner, _Parameter() if inner is _Role.ONE else parameter))
            members.append(member)
            member = ""
        elif first in "}]":
            open_.pop()
            member = members.pop()
            if role is _Role.ONE and not parameter.is_plain:
                found += parameter.values
            if not open_:
                return sorted(found), token.end()
        elif token["key"]:
            member = string.lower()
        elif role is _Role.ONE and member == "type" and string is not None:
            parameter.is_plain = not string.lower().startswith("secure")
        elif first != "/" and _is_value(role, member) and _may_tell(token[0], string):
            parameter.values.append(token.span() if string is None else token.span("string"))
    unfinished = (parameter for role, parameter in open_ if role is _Role.ONE)
    found += (value for each in unfinished if not each.is_plain for value in each.values)
    return sorted(found), len(text)


def _inner(role: _Role, member: str, bracket: str) -> _Role:
    if _is_value(role, member):
        return _Role.VALUE
    if role is _Role.ALL:
        return _Role.ONE
    return _Role.ALL if member == "parameters" and bracket == "{" else _Role.OTHER


def _is_value(role: _Role, member: str) -> bool:
    return role is _Role.VALUE or (role is _Role.ONE and member in _VALUES)


def _may_tell(token: str, string: str | None) -> bool:
    if string is None:
        return token.lower() not in _TELLING_NOTHING
    return string[:1] != "[" or string[:2] == "[["
