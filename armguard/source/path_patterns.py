"""Patterns for paths, as in a .gitignore: of several the last that fits decides.

They are written for the folder of the configuration, but paths are shown from the working
directory, so every path is turned around before it is compared; what lies outside never fits.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from armguard.errors import UsageError
from armguard.record import record

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

WILDCARDS = frozenset("*?[")


@record
class PathPatterns:
    """`folder`: what the patterns are relative to, as a path from the working directory."""

    patterns: tuple[str, ...]
    folder: str = ""

    def match(self, path: str) -> bool:
        """Whether the last pattern that fits `path` includes it.

        Raises `UsageError` for what is no pattern.
        """
        if not self.patterns:
            return False
        inside = _from_folder(path, self.folder)
        return inside is not None and _compiled(self.patterns).match_file(inside)

    def names(self, path: str) -> bool:
        """Whether this is the one file that is meant, not one of those that fit."""
        inside = _from_folder(path, self.folder)
        return [pattern.lstrip("/") for pattern in self.patterns] == [inside]


def has_wildcard(pattern: str) -> bool:
    """Whether a pattern may fit several paths."""
    return not WILDCARDS.isdisjoint(pattern)


def from_here(path: str, folder: str) -> str:
    """A path that is written for `folder`, from the working directory, with `/`."""
    joined = os.path.join(folder, path)
    try:
        shown = os.path.relpath(joined)
    except ValueError:  # another drive of Windows
        shown = os.path.normpath(joined)
    return shown.replace(os.sep, "/") if os.sep != "/" else shown


def _from_folder(path: str, folder: str) -> str | None:
    try:
        inside = os.path.relpath(path, folder or ".")
    except ValueError:  # another drive of Windows
        return None
    if inside == ".." or inside.startswith(".." + os.sep):
        return None
    return inside.replace(os.sep, "/") if os.sep != "/" else inside


@cache
def _compiled(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from armguard.source.git_ignore import git_ignore_spec

    try:
        return git_ignore_spec(patterns)
    except ValueError as error:
        raise UsageError(f"not a pattern as in a .gitignore file: {error}") from error
