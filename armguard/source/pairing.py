"""Which parameter files belong to which template: by their names, else by what they set.

A file that says that it is a template is none of them, whatever its name. By its name a parameter
file belongs to the existing template with the longest fitting stem, so `x.dev.parameters.json` is
`x.dev.json`'s where there is one, else `x.json`'s or `x.template.json`'s. Any other belongs to the
only template of its folder that declares all of its names; the folder of a file in a folder without
templates is the one above. A Bicep parameter file says itself what it is for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from armguard.record import record
from armguard.source.bicep_paths import is_bicep_parameters, is_bicep_template
from armguard.source.folder import SKIPPED_FOLDERS, repository_root
from armguard.source.json_files import JsonFiles
from armguard.source.schema import is_template_file

_MOST_FITTING = 10
TEMPLATE_EXTENSIONS = (".json", ".jsonc")


@record
class Beside:
    """The parameter files of one template, as paths."""

    by_name: tuple[str, ...] = ()
    by_parameters: tuple[str, ...] = ()
    """no other template declares all of their names"""
    fitting: tuple[str, ...] = ()
    """the first of those of which other templates declare all names as well"""


def template_of_parameters(path: str) -> str | None:
    """The template a parameter file is named after, None if there is none beside it."""
    return Pairing().template_named_by(path)


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
    longer there and folders are left out, but not links that lead nowhere. A parameter file that
    `is_excluded` is found by its name only.
    """

    def __init__(
        self,
        files: JsonFiles | None = None,
        is_excluded: Callable[[str], bool] = lambda path: False,
    ) -> None:
        self.files = files or JsonFiles()
        self.is_excluded = is_excluded
        self._folders: dict[str, _Folder] = {}
        self._fits: dict[tuple[str, bool], _Fits] = {}
        self._used: dict[str, str | None] = {}
        self._searched: set[str] = set()

    def is_parameter_file(self, path: str) -> bool:
        """Whether a file says that it is one, or is named as one and says nothing."""
        if is_bicep_parameters(path):
            return True
        kind = self.files.glance(path).kind
        return kind == "parameters" or (kind == "other" and is_parameters_name(path))

    def beside(self, template: str, *, called_parameters: bool = False) -> Beside:
        """The parameter files of a template. `called_parameters`: of the folders below only those
        are read that hold some which are called so and belong to nothing there."""
        folder, name = _split(template)
        by_name = self._folder(folder).parameters.get(name, ())
        groups = self._fits_in(folder, called_parameters).by_template.get(name, ())
        open_ = (path for each in groups if not each.is_sure for path in each.paths)
        named = [path for path in (folder + name for name in by_name) if _is_there(path)]
        return Beside(
            (*named, *self._users_of(template)),
            tuple(path for each in groups if each.is_sure for path in each.paths),
            tuple(islice(open_, _MOST_FITTING)),
        )

    def note(self, paths: Iterable[str]) -> None:
        """Bicep parameter files that are to be found wherever they are."""
        for path in paths:
            self._used_by(path)

    def _used_by(self, path: str) -> str | None:
        """What a Bicep parameter file is for."""
        if path not in self._used:
            from armguard.source.bicep.files import used_template

            self._used[path] = used_template(path)
        return self._used[path]

    def _users_of(self, template: str) -> Iterator[str]:
        """The Bicep parameter files that say that they are for a template: those beside it, in a
        folder there, and those that were noted."""
        folder, _ = _split(template)
        if folder not in self._searched:
            self._searched.add(folder)
            own = self._folder(folder)
            self.note(folder + name for name in own.bicep_parameters)
            for below in own.folders if own.has_bicep else ():
                names = _entries_of(f"{folder}{below}").files
                self.note(f"{folder}{below}/{name}" for name in filter(is_bicep_parameters, names))
        yield from sorted(path for path, used in self._used.items() if used == template)

    def template_named_by(self, path: str) -> str | None:
        """The template that a parameter file is named after; the file need not exist."""
        if is_bicep_parameters(path):
            return self._used_by(path)
        folder, name = _split(path)
        template = self._folder(folder).template_named_by(name)
        return None if template is None else folder + template

    def templates_of(self, path: str) -> tuple[str, ...]:
        """The template that a parameter file belongs to, or the first of those that it fits."""
        if is_bicep_parameters(path):
            used = self._used_by(path)
            return () if used is None or not os.path.isfile(used) else (used,)
        folder, name = _split(path)
        own = self._folder(folder)
        home = folder if own.has_templates else _above(folder)
        if home != folder:  # as it is called from there
            path = f"{home}{os.path.basename(os.path.abspath(folder))}/{name}"
        group = None if home is None else self._fits_in(home, False).by_path.get(path)
        if home is not None and group is not None:
            return tuple(home + template for template in group.templates[:_MOST_FITTING])
        named = own.template_named_by(name)
        return () if named is None else (folder + named,)

    def _fits_in(self, folder: str, called_parameters: bool) -> _Fits:
        """The parameter files for the templates of a folder that are not named after one."""
        key = folder, called_parameters
        if key not in self._fits:
            self._fits[key] = _Fits(self._grouped(folder, called_parameters))
        return self._fits[key]

    def _grouped(self, folder: str, called_parameters: bool) -> Iterator[_Group]:
        own = self._folder(folder)
        if not own.has_templates:
            return
        paths = [folder + name for name in own.unpaired]
        for name in own.folders:
            called = _called_parameters(f"{folder}{name}/") if called_parameters else ()
            if called_parameters and not any(map(self.is_parameter_file, called)):
                continue
            below = self._folder(f"{folder}{name}/")
            if not below.has_templates:
                paths += [f"{folder}{name}/{each}" for each in below.unpaired]
        by_names: dict[frozenset[str], list[str]] = {}
        for path in paths:
            names = self.files.glance(path).names
            if names and not self.is_excluded(path):
                by_names.setdefault(names, []).append(path)
        declaring: dict[str, set[str]] = {}
        for template, declared in own.declared().items() if by_names else ():
            for name in declared:
                declaring.setdefault(name, set()).add(template)
        for names, fitting in by_names.items():
            # the names that the fewest declare come first
            sets = sorted((declaring.get(name, set()) for name in names), key=len)
            templates = set.intersection(*sets)
            if templates:
                yield _Group(tuple(fitting), tuple(sorted(templates)))

    def _folder(self, folder: str) -> _Folder:
        if folder not in self._folders:
            self._folders[folder] = _Folder(folder, _entries_of(folder), self.files)
        return self._folders[folder]


@record
class _Group:
    """Parameter files that set the same names, and the templates that declare all of them."""

    paths: tuple[str, ...]
    templates: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        return len(self.templates) == 1


class _Fits:
    def __init__(self, groups: Iterable[_Group]) -> None:
        self.by_template: dict[str, list[_Group]] = {}
        self.by_path: dict[str, _Group] = {}
        for group in groups:
            self.by_path.update(dict.fromkeys(group.paths, group))
            for template in group.templates:
                self.by_template.setdefault(template, []).append(group)


class _Names:
    """Names of templates by their stems."""

    def __init__(self) -> None:
        self._by_stem: dict[str, list[str]] = {}
        self._by_alias: dict[str, list[str]] = {}

    def add(self, name: str) -> None:
        stem = os.path.splitext(name)[0]
        self._by_stem.setdefault(stem, []).append(name)
        # `x.template.json` has `x.parameters.json`, and `template.json` has `parameters.json`
        front, _, last = stem.rpartition(".")
        if last.lower() == "template":
            self._by_alias.setdefault(front, []).append(name)

    def has(self, name: str) -> bool:
        return name in self._by_stem.get(os.path.splitext(name)[0], ())

    def for_parameters(self, name: str) -> str | None:
        extension = os.path.splitext(name)[1]
        for stem in _stems_of_parameters(name):
            found = self._by_stem.get(stem) or self._by_alias.get(stem)
            if found:
                return min(found, key=lambda template: _distance(template, extension))
        return None


class _Folder:
    """The names in one folder: what its files are, and which belong to each other by name."""

    def __init__(self, prefix: str, entries: _Entries, files: JsonFiles) -> None:
        self._prefix = prefix
        self._files = files
        self.folders = entries.folders
        self._templates, self._bicep, self._others = _Names(), _Names(), _Names()
        self.json_templates: list[str] = []
        parameters = []
        for name in entries.files:
            if os.path.splitext(name)[1].lower() not in TEMPLATE_EXTENSIONS:
                continue
            kind = files.glance(prefix + name).kind
            if kind == "template":
                self._templates.add(name)
                self.json_templates.append(name)
            elif kind == "parameters" or is_parameters_name(name):
                parameters.append(name)
            else:
                self._others.add(name)
        self.has_bicep = any(map(is_bicep_template, entries.files))
        self.bicep_parameters = tuple(filter(is_bicep_parameters, entries.files))
        compiled = {os.path.splitext(name)[0] for name in self.json_templates}
        self.bicep_templates = [
            name
            for name in entries.files
            if is_bicep_template(name) and os.path.splitext(name)[0] not in compiled
        ]
        for name in self.bicep_templates:
            self._bicep.add(name)
        self.parameters: dict[str, list[str]] = {}
        self.unpaired: list[str] = []
        for name in parameters:
            template = self.template_named_by(name)
            if template is not None:
                self.parameters.setdefault(template, []).append(name)
            if template is None or self._others.has(template):
                self.unpaired.append(name)

    @property
    def has_templates(self) -> bool:
        return bool(self.json_templates or self.bicep_templates)

    def template_named_by(self, parameter_file: str) -> str | None:
        """What says that it is a template comes before what may be one, if somebody names it."""
        for names in (self._templates, self._bicep, self._others):
            template = names.for_parameters(parameter_file)
            if template is not None:
                return template
        return None

    def declared(self) -> dict[str, frozenset[str]]:
        """The parameters of each template, in lower case."""
        declared = {n: self._files.glance(self._prefix + n).names for n in self.json_templates}
        if self.bicep_templates:
            from armguard.source.bicep.files import declared_parameters

            found = (
                (name, declared_parameters(self._prefix + name)) for name in self.bicep_templates
            )
            declared.update(found)
        return declared


@record
class _Entries:
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    """without those that hold no sources"""


def _entries_of(folder: str) -> _Entries:
    try:
        with os.scandir(folder or ".") as scan:
            entries = sorted(scan, key=lambda each: each.name)
    except (OSError, ValueError):
        return _Entries()
    folders = {each.name for each in entries if each.is_dir(follow_symlinks=False)}
    return _Entries(
        tuple(each.name for each in entries if each.name not in folders),
        tuple(sorted(folders - SKIPPED_FOLDERS)),
    )


def says_parameters(path: str) -> bool:
    """Whether a file or its folder is called parameters, in one way or another."""
    return "param" in "/".join(path.lower().split("/")[-2:])


def _called_parameters(folder: str) -> Iterator[str]:
    """What by its name may be a parameter file of the folder above."""
    names = [
        name
        for name in _entries_of(folder).files
        if os.path.splitext(name)[1].lower() in TEMPLATE_EXTENSIONS
    ]
    stems = {os.path.splitext(name)[0] for name in names}
    for name in names:
        if says_parameters(folder + name) and stems.isdisjoint(_stems_of_parameters(name)):
            yield folder + name


def _is_there(path: str) -> bool:
    return os.path.isfile(path) or (os.path.islink(path) and not os.path.exists(path))


def _split(path: str) -> tuple[str, str]:
    name = os.path.basename(path)
    return path[: len(path) - len(name)], name


def _above(folder: str) -> str | None:
    """The folder above, as a prefix of paths: of `a/b/` that is `a/`. None: it is neither in the
    working directory nor in the repository, so it is nobody's business."""
    is_inside = folder and not os.path.isabs(folder) and not folder.startswith("../")
    if not is_inside and repository_root(folder) in (None, os.path.realpath(folder)):
        return None
    above = os.path.normpath(os.path.join(folder, "..")).replace(os.sep, "/")
    return "" if above == "." else f"{above.rstrip('/')}/"


def _distance(template: str, extension: str) -> tuple[bool, bool, str]:
    """x.json and x.jsonc may both exist: the one with the parameter file's extension is nearer."""
    own = os.path.splitext(template)[1]
    return own != extension, own.lower() != extension.lower(), template


def _stems_of_parameters(name: str) -> Iterator[str]:
    """The stems of the templates that a file of this name could belong to, longest first; that of
    `parameters.json` is empty."""
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
    if base.lower() == "parameters":
        yield ""
