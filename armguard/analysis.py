"""The straight line of a check: load -> evaluate -> check -> report.

Each file is loaded and judged on its own; what is found becomes one sorted report, and only then
do findings get their lines and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from armguard.acceptance.acceptance import Acceptance
from armguard.acceptance.selection import Layer
from armguard.checking.found import Found
from armguard.checking.judging import _judge
from armguard.checking.loading import Loaded, load, unreadable
from armguard.checking.parameter_values import (
    assigned_parameters,
    layered_parameters,
    refuse_undeclared,
)
from armguard.checking.planning import environments_of, included, paths_of, planned
from armguard.checking.reporting import build_report
from armguard.checking.request import Request as Request
from armguard.errors import UnreadableFileError, UsageError
from armguard.evaluation.facts import DeploymentScope
from armguard.finding import (
    Report,
    Skipped,
)
from armguard.policy import load as load_policies
from armguard.rules import all_rules, look_across
from armguard.source.discovery import (
    discover,
)
from armguard.source.json_text import parse_json
from armguard.templates.parameters import GivenParameter

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
        (*request.configuration.layers, Layer(request.select or None, request.ignore)),
        request.configuration.suppressions,
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
