"""Bicep files compiled with other texts, without touching them.

The compiler reads files, and from a file all that it names by relative paths. So a folder is made
elsewhere in which the changed files stand as they stand here, and links lead to all others; it is
gone when the compiler has answered.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from armguard.errors import UnreadableFileError
from armguard.source.bicep.compiled_files import CompiledFiles, Refusal
from armguard.source.bicep.files import extended_files, files_of, used_template
from armguard.source.bicep.places import CompiledPlaces, ParameterPlaces, Places
from armguard.source.bicep_paths import is_bicep_parameters
from armguard.source.folder import repository_root
from armguard.source.json_text import parse_json

_CONFIGURATION = "bicepconfig.json"
_UPWARDS = re.compile(r"'((?:\.\./)++)")


class ChangedFiles:
    """The compiled files of a run, some of which have other texts now."""

    def __init__(self, files: CompiledFiles, changed: Mapping[str, str]) -> None:
        self._files = files
        self._changed = {os.path.abspath(path): text for path, text in changed.items()}
        self._places: dict[str, Places] = {}

    def text_of(self, path: str) -> str | None:
        """The text of a file; None: it can't be read."""
        changed = self._changed.get(os.path.abspath(path))
        return self._files.text_of(path) if changed is None else changed

    def document(self, path: str) -> Any:
        """What a file is compiled to. Raises `UnreadableFileError`."""
        return self.places(path).document

    def places(self, path: str) -> Places:
        """Where what a file is compiled to comes from. Raises `UnreadableFileError`."""
        if path not in self._places:
            self._places[path] = self._compiled(path)
        return self._places[path]

    def _compiled(self, path: str) -> Places:
        if not self._is_affected(path):
            file = self._files.of(path)
            if file.error is not None:
                raise file.error
            return self._files.places[path]
        with self._mirrored(path) as (mirror, top):
            inside = os.path.join(mirror, os.path.relpath(os.path.abspath(path), top))
            text, refusal = self._files.compile(inside)
        if text is None:
            assert refusal is not None
            raise UnreadableFileError(f"the Bicep compiler says {_said(refusal, mirror, top)}")
        places = ParameterPlaces if is_bicep_parameters(path) else CompiledPlaces
        return places(path, parse_json(text), self._files.within(path, self.text_of))

    def _is_affected(self, path: str) -> bool:
        return not self._changed.keys().isdisjoint(map(os.path.abspath, own_files(path)))

    @contextmanager
    def _mirrored(self, path: str) -> Iterator[tuple[str, str]]:
        """A folder with all that a file may read, and the folder here that it stands for."""
        top = _top_of({path, *own_files(path)})
        # links in its own path would be taken for a part of the names of files
        with tempfile.TemporaryDirectory(prefix="armguard-") as made:
            mirror = os.path.join(os.path.realpath(made), "files")
            try:
                self._mirror(Path(top), Path(mirror), os.path.abspath(path))
                _link_configuration(top, mirror)
            except OSError as error:
                raise UnreadableFileError(
                    f"the change can't be tried in a temporary folder: {error.strerror or error}"
                ) from error
            yield mirror, top

    def _mirror(self, folder: Path, mirror: Path, wanted: str) -> None:
        """The changed files of a folder and the one that is compiled as files, all else linked."""
        mirror.mkdir()
        for entry in os.scandir(folder):
            own = f"{entry.path}{os.sep}"
            changed = self._changed.get(entry.path)
            if changed is not None:
                (mirror / entry.name).write_bytes(changed.encode("utf-8"))
            elif any(each.startswith(own) for each in (*self._changed, wanted)):
                self._mirror(Path(entry.path), mirror / entry.name, wanted)
            else:
                os.symlink(entry.path, mirror / entry.name, target_is_directory=entry.is_dir())


def own_files(path: str) -> set[str]:
    """The files that have a say in what a Bicep file is compiled to."""
    if not is_bicep_parameters(path):
        return set(files_of(path))
    template = used_template(path)
    return {*extended_files(path), *(files_of(template) if template is not None else ())}


def _top_of(paths: set[str]) -> str:
    """The folder in which all is that some files may read: their repository, or what their paths
    lead up to."""
    absolute = {os.path.abspath(each) for each in paths}
    folders = {os.path.dirname(each) for each in absolute}
    repository = repository_root(next(iter(sorted(folders))))
    if repository is not None and all(_is_in(repository, each) for each in absolute):
        return repository
    for each in absolute:
        try:
            text = Path(each).read_text("utf-8", "replace")
        except OSError:
            continue
        folders.update(
            os.path.normpath(os.path.join(os.path.dirname(each), up))
            for up in _UPWARDS.findall(text)
        )
    return os.path.commonpath(folders)


def _is_in(folder: str, path: str) -> bool:
    return path.startswith(f"{folder.rstrip(os.sep)}{os.sep}")


def _link_configuration(top: str, mirror: str) -> None:
    """The configuration of the compiler may lie in a folder above."""
    if os.path.lexists(os.path.join(top, _CONFIGURATION)):
        return
    for folder in Path(top).parents:
        if (folder / _CONFIGURATION).is_file():
            os.symlink(folder / _CONFIGURATION, os.path.join(mirror, _CONFIGURATION))
            return


def _said(refusal: Refusal, mirror: str, top: str) -> str:
    text = refusal.reason
    if refusal.errors:
        first = refusal.errors[0]
        text = f"{text.rstrip('.')}, at line {first.line} of '{os.path.basename(first.path)}'"
    return text.replace(mirror, top)
