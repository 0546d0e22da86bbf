"""Environments: a named set of templates, with the parameters and the place they are deployed with.

A template that environments name is checked once for each of them, in place of the usual check with
the parameter files beside it; what the command line says wins over what the environment says.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from armguard.errors import UsageError
from armguard.record import record, replace
from armguard.source.discovery import Candidate
from armguard.source.pairing import is_parameters_name, template_of_parameters
from armguard.source.path_patterns import from_here, has_wildcard

if TYPE_CHECKING:
    from armguard.evaluation.scope import DeploymentScope
    from armguard.loaded import Loaded


@record
class Environment:
    """One `[[environment]]`; paths are from the working directory, wildcards not yet resolved."""

    name: str
    templates: tuple[str, ...]
    parameters: tuple[tuple[str, ...], ...] | None = None
    """each entry is one set of layered files; None: those beside a template are looked for"""
    subscription: str | None = None
    resource_group: str | None = None
    location: str | None = None
    tenant: str | None = None
    management_group: str | None = None
    mode: str | None = None
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

    def context(self) -> dict[str, str | None]:
        """Where and how it is deployed, by the keys of the configuration."""
        return {
            "subscription": self.subscription,
            "resource-group": self.resource_group,
            "location": self.location,
            "tenant": self.tenant,
            "management-group": self.management_group,
            "mode": self.mode,
        }

    def with_context(self, given: Mapping[str, str]) -> Environment:
        """The same with what is `given`, by the keys of the configuration, in place of its own."""
        own = {**self.context(), **given}
        return replace(
            self,
            subscription=own["subscription"],
            resource_group=own["resource-group"],
            location=own["location"],
            tenant=own["tenant"],
            management_group=own["management-group"],
            mode=own["mode"],
        )

    def scope(self) -> DeploymentScope:
        """Where it is deployed; what it does not say is unknown."""
        from armguard.evaluation.scope import DeploymentScope

        return DeploymentScope(
            tenant_id=self.tenant,
            subscription_id=self.subscription,
            resource_group=self.resource_group,
            location=self.location,
            management_group=self.management_group,
            deployment_location=self.location,
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
    return tuple(path for path in every if os.path.isfile(path) and not is_parameters_name(path))


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
    from difflib import get_close_matches

    names = [environment.name for environment in environments]
    close = get_close_matches(name, names, n=1)
    if close:
        raise UsageError(f"{file} has no environment '{name}'; did you mean '{close[0]}'?")
    listed = ", ".join(f"'{each}'" for each in names)
    raise UsageError(f"{file} has no environment '{name}'; it has {listed or 'none at all'}")


class Environments:
    """The environments of a run, and the files that they name."""

    def __init__(self, environments: Iterable[Environment]) -> None:
        self._active = tuple((each, frozenset(each.template_files())) for each in environments)

    def templates(self, *, folder: str) -> tuple[str, ...]:
        """All templates that they name, sorted.

        With a configuration from a `folder` above, only those in the working directory.
        """
        every = {path for _, paths in self._active for path in paths}
        return tuple(sorted(path for path in every if not folder or not path.startswith("../")))

    def candidates(self, found: Iterable[Candidate]) -> tuple[Candidate, ...]:
        """What was named, with the templates in place of the parameter files that go with them."""
        result: dict[str, Candidate] = {}
        for candidate in found:
            templates = self._templates_with(candidate.path) if candidate.named else ()
            for path in templates:
                result[path] = Candidate(path, True)
            if not templates:
                result.setdefault(candidate.path, candidate)
        return tuple(sorted(result.values()))

    def share(
        self, templates: Sequence[Loaded]
    ) -> tuple[list[Loaded], list[tuple[Environment, list[Loaded]]]]:
        """The templates that belong to no environment, and those of each one.

        A template whose parameter file was named belongs to no environment with other files.
        """
        shared = [
            (
                environment,
                [
                    template
                    for template in templates
                    if template.path in paths
                    and (template.parameter_files is None or environment.parameters is None)
                ],
            )
            for environment, paths in self._active
        ]
        claimed = {template.path for _, own in shared for template in own}
        return [each for each in templates if each.path not in claimed], shared

    def is_whole(self, environment: Environment, templates: Sequence[Loaded]) -> bool:
        """Whether these are all the templates of an environment."""
        paths = {template.path for template in templates}
        return all(own <= paths for each, own in self._active if each is environment)

    def _templates_with(self, parameter_file: str) -> tuple[str, ...]:
        """The one that the file is named after, or all of the environments that use it."""
        used = {
            path
            for environment, paths in self._active
            if any(parameter_file in files for files in environment.parameters or ())
            for path in paths
        }
        own = template_of_parameters(parameter_file) if used else None
        return (own,) if own in used else tuple(used)
