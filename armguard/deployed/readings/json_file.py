"""The JSON of a file that some command wrote: strict, of bounded size and depth, in the encodings
that PowerShell writes.

A file may be anything, a list of secrets too, so no error shows a word of its text.
"""

from __future__ import annotations

import json
import re
from typing import Any

from armguard.deployed.snapshot import MAXIMUM_BYTES, strict_json
from armguard.errors import UnreadableFileError, UsageError
from armguard.evaluation.values import is_deeper
from armguard.source.json_text import read_text

_UNDERSTOOD = (
    "understood are snapshots of armguard and the JSON of 'az keyvault show', 'az keyvault list',"
    " 'az keyvault list-deleted', 'az resource show' or 'list', 'az ml workspace show' or 'list',"
    " 'az identity show' or 'list', 'az graph query', 'az rest', 'Get-AzKeyVault -VaultName NAME |"
    " ConvertTo-Json -Depth 5', and 'az deployment group what-if --no-pretty-print'"
)

_MOST_LEVELS = 200
"""Far more than any resource has, and few enough for whatever looks at the value later."""

_TOO_DEEP = "is nested too deeply: no output of Azure is"
_JSON_ASKED_FOR = "have it printed as JSON, as with -o json"
_PRETTY_WHAT_IF = re.compile(r"^(?:Resource changes:|Resource and property changes are)", re.M)
_BEGINNING = re.compile(r"^[\[{]", re.M)


def read_json(path: str) -> Any:
    """The one JSON value of a file. Raises `UsageError`: one sentence that names file and place."""
    try:
        text = read_text(path, MAXIMUM_BYTES)
    except UnreadableFileError as error:
        raise UsageError(f"can't read '{path}': {error}") from error
    if not text.strip():
        raise refused(path, "is empty: the command that was to write it may have failed")
    try:
        value = strict_json(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise refused(path, f"{_explained(error, text)} ({place})") from error
    except ValueError as error:
        raise refused(
            path, "is not JSON: it holds NaN, Infinity or a number that is too long"
        ) from error
    except RecursionError as error:
        raise refused(path, _TOO_DEEP) from error
    if is_deeper(value, _MOST_LEVELS):
        raise refused(path, _TOO_DEEP)
    return value


def refused(path: str, what: str) -> UsageError:
    """The error about a file that is not understood; `what` continues a sentence that begins with
    its name."""
    return UsageError(f"'{path}' {what}; {_UNDERSTOOD}")


def _explained(error: json.JSONDecodeError, text: str) -> str:
    if _PRETTY_WHAT_IF.search(text):
        return "is a what-if in text form, not JSON: run it with --no-pretty-print"
    if error.msg == "Extra data":
        if text.startswith(("{", "["), error.pos):
            return (
                "holds more than one JSON document: write each to a file of its own and give"
                " --against for each, or ask once, as with 'az resource show --ids'"
            )
        return "is not JSON: text stands behind the JSON, as with 2>&1; leave that out"
    if not text.lstrip().startswith(("{", "[")):
        if _BEGINNING.search(text):
            return (
                "is not JSON: text stands before the JSON, as warnings do with 2>&1; leave that out"
            )
        return f"is not JSON: {_JSON_ASKED_FOR}"
    if not text[error.pos :].strip() or error.msg.startswith("Unterminated string"):
        return "is no whole JSON: the file is cut off; run the command again"
    return f"is not JSON: {_JSON_ASKED_FOR}"
