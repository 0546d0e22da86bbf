"""What is to be checked, and how: a job for each template with one set of parameters at one place.

Environments of the configuration take the templates that they name; all others are checked with the
parameter files beside them, and files named on the command line win over both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from armguard.checking.loading import Sources, Template, why_not_used
from armguard.checking.parameter_values import (
    Given,
    ParameterFiles,
    assigned_parameters,
    refuse_undeclared,
)
from armguard.checking.request import Request
from armguard.errors import UsageError
from armguard.evaluation.facts import DeploymentScope
from armguard.evaluation.values import member
from armguard.finding.report import Skipped
from armguard.record import field, record, replace
from armguard.source.bicep_paths import is_bicep_parameters
from armguard.source.discovery import Unreadable
from armguard.source.one_file import RealPaths
from armguard.source.pairing import Beside, Pairing, says_parameters

if TYPE_CHECKING:
    from armguard.checking.environments import Environments
    from armguard.source.bicep.places import Places

Set = tuple[str, ...]
"""parameter files that are layered, the later one winning; empty: the defaults only"""


@record
class Job:
    """One template, one set of parameters, one place."""

    template: Template
    parameter_files: Set
    given: Given
    """the values of the files and of --set"""
    scope: DeploymentScope
    mode: str
    by_itself: bool = True
    """whether it is asked for even where another template links this one"""
    fitting: tuple[str, ...] = ()
    """parameter files that fit this template as well as others, so that nobody can tell"""
    environment: str = ""
    """the environment of the configuration that it belongs to; empty: none"""


@record
class Plan:
    jobs: tuple[Job, ...]
    notices: tuple[str, ...] = ()
    """what a person should know about it, one sentence each"""
    unreadable: tuple[Unreadable, ...] = ()
    """parameter files that can't be read; their templates are checked without them"""
    skipped: tuple[Skipped, ...] = ()
    """parameter files that were met in a folder and are not used"""
    texts: Mapping[str, str] = field(default_factory=dict)
    """path -> text of the parameter files that are used"""
    places: Mapping[str, Places] = field(default_factory=dict)
    """path -> where what was compiled comes from, of Bicep files"""


def planned(
    sources: Sources,
    environments: Environments | None,
    request: Request,
    pairing: Pairing,
    *,
    one_place: bool = False,
) -> Plan:
    """The jobs of a run, in the order of the templates, those of environments last.

    Raises `UsageError` where the request makes no sense. `one_place`: all is compared with one
    place, so each template may have one set of parameters only.
    """
    templates = sources.templates
    refuse_undeclared(request.assignments, [each.document for each in templates])
    planner = _Planner(ParameterFiles(pairing.files.document), pairing)
    if environments is None:
        planner.plan(templates, request)
    else:
        from armguard.configuration.environment import scope_of

        rest, shared = environments.share(templates)
        if request.environment is None:
            planner.plan(rest, request)
        for environment, own in shared:
            sets = request.parameter_sets or environment.parameters or ()
            if not environments.is_whole(environment, own):
                sets = planner.sets_for(own, sets)
            found_beside = request.discover_parameters and environment.parameters is None
            asked = replace(
                request,
                parameter_sets=sets,
                discover_parameters=found_beside,
                scope=scope_of(environment.context),
                mode=environment.context.get("mode", request.mode),
                environment=environment.name,
            )
            planner.plan(own, asked, environment.templates)
    if request.environment is not None and templates and not planner.jobs:
        raise UsageError(f"environment '{request.environment}' names none of these templates")
    if one_place and not request.parameter_sets and request.environment is None:
        _refuse_several_sets(planner.jobs)
    return Plan(
        tuple(planner.jobs),
        tuple(planner.notices),
        tuple(planner.unreadable(sources, request)),
        tuple(planner.unused(sources.parameter_files)),
        planner.texts(),
        planner.places(),
    )


def _refuse_several_sets(jobs: Iterable[Job]) -> None:
    """Which of them stands for the place that is asked about can't be guessed."""
    paths = [job.template.path for job in jobs]
    for path in paths:
        if paths.count(path) > 1:
            raise UsageError(
                f"'{path}' is deployed with several sets of parameters; choose the one that is"
                " deployed there with --parameters FILE or --environment NAME"
            )


class _Planner:
    """The jobs so far."""

    def __init__(self, files: ParameterFiles, pairing: Pairing) -> None:
        self.files = files
        self.jobs: list[Job] = []
        self.notices: list[str] = []
        self._found: set[str] = set()
        self._known: dict[str, Beside] = {}
        self._pairing = pairing
        self._real_paths = RealPaths()

    def plan(
        self,
        templates: Sequence[Template],
        request: Request,
        patterns: Sequence[str] | None = None,
    ) -> None:
        """Plan all that is asked about these templates, which may be in an environment. Nobody has
        parameter files for a template that another thing keeps.

        `patterns`: what the environment names, a file or all that fit.
        """
        asked_for = {each.path for each in templates if _is_asked_for(each, request, patterns)}
        if patterns is not None:
            # an environment takes all that is beside its templates, whoever named these
            templates = [replace(each, named=False) for each in templates]
        kept = [each for each in templates if each.kept is not None]
        templates = [each for each in templates if each.kept is None]
        if request.parameter_sets and kept and not templates:
            raise UsageError(
                f"nobody gives parameters to '{kept[0].path}' here: it is kept for a later"
                " deployment; leave --parameters out"
            )
        if request.parameter_sets:
            by_name = request.environment is not None
            chosen = self._by_named_files(templates, request.parameter_sets, by_name)
        else:
            chosen = [(each, self._found_beside(each, request)) for each in templates]
        for template, sets in (*chosen, *((each, ()) for each in kept)):
            found_beside = bool(sets) and not request.parameter_sets
            by_itself = (
                template.path in asked_for or found_beside or self._is_named_after(template, sets)
            )
            readable = tuple(filter(None, map(self.files.readable, sets)))
            looked_for = self._looks_beside(template, request)
            fitting = self._beside(template).fitting if looked_for else ()
            self._tell(template, readable, request)
            for files in readable or ((),):
                given = self.files.given(files)
                given.update(assigned_parameters(request.assignments, template.document))
                job = Job(template, files, given, request.scope, request.mode, by_itself, fitting)
                self.jobs.append(replace(job, environment=request.environment or ""))

    def _is_named_after(self, template: Template, sets: Sequence[Set]) -> bool:
        """Whether one of the files is for this template alone."""
        named_for = self._pairing.template_named_by
        return any(named_for(file) in template.names for files in sets for file in files)

    def _tell(self, template: Template, sets: Sequence[Set], request: Request) -> None:
        names = ", ".join(file for files in sets for file in files)
        if request.environment is not None:
            self.notices.append(
                f"{template.path} is checked in environment '{request.environment}'"
                f" {f'with {names}' if names else 'without a parameter file'}"
            )
        elif names and template.parameter_files is None and not request.parameter_sets:
            self.notices.append(f"{template.path} is checked with {names}")

    def _found_beside(self, template: Template, request: Request) -> tuple[Set, ...]:
        files = template.parameter_files
        if self._looks_beside(template, request):
            found = self._beside(template)
            files = (*found.by_name, *found.by_parameters)
            self._found.update(files)
        return tuple((file,) for file in files or ())

    def _looks_beside(self, template: Template, request: Request) -> bool:
        is_open = template.parameter_files is None and not request.parameter_sets
        return is_open and request.discover_parameters

    def _beside(self, template: Template) -> Beside:
        """The parameter files beside any of the names of a template. Who names the template itself
        gets those that are called parameters; what else fits it is told of."""
        if template.from_stdin:
            return Beside()
        if template.path not in self._known:
            self._known[template.path] = self._looked_for(template)
        return self._known[template.path]

    def _looked_for(self, template: Template) -> Beside:
        every = [
            self._pairing.beside(
                name, called_parameters=template.named and not template.named_files
            )
            for name in template.names
        ]
        distinct = self._real_paths.distinct
        by_name = [path for each in every for path in each.by_name]
        found = distinct((*by_name, *(path for each in every for path in each.by_parameters)))
        by_parameters = [path for path in found if path not in by_name]
        others = [
            path
            for path in by_parameters
            if template.named and not says_parameters(path) and path not in template.named_files
        ]
        return Beside(
            tuple(path for path in found if path in by_name),
            tuple(path for path in by_parameters if path not in others),
            (*others, *distinct(path for each in every for path in each.fitting)),
        )

    def unreadable(self, sources: Sources, request: Request) -> Iterator[Unreadable]:
        """The parameter files that can't be read, of which nobody knows yet; also one that can't be
        paired for that reason, if it says that it is a parameter file."""
        known = {each.root or each.path for each in sources.unreadable}
        looks = request.discover_parameters and not request.parameter_sets
        for path in sources.parameter_files if looks else ():
            if self._is_broken(path):
                self.files.readable((path,))
        for each in self.files.unreadable:
            if each.path in known:
                continue
            if is_bicep_parameters(each.path):
                from armguard.checking.bicep_loading import refused

                files = self._pairing.files.bicep
                if self._pairing.template_named_by(each.path) in known:
                    continue  # its errors are those of its template
                yield from refused(files, each.path, each.path not in self._found)
            else:
                yield replace(each, named=each.path not in self._found or each.was_opened)

    def _is_broken(self, path: str) -> bool:
        file = self._pairing.files.of(path)
        return file.kind == "parameters" and file.error is not None

    def texts(self) -> dict[str, str]:
        used = {file for job in self.jobs for file in job.parameter_files}
        texts = ((path, self._pairing.files.of(path).text) for path in used)
        return {path: text for path, text in texts if text is not None}

    def places(self) -> Mapping[str, Places]:
        bicep = self._pairing.files.opened_bicep
        return {} if bicep is None else bicep.places

    def unused(self, found: Iterable[str]) -> Iterator[Skipped]:
        """Those of the parameter files that were found which no job uses, each with the reason."""
        used = {file for job in self.jobs for file in job.parameter_files}
        used.update(each.path for each in self.files.unreadable)
        known = set(map(self._real_paths.of, used))
        for path in found:
            if self._real_paths.of(path) not in known:
                yield Skipped(path, why_not_used(self._pairing.templates_of(path)))

    def _by_named_files(
        self, templates: Sequence[Template], sets: tuple[Set, ...], by_name: bool
    ) -> list[tuple[Template, tuple[Set, ...]]]:
        """Each set with the templates that declare its names.

        With `by_name` a file that is named after a template is that template's alone, and other
        files go first to templates that have none of their own: an environment lists the files of
        all its templates, and a file with few names would fit many of them.
        """
        owners = self._owners(sets if by_name else filter(_says_template, sets))
        chosen: dict[str, list[Set]] = {template.path: [] for template in templates}
        owned = {path for files in sets for path in owners.get(files, ())}
        free = [each for each in templates if owned.isdisjoint(each.names)]
        for files in sets:
            if not self.files.readable(files):
                fits = list(templates)
            else:
                names = set(self.files.given(files))
                owning = owners.get(files, set())
                fits = [each for each in templates if not owning.isdisjoint(each.names)]
                fits = fits or [each for each in free if names <= _declared(each)]
                fits = fits or [each for each in templates if names <= _declared(each)]
                fits = fits or [each for each in templates if names & _declared(each)]
            if not fits and templates:
                what = templates[0].path if len(templates) == 1 else "any of the templates"
                raise UsageError(f"no parameter in '{','.join(files)}' is declared by {what}")
            for template in fits:
                chosen[template.path].append(files)
        return [(each, tuple(chosen[each.path])) for each in templates]

    def sets_for(self, templates: list[Template], sets: tuple[Set, ...]) -> tuple[Set, ...]:
        """The sets that are meant for some of these templates, where others are not checked."""
        owners = self._owners(sets)
        paths = {name for template in templates for name in template.names}
        owned = {path for each in owners.values() for path in each}
        declared = [_declared(each) for each in templates if owned.isdisjoint(each.names)]

        def is_meant(files: Set) -> bool:
            if owners[files]:
                return not paths.isdisjoint(owners[files])
            names = set(self.files.given(files))
            return any(names & each for each in declared)

        return tuple(filter(is_meant, sets))

    def _owners(self, sets: Iterable[Set]) -> dict[Set, set[str]]:
        """The templates that the files of each set are named after."""
        find = self._pairing.template_named_by
        return {files: {path for path in map(find, files) if path is not None} for files in sets}


def _says_template(files: Set) -> bool:
    """Whether a parameter file says itself which template it is for."""
    return any(map(is_bicep_parameters, files))


def _is_asked_for(template: Template, request: Request, patterns: Sequence[str] | None) -> bool:
    """Whether somebody named this very template: to armguard, or, where all is checked, in the
    environment."""
    if patterns is not None and request.paths == (".",):
        return not set(patterns).isdisjoint(template.names)
    return template.named


def _declared(template: Template) -> set[str]:
    declared = member(template.document, "parameters")
    return {name.lower() for name in declared} if isinstance(declared, Mapping) else set()
