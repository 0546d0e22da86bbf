"""Values for parameters from outside of a template: parameter files and `--set NAME=VALUE`.

Names have no case; of layered files the later wins, and an assignment wins over all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from armguard.errors import UnreadableFileError, UsageError, did_you_mean
from armguard.evaluation.values import find_key, member
from armguard.finding import Location
from armguard.source.discovery import Unreadable
from armguard.source.json_text import read_text
from armguard.source.location import position_at
from armguard.source.schema import is_template
from armguard.templates.parameters import GivenParameter

Given = dict[str, GivenParameter]
"""by lower-case name"""

_MUST_HOLD = 'it must hold {"parameters": {"NAME": {"value": ...}}}'


class ParameterFiles:
    """The parameter files of a run, each read once; `document_of` reads one."""

    def __init__(self, document_of: Callable[[str], Any]) -> None:
        self._document_of = document_of
        self._read: dict[str, Given | Unreadable] = {}

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Those that could not be read, in the order in which they were asked for."""
        return tuple(each for each in self._read.values() if isinstance(each, Unreadable))

    def readable(self, files: Sequence[str]) -> tuple[str, ...]:
        """Those that can be read. Raises `UsageError` for one that does not exist."""
        return tuple(path for path in files if not isinstance(self._of(path), Unreadable))

    def given(self, files: Sequence[str]) -> Given:
        """The parameters of one set of files, the later one winning."""
        result: Given = {}
        for path in files:
            values = self._of(path)
            if not isinstance(values, Unreadable):
                result.update(values)
        return result

    def _of(self, path: str) -> Given | Unreadable:
        if path not in self._read:
            self._read[path] = _parameters_in(path, self._document_of)
        return self._read[path]


def layered_parameters(files: Sequence[str], document_of: Callable[[str], Any]) -> Given:
    """The parameters of one set of files, which `document_of` reads, the later one winning.

    Raises `UsageError` for one that does not exist or is something else, `UnreadableFileError` for
    one that can't be read, telling where.
    """
    read = ParameterFiles(document_of)
    given = read.given(files)
    for each in read.unreadable:
        if each.reason == _MUST_HOLD:
            raise UsageError(f"'{each.path}' is no parameter file; {_MUST_HOLD}")
        raise UnreadableFileError(f"parameter file '{each.path}'{_at(each)}: {each.reason}")
    return given


def _at(unreadable: Unreadable) -> str:
    if unreadable.offset is None:
        return ""
    line, column = position_at(read_text(unreadable.path), unreadable.offset)
    return f", line {line}, column {column}"


def _parameters_in(path: str, document_of: Callable[[str], Any]) -> Given | Unreadable:
    if not os.path.lexists(path):
        raise UsageError(f"parameter file '{path}': can't be read: no such file or directory")
    try:
        document = document_of(path)
    except UnreadableFileError as error:
        return Unreadable(path, error.discreet, error.offset, "parameter file")
    if is_template(document):
        raise UsageError(
            f"'{path}' is a template and no parameter file; write it as PATH, without --parameters"
        )
    key = find_key(document, "parameters")
    given = document[key] if key is not None else None
    if not isinstance(given, Mapping):
        return Unreadable(path, _MUST_HOLD, kind="parameter file")
    place = Location(path).child(key or "parameters")
    by_developer_cli = _is_filled_by_developer_cli(given)
    result: Given = {}
    for name, entry in given.items():
        other = result.get(name.lower())
        written = None if other is None else other.name
        result[name.lower()] = GivenParameter(
            name, entry, place.child(name), by_developer_cli, written
        )
    return result


def _is_filled_by_developer_cli(given: Mapping[str, Any]) -> bool:
    from armguard.templates.placeholders import is_filled_by_developer_cli

    return is_filled_by_developer_cli(given)


def assigned_parameters(
    assignments: Iterable[tuple[str, str]], template: Mapping[str, Any]
) -> Given:
    """The `--set` values that a template declares, read by their declared types.

    Raises `UsageError` for a text that is no value of the declared type.
    """
    declared = member(template, "parameters")
    result: Given = {}
    for name, text in assignments:
        key = find_key(declared, name)
        if key is not None:
            value = _typed(name, text, str(member(declared[key], "type")).lower())
            result[name.lower()] = GivenParameter(key, {"value": value})
    return result


def refuse_undeclared(
    assignments: Iterable[tuple[str, str]], templates: Sequence[Mapping[str, Any]]
) -> None:
    """Raise `UsageError` for a `--set` name that none of the templates declares."""
    sections = [member(template, "parameters") for template in templates]
    declared = [name for each in sections if isinstance(each, Mapping) for name in each]
    known = {name.lower() for name in declared}
    for name, _ in assignments:
        if name.lower() not in known:
            advice = did_you_mean(name, declared)
            sentence = f"--set {name}: no template declares a parameter '{name}'"
            raise UsageError(f"{sentence}; {advice}" if advice else sentence)


def _typed(name: str, text: str, kind: str) -> Any:
    if kind in ("string", "securestring"):
        return text
    import json

    # an object or an array may hold a secret, whoever declares it
    shown = f"{name}={text}" if kind in ("int", "bool") else name
    try:
        value = json.loads(text.lower() if kind == "bool" else text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--set {shown}: {_wanted(kind)}") from error
    fits = {
        "int": isinstance(value, int) and not isinstance(value, bool),
        "bool": isinstance(value, bool),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
        "secureobject": isinstance(value, dict),
    }
    if not fits.get(kind, True):
        raise UsageError(f"--set {shown}: {_wanted(kind)}")
    return value


def _wanted(kind: str) -> str:
    allowed = {
        "int": "must be a whole number",
        "bool": "must be true or false",
        "array": "must be a JSON array, as in '[1, 2]'",
        "object": "must be a JSON object, as in '{\"a\": 1}'",
        "secureobject": "must be a JSON object, as in '{\"a\": 1}'",
    }
    return f"the value {allowed.get(kind, 'must be JSON')}"
