"""What holds in a run: the configuration with the command line laid over it, once, for everybody.

Each value knows where it was said, so that a check and `--show-config` read the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from armguard.acceptance.selection import Layer
from armguard.configuration.model import Configuration
from armguard.record import field, record, replace
from armguard.source.path_patterns import PathPatterns

if TYPE_CHECKING:
    from armguard.acceptance.written import WrittenSuppression
    from armguard.configuration.environment import Environment
    from armguard.finding import Severity

DEFAULT = "default"
COMMAND_LINE = "command line"
BICEP_TIMEOUT = 120
"""Seconds; a module that a registry has to be asked for takes 13 where it can't be reached."""


@record
class Said:
    """What the command line says; empty or None: nothing."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    fail_on: str | None = None
    fail_on_undecided: bool = False
    bicep: str | None = None
    bicep_timeout: float | None = None
    context: Mapping[str, str] = field(default_factory=dict)
    """where and how templates are deployed, by the keys of an environment"""


@record
class Settings:
    file: str
    """the configuration; empty: there is none"""
    folder: str
    """what its patterns are relative to, as a path from the working directory"""
    layers: tuple[Layer, ...]
    """what is said about rules: the file itself, its `[[paths]]` in order, the command line"""
    select: tuple[str, ...] | None
    """None: all rules"""
    ignore: tuple[str, ...]
    severity: Mapping[str, Severity]
    packs: tuple[str, ...]
    policies: tuple[str, ...]
    exclude: PathPatterns
    fail_on: str
    fail_on_undecided: bool
    bicep: str | None
    """the Bicep CLI, a path or a name; None: the one of this machine"""
    bicep_timeout: float
    """seconds for each file"""
    links: Mapping[str, str]
    """how an address begins -> the folder that holds what is there"""
    environments: tuple[Environment, ...]
    suppressions: tuple[WrittenSuppression, ...]
    context: Mapping[str, str]
    """what the command line says about all environments"""
    origins: Mapping[str, str]
    """key -> where its value comes from: `armguard.toml:3`, the command line, or both; only keys
    that somebody said something about"""

    @property
    def paths(self) -> tuple[Layer, ...]:
        """The layers that are about some paths only."""
        return tuple(layer for layer in self.layers if layer.patterns is not None)

    def origin(self, key: str) -> str:
        return self.origins.get(key, DEFAULT)


def merged(configuration: Configuration | None = None, said: Said | None = None) -> Settings:
    """The configuration, and what the command line says in place of it or besides it."""
    configuration, said = configuration or Configuration(), said or Said()
    own = configuration.layers[0] if configuration.layers else Layer()
    select = said.select or own.select
    replaced = {
        "select": said.select,
        "fail-on": said.fail_on,
        "fail-on-undecided": said.fail_on_undecided,
        "bicep": said.bicep,
        "bicep-timeout": said.bicep_timeout,
    }
    added = {"ignore": said.ignore, "packs": said.packs, "policies": said.policies}
    origins = {key: origin for key, origin in configuration.origins.items() if key not in added}
    origins.update((key, COMMAND_LINE) for key, value in replaced.items() if value)
    for key, value in added.items():
        written = configuration.origins.get(key)
        both = [origin for origin in (written, COMMAND_LINE if value else None) if origin]
        if both:
            origins[key] = " and ".join(both)
    return Settings(
        file=configuration.file,
        folder=configuration.folder,
        layers=(*configuration.layers, Layer(said.select or None, said.ignore)),
        select=select,
        ignore=(*(() if said.select else own.ignore), *said.ignore),
        severity=own.severity,
        packs=(*configuration.packs, *said.packs),
        policies=(*configuration.policies, *said.policies),
        exclude=configuration.exclude,
        fail_on=said.fail_on or configuration.fail_on or "error",
        fail_on_undecided=said.fail_on_undecided or bool(configuration.fail_on_undecided),
        bicep=said.bicep or configuration.bicep,
        bicep_timeout=said.bicep_timeout or configuration.bicep_timeout or BICEP_TIMEOUT,
        links=configuration.links,
        environments=tuple(
            replace(each, context={**each.context, **said.context})
            for each in configuration.environments
        ),
        suppressions=configuration.suppressions,
        context=said.context,
        origins=origins,
    )
