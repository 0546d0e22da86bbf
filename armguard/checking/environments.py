"""The environments of a run, and the files that they name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from armguard.checking.loading import Template
from armguard.checking.request import Request
from armguard.configuration.environment import Environment
from armguard.source.discovery import Candidate
from armguard.source.pairing import template_of_parameters


class Environments:
    """The environments of a run, and the files that they name."""

    def __init__(self, environments: Iterable[Environment]) -> None:
        self._active = tuple((each, frozenset(each.template_files())) for each in environments)

    def paths(self, request: Request) -> tuple[str, ...]:
        """The files and folders that are checked for a request."""
        if request.paths != (".",):
            return request.paths
        if request.environment is not None:
            return self.templates(folder="")
        return (".", *self.templates(folder=request.settings.folder))

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
        self, templates: Sequence[Template]
    ) -> tuple[list[Template], list[tuple[Environment, list[Template]]]]:
        """The templates that belong to no environment, and those of each one.

        A template whose parameter file was named belongs to no environment with other files.
        """
        shared = [
            (
                environment,
                [
                    template
                    for template in templates
                    if not paths.isdisjoint(template.names)
                    and (template.parameter_files is None or environment.parameters is None)
                ],
            )
            for environment, paths in self._active
        ]
        claimed = {template.path for _, own in shared for template in own}
        return [each for each in templates if each.path not in claimed], shared

    def is_whole(self, environment: Environment, templates: Sequence[Template]) -> bool:
        """Whether these are all the templates of an environment."""
        paths = {name for template in templates for name in template.names}
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
