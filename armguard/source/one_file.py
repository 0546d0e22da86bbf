"""One file under several names: links to it, and what links to folders make of its path."""

from __future__ import annotations

import os
from collections.abc import Iterable


class RealPaths:
    """Answers for one run: every folder is asked for once."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def of(self, path: str) -> str:
        """The absolute path of a file without any links."""
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        path = os.path.join(self._folders[folder], name)
        return os.path.realpath(path) if os.path.islink(path) else path

    def is_link(self, path: str) -> bool:
        """Whether this is another name of a file that has a path without links."""
        return self.of(path) != os.path.abspath(path)

    def distinct(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The same paths in the same order, of each file the first one only."""
        first: dict[str, str] = {}
        for path in paths:
            first.setdefault(self.of(path), path)
        return tuple(first.values())
