"""What a JSON file is, or a Bicep file by what it is compiled to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from armguard.errors import UnreadableFileError
from armguard.record import record

Kind = Literal["template", "parameters", "other"]


@record
class JsonFile:
    """What a file says that it is; with an `error` it can't be read, but its text says so."""

    kind: Kind
    document: Any = None
    """what was parsed; None where that was not needed"""
    text: str | None = None
    """of templates, parameter files and what can't be parsed"""
    error: UnreadableFileError | None = None
    compiled: str | None = None
    """what a Bicep file is compiled to, which was parsed in place of its text"""

    @property
    def names(self) -> frozenset[str]:
        """The parameters that a template declares, or a parameter file gives, in lower case."""
        members = spelled(self.document, "parameters")
        return frozenset(
            name.lower() for each in members if isinstance(each, Mapping) for name in each
        )


def spelled(document: Any, name: str) -> list[Any]:
    """The values of a member in all spellings of its name."""
    members = document.items() if isinstance(document, Mapping) else ()
    return [value for key, value in members if key.lower() == name]
