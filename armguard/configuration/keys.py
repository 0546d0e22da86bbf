"""What may stand in a configuration: its keys, their types, and what becomes of them.

`KEYS` and the tables below it are all there is; docs/armguard.schema.json says the same for
editors, and a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NoReturn, TypeVar

from armguard.acceptance.selection import Layer
from armguard.acceptance.written import Matching, WrittenSuppression, is_date
from armguard.configuration.environment import CONTEXT_KEYS, Environment
from armguard.configuration.model import Configuration
from armguard.configuration.toml_lines import TomlLines
from armguard.errors import UsageError, did_you_mean
from armguard.finding import Location, Severity
from armguard.record import record
from armguard.safe_text import shown_address
from armguard.source.path_patterns import PathPatterns, from_here

SEVERITIES = tuple(severity.value for severity in Severity)
FAIL_ON = (*SEVERITIES, "never")
MODES = ("incremental", "complete")

Reader = Callable[[Any], Any]
T = TypeVar("T")


class _WrongValueError(Exception):
    """A value is not what its key wants; `str()` continues the sentence that names the key."""


@record
class _Source:
    """The file that is read."""

    file: str
    folder: str
    lines: TomlLines

    def at(self, *path: str | int) -> str:
        """`armguard.toml:3`, or the file alone where no line is known."""
        line = self.lines.line(*path)
        return self.file if line is None else f"{self.file}:{line}"

    def path(self, path: str) -> str:
        return from_here(path, self.folder)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongValueError(f"must be a text, but is {_kind(value)}")
    if not value.strip():
        raise _WrongValueError("must not be empty")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongValueError(f"must be true or false, but is {_kind(value)}")
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _WrongValueError(f"must be a number of seconds, but is {_kind(value)}")
    if not 0 < value < float("inf"):
        raise _WrongValueError(f"must be a number of seconds, but is {value}")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _WrongValueError(f"must be an array of texts, but is {_kind(value)}")
    for each in value:
        if not isinstance(each, str):
            raise _WrongValueError(f"must be an array of texts, but holds {_kind(each)}")
        if not each.strip():
            raise _WrongValueError("must not hold an empty text")
    return tuple(value)


def _chosen(value: Any) -> tuple[str, ...]:
    names = _texts(value)
    if not names:
        raise _WrongValueError("must name a rule: none would check nothing; leave it out for all")
    return names


def _one_of(allowed: tuple[str, ...]) -> Reader:
    def read(value: Any) -> str:
        if value not in allowed or not isinstance(value, str):
            said = f"'{value}'" if isinstance(value, str) else _kind(value)
            raise _WrongValueError(f"is {said}; allowed are {', '.join(allowed)}")
        return value

    return read


def _severities(value: Any) -> Mapping[str, Severity]:
    if not isinstance(value, Mapping):
        raise _WrongValueError(f"must be a table of rules and severities, but is {_kind(value)}")
    result = {}
    for rule, severity in value.items():
        if severity not in SEVERITIES:
            said = f"'{severity}'" if isinstance(severity, str) else _kind(severity)
            raise _WrongValueError(f"of '{rule}' is {said}; allowed are {', '.join(SEVERITIES)}")
        result[rule] = Severity(severity)
    return result


def _until(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str) or not is_date(value):
        said = f"'{value}'" if isinstance(value, str) else _kind(value)
        raise _WrongValueError(f"must be a date as in 2027-01-31, but is {said}")
    return value


def _reason(value: Any) -> str:
    """May be empty: a suppression without a reason is a finding, not wrong usage."""
    if not isinstance(value, str):
        raise _WrongValueError(f"must be a text, but is {_kind(value)}")
    return " ".join(value.split())


def _sets(value: Any) -> tuple[tuple[str, ...], ...]:
    sets = tuple(tuple(part.strip() for part in text.split(",")) for text in _texts(value))
    for text, files in zip(value, sets, strict=True):
        if not all(files):
            raise _WrongValueError(f"holds '{text}', which names no file before or after a comma")
    return sets


def _addresses(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise _WrongValueError(f"must be a table of addresses and folders, but is {_kind(value)}")
    for address, folder in value.items():
        if not re.match(r"(?i)https?://[^/]", address):
            raise _WrongValueError(
                f"has '{shown_address(address)}', which is no address; write it as in"
                ' "https://example.com/templates/" = "templates/"'
            )
        if not isinstance(folder, str) or not folder.strip():
            said = "an empty text" if isinstance(folder, str) else _kind(folder)
            raise _WrongValueError(
                f"must name a folder for '{shown_address(address)}', but has {said}"
            )
    return value


def _tables(value: Any) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise _WrongValueError("must be an array of tables, each begun by [[...]]")
    return value


KEYS: Mapping[str, Reader] = {
    "select": _chosen,
    "ignore": _texts,
    "severity": _severities,
    "packs": _texts,
    "policies": _texts,
    "exclude": _texts,
    "fail-on": _one_of(FAIL_ON),
    "fail-on-undecided": _flag,
    "bicep": _text,
    "bicep-timeout": _seconds,
    "links": _addresses,
    "paths": _tables,
    "environment": _tables,
    "suppress": _tables,
}
PATHS_KEYS: Mapping[str, Reader] = {
    "glob": _text,
    "select": _chosen,
    "ignore": _texts,
    "severity": _severities,
}
ENVIRONMENT_KEYS: Mapping[str, Reader] = {
    "name": _text,
    "templates": _texts,
    "parameters": _sets,
    **dict.fromkeys(CONTEXT_KEYS, _text),
    "mode": _one_of(MODES),
}
SUPPRESS_KEYS: Mapping[str, Reader] = {
    "rule": _text,
    "reason": _reason,
    "path": _text,
    "resource": _text,
    "until": _until,
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "paths": ("glob",),
    "environment": ("name", "templates"),
    "suppress": ("rule",),
}


def configuration_from(document: Any, file: str, folder: str, lines: TomlLines) -> Configuration:
    """The data of a parsed file. Raises `UsageError` with file and line for what is wrong."""
    source = _Source(file, folder, lines)
    if not isinstance(document, Mapping):
        raise UsageError(
            f"{source.at()}: 'tool.armguard' must be a table, but is {_kind(document)}"
        )
    values = _table(document, KEYS, source)
    own = Layer(
        values.get("select"),
        values.get("ignore", ()),
        values.get("severity", {}),
        origin=source.at(*(("select",) if "select" in values else ("ignore",))),
    )
    return Configuration(
        file=file,
        folder=folder,
        layers=(own, *_each(values, "paths", PATHS_KEYS, source, _layer)),
        packs=values.get("packs", ()),
        policies=tuple(map(source.path, values.get("policies", ()))),
        exclude=PathPatterns(values.get("exclude", ()), folder),
        bicep=_program(values.get("bicep"), source),
        bicep_timeout=values.get("bicep-timeout"),
        fail_on=values.get("fail-on"),
        fail_on_undecided=values.get("fail-on-undecided"),
        links={each: source.path(folder) for each, folder in values.get("links", {}).items()},
        environments=_distinct(
            _each(values, "environment", ENVIRONMENT_KEYS, source, _environment)
        ),
        suppressions=_each(values, "suppress", SUPPRESS_KEYS, source, _suppression),
        origins={key: source.at(key) for key in values},
    )


def _table(
    document: Mapping[str, Any],
    keys: Mapping[str, Reader],
    source: _Source,
    *path: str | int,
) -> dict[str, Any]:
    values = {}
    for key, value in document.items():
        if key not in keys:
            _refuse_unknown(key, keys, source.at(*path, key), _heading(path))
        try:
            values[key] = keys[key](value)
        except _WrongValueError as error:
            raise UsageError(f"{source.at(*path, key)}: '{key}' {error}") from error
    for key in REQUIRED[str(path[0])] if path else ():
        if not values.get(key):
            raise UsageError(f"{source.at(*path)}: {_heading(path)} needs '{key}'")
    return values


def _refuse_unknown(key: str, keys: Mapping[str, Reader], origin: str, heading: str) -> NoReturn:
    advice = did_you_mean(key.lower().replace("_", "-"), keys, f"allowed are {', '.join(keys)}")
    raise UsageError(f"{origin}: unknown key '{key}'{heading and f' in {heading}'}; {advice}")


def _heading(path: tuple[str | int, ...]) -> str:
    return f"[[{path[0]}]]" if path else ""


def _each(
    values: Mapping[str, Any],
    name: str,
    keys: Mapping[str, Reader],
    source: _Source,
    make: Callable[[Mapping[str, Any], _Source, int], T],
) -> tuple[T, ...]:
    return tuple(
        make(_table(document, keys, source, name, index), source, index)
        for index, document in enumerate(values.get(name, ()))
    )


def _layer(values: Mapping[str, Any], source: _Source, index: int) -> Layer:
    return Layer(
        values.get("select"),
        values.get("ignore", ()),
        values.get("severity", {}),
        PathPatterns((values["glob"],), source.folder),
        source.at("paths", index),
    )


def _environment(values: Mapping[str, Any], source: _Source, index: int) -> Environment:
    sets = values.get("parameters")
    return Environment(
        name=values["name"],
        templates=tuple(map(source.path, values["templates"])),
        parameters=None if sets is None else tuple(tuple(map(source.path, s)) for s in sets),
        context={key: values[key] for key in (*CONTEXT_KEYS, "mode") if key in values},
        origin=source.at("environment", index),
    )


def _distinct(environments: tuple[Environment, ...]) -> tuple[Environment, ...]:
    seen: dict[str, str] = {}
    for each in environments:
        if each.name in seen:
            raise UsageError(
                f"{each.origin}: environment '{each.name}' is already written at {seen[each.name]}"
            )
        seen[each.name] = each.origin
    return environments


def _program(written: str | None, source: _Source) -> str | None:
    """A name stays one, so that it is looked for on PATH; a path is relative to the file."""
    is_path = written is not None and ("/" in written or "\\" in written)
    return source.path(written) if written is not None and is_path else written


def _suppression(values: Mapping[str, Any], source: _Source, index: int) -> WrittenSuppression:
    path = values.get("path")
    return WrittenSuppression(
        rule=values["rule"],
        reason=values.get("reason", ""),
        until=values.get("until"),
        location=Location(source.file, f"#{source.lines.offset('suppress', index)}"),
        where=Matching(
            PathPatterns((path,), source.folder) if path is not None else None,
            values.get("resource"),
        ),
        origin=source.at("suppress", index),
    )


def _kind(value: Any) -> str:
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number"),
        (str, "a text"),
        (list, "an array"),
        (dict, "a table"),
    )
    return next((text for kind, text in kinds if isinstance(value, kind)), "a date or time")
