"""Templates that a template links by relativePath: read from disk, never outside of its project.

The project is the git repository of the linking file, or the working directory if the file is in
it, or the file's own folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from armguard.errors import UnreadableFileError
from armguard.source.discovery import shown_path
from armguard.source.json_text import parse_json, read_text


class Linker:
    """Loads linked templates, each once; `documents` holds all that were loaded by their path, and
    by that of the file where a symbolic link led to it."""

    def __init__(self, path: str, document: Mapping[str, Any]) -> None:
        self.documents: dict[str, Any] = {path: document}
        self._root = _project_of(path)

    def load(self, path: str, relative: str) -> tuple[Mapping[str, Any], str] | str:
        """The template at `relative` to the file `path`, and its path; or why there is none."""
        relative = relative.replace("\\", "/")
        if not _may_name_a_file(relative):
            return "the path of its template holds a character that no path of a file can hold"
        target = os.path.normpath(os.path.join(os.path.dirname(path), relative))
        if os.path.isabs(relative) or not self._is_inside(target):
            return f"its template '{relative}' is outside of this project, so it is not read"
        shown = target.replace(os.sep, "/")
        if shown not in self.documents:
            try:
                document = parse_json(read_text(target))
            except UnreadableFileError as error:
                reason = str(error).removeprefix("can't be read: ")
                return f"its template '{shown}' can't be read: {reason}"
            if not isinstance(document, Mapping):
                return f"its template '{shown}' is not a JSON object"
            self.documents[shown] = document
            self.documents.setdefault(shown_path(os.path.realpath(target)), document)
        return self.documents[shown], shown

    def _is_inside(self, target: str) -> bool:
        real = os.path.realpath(target)
        return os.path.commonpath([real, self._root]) == self._root


def _may_name_a_file(path: str) -> bool:
    """Not with a null character, and not with half of a surrogate pair, which has no bytes."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _project_of(path: str) -> str:
    folder = os.path.realpath(os.path.dirname(path) or ".")
    around = folder
    while True:
        if os.path.exists(os.path.join(around, ".git")):
            return around
        parent = os.path.dirname(around)
        if parent == around:
            break
        around = parent
    working = os.path.realpath(".")
    return working if os.path.commonpath([folder, working]) == working else folder
