"""Values for parameters from outside of a template: parameter files and `--set NAME=VALUE`.

Names have no case; of layered files the later wins, and an assignment wins over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from armguard.errors import UsageError
from armguard.evaluation.values import find_key, member
from armguard.finding import Location
from armguard.source.json_text import parse_file
from armguard.templates.parameters import GivenParameter

Given = dict[str, GivenParameter]
"""by lower-case name"""


def layered_parameters(files: Sequence[str]) -> Given:
    """The parameters of one set of files, the later one winning.

    Raises `UsageError` for what is no parameter file, `UnreadableFileError` for what can't be read.
    """
    result: Given = {}
    for path in files:
        result.update(_parameters_in(path))
    return result


def _parameters_in(path: str) -> Given:
    document = parse_file(path, "parameter file ")
    key = find_key(document, "parameters")
    given = document[key] if key is not None else None
    if not isinstance(given, Mapping):
        raise UsageError(
            f"'{path}' is no parameter file; it must hold"
            ' {"parameters": {"NAME": {"value": ...}}}'
        )
    place = Location(path).child(key or "parameters")
    return {
        name.lower(): GivenParameter(name, entry, place.child(name))
        for name, entry in given.items()
    }


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
            from difflib import get_close_matches

            close = get_close_matches(name, declared, n=1)
            advice = f"; did you mean '{close[0]}'?" if close else ""
            raise UsageError(f"--set {name}: no template declares a parameter '{name}'{advice}")


def _typed(name: str, text: str, kind: str) -> Any:
    if kind in ("string", "securestring"):
        return text
    import json

    try:
        value = json.loads(text.lower() if kind == "bool" else text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--set {name}={text}: {_wanted(kind)}") from error
    fits = {
        "int": isinstance(value, int) and not isinstance(value, bool),
        "bool": isinstance(value, bool),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
        "secureobject": isinstance(value, dict),
    }
    if not fits.get(kind, True):
        raise UsageError(f"--set {name}={text}: {_wanted(kind)}")
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
