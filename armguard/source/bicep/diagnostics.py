"""What the Bicep CLI says about files, as it prints it and as it answers over JSON-RPC.

Texts are as untrusted as the files that they quote, and may hold line feeds; reporters make them
harmless.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from armguard.record import record
from armguard.source.bicep.environment import without_values

LONGEST_TEXT = 500
"""Characters; a text quotes types and lists of names at full length."""

Level = Literal["error", "warning", "info"]


@record
class Diagnostic:
    """Something the compiler says about one place.

    `path` is absolute, as the compiler tells it. Lines and columns count from 1, columns in UTF-16
    units: a character beyond U+FFFF counts as two.
    """

    path: str
    line: int
    column: int
    level: Level
    code: str
    text: str


_LEVELS: dict[str, Level] = {"error": "error", "warning": "warning", "info": "info"}

_FIRST_LINE = re.compile(
    r"(?:ERROR: |WARNING: )?"  # from the Azure CLI, once for all that it passes on
    r"(.+?)\(([0-9]{1,9}),([0-9]{1,9})\) : (Error|Warning|Info) ([^\s:]+): (.*)"
)
_OTHER = ("TRACE: ", "ERROR: ", "WARNING: ", "Unhandled exception")
_ADDRESS = re.compile(r"\s*\[https?://[^\s\]]*\]$")


def printed(errors: str) -> tuple[Diagnostic, ...]:
    """The diagnostics among the lines of standard error, in their order, without doubles.

    Each is `PATH(LINE,COLUMN) : LEVEL CODE: TEXT [ADDRESS]`; a text may go on over several lines.
    """
    found: list[tuple[re.Match[str], list[str]]] = []
    text: list[str] | None = None
    for line in errors.split("\n"):
        line = line.removesuffix("\r")
        if match := _FIRST_LINE.fullmatch(line):
            text = [match[6]]
            found.append((match, text))
        elif line.startswith(_OTHER):
            text = None
        elif text is not None:
            text.append(line)
        if text is not None and _ADDRESS.search(text[-1]):
            text = None
    return _distinct(
        Diagnostic(
            match[1],
            int(match[2]),
            int(match[3]),
            _LEVELS[match[4].lower()],
            match[5],
            _shown(_ADDRESS.sub("", "\n".join(lines).rstrip())),
        )
        for match, lines in found
    )


def answered(diagnostics: object) -> tuple[Diagnostic, ...]:
    """The same of the member `diagnostics` of a response, where lines and columns count from 0."""
    members = diagnostics if isinstance(diagnostics, list) else []
    return _distinct(_from_response(each) for each in members if isinstance(each, dict))


def _from_response(given: Mapping[str, Any]) -> Diagnostic:
    span = given.get("range")
    start = span.get("start") if isinstance(span, dict) else None
    place = start if isinstance(start, dict) else {}
    line, column = place.get("line"), place.get("char")
    return Diagnostic(
        str(given.get("source", "")),
        line + 1 if isinstance(line, int) else 1,
        column + 1 if isinstance(column, int) else 1,
        _LEVELS.get(str(given.get("level")).lower(), "info"),
        str(given.get("code", "")),
        _shown(str(given.get("message", ""))),
    )


def _shown(text: str) -> str:
    text = without_values(text)
    here = os.path.join(os.getcwd(), "")
    if here != os.sep:
        # as all paths of a report are, so that it is the same on other machines
        text = text.replace(here, "")
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."


def _distinct(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(dict.fromkeys(diagnostics))
