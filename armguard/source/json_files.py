"""The JSON files of a run, each read once: what each of them is, and what is in it.

Of templates that are only looked at, as the neighbours of one that somebody named, nothing is kept
but what they are. What is neither a template nor a parameter file is not kept, and mostly not even
parsed: a quick look at the text decides that, but only where no reader of JSON could find either in
it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from armguard.errors import UnreadableFileError
from armguard.record import record
from armguard.source.bicep_paths import is_bicep
from armguard.source.json_file import JsonFile, Kind, spelled
from armguard.source.json_text import parse_json, read_text
from armguard.source.schema import (
    claims_to_be_template,
    is_parameters,
    is_parameters_text,
    is_template,
    is_template_file,
    is_template_text,
    may_be_template,
)
from armguard.source.words import has_word

if TYPE_CHECKING:
    from armguard.source.bicep.compiled_files import CompiledFiles

_BESIDE_PARAMETERS = frozenset({"$schema", "contentversion", "metadata", "parameters"})
_GIVES = frozenset({"value", "reference", "expression"})
"""What an entry of a parameter file has, one of them."""


_NEITHER = JsonFile("other")


@record
class Glance:
    """What a look at a file tells: see `JsonFile`."""

    kind: Kind
    names: frozenset[str]


def _uncompiled() -> CompiledFiles:
    from armguard.source.bicep.compiled_files import CompiledFiles

    return CompiledFiles(lambda: None)


class JsonFiles:
    """`open_bicep` is asked for the compiled Bicep files where there is one."""

    def __init__(self, open_bicep: Callable[[], CompiledFiles] = _uncompiled) -> None:
        self._open_bicep = open_bicep
        self._read: dict[str, JsonFile] = {}
        self._seen: dict[str, Glance] = {}

    @cached_property
    def bicep(self) -> CompiledFiles:
        return self._open_bicep()

    @property
    def opened_bicep(self) -> CompiledFiles | None:
        """None: there was no Bicep file so far."""
        return self.__dict__.get("bicep")

    def close(self) -> None:
        """End what compiles."""
        if self.opened_bicep is not None:
            self.opened_bicep.close()

    def glance(self, path: str) -> Glance:
        """What the file is, as it was meant so far; a template is not kept for that."""
        known = self._read.get(path)
        if known is not None:
            return Glance(known.kind, known.names)
        if path not in self._seen:
            file = _file_at(path, meant=False)
            self._seen[path] = Glance(file.kind, file.names)
            if file.kind == "parameters":
                self._read[path] = file  # small, and mostly asked for
        return self._seen[path]

    def of(self, path: str, *, meant: bool = False) -> JsonFile:
        """What the file is. `meant`: somebody named it, so what has resources is a template."""
        if is_bicep(path):
            return self.bicep.of(path)
        known = self._read.get(path)
        if known is None or (meant and known.kind == "other"):
            known = self._read[path] = _file_at(path, meant)
        return known

    def document(self, path: str) -> Any:
        """What is in the file, whatever it is. Raises `UnreadableFileError`."""
        known = self.of(path)
        if known.error is not None:
            raise known.error
        return parse_json(read_text(path)) if known.document is None else known.document


def _file_at(path: str, meant: bool) -> JsonFile:
    try:
        text = read_text(path)
    except UnreadableFileError as error:
        return JsonFile("template" if is_template_file(path) else "other", error=error)
    return what_is(text, meant=meant)


def what_is(text: str, *, meant: bool = False) -> JsonFile:
    """What a text is; `meant` as for `JsonFiles.of`."""
    if not meant and not may_be_template(text) and not _may_be_parameters(text):
        return _NEITHER
    try:
        document = parse_json(text)
    except UnreadableFileError as error:
        return JsonFile(_said_by(text), text=text, error=error)
    if is_template(document):
        return JsonFile("template", document, text)
    if is_parameters(document) or _has_values(document):
        return JsonFile("parameters", document, text)
    if meant and spelled(document, "resources"):
        return JsonFile("template", document, text)
    # something else may hold a template
    return JsonFile("other", document, text) if meant or may_be_template(text) else _NEITHER


def _said_by(text: str) -> Kind:
    """What a text says that nobody can parse."""
    if is_template_text(text) or claims_to_be_template(text):
        return "template"
    return "parameters" if is_parameters_text(text) else "other"


def _may_be_parameters(text: str) -> bool:
    """False: nobody who parses this text finds the name of `parameters` in it."""
    return has_word(text, '"parameters"', "\\u00")


def _has_values(document: Any) -> bool:
    """Whether what was parsed gives values to parameters and says nothing else."""
    if not isinstance(document, Mapping) or not _BESIDE_PARAMETERS.issuperset(
        name.lower() for name in document
    ):
        return False
    sections = spelled(document, "parameters")
    entries = [entry for each in sections if isinstance(each, Mapping) for entry in each.values()]
    return bool(entries) and all(map(_gives_value, entries))


def _gives_value(entry: Any) -> bool:
    return isinstance(entry, Mapping) and any(name.lower() in _GIVES for name in entry)
