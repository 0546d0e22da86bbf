"""A template that could be read, before anything is asked about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.record import record


@record
class Loaded:
    """A template that could be read, and the parameter files that were named for it."""

    path: str
    text: str
    document: Mapping[str, Any]
    parameter_files: tuple[str, ...] | None = None
    """None: those beside it are looked for"""
    may_concern_vaults: bool = True
    """False: nothing in its text speaks of vaults, workspaces or other files"""
