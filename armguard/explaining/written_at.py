"""What somebody wrote at a place, for showing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.errors import UnreadableFileError
from armguard.finding import Location
from armguard.pointer import keys_of
from armguard.source.json_text import parse_json

MISSING = object()


def written_at(place: Location, documents: Mapping[str, Any]) -> Any:
    """What stands at a place; a value of its own where there is nothing."""
    value: Any = documents.get(place.path, MISSING)
    for key in keys_of(place.pointer):
        if isinstance(value, str) and value[:1] != "[":
            value = _parsed(value)
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return MISSING
    return value


def _parsed(text: str) -> Any:
    """A template may be given as a text."""
    try:
        return parse_json(text)
    except UnreadableFileError:
        return MISSING
