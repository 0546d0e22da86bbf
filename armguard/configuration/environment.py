"""Environments: a named set of templates, with the parameters and the place they are deployed with.

A template that environments name is checked once for each of them, in place of the usual check with
the parameter files beside it; what the command line says wins over what the environment says.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from armguard.errors import UsageError, did_you_mean
from armguard.record import field, record
from armguard.source.pairing import is_parameter_file
from armguard.source.path_patterns import from_here, has_wildcard

if TYPE_CHECKING:
    from armguard.evaluation.facts import DeploymentScope


CONTEXT_KEYS = ("subscription", "resource-group", "location", "tenant", "management-group")
"""What says where templates are deployed, by the keys of the configuration and the options."""


@record
class Environment:
    """One `[[environment]]`; paths are from the working directory, wildcards not yet resolved."""

    name: str
    templates: tuple[str, ...]
    parameters: tuple[tuple[str, ...], ...] | None = None
    """each entry is one set of layered files; None: those beside a template are looked for"""
    context: Mapping[str, str] = field(default_factory=dict)
    """where and how it is deployed, by `CONTEXT_KEYS` and `mode`"""
    origin: str = ""
    """where it is written, for people"""

    def template_files(self) -> tuple[str, ...]:
        """The templates that exist, sorted. Raises `UsageError` for an entry that fits no file."""
        found: set[str] = set()
        for template in self.templates:
            files = _files(template)
            if not files:
                raise UsageError(
                    f"{self.origin}: environment '{self.name}' names a template that does not"
                    f" exist: '{template}'"
                )
            found.update(files)
        return tuple(sorted(found))


def scope_of(context: Mapping[str, str]) -> DeploymentScope:
    """Where something is deployed; what `context` does not say is unknown."""
    from armguard.evaluation.facts import DeploymentScope

    return DeploymentScope(
        tenant_id=context.get("tenant"),
        subscription_id=context.get("subscription"),
        resource_group=context.get("resource-group"),
        location=context.get("location"),
        management_group=context.get("management-group"),
        deployment_location=context.get("location"),
    )


def _files(template: str) -> tuple[str, ...]:
    if not has_wildcard(template):
        if os.path.isdir(template):
            raise UsageError(
                f"'{template}' is a folder, but an environment names templates; write"
                f" '{template}/*.json'"
            )
        return (template,) if os.path.isfile(template) else ()
    from glob import glob

    every = (from_here(path, "") for path in glob(template, recursive=True))
    return tuple(path for path in every if os.path.isfile(path) and not is_parameter_file(path))


def named_environment(name: str, environments: Sequence[Environment], file: str) -> Environment:
    """The environment that `--environment` names; `file` is the configuration, "" if none."""
    for environment in environments:
        if environment.name == name:
            return environment
    if not file:
        raise UsageError(
            f"there is no environment '{name}', because there is no configuration; write"
            " [[environment]] into armguard.toml"
        )
    names = [environment.name for environment in environments]
    listed = ", ".join(f"'{each}'" for each in names) or "none at all"
    advice = did_you_mean(name, names, f"it has {listed}")
    raise UsageError(f"{file} has no environment '{name}'; {advice}")
