"""The straight line of a check: load -> evaluate -> check -> report.

Each stage takes the data of the one before it and never looks back: a request becomes sources,
sources a plan of jobs, each job is judged, the templates are connected with each other, and then
the rules say what is to be said. Only in the report do findings get their lines and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from armguard.checking.checks import Checks, checks_of
from armguard.checking.discovering import discovered, environments_of
from armguard.checking.judging import Judged, connect, judge, roots_first, without_linked
from armguard.checking.loading import Sources, Template, load, template_of, with_stdin_as
from armguard.checking.parameter_values import assigned_parameters
from armguard.checking.planning import Job, Plan, planned
from armguard.checking.reporting import Results, build_report
from armguard.checking.request import Request as Request
from armguard.errors import UnreadableFileError, UsageError
from armguard.evaluation.facts import DeploymentScope
from armguard.finding import Finding
from armguard.finding.report import Crash, Report
from armguard.record import replace
from armguard.source.json_files import JsonFiles
from armguard.source.json_text import parse_json, read_text
from armguard.source.pairing import Pairing
from armguard.templates.parameters import GivenParameter

if TYPE_CHECKING:
    from armguard.checking.changed import Looked
    from armguard.deployed.inventory import DeployedState
    from armguard.source.bicep.compiled_files import CompiledFiles


def check_paths(
    request: Request,
    read_stdin: Callable[[], bytes],
    progress: Callable[[int, int], None] = lambda number, total: None,
    deployed: DeployedState | None = None,
    *,
    repairs: int = 0,
) -> Report:
    """Check files and folders. Raises `UsageError` where the request makes no sense.

    `progress` is told before each job which one it is, from 1, and how many there are. `deployed`
    is what the vaults are compared with. `repairs`: for so many vaults one is tried and proven.
    """
    if not repairs:
        checks = checks_of(request)
        with closing(json_files_of(request)) as files:
            results = _looked_at(request, checks, read_stdin, files, progress, deployed)
        return build_report(results, checks)
    from armguard.checking.offering import with_repairs

    report, looked = look_at_paths(request, read_stdin, progress, deployed)
    bugs = Bugs(request.raise_bugs)
    with closing(looked):
        report = with_repairs(report, looked, repairs, bugs.kept)
    return replace(report, crashes=(*report.crashes, *bugs.found))


def look_at_paths(
    request: Request,
    read_stdin: Callable[[], bytes],
    progress: Callable[[int, int], None] = lambda number, total: None,
    deployed: DeployedState | None = None,
) -> tuple[Report, Looked]:
    """The same with what is needed to repair what it reports; see `checking.fixing`. Whoever asks
    for it closes what was looked at."""
    from armguard.checking.changed import Looked, Texts

    checks = checks_of(request)
    files = json_files_of(request)
    try:
        results = _looked_at(request, checks, read_stdin, files, progress, deployed)
    except BaseException:
        files.close()
        raise
    texts = {**results.plan.texts, **results.sources.texts}

    def text_of(path: str) -> str:
        return texts[path] if path in texts else read_text(path)

    looked = Looked(
        Texts(text_of, bicep=files.opened_bicep),
        results.judged,
        checks,
        request.links,
        deployed,
        request.assignments,
    )
    return build_report(results, checks), looked


def _looked_at(
    request: Request,
    checks: Checks,
    read_stdin: Callable[[], bytes],
    files: JsonFiles,
    progress: Callable[[int, int], None],
    deployed: DeployedState | None,
) -> Results:
    environments = environments_of(request)
    found = discovered(request, environments)
    pairing = Pairing(files, request.settings.exclude.match)
    sources = load(found, read_stdin, pairing, force_exclude=request.force_exclude)
    if request.stdin_path is not None:
        sources = with_stdin_as(request.stdin_path, sources)
    is_live = deployed is not None and deployed.source == "live"
    plan = planned(sources, environments, request, pairing, one_place=is_live)
    return _checked(sources, plan, checks, request, progress, deployed)


def json_files_of(request: Request) -> JsonFiles:
    """The files of a run; where there is Bicep, compiled as it asks for."""
    return JsonFiles(lambda: compiled_files(request))


def compiled_files(request: Request) -> CompiledFiles:
    """What the Bicep CLI makes of the Bicep files of a run."""
    from armguard.source.bicep.compiled_files import CompiledFiles
    from armguard.source.bicep.compiling import Compiler
    from armguard.source.bicep.locating import find_cli

    def open_compiler() -> Compiler | None:
        program = find_cli(request.bicep)
        return None if program is None else Compiler(program, request.bicep_timeout)

    def assigned(template: Mapping[str, Any]) -> dict[str, Any]:
        given = assigned_parameters(request.assignments, template)
        return {each.name: each.entry["value"] for each in given.values()}

    return CompiledFiles(open_compiler, assigned, request.paths)


def check_template(
    text: str, given: Mapping[str, GivenParameter], scope: DeploymentScope, path: str
) -> Report:
    """Check one template that is no file. Raises `UnreadableFileError` for what is not JSON."""
    document = parse_json(text)
    if not isinstance(document, Mapping):
        raise UnreadableFileError("a template must be a JSON object", 0)
    request = Request(scope=scope, raise_bugs=True)
    template = template_of(path, text, document, named=True) or Template(path, document)
    template = replace(template, may_concern_vaults=True)
    values = {name.lower(): each for name, each in given.items()}
    job = Job(template, (), values, scope, request.mode)
    sources = Sources((template,), {path: text})
    checks = checks_of(request)
    return build_report(_checked(sources, Plan((job,)), checks, request), checks)


def _checked(
    sources: Sources,
    plan: Plan,
    checks: Checks,
    request: Request,
    progress: Callable[[int, int], None] = lambda number, total: None,
    deployed: DeployedState | None = None,
) -> Results:
    """The second half of the line, from the plan on."""
    bugs = Bugs(request.raise_bugs)
    judged: dict[int, Judged] = {}
    reached: set[str] = set()
    for number, position in enumerate(roots_first(plan.jobs, sources.texts), 1):
        job = plan.jobs[position]
        progress(number, len(plan.jobs))
        if job.template.path in reached and not job.by_itself:
            continue  # it is judged where it is linked
        with bugs.kept(job.template.path):
            judged[position] = judge(job, checks.policies, deployed, request.links)
            reached |= judged[position].case.assessment.linked
    connected = connect(without_linked([judged[position] for position in sorted(judged)]))
    findings: list[Finding] = [*checks.in_files((*sources.unreadable, *plan.unreadable))]
    for each in connected:
        with bugs.kept(each.path):
            findings.extend(checks.in_template(each, plan.places))
    return Results(sources, plan, connected, tuple(findings), tuple(bugs.found), deployed)


class Bugs:
    """The bugs of armguard that one template or the other has run into."""

    def __init__(self, raise_them: bool) -> None:
        self._raise_them = raise_them
        self.found: list[Crash] = []

    @contextmanager
    def kept(self, path: str) -> Iterator[None]:
        """While something is done with a template, a bug ends only that."""
        try:
            yield
        except UsageError:
            raise
        except Exception as error:
            if self._raise_them:
                raise
            self.found.append(Crash(path, type(error).__name__))
