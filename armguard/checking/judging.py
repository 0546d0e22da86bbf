"""One job judged: the template assessed with its parameters, and compared with what is deployed.

What comes out is plain data; nothing of the evaluation is kept.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from armguard.checking.parameter_values import Given
from armguard.checking.planning import Job
from armguard.errors import EvaluationError, UsageError
from armguard.evaluation.facts import root_facts
from armguard.evaluation.runtime import NoRuntime, Runtime
from armguard.evaluation.scope import Session
from armguard.evaluation.unknown import Value
from armguard.explaining.case import Case
from armguard.finding import Finding
from armguard.keyvault.assessing import assess
from armguard.keyvault.assessment import AssessedVault, Assessment
from armguard.keyvault.declared import SOUGHT
from armguard.keyvault.examination import Examination
from armguard.keyvault.other_templates import connected
from armguard.pointer import keys_of
from armguard.policy import find as find_violations
from armguard.record import record, replace
from armguard.source.linking import Linker, Links
from armguard.source.words import has_word
from armguard.templates.deployment import Deployment
from armguard.templates.holding import may_hold
from armguard.templates.parameters import (
    Problem,
    SuppliedParameter,
    declared_parameters,
    without_rejected,
)
from armguard.templates.template import level_of

if TYPE_CHECKING:
    from armguard.deployed.inventory import DeployedState
    from armguard.policy.definition import Policy


@record
class Judged:
    """A job, and what is known of it before the rules say what is to be said."""

    path: str
    parameter_files: tuple[str, ...]
    case: Case
    violations: tuple[Finding, ...] = ()
    """what policies found"""
    by_itself: bool = True
    """whether it counts even where another template links this one"""
    job: Job | None = None
    """what was judged; None: nobody judges it again"""


def judge(
    job: Job,
    policies: Sequence[Policy] = (),
    deployed: DeployedState | None = None,
    links: Links | None = None,
) -> Judged:
    """Judge one job; what Azure would refuse is part of the result, never raised."""
    if deployed is not None:
        job = replace(job, scope=deployed.completed(job.scope))
    judging = _Judging(job, links)
    assessment = judging.assessment()
    case = Case(assessment, parameter_files=job.parameter_files)
    if deployed is not None:
        if deployed.source == "live":
            _refuse_unknown_place(job, assessment)
        case = judging.compared(assessment, deployed)
    case = replace(case, fitting=job.fitting)
    violations = judging.violations(policies) if policies else ()
    return Judged(job.template.path, job.parameter_files, case, violations, job.by_itself, job)


def opened(
    job: Job,
    links: Links | None = None,
    *,
    deployed: DeployedState | None = None,
    instead: Mapping[str, Value] | None = None,
) -> Deployment:
    """A new evaluation of a job, to ask more of it. `deployed`: what reference() may be asked of;
    `instead`: other values of root parameters, by lower-case names. Raises `EvaluationError`."""
    runtime: Runtime | None = None
    if deployed is not None:
        from armguard.deployed.runtime import DeployedRuntime

        job = replace(job, scope=deployed.completed(job.scope))
        runtime = DeployedRuntime(deployed)
    return _Judging(job, links).start(_session(runtime, instead=instead or {}))


def _refuse_unknown_place(job: Job, assessment: Assessment) -> None:
    """Without it no vault has an id by which it could be asked for. Raises `UsageError`."""
    template, scope = job.template, job.scope
    if template.kept is not None or not any(map(_lacks_id, assessment.vaults)):
        return
    if scope.subscription_id is None:
        raise UsageError("--live has to know where the deployment goes; give --subscription ID")
    if level_of(template.document) == "resourceGroup" and scope.resource_group is None:
        raise UsageError(
            f"'{template.path}' is deployed to a resource group, and --live has to know to which"
            " one; give --resource-group NAME"
        )


def _lacks_id(vault: AssessedVault) -> bool:
    is_written = vault.keeper is None and vault.verdict.kind != "not-written"
    return is_written and not isinstance(vault.id, str)


def roots_first(jobs: Sequence[Job], texts: Mapping[str, str]) -> list[int]:
    """The positions of the jobs, those of templates that others name last: what is linked need not
    be judged a second time."""
    named: dict[str, set[str]] = {}
    for path, text in texts.items():
        for name in re.findall(_FILE_NAME, text) if has_word(text, "templatelink") else ():
            named.setdefault(name.lower(), set()).add(path)

    def is_named(position: int) -> bool:
        path = jobs[position].template.path
        return not named.get(posixpath.basename(path).lower(), set()) <= {path}

    return sorted(range(len(jobs)), key=is_named)


_FILE_NAME = r"[^/\\\"'\s]+\.jsonc?\b"


def without_linked(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """The same without templates that others of them link: these are judged there, with the
    parameters that they are given. Of templates that link each other the first one stays."""
    links = {each.path: {each.path} for each in judged}
    for each in judged:
        links[each.path] |= each.case.assessment.linked
    everywhere = Counter(path for paths in links.values() for path in paths)
    roots = {each.path for each in judged if each.by_itself or everywhere[each.path] == 1}
    reached = {path for root in roots for path in links[root]}
    for path, paths in links.items():
        if path not in reached:
            roots.add(path)
            reached |= paths
    return tuple(each for each in judged if each.path in roots)


def connect(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """The same, each template knowing what the others of the run do to its vaults."""
    every = tuple(judged)
    assessments = connected([each.case.assessment for each in every])
    return tuple(
        replace(each, case=replace(each.case, assessment=assessment))
        for each, assessment in zip(every, assessments, strict=True)
    )


@record
class _Parameters:
    supplied: Mapping[str, SuppliedParameter]
    rejected: tuple[Problem, ...]


class _Judging:
    """The evaluations of one job."""

    def __init__(self, job: Job, links: Links | None) -> None:
        self._job = job
        self._linker = Linker(job.template.path, job.template.file, links)
        self._linker.documents.update(_documents_of(job.given))

    def start(self, session: Session) -> Deployment:
        return self._deployed_with(self._parameters.supplied, session)

    def _deployed_with(
        self, supplied: Mapping[str, SuppliedParameter], session: Session
    ) -> Deployment:
        template = self._job.template
        document, path, kept = template.document, template.path, template.kept
        if kept is not None:
            passed = {**kept.supplied(path), **supplied}
            return Deployment(document, template.place, passed, kept.facts(path), session)
        facts = root_facts(self._job.scope, level_of(document))
        return Deployment(
            document, template.place, supplied, facts, session, linked=self._linker.find
        )

    @cached_property
    def _parameters(self) -> _Parameters:
        """What is supplied: neither what somebody still fills in, nor what Azure would refuse."""
        template = self._job.template
        declared = declared_parameters(template.document, template.place)
        supplied: Mapping[str, SuppliedParameter] = {}
        if self._job.given:
            from armguard.templates.placeholders import filled_in

            supplied = filled_in(self._job.given, declared)
        rejected = self._deployed_with(supplied, _session()).rejections()
        return _Parameters(without_rejected(supplied, rejected, declared), tuple(rejected))

    @property
    def _mode(self) -> str:
        """Only a deployment to a resource group has a Complete mode."""
        template = self._job.template
        is_to_group = level_of(template.document) == "resourceGroup"
        return self._job.mode if is_to_group and template.kept is None else "incremental"

    def assessment(self) -> Assessment:
        """What the template alone tells."""
        job, documents = self._job, self._linker.documents
        if not job.template.may_concern_vaults:
            return Assessment(documents=documents, mode=self._mode)
        try:
            rejected = self._parameters.rejected
            return assess(Examination(self.start, _session), rejected, documents, self._mode)
        except EvaluationError as error:
            concerned = may_hold(job.template.document, SOUGHT)
            problems = (self._problem(error),) if concerned else ()
            return Assessment(problems=problems, documents=documents)

    def compared(self, static: Assessment, deployed: DeployedState) -> Case:
        """The assessment with what is deployed beside it. Verdicts stay those about every
        deployment; where they are undecided, what is deployed may decide them."""
        from armguard.deployed.comparison import compare, vaults_asked_for
        from armguard.deployed.runtime import DeployedRuntime

        deployed.read_ahead(identifier for _, identifier in vaults_asked_for(static))
        runtime = DeployedRuntime(deployed)
        examination = Examination(self.start, partial(_session, runtime))
        try:
            live = static
            if self._job.template.may_concern_vaults:
                live = assess(examination, static.rejected, static.documents, self._mode)
            assessment = _decided_by(live, static)
            compared = compare(assessment, examination, runtime, deployed)
            return Case(assessment, compared, parameter_files=self._job.parameter_files)
        except EvaluationError as error:
            problems = static.problems or (self._problem(error),)
            static = replace(static, problems=problems)
            return Case(static, parameter_files=self._job.parameter_files)

    def _problem(self, error: EvaluationError) -> Problem:
        return Problem("error", error.told, self._job.template.place)

    def violations(self, policies: Sequence[Policy]) -> tuple[Finding, ...]:
        try:
            return tuple(find_violations(policies, self.start(_session())))
        except EvaluationError:
            return ()  # the assessment says that it can't be evaluated


def _decided_by(live: Assessment, static: Assessment) -> Assessment:
    """The static verdicts, and those of `live` where these are undecided."""
    by_key = {(each.key, each.name): each for each in static.vaults}
    vaults = []
    for vault in live.vaults:
        other = by_key.get((vault.key, vault.name))
        if other is not None and other.verdict.kind != "undecided":
            vault = replace(vault, verdict=other.verdict, policies=other.policies)
        vaults.append(vault)
    return replace(static, vaults=tuple(vaults))


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
