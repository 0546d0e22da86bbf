"""Where files may be read that another one names: its repository, and folders that were named.

Without a repository and such a folder that is the working directory if the file is in it, else the
file's own folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from armguard.source.folder import repository_root


class OpenFolders:
    """For all that one file names."""

    def __init__(self, path: str, named: Iterable[str] = ()) -> None:
        folder = os.path.realpath(os.path.dirname(path) or ".")
        folders = tuple(map(os.path.realpath, named))
        self._open = (repository_root(folder) or _folder_around(folder, folders), *folders)

    def hold(self, target: str) -> bool:
        """Whether a file may be read, wherever links lead to."""
        real = os.path.realpath(target)
        return any(_is_within(real, folder) for folder in self._open)


def _folder_around(folder: str, named: Iterable[str]) -> str:
    """The folder that stands for the repository where there is none."""
    working = os.path.realpath(".")
    around = (*named, working)
    return next((each for each in around if _is_within(folder, each)), folder)


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
