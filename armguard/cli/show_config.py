"""`armguard check --show-config`: every value of the configuration and where it came from.

What is printed is TOML, with the origins as comments, so it can be saved as a configuration. Paths
in it are from the working directory; patterns stay as they are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from armguard.acceptance.selection import Layer
from armguard.acceptance.written import Matching, WrittenSuppression
from armguard.configuration.environment import Environment
from armguard.configuration.model import Configuration
from armguard.record import record
from armguard.safe_text import visible

DEFAULT = "default"
COMMAND_LINE = "command line"

Value = str | bool | Sequence[str] | Mapping[str, str]


@record
class Given:
    """What the command line says; empty or None: nothing."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    fail_on: str | None = None
    fail_on_undecided: bool = False
    context: Mapping[str, str] | None = None
    """what it says about where a template is deployed, by the keys of an environment"""


def show(configuration: Configuration, given: Given) -> str:
    """All of the configuration as TOML."""
    return "".join(f"{visible(line)}\n" for line in _lines(configuration, given))


def _lines(configuration: Configuration, given: Given) -> Iterator[str]:
    own, *others = configuration.layers or (Layer(),)
    yield f"# configuration: {configuration.file or 'none found'}"

    def both(key: str, written: Sequence[str], said: Sequence[str]) -> str:
        origins = [configuration.origins[key]] if key in configuration.origins else []
        origins += [COMMAND_LINE] if said else []
        return _line(key, [*written, *said], " and ".join(origins) or DEFAULT)

    def one(key: str, written: Value | None, said: Value | None, default: Value) -> str:
        if said:
            return _line(key, said, COMMAND_LINE)
        if written is None:
            return _line(key, default, DEFAULT)
        return _line(key, written, configuration.origins.get(key, DEFAULT))

    if own.select is None and not given.select:
        yield f"# select: all rules  # {DEFAULT}"
    else:
        yield one("select", own.select, given.select, ())
    yield both("ignore", () if given.select else own.ignore, given.ignore)
    severity = {rule: each.value for rule, each in own.severity.items()}
    yield one("severity", severity or None, None, {})
    yield both("packs", configuration.packs, given.packs)
    yield both("policies", configuration.policies, given.policies)
    yield both("exclude", configuration.exclude.patterns, ())
    yield one("fail-on", configuration.fail_on, given.fail_on, "error")
    undecided = configuration.fail_on_undecided
    yield one("fail-on-undecided", undecided, given.fail_on_undecided or None, False)
    for layer in others:
        yield from _paths(layer)
    for environment in configuration.environments:
        yield from _environment(environment, given.context or {})
    for suppression in configuration.suppressions:
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
    for key, value in environment.context().items():
        if key in context:
            yield _line(key, context[key], COMMAND_LINE)
        elif value is not None:
            yield _line(key, value)
        elif key == "mode":
            yield _line(key, "incremental", DEFAULT)
        else:
            yield f"# {key}: unknown  # {DEFAULT}"


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
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, Mapping):
        members = ", ".join(f"{json.dumps(name)} = {_toml(each)}" for name, each in value.items())
        return f"{{ {members} }}" if members else "{}"
    return f"[{', '.join(map(json.dumps, value))}]"
