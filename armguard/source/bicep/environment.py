"""What the environment says to the Bicep CLI, and what of it must not be said to anybody else.

The CLI gets the environment as it is: HOME, proxies, trusted registries, and all that parameter
files read with `readEnvironmentVariable`. Only values for parameters may be added.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any

from armguard.safe_text import without_user_parts

OVERRIDES = "BICEP_PARAMETERS_OVERRIDES"
"""A JSON object, name -> value: it beats a parameter file. `az deployment ... -p NAME=VALUE` hands
its values to the CLI like this."""

_SHORTEST_VALUE = 6
"""Characters; anything shorter, such as a number, is found in any text."""

_LONGEST_TEXT = 5000

_LITERAL = re.compile(r"(?<!\w)'(?:\\.|[^'\\])*+'", re.DOTALL)


def all_overrides(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Values for parameters, of the environment and the given ones, which win.

    None: those of the environment are no JSON object, which the CLI answers with a crash.
    """
    written = os.environ.get(OVERRIDES)
    try:
        values = json.loads(written) if written else {}
    except (ValueError, RecursionError):
        return None
    return {**values, **given} if isinstance(values, dict) else None


def environment_with(overrides: str) -> dict[str, str] | None:
    """The environment of a process that is to use these overrides; None: the one that there is."""
    return None if overrides == "{}" else {**os.environ, OVERRIDES: overrides}


def without_values(text: str) -> str:
    """A text of the compiler without values of the environment and without passwords.

    The type of `readEnvironmentVariable('KEY')` is the value itself, so that the compiler tells of
    a wrong one: `the provided value is of type "'the secret'"`. Quoted paths stay, and what is
    longer than any sentence is cut.
    """
    values = sorted({_escaped(each) for each in os.environ.values()}, key=len, reverse=True)

    def shown(quoted: re.Match[str]) -> str:
        literal = quoted[0]
        if literal.startswith(("'/", "'\\")) or literal[2:3] == ":":
            return literal
        for value in values:
            if len(value) < _SHORTEST_VALUE:
                break
            literal = literal.replace(value, "***")
        return literal

    return without_user_parts(_LITERAL.sub(shown, text[:_LONGEST_TEXT]))


def _escaped(value: str) -> str:
    """A text as it stands in a literal of Bicep."""
    value = value.replace("\\", r"\\").replace("'", r"\'").replace("${", r"\${")
    return value.replace("\n", r"\n").replace("\r", r"\r").replace("\t", r"\t")
