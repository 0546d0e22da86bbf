"""A file's text with everything made unreadable that may be a secret: what excerpts show.

What is left has the same length and the same lines, so every position stays true. Of a template the
values of parameters are shown if they are declared with a type that can hold no secret, or if they
say nothing by themselves: an expression, an empty list or object, true, false, null; and of an
address neither user and password nor what follows its question mark. Of a parameter file, whose
values nobody declares in it, only names are shown, and of what is no JSON, if it is one or declares
something secure, only brackets. Bicep has rules of its own.
"""

from __future__ import annotations

import json
import re
from enum import Enum

from armguard.errors import UnreadableFileError
from armguard.expressions.parser import is_expression
from armguard.reporters._excerpts.stars import (
    Span,
    may_be_template,
    only_brackets,
    starred,
    without_keys,
)
from armguard.source.bicep_paths import is_bicep, is_bicep_parameters
from armguard.source.json_text import parse_json
from armguard.source.schema import is_parameters_text, is_template_text
from armguard.source.tokens import after_ignored
from armguard.source.words import has_word

_COMMENT = r"//[^\r\n]*+|/\*(?:(?!\*/).)*+(?:\*/)?"
_BLANK = rf"(?:\s++|{_COMMENT})*+"
_TOKEN = re.compile(
    rf'"(?P<string>(?:[^"\\]++|\\.)*+)(?:"(?P<key>{_BLANK}:)?+)?+'
    rf"|[{{}}\[\]]|{_COMMENT}"
    r"|[^\s\"{}\[\]:,/]++|/",
    re.DOTALL,
)
_VALUES = ("value", "defaultvalue", "allowedvalues")
_MAY_HOLD_SECRETS = frozenset(
    ("properties", "items", "prefixitems", "additionalproperties", "discriminator", "$ref")
)
"""What in the declaration of a parameter may declare a member that is secure."""
_TELLING_NOTHING = ("true", "false", "null")


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
        self.may_hold_secrets = False
        self.values: list[Span] = []

    @property
    def secrets(self) -> list[Span]:
        return [] if self.is_plain and not self.may_hold_secrets else self.values


def concealed(path: str, text: str) -> str:
    """The text of a file with stars in place of what may be a secret."""
    if is_bicep(path):
        from armguard.reporters._excerpts.concealed_bicep import concealed_bicep

        return concealed_bicep(text, only_names=is_bicep_parameters(path))
    of_values = _is_file_of_values(text)
    if (of_values or has_word(text, "secure")) and not _is_json(text):
        return only_brackets(text)
    if of_values:
        return starred(text, _values(text))
    return without_keys(starred(text, _secrets(text)))


def _is_json(text: str) -> bool:
    try:
        parse_json(text)
    except UnreadableFileError:
        return False
    return True


def _is_file_of_values(text: str) -> bool:
    """Whether a text is a parameter file, or may be one: what it is for, it need not say."""
    if is_template_text(text):
        return False
    is_object = text[after_ignored(text, 0) :][:1] == "{"
    return not is_object or not has_word(text, '"resources"') or is_parameters_text(text)


def _values(text: str) -> list[Span]:
    """Every text and number that is no name of a member, and every comment."""
    found = []
    for token in _TOKEN.finditer(text):
        string = token["string"]
        if token["key"] or token[0] in "{}[]" or not _may_tell(token[0], string, plain=False):
            continue
        found.append(token.span() if string is None else token.span("string"))
    return found


def _secrets(text: str) -> list[Span]:
    """The values of all parameters of a template, nested ones too, that may be secret."""
    found: list[Span] = []
    open_: list[tuple[_Role, _Parameter]] = []
    member = ""
    members: list[str] = []
    for token in _TOKEN.finditer(text):
        first, string = token[0][0], token["string"]
        role, parameter = open_[-1] if open_ else (_Role.OTHER, _Parameter())
        if first in "{[":
            inner = _inner(role, member, first)
            open_.append((inner, _Parameter() if inner is _Role.ONE else parameter))
            members.append(member)
            member = ""
        elif first in "}]":
            if open_:
                open_.pop()
                member = members.pop()
                if role is _Role.ONE:
                    found += parameter.secrets
        elif token["key"]:
            member = _decoded(string).lower()
            parameter.may_hold_secrets |= role is _Role.ONE and member in _MAY_HOLD_SECRETS
        elif role is _Role.ONE and member == "type" and string is not None:
            parameter.is_plain = not _decoded(string).lower().startswith("secure")
        elif first != "/" and _may_tell(token[0], string):
            span = token.span() if string is None else token.span("string")
            if _is_value(role, member):
                parameter.values.append(span)
            elif role is _Role.ALL or (string is not None and may_be_template(string)):
                found.append(span)
    for role, parameter in open_:
        if role is _Role.ONE:
            found += parameter.secrets
    return sorted(found)


def _decoded(string: str) -> str:
    """A name without its escapes."""
    if "\\" not in string:
        return string
    try:
        return str(json.loads(f'"{string}"', strict=False))
    except ValueError:
        return string


def _inner(role: _Role, member: str, bracket: str) -> _Role:
    if _is_value(role, member):
        return _Role.VALUE
    if role is _Role.ALL:
        return _Role.ONE
    return _Role.ALL if member == "parameters" and bracket == "{" else _Role.OTHER


def _is_value(role: _Role, member: str) -> bool:
    return role is _Role.VALUE or (role is _Role.ONE and member in _VALUES)


def _may_tell(token: str, string: str | None, *, plain: bool = True) -> bool:
    """Whether a token says something by itself; `plain`: an expression does not."""
    if string is None:
        return token.lower() not in _TELLING_NOTHING
    return not plain or not is_expression(string)
