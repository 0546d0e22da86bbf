"""One template with one set of parameters: assessed, compared, and what the rules find in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from armguard.checking.found import Found
from armguard.checking.loading import Loaded
from armguard.checking.parameter_values import Given
from armguard.checking.request import Request
from armguard.checking.vault_reports import vault_report
from armguard.errors import EvaluationError
from armguard.evaluation.facts import root_facts
from armguard.evaluation.runtime import NoRuntime, Runtime
from armguard.evaluation.scope import Session
from armguard.finding import DeploymentReport, Finding, Location
from armguard.keyvault.assessment import Assessment, assess
from armguard.keyvault.examination import Examination
from armguard.keyvault.footprint import footprint_of
from armguard.pointer import keys_of
from armguard.policy import find as find_violations
from armguard.record import replace
from armguard.rules import find_all
from armguard.source.linking import Linker
from armguard.templates.deployment import Deployment
from armguard.templates.parameters import Problem, supply
from armguard.templates.template import level_of

if TYPE_CHECKING:
    from armguard.deployed.inventory import DeployedState


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
        from armguard.checking.vault_reports import unanswered_by, with_live_states

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
        problem = Problem("error", str(error), Location(template.path))
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
            key, name = keys_of(each.place.pointer)
            parameters = documents.setdefault(each.place.path, {key: {}})[key]
            parameters[name] = each.entry
    return documents


def _session(runtime: Runtime | None = None, **options: Any) -> Session:
    return Session(strict=False, runtime=runtime or NoRuntime(), **options)


def _start(
    template: Loaded, given: Given, request: Request, linker: Linker, session: Session
) -> Deployment:
    return Deployment(
        template.document,
        Location(template.path),
        supply(given),
        root_facts(request.scope, level_of(template.document)),
        session,
        linked=linker.load,
    )
