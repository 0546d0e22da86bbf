"""Which parameter files belong to which template, by their names.

A file that says that it is a template is none of them, whatever its name. One rule serves both
directions: a parameter file belongs to the existing template with the longest fitting stem, so
`x.dev.parameters.json` is `x.dev.json`'s where there is one, else `x.json`'s.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from armguard.source.schema import is_template_file

TEMPLATE_EXTENSIONS = (".json", ".jsonc")


def template_of_parameters(path: str) -> str | None:
    """The template a parameter file belongs to, None if there is none beside it."""
    return Pairing().template_of_parameters(path)


def is_parameter_file(path: str) -> bool:
    """Whether a file is named as parameters are, `x.parameters.json` or `x.dev.parameters.json`,
    and does not say that it is a template."""
    return is_parameters_name(path) and not is_template_file(path)


def is_parameters_name(path: str) -> bool:
    """Whether a file is named as parameters are; that does not make it a parameter file."""
    return any(True for _ in _stems_of_parameters(os.path.basename(path)))


class Pairing:
    """Answers for one run: every folder is listed once and its answers are remembered.

    Paths are returned as they came in: the same folder, `/` before the name. Files that are no
    longer there, folders and links that lead nowhere are left out.
    """

    def __init__(self) -> None:
        self._folders: dict[str, _Folder] = {}

    def parameter_files_of(self, template_path: str) -> tuple[str, ...]:
        folder, name = _split(template_path)
        names = self._folder(folder).parameters.get(name, ())
        return tuple(path for path in (folder + name for name in names) if os.path.isfile(path))

    def template_of_parameters(self, path: str) -> str | None:
        folder, name = _split(path)
        template = _template_for(name, self._folder(folder).templates)
        return None if template is None else folder + template

    def _folder(self, folder: str) -> _Folder:
        if folder not in self._folders:
            self._folders[folder] = _Folder(folder, _names_in(folder))
        return self._folders[folder]


class _Folder:
    """The names in one folder: templates by stem, parameter files by their template's name."""

    def __init__(self, folder: str, names: list[str]) -> None:
        self.templates: dict[str, list[str]] = {}
        others = []
        for name in names:
            stem, extension = os.path.splitext(name)
            if extension.lower() not in TEMPLATE_EXTENSIONS or is_parameter_file(folder + name):
                others.append(name)
            else:
                self.templates.setdefault(stem, []).append(name)
        self.parameters: dict[str, list[str]] = {}
        for name in others:
            template = _template_for(name, self.templates)
            if template is not None:
                self.parameters.setdefault(template, []).append(name)


def _split(path: str) -> tuple[str, str]:
    name = os.path.basename(path)
    return path[: len(path) - len(name)], name


def _names_in(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder or "."))
    except (OSError, ValueError):
        return []


def _template_for(name: str, templates: dict[str, list[str]]) -> str | None:
    extension = os.path.splitext(name)[1]
    for stem in _stems_of_parameters(name):
        found = templates.get(stem)
        if found:
            return min(found, key=lambda template: _distance(template, extension))
    return None


def _distance(template: str, extension: str) -> tuple[bool, bool, str]:
    """x.json and x.jsonc may both exist: the one with the parameter file's extension is nearer."""
    own = os.path.splitext(template)[1]
    return own != extension, own.lower() != extension.lower(), template


def _stems_of_parameters(name: str) -> Iterator[str]:
    """The stems of the templates that a file of this name could belong to, longest first."""
    base, extension = os.path.splitext(name)
    if extension.lower() not in TEMPLATE_EXTENSIONS:
        return
    parts = base.split(".")
    for length in range(len(parts) - 1, 0, -1):
        stem = ".".join(parts[:length])
        first, last = parts[length].lower(), parts[-1].lower()
        # The quickstart templates also write azuredeploy.parameters-dev.json.
        quickstart = stem.lower() == "azuredeploy" and first.startswith("parameters")
        if stem and ("parameters" in (first, last) or quickstart):
            yield stem
