"""`armguard check --show-config`: every value of the configuration and where it came from.

What is printed is TOML, with the origins as comments, so it can be saved as a configuration. Paths
in it are from the working directory; patterns stay as they are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from armguard.acceptance.selection import Layer
from armguard.acceptance.written import Matching, WrittenSuppression
from armguard.configuration.environment import CONTEXT_KEYS, Environment
from armguard.configuration.settings import COMMAND_LINE, DEFAULT, Settings
from armguard.safe_text import shown_address, visible

Value = str | bool | float | Sequence[str] | Mapping[str, str]


def show(settings: Settings) -> str:
    """All of the settings as TOML."""
    return "".join(f"{visible(line)}\n" for line in _lines(settings))


def _lines(settings: Settings) -> Iterator[str]:
    yield f"# configuration: {settings.file or 'none found'}"
    if settings.select is None:
        yield f"# select: all rules  # {settings.origin('select')}"
    else:
        yield _line("select", settings.select, settings.origin("select"))
    values: dict[str, Value | None] = {
        "ignore": settings.ignore,
        "severity": {rule: each.value for rule, each in settings.severity.items()},
        "packs": settings.packs,
        "policies": settings.policies,
        "exclude": settings.exclude.patterns,
        "fail-on": settings.fail_on,
        "fail-on-undecided": settings.fail_on_undecided,
        "bicep": settings.bicep,
        "bicep-timeout": settings.bicep_timeout,
        "links": {shown_address(each): folder for each, folder in settings.links.items()},
    }
    for key, value in values.items():
        if value is None:
            yield f"# {key}: the CLI of this machine  # {settings.origin(key)}"
        else:
            yield _line(key, value, settings.origin(key))
    for layer in settings.paths:
        yield from _paths(layer)
    for environment in settings.environments:
        yield from _environment(environment, settings.context)
    for suppression in settings.suppressions:
        yield from _suppression(suppression)


def _paths(layer: Layer) -> Iterator[str]:
    yield from ("", f"[[paths]]  # {layer.origin}")
    if layer.patterns is not None:
        yield _line("glob", layer.patterns.patterns[0])
    if layer.select is not None:
        yield _line("select", layer.select)
    if layer.ignore:
        yield _line("ignore", layer.ignore)
    if layer.severity:
        yield _line("severity", {rule: each.value for rule, each in layer.severity.items()})


def _environment(environment: Environment, context: Mapping[str, str]) -> Iterator[str]:
    yield from ("", f"[[environment]]  # {environment.origin}")
    yield _line("name", environment.name)
    yield _line("templates", environment.templates)
    if environment.parameters is None:
        yield f"# parameters: those beside the templates  # {DEFAULT}"
    else:
        yield _line("parameters", [",".join(files) for files in environment.parameters])
    for key in (*CONTEXT_KEYS, "mode"):
        value = environment.context.get(key, "incremental" if key == "mode" else None)
        if value is None:
            yield f"# {key}: unknown  # {DEFAULT}"
        elif key in context:
            yield _line(key, value, COMMAND_LINE)
        else:
            yield _line(key, value, None if key in environment.context else DEFAULT)


def _suppression(suppression: WrittenSuppression) -> Iterator[str]:
    yield from ("", f"[[suppress]]  # {suppression.origin}")
    where = suppression.where
    if isinstance(where, Matching) and where.paths is not None:
        yield _line("path", where.paths.patterns[0])
    yield _line("rule", suppression.rule)
    if isinstance(where, Matching) and where.resource is not None:
        yield _line("resource", where.resource)
    yield _line("reason", suppression.reason)
    if suppression.until is not None:
        yield _line("until", suppression.until)


def _line(key: str, value: Value, origin: str | None = None) -> str:
    return f"{key} = {_toml(value)}" + (f"  # {origin}" if origin else "")


def _toml(value: Value) -> str:
    """TOML in one line; its texts in quotes are those of JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return json.dumps(value)
    if isinstance(value, Mapping):
        members = ", ".join(f"{json.dumps(name)} = {_toml(each)}" for name, each in value.items())
        return f"{{ {members} }}" if members else "{}"
    return f"[{', '.join(map(json.dumps, value))}]"
