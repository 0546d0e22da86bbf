"""Makes untrusted text safe to print: what came from a template can't steer a terminal or a CI log.

Everything a template, a parameter file or a file name says is untrusted, so the text goes through
here as a whole finished line, after joining its parts: a token can be cut in two by a part's end.
Colour is put around lines afterwards; an escape sequence that is already inside is made visible.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

INVISIBLE = (
    "\x7f-\x9f"  # DEL and the C1 controls, among them the one-character CSI
    "\u00ad\u061c\u180e\u200b\u200e\u200f"  # soft hyphen, direction marks, blanks without width
    "\u2028-\u202e\u2060-\u206f"  # line separators, bidirectional overrides and isolates
    "\ud800-\udfff"  # lone surrogates: a strict encoder would raise on them
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # byte order mark, annotations, invisible tags
)
"""Inside of a character class: what no reader sees, beyond the C0 controls."""

LOGGING_COMMAND = r"#(?=#(?:vso)?\[)"
"""The `#` to replace so that no `##vso[` (Azure Pipelines) and no `##[` (both CIs) is left; the
agents look for them anywhere in a line."""

_UNSAFE = re.compile(f"[\x00-\x1f{INVISIBLE}]|{LOGGING_COMMAND}", re.IGNORECASE)


def visible(text: str) -> str:
    """`text` with every dangerous character written as `\\u001b`; the result has one line."""
    return _UNSAFE.sub(lambda match: escape(match[0]), text)


def line(text: str) -> str:
    """`text` as the beginning of a line of output: a leading `::` is a command on GitHub.

    GitHub skips blanks before the colons, so they are skipped here. One colon is broken too,
    because the caller may continue the line with another one.
    """
    safe = visible(text)
    stripped = safe.lstrip()
    if stripped.startswith(":"):
        return safe[: len(safe) - len(stripped)] + r"\u003a" + stripped[1:]
    return safe


def without_user_parts(text: str) -> str:
    """`text` with the user and the password of each address in it cut, however it is spelled."""
    return re.sub(r"(?i)([:/\\][/\\]+)[^/\\?#\s'\"]*(?:@|%40)", r"\1***@", text)


def shown_address(text: str) -> str:
    """One address or path without what may be a key to it: user and password, and all behind a
    question mark or a `#`."""
    shown = re.sub(r"(?is)(?:[?#]|%3f|%23).*", "", without_user_parts(text))
    return re.sub(r"(?i)^[^/\\?#\s]*(?:@|%40)", "***@", shown)


def escape(character: str) -> str:
    """`\\u001b` for one character, `\\U000e0041` beyond the basic plane."""
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def document_text(document: Mapping[str, Any]) -> str:
    """Any JSON object as safe text, one line per member and per element of a member's array."""
    members = []
    for name, value in document.items():
        if isinstance(value, list) and value:
            text = "[\n    " + ",\n    ".join(map(safe_json, value)) + "\n  ]"
        else:
            text = safe_json(value)
        members.append(f"  {safe_json(name)}: {text}")
    return "{\n" + ",\n".join(members) + "\n}\n"


def safe_json(value: object) -> str:
    """One line of JSON without invisible characters, lone surrogates or logging commands.

    All of these can only stand inside strings, so replacing them in the finished text is sound.
    """
    return _unsafe_in_json().sub(_escape_in_json, json.dumps(value, ensure_ascii=False))


@cache
def _unsafe_in_json() -> re.Pattern[str]:
    return re.compile(f"[{INVISIBLE}]|{LOGGING_COMMAND}", re.IGNORECASE)


def _escape_in_json(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1] if match[0] not in "#\x7f" else f"\\u{ord(match[0]):04x}"
