"""The straight line of a check: load -> evaluate -> check -> report.

Each file is loaded and judged on its own; what is found becomes one sorted report, and only then
do findings get their lines and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from armguard.acceptance.acceptance import Acceptance
from armguard.acceptance.selection import Layer
from armguard.errors import EvaluationError, UnreadableFileError, UsageError
from armguard.evaluation.deployment import Deployment
from armguard.evaluation.parameters import GivenParameter, Problem, supply
from armguard.evaluation.runtime import NoRuntime, Runtime
from armguard.evaluation.scope import DeploymentScope, Session, root_facts
from armguard.evaluation.template import level_of
from armguard.finding import (
    DeploymentReport,
    Finding,
    Report,
    Skipped,
)
from armguard.keyvault.assessment import Assessment, assess
from armguard.keyvault.examination import Examination
from armguard.keyvault.footprint import footprint_of
from armguard.loaded import Loaded
from armguard.loading import load, unreadable
from armguard.parameter_values import (
    Given,
    assigned_parameters,
    layered_parameters,
    refuse_undeclared,
)
from armguard.planning import Request as Request
from armguard.planning import environments_of, included, paths_of, planned
from armguard.policy import find as find_violations
from armguard.policy import load as load_policies
from armguard.record import replace
from armguard.reporting import Found, build_report
from armguard.rules import all_rules, find_all, look_across
from armguard.source.discovery import (
    discover,
)
from armguard.source.json_text import parse_json
from armguard.source.linking import Linker
from armguard.source.place import Place
from armguard.vault_reports import vault_report

if TYPE_CHECKING:
    from armguard.deployed.inventory import DeployedState


def check_paths(
    request: Request,
    read_stdin: Callable[[], bytes],
    progress: Callable[[int, int], None] = lambda number, total: None,
    deployed: DeployedState | None = None,
) -> Report:
    """Check files and folders. Raises `UsageError` where the request makes no sense.

    `progress` is told before each template which one it is, from 1, and how many there are.
    `deployed` is what the vaults are compared with.
    """
    found = _nothing_yet(request)
    found.deployed = deployed
    environments = environments_of(request)
    paths = paths_of(request, environments)
    discovery = included(discover(paths, force_exclude=request.force_exclude), request)
    for path, reason in discovery.unreadable:
        found.findings.append(unreadable(path, reason))
    found.skipped.extend(Skipped(path, reason) for path, reason in discovery.skipped)
    candidates = discovery.candidates
    if environments is not None:
        candidates = environments.candidates(candidates)
    templates = load(candidates, request, read_stdin, found)
    refuse_undeclared(request.assignments, [each.document for each in templates])
    plan = planned(templates, environments, request, found.notices)
    if deployed is not None and deployed.source == "live":
        _refuse_several_sets(plan, request)
    for number, (template, sets, asked) in enumerate(plan, 1):
        progress(number, len(plan))
        try:
            for files in sets:
                _check(template, files, asked, found)
        except UsageError:
            raise
        except Exception as error:
            found.crashed(template.path, error)
    selects = found.acceptance.selection.selects
    look_across(found.findings, found.deployments, found.footprints, found.rules, selects)
    return build_report(found)


def _refuse_several_sets(
    plan: list[tuple[Loaded, tuple[tuple[str, ...], ...], Request]], request: Request
) -> None:
    """Which of them stands for the place that is asked about can't be guessed."""
    if request.parameter_sets or request.environment is not None:
        return
    paths = [template.path for template, sets, _ in plan for _ in sets]
    for path in paths:
        if paths.count(path) > 1:
            raise UsageError(
                f"'{path}' is deployed with several sets of parameters; choose the one that is"
                " deployed there with --parameters FILE or --environment NAME"
            )


def check_template(
    text: str, given: Mapping[str, GivenParameter], scope: DeploymentScope, path: str
) -> Report:
    """Check one template that is no file. Raises `UnreadableFileError` for what is not JSON."""
    document = parse_json(text)
    if not isinstance(document, Mapping):
        raise UnreadableFileError("a template must be a JSON object", 0)
    found = _nothing_yet(Request())
    template = Loaded(path, text, document)
    found.template(path, text)
    request = Request(scope=scope)
    _judge(template, (), {name.lower(): each for name, each in given.items()}, request, found)
    return build_report(found)


def _nothing_yet(request: Request) -> Found:
    configuration = request.configuration
    policies = load_policies(
        (*configuration.packs, *request.packs), (*configuration.policies, *request.policies)
    )
    rules = [rule.id for rule in all_rules()]
    for policy in policies:
        if policy.id in rules:
            raise UsageError(
                f"{policy.path}:{policy.line}: '{policy.id}' is a rule already; choose another id"
            )
    return Found(_acceptance(request, [*rules, *(each.id for each in policies)]), policies)


def _acceptance(request: Request, known: list[str]) -> Acceptance:
    return Acceptance.of(
        known,
        request.configuration,
        Layer(request.select or None, request.ignore),
        baseline=request.baseline,
        on=request.today,
        whole=request.paths == (".",) and not request.configuration.folder,
        in_part=request.environment is not None,
    )


def _check(template: Loaded, files: tuple[str, ...], request: Request, found: Found) -> None:
    try:
        given = layered_parameters(files)
    except UnreadableFileError as error:
        found.findings.append(unreadable(files[-1], str(error)))
        return
    given.update(assigned_parameters(request.assignments, template.document))
    _judge(template, files, given, request, found)


def _judge(
    template: Loaded, files: tuple[str, ...], given: Given, request: Request, found: Found
) -> None:
    if found.deployed is not None:
        request = replace(request, scope=found.deployed.completed(request.scope))
    assessment = _assess(template, given, request)
    if found.deployed is not None:
        assessment = _compared(template, given, request, assessment, found.deployed)
    if _is_open(assessment):
        found.open_paths.update(assessment.documents)
    found.workspaces += assessment.workspaces
    found.footprints.append(footprint_of(template.path, files, assessment))
    found.linked.update(assessment.documents)
    reports = [vault_report(vault) for vault in assessment.vaults]
    if assessment.compared is not None and found.deployed is not None:
        from armguard.rules._live_state import unanswered_by, with_live_states

        source = found.deployed.source
        reports = with_live_states(reports, template.path, assessment.compared, source)
        found.unread.extend(unanswered_by(assessment.compared))
    found.deployments.append(DeploymentReport(template.path, files, tuple(reports)))
    for finding in find_all(assessment, found.rules):
        found.add(finding, files)
    if found.policies and not assessment.rejected:
        for finding in _violations(template, given, request, found):
            found.add(finding, files)


def _is_open(assessment: Assessment) -> bool:
    undecided = any(vault.verdict.kind == "undecided" for vault in assessment.vaults)
    stopped = assessment.problems or assessment.rejected or assessment.closed
    return undecided or bool(stopped)


def _violations(
    template: Loaded, given: Given, request: Request, found: Found
) -> Iterator[Finding]:
    linker = Linker(template.path, template.document)
    try:
        deployment = _start(template, given, request, linker, _session())
    except EvaluationError:
        return  # a finding of the rule invalid-expression
    yield from find_violations(found.policies, deployment)


def _assess(template: Loaded, given: Given, request: Request) -> Assessment:
    linker = Linker(template.path, template.document)
    start = partial(_start, template, given, request, linker)
    linker.documents.update(_documents_of(given))
    if not template.may_concern_vaults and not given:
        return Assessment((), 0, (), (), (), linker.documents)
    try:
        rejected = tuple(start(_session()).rejections())
        if not template.may_concern_vaults:
            # a placeholder that every deployment replaces is nobody's trouble where no vault is
            rejected = tuple(each for each in rejected if not each.by_default)
            return Assessment((), 0, (), (), rejected, linker.documents)
        return assess(Examination(start, _session), rejected, linker.documents, request.mode)
    except EvaluationError as error:
        problem = Problem("error", str(error), Place(template.path))
        return Assessment((), 0, (), (problem,), (), linker.documents)


def _compared(
    template: Loaded,
    given: Given,
    request: Request,
    static: Assessment,
    deployed: DeployedState,
) -> Assessment:
    """The assessment with what is deployed beside it. Verdicts stay those about every deployment;
    where they are undecided, what is deployed may decide them."""
    from armguard.deployed.comparison import compare
    from armguard.deployed.runtime import DeployedRuntime

    runtime = DeployedRuntime(deployed)
    linker = Linker(template.path, template.document)
    start = partial(_start, template, given, request, linker)
    examination = Examination(start, partial(_session, runtime))
    try:
        live = assess(examination, static.rejected, linker.documents, request.mode)
    except EvaluationError:
        return static  # a finding of the rule invalid-expression
    by_key = {(each.resource.key, each.name): each for each in static.vaults}
    vaults = []
    for vault in live.vaults:
        other = by_key.get((vault.resource.key, vault.name))
        is_decided = other is not None and other.verdict.kind != "undecided"
        if other is not None and is_decided:
            vault = replace(vault, verdict=other.verdict, policies=other.policies)
        vaults.append(vault)
    result = replace(static, vaults=tuple(vaults))
    compared = compare(result, examination, runtime, deployed, request.scope)
    return replace(result, compared=compared)


def _documents_of(given: Given) -> dict[str, Any]:
    """The parameter files, as far as they count, for showing what they say."""
    documents: dict[str, Any] = {}
    for each in given.values():
        if each.place is not None:
            _, key, name = each.place.pointer.split("/", 2)
            parameters = documents.setdefault(each.place.path, {key: {}})[key]
            parameters[name.replace("~1", "/").replace("~0", "~")] = each.entry
    return documents


def _session(runtime: Runtime | None = None, **options: Any) -> Session:
    return Session(strict=False, runtime=runtime or NoRuntime(), **options)


def _start(
    template: Loaded, given: Given, request: Request, linker: Linker, session: Session
) -> Deployment:
    return Deployment(
        template.document,
        Place(template.path),
        supply(given),
        root_facts(request.scope, level_of(template.document)),
        session,
        linked=linker.load,
    )
