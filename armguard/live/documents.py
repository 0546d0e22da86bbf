"""The JSON of an answer, strictly: what is read here is written into snapshots.

Python's reader takes NaN, and nesting that its own writer gives up on.
"""

from __future__ import annotations

import json
from math import isinf
from typing import Any

from armguard.evaluation.values import is_deeper

_MOST_LEVELS = 100
"""Resources have ten or so."""


def document_of(body: bytes | bytearray) -> dict[str, Any]:
    """The object that a body holds. Raises ValueError or RecursionError for anything else."""
    document = json.loads(body, parse_constant=_refused, parse_float=_finite)
    if not isinstance(document, dict):
        raise ValueError("no object")
    if is_deeper(document, _MOST_LEVELS):
        raise ValueError("nested too deeply")
    return document


def _refused(text: str) -> float:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError(text)
    return number
