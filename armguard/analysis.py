"""The straight line of a check: load -> evaluate -> check -> report.

Each file is loaded and judged on its own; what is found becomes one sorted report, and only then
do findings get their lines and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from armguard.errors import EvaluationError, UnreadableFileError, UsageError
from armguard.evaluation.deployment import Deployment
from armguard.evaluation.parameters import GivenParameter, Problem, supply
from armguard.evaluation.runtime import NoRuntime
from armguard.evaluation.scope import DeploymentScope, Session, root_facts
from armguard.evaluation.template import find_key, level_of, member
from armguard.finding import (
    Certainty,
    DeploymentReport,
    Finding,
    Location,
    Report,
    Severity,
    Skipped,
    VaultReport,
)
from armguard.keyvault.assessment import AssessedVault, Assessment, assess
from armguard.keyvault.examination import Examination
from armguard.linking import Linker
from armguard.parameter_values import (
    Given,
    assigned_parameters,
    layered_parameters,
    refuse_undeclared,
)
from armguard.reporting import Found, build_report
from armguard.rules import Rule, all_rules, find_all
from armguard.source.discovery import (
    STDIN,
    Candidate,
    Pairing,
    discover,
    is_parameters_name,
    is_parameters_text,
    is_template_text,
)
from armguard.source.json_text import decode, parse_json, read_text
from armguard.source.place import Place

UNREADABLE = "unreadable-template"


@dataclass(frozen=True, slots=True)
class Request:
    """What a check is asked to do; see the options of `armguard check`."""

    paths: tuple[str, ...] = (".",)
    parameter_sets: tuple[tuple[str, ...], ...] = ()
    assignments: tuple[tuple[str, str], ...] = ()
    discover_parameters: bool = True
    scope: DeploymentScope = field(default_factory=DeploymentScope)
    mode: str = "incremental"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    force_exclude: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """A template that could be read, and the parameter files that were named for it."""

    path: str
    text: str
    document: Mapping[str, Any]
    parameter_files: tuple[str, ...] | None = None
    """None: those beside it are looked for"""


def check_paths(request: Request, read_stdin: Callable[[], bytes]) -> Report:
    """Check files and folders. Raises `UsageError` where the request makes no sense."""
    rules = _chosen_rules(request.select, request.ignore)
    found = Found(rules)
    discovery = discover(request.paths, force_exclude=request.force_exclude)
    for path, reason in discovery.unreadable:
        found.findings.append(_unreadable(path, reason))
    found.skipped.extend(Skipped(path, reason) for path, reason in discovery.skipped)
    templates = _load(discovery.candidates, request, read_stdin, found)
    refuse_undeclared(request.assignments, [each.document for each in templates])
    for template, sets in _with_parameters(templates, request, found):
        try:
            for files in sets:
                _check(template, files, request, found)
        except Exception as error:
            found.crashed(template.path, error)
    return build_report(found)


def check_template(
    text: str, given: Mapping[str, GivenParameter], scope: DeploymentScope, path: str
) -> Report:
    """Check one template that is no file. Raises `UnreadableFileError` for what is not JSON."""
    document = parse_json(text)
    if not isinstance(document, Mapping):
        raise UnreadableFileError("a template must be a JSON object", 0)
    found = Found(_chosen_rules((), ()))
    template = Loaded(path, text, document)
    found.template(path, text)
    request = Request(scope=scope)
    _judge(template, (), {name.lower(): each for name, each in given.items()}, request, found)
    return build_report(found)


def _chosen_rules(select: Iterable[str], ignore: Iterable[str]) -> tuple[Rule, ...]:
    rules = all_rules()
    known = [rule.id for rule in rules]
    for name in (*select, *ignore):
        if name not in known:
            from difflib import get_close_matches

            close = get_close_matches(name, known, n=1)
            advice = f"did you mean '{close[0]}'?" if close else "'armguard rules' lists them"
            raise UsageError(f"there is no rule '{name}'; {advice}")
    wanted = set(select) or set(known)
    return tuple(rule for rule in rules if rule.id in wanted and rule.id not in set(ignore))


def _load(
    candidates: Iterable[Candidate],
    request: Request,
    read_stdin: Callable[[], bytes],
    found: Found,
) -> list[Loaded]:
    pairing = Pairing()
    loaded: dict[str, Loaded] = {}
    parameter_files: dict[str, list[str]] = {}
    for candidate in candidates:
        named = candidate.named and not request.force_exclude
        if candidate.path != STDIN and is_parameters_name(candidate.path):
            template = pairing.template_of_parameters(candidate.path)
            if candidate.named and template is not None:
                parameter_files.setdefault(template, []).append(candidate.path)
            elif candidate.named:
                found.skipped.append(
                    Skipped(candidate.path, "a parameter file without a template beside it")
                )
            continue
        one = _load_one(candidate.path, named, read_stdin, found)
        if one is not None:
            loaded[one.path] = one
    for path, files in parameter_files.items():
        if path not in loaded:
            one = _load_one(path, True, read_stdin, found)
            if one is not None:
                loaded[path] = Loaded(one.path, one.text, one.document, tuple(files))
    return [loaded[path] for path in sorted(loaded)]


def _load_one(
    path: str, named: bool, read_stdin: Callable[[], bytes], found: Found
) -> Loaded | None:
    """A template; what is none is skipped, what can't be read is a finding."""
    try:
        text = decode(read_stdin()) if path == STDIN else read_text(path)
    except UnreadableFileError as error:
        if named:
            found.findings.append(_unreadable(path, str(error)))
        else:
            found.skipped.append(Skipped(path, str(error)))
        return None
    is_template = is_template_text(text)
    if not is_template and (not named or is_parameters_text(text)):
        found.skipped.append(Skipped(path, "not a deployment template"))
        return None
    try:
        document = parse_json(text)
    except UnreadableFileError as error:
        found.template(path, text)
        found.findings.append(_unreadable(path, str(error), error.offset))
        return None
    if not isinstance(document, Mapping) or (
        not is_template and find_key(document, "resources") is None
    ):
        found.skipped.append(Skipped(path, "not a deployment template"))
        return None
    found.template(path, text)
    return Loaded(path, text, document)


def _unreadable(path: str, message: str, offset: int | None = None) -> Finding:
    return Finding(
        rule=UNREADABLE,
        severity=Severity.ERROR,
        certainty=Certainty.CERTAIN,
        message=f"the file can't be read as a template: {message}",
        location=Location(path, "" if offset is None else f"#{offset}"),
    )


def _with_parameters(
    templates: list[Loaded], request: Request, found: Found
) -> list[tuple[Loaded, tuple[tuple[str, ...], ...]]]:
    """Each template with its sets of parameter files; an empty set stands for defaults only."""
    if request.parameter_sets:
        return _by_named_files(templates, request.parameter_sets)
    pairing = Pairing()
    result: list[tuple[Loaded, tuple[tuple[str, ...], ...]]] = []
    for template in templates:
        files = template.parameter_files
        if files is None and request.discover_parameters and template.path != STDIN:
            files = pairing.parameter_files_of(template.path)
            if files:
                found.notices.append(f"{template.path} is checked with {', '.join(files)}")
        sets = tuple((file,) for file in files or ())
        result.append((template, sets or ((),)))
    return result


def _by_named_files(
    templates: list[Loaded], sets: tuple[tuple[str, ...], ...]
) -> list[tuple[Loaded, tuple[tuple[str, ...], ...]]]:
    chosen: dict[str, list[tuple[str, ...]]] = {template.path: [] for template in templates}
    for files in sets:
        names = set(layered_parameters(files))
        fits = [each for each in templates if names <= _declared(each)]
        fits = fits or [each for each in templates if names & _declared(each)]
        if not fits and templates:
            what = templates[0].path if len(templates) == 1 else "any of the templates"
            raise UsageError(f"no parameter in '{','.join(files)}' is declared by {what}")
        for template in fits:
            chosen[template.path].append(files)
    return [(each, tuple(chosen[each.path]) or ((),)) for each in templates]


def _declared(template: Loaded) -> set[str]:
    declared = member(template.document, "parameters")
    return {name.lower() for name in declared} if isinstance(declared, Mapping) else set()


def _check(template: Loaded, files: tuple[str, ...], request: Request, found: Found) -> None:
    try:
        given = layered_parameters(files)
    except UnreadableFileError as error:
        found.findings.append(_unreadable(files[-1], str(error)))
        return
    given.update(assigned_parameters(request.assignments, template.document))
    _judge(template, files, given, request, found)


def _judge(
    template: Loaded, files: tuple[str, ...], given: Given, request: Request, found: Found
) -> None:
    assessment = _assess(template, given, request)
    found.workspaces += assessment.workspaces
    found.deployments.append(
        DeploymentReport(template.path, files, tuple(map(_vault_report, assessment.vaults)))
    )
    for finding in find_all(assessment, found.rules):
        found.add(finding, files)


def _assess(template: Loaded, given: Given, request: Request) -> Assessment:
    facts = root_facts(request.scope, level_of(template.document))
    linker = Linker(template.path, template.document)

    def session(**options: Any) -> Session:
        return Session(strict=False, runtime=NoRuntime(), **options)

    def start(session: Session) -> Deployment:
        return Deployment(
            template.document,
            Place(template.path),
            supply(given),
            facts,
            session,
            linked=linker.load,
        )

    try:
        rejected = tuple(start(session()).rejections())
        return assess(Examination(start, session), rejected, linker.documents)
    except EvaluationError as error:
        problem = Problem("error", str(error), Place(template.path))
        return Assessment((), 0, (), (problem,), (), linker.documents)


def _vault_report(vault: AssessedVault) -> VaultReport:
    verdict = vault.verdict
    return VaultReport(
        name=vault.name,
        id=vault.id if isinstance(vault.id, str) else None,
        location=Location(vault.resource.place.path, vault.resource.place.pointer),
        verdict=verdict.kind,
        certainty=None if verdict.certainty is None else Certainty(verdict.certainty),
        reason=verdict.reason,
        workspaces=tuple(sorted(each.shown_name for each in vault.workspaces)),
    )
