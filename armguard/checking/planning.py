"""What is to be checked, and how: from what somebody asked for to templates with their parameters.

Environments of the configuration take the templates that they name; all others are checked with the
parameter files beside them, and files named on the command line win over both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from armguard.checking.loading import Loaded
from armguard.checking.parameter_values import layered_parameters
from armguard.checking.request import Request
from armguard.configuration.environment import Environment
from armguard.errors import UsageError
from armguard.evaluation.values import member
from armguard.record import replace
from armguard.source.discovery import STDIN, Candidate, Discovery, Pairing
from armguard.source.pairing import template_of_parameters

if TYPE_CHECKING:
    pass  # MOVED


def environments_of(request: Request) -> Environments | None:
    """None: no environment has a say."""
    configured = request.configuration.environments
    if request.environment is None and (request.parameter_sets or not configured):
        return None
    from armguard.configuration.environment import named_environment

    if request.environment is None:
        return Environments(configured)
    file = request.configuration.file
    return Environments((named_environment(request.environment, configured, file),))


def paths_of(request: Request, environments: Environments | None) -> tuple[str, ...]:
    if environments is None or request.paths != (".",):
        return request.paths
    if request.environment is not None:
        return environments.templates(folder="")
    return (".", *environments.templates(folder=request.configuration.folder))


def included(discovery: Discovery, request: Request) -> Discovery:
    """Without what the configuration excludes; who names a file means it, unless a runner does."""
    is_excluded = request.configuration.exclude.match

    def stays(candidate: Candidate) -> bool:
        meant = candidate.named and not request.force_exclude
        return meant or not is_excluded(candidate.path)

    left_out = [
        (each.path, "excluded") for each in discovery.candidates if each.named and not stays(each)
    ]
    return Discovery(
        tuple(filter(stays, discovery.candidates)),
        discovery.unreadable,
        (*left_out, *(each for each in discovery.skipped if not is_excluded(each[0]))),
    )


def planned(
    templates: list[Loaded],
    environments: Environments | None,
    request: Request,
    notices: list[str],
) -> list[tuple[Loaded, tuple[tuple[str, ...], ...], Request]]:
    """Each template with its sets of parameter files and what is asked about them, once for each
    environment that names it."""
    rest, shared = (templates, []) if environments is None else environments.share(templates)
    if request.environment is not None:
        rest = []
    result = [(*each, request) for each in _with_parameters(rest, request, notices)]
    for environment, own in shared:
        sets = request.parameter_sets or environment.parameters or ()
        if environments is not None and not environments.is_whole(environment, own):
            sets = _sets_for(own, sets)
        asked = replace(
            request,
            parameter_sets=sets,
            discover_parameters=request.discover_parameters and environment.parameters is None,
            scope=environment.scope(),
            mode=environment.mode or request.mode,
            environment=environment.name,
        )
        for template, files in _with_parameters(own, asked, notices):
            names = ", ".join(file for layered in files for file in layered)
            notices.append(
                f"{template.path} is checked in environment '{environment.name}'"
                f" {f'with {names}' if names else 'without a parameter file'}"
            )
            result.append((template, files, asked))
    if request.environment is not None and templates and not result:
        raise UsageError(f"environment '{request.environment}' names none of these templates")
    return result


def _with_parameters(
    templates: list[Loaded], request: Request, notices: list[str]
) -> list[tuple[Loaded, tuple[tuple[str, ...], ...]]]:
    """Each template with its sets of parameter files; an empty set stands for defaults only."""
    if request.parameter_sets:
        return _by_named_files(templates, request.parameter_sets, request.environment is not None)
    pairing = Pairing()
    result: list[tuple[Loaded, tuple[tuple[str, ...], ...]]] = []
    for template in templates:
        files = template.parameter_files
        if files is None and request.discover_parameters and template.path != STDIN:
            files = pairing.parameter_files_of(template.path)
            if files and request.environment is None:
                notices.append(f"{template.path} is checked with {', '.join(files)}")
        sets = tuple((file,) for file in files or ())
        result.append((template, sets or ((),)))
    return result


def _by_named_files(
    templates: list[Loaded], sets: tuple[tuple[str, ...], ...], by_name: bool
) -> list[tuple[Loaded, tuple[tuple[str, ...], ...]]]:
    """Each set with the templates that declare its names.

    With `by_name` a file that is named after a template is that template's alone, and other files
    go first to templates that have none of their own: an environment lists the files of all its
    templates, and a file with few names would fit many of them.
    """
    owners = _owners(sets) if by_name else {}
    chosen: dict[str, list[tuple[str, ...]]] = {template.path: [] for template in templates}
    owned = {path for files in sets for path in owners.get(files, ())}
    free = [each for each in templates if each.path not in owned]
    for files in sets:
        names = set(layered_parameters(files))
        fits = [each for each in templates if each.path in owners.get(files, ())]
        fits = fits or [each for each in free if names <= _declared(each)]
        fits = fits or [each for each in templates if names <= _declared(each)]
        fits = fits or [each for each in templates if names & _declared(each)]
        if not fits and templates:
            what = templates[0].path if len(templates) == 1 else "any of the templates"
            raise UsageError(f"no parameter in '{','.join(files)}' is declared by {what}")
        for template in fits:
            chosen[template.path].append(files)
    return [(each, tuple(chosen[each.path]) or ((),)) for each in templates]


def _sets_for(
    templates: list[Loaded], sets: tuple[tuple[str, ...], ...]
) -> tuple[tuple[str, ...], ...]:
    """The sets that are meant for some of these templates, where others are not checked."""
    owners = _owners(sets)
    paths = {template.path for template in templates}
    owned = {path for each in owners.values() for path in each}
    declared = [_declared(each) for each in templates if each.path not in owned]

    def is_meant(files: tuple[str, ...]) -> bool:
        if owners[files]:
            return not paths.isdisjoint(owners[files])
        names = set(layered_parameters(files))
        return any(names & each for each in declared)

    return tuple(filter(is_meant, sets))


def _owners(sets: tuple[tuple[str, ...], ...]) -> dict[tuple[str, ...], set[str]]:
    """The templates that the files of each set are named after."""
    pairing = Pairing()
    return {
        files: {path for path in map(pairing.template_of_parameters, files) if path is not None}
        for files in sets
    }


def _declared(template: Loaded) -> set[str]:
    declared = member(template.document, "parameters")
    return {name.lower() for name in declared} if isinstance(declared, Mapping) else set()


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
