"""What a JSON text says it is, by its `$schema`.

Only the `$schema` of the outermost object counts, and of several the last one, as for every reader
of JSON; in another casing it may count as well. Policy definitions and linked templates in a string
of another file embed templates that are not deployed from there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from armguard.record import record
from armguard.source.json_text import MAXIMUM_BYTES, read_head
from armguard.source.tokens import BYTE_ORDER_MARK, COMMENT, IGNORED, STRING, after_ignored
from armguard.source.words import has_word

_SEARCHED_BYTES = 2 * MAXIMUM_BYTES
"""How far a file is searched that is too large to be read."""

_ESCAPED = re.compile(r"\\u00(?:24|2[eE]|[4-7])")
"""One of the characters of `$schema` or `deploymentTemplate.json`."""

_BEGINNING = r'"(?:\$(?i:schema)"|[^"\\]{0,6}+\\u)'
"""How the name `$schema` begins, however its characters are escaped."""

_WORDS = rf'[^"{{}}\[\]/]++|(?!{_BEGINNING}){STRING}'
_FLAT = rf"[\[{{](?:{_WORDS})*+[\]}}]"
_FILE_NAME = re.compile(
    r"(?:.*[/\\])?(?:subscription|managementgroup|tenant|)deployment(template|parameters)\.json"
    r"\s*(?:[#?].*)?",
    re.IGNORECASE | re.DOTALL,
)
_CLAIM = r"""(?i)["']\$schema["']\s*+:\s*+["'][^"'\s]*deploymentTemplate\.json"""


def is_template(document: Any) -> bool:
    """Whether what was parsed says that it is a deployment template."""
    return _is(document, "template")


def is_parameters(document: Any) -> bool:
    """Whether what was parsed says that it is a file of deployment parameters."""
    return _is(document, "parameters")


def may_be_template(text: str) -> bool:
    """False: nobody who parses this text finds that it says so. Quick, for a first look."""
    return _may_be(text, "template")


def is_template_text(text: str) -> bool:
    """Whether the outermost object's `$schema` is that of a deployment template.

    The text need not be whole or valid beyond that member: the first 2 kB of a file will do if
    they hold it.
    """
    return _is_text(text, "template")


def claims_to_be_template(text: str) -> bool:
    """The same of a text that nobody can parse, wherever in it that is said."""
    return re.search(_CLAIM, text) is not None


def is_parameters_text(text: str) -> bool:
    """Whether the outermost object's `$schema` is that of a file of deployment parameters."""
    return _is_text(text, "parameters")


def is_template_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file says that it is a deployment template, also one that is too large to be read
    or has bytes that are no text. False for what can't be opened."""
    return is_template_text(read_head(path, _SEARCHED_BYTES))


def _is(document: Any, kind: str) -> bool:
    members = document.items() if isinstance(document, Mapping) else ()
    return any(_names(value, kind) for name, value in members if name.lower() == "$schema")


def _names(schema: Any, kind: str) -> bool:
    match = _FILE_NAME.fullmatch(schema) if isinstance(schema, str) else None
    return match is not None and match[1].lower() == kind


def _may_be(text: str, kind: str) -> bool:
    return has_word(text, f"deployment{kind}.json") or _ESCAPED.search(text) is not None


def _is_text(text: str, kind: str) -> bool:
    start = after_ignored(text, 1 if text.startswith(BYTE_ORDER_MARK) else 0)
    # Most JSON is neither, and this is quicker than following its brackets to the end.
    if not text.startswith("{", start) or not _may_be(text, kind):
        return False
    return _is(_schemas(text, start + 1), kind)


@record
class _Scanner:
    member: re.Pattern[str]
    string: re.Pattern[str]
    beginning: re.Pattern[str]
    up_to_decision: re.Pattern[str]


@cache
def _scanner() -> _Scanner:
    """Compiled where a text is looked through: most are parsed at once, or are no template."""
    return _Scanner(
        member=re.compile(rf"({STRING}){IGNORED}:{IGNORED}({STRING})"),
        string=re.compile(STRING),
        beginning=re.compile(_BEGINNING),
        up_to_decision=re.compile(rf"(?:{_WORDS}|{_FLAT}|{COMMENT}|/(?![/*]))*+"),
    )


def _schemas(text: str, position: int) -> dict[str, str]:
    """Each `$schema` that is a text, by its spelling; `position` is in the outermost object."""
    scanner = _scanner()
    found: dict[str, str] = {}
    depth = 1
    nearest = -1
    while depth:
        if nearest < position:
            ahead = scanner.beginning.search(text, position)
            if ahead is None:
                break
            nearest = ahead.start()
        match = scanner.up_to_decision.match(text, position)
        position = match.end() if match else position
        character = text[position : position + 1]
        if character in ("{", "["):
            depth += 1
        elif character in ("}", "]"):
            depth -= 1
        elif character == '"':
            member = scanner.member.match(text, position)
            if member and depth == 1:
                found[_unquoted(member[1])] = _unquoted(member[2])
            string = member or scanner.string.match(text, position)
            if string is None:  # it is never closed, so all the rest is inside of it
                break
            position = string.end() - 1
        else:
            break
        position += 1
    return found


def _unquoted(string: str) -> str:
    try:
        return str(json.loads(string, strict=False))
    except ValueError:
        return string[1:-1]
