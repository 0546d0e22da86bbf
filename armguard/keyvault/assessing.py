"""Judges every vault that a template declares, and writes down what rules need to know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import asked
from armguard.evaluation.identity import id_key
from armguard.evaluation.scope import Scope
from armguard.evaluation.text_pieces import shown
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import find_key, member
from armguard.finding import LONGEST_NAME, Certainty, ResourceName, cut
from armguard.keyvault.access import identity_of, policies_of
from armguard.keyvault.assessment import (
    AssessedVault,
    Assessment,
    OtherWrite,
    ParallelWrites,
    PolicyChange,
    Setting,
    Workspace,
    WorkspaceUse,
)
from armguard.keyvault.complete_mode import deletions, is_complete
from armguard.keyvault.declared import (
    is_written,
    name_of,
    operation_of,
    safe_id,
    vault_name_of_change,
    vault_of_change,
)
from armguard.keyvault.double_writers import double_writers
from armguard.keyvault.examination import Examination, Run
from armguard.keyvault.operations import operation_certainty, operations_of
from armguard.keyvault.other_values import Alternatives
from armguard.keyvault.refusals import OPERATIONS, Refusal, refusals
from armguard.keyvault.sureness import provenance, written
from armguard.keyvault.switch import switch_of
from armguard.keyvault.verdict import Verdict, untouched, verdict_on
from armguard.record import replace
from armguard.templates.parameters import Problem
from armguard.templates.resource import Resource

_HEADERS = ("apiVersion", "location")
_MOST_ASKED_ABOUT = 100
"""Of more vaults than these nobody asks what other parameters would make of them: nobody reads
the ways out of the hundredth."""
_PROPERTIES = (
    "accessPolicies",
    "createMode",
    "enablePurgeProtection",
    "enableRbacAuthorization",
    "enableSoftDelete",
    "softDeleteRetentionInDays",
    "tenantId",
)


def assess(
    examination: Examination,
    rejected: tuple[Problem, ...],
    documents: Mapping[str, Any],
    mode: str = "incremental",
) -> Assessment:
    """The assessment of a template. `documents` may still grow while it is evaluated."""
    run = examination.run()
    declared = run.declared
    resources: list[Resource] = []
    """the vaults, each in the world that decides"""
    own: dict[str, AssessedVault] = {}
    for vault in declared.vaults:
        verdict = verdict_on(examination, vault.key)
        world = examination.run(verdict.world.assumptions)
        resource = world.vault(vault.key) or vault
        resources.append(resource)
        own[vault.key] = _assessed(resource, verdict, world, mode, safe_id(resource), examination)
    # one that no world writes needs no comparison with all the others
    writers = tuple(each for each in declared.vaults if own[each.key].verdict.kind != "not-written")
    for pair in double_writers(writers, examination):
        other = OtherWrite(own[pair.first], None, pair.certainty, pair.said)
        own[pair.second] = replace(own[pair.second], also_written=(other,))
    vaults = tuple(own.values())
    workspaces = [each for each in declared.workspaces if is_written(each)]
    opened = set(map(id, declared.opened))
    assessment = Assessment(
        vaults=(*vaults, *_written_by_children(vaults, run, mode, examination)),
        workspaces=len(workspaces),
        closed=declared.closed,
        problems=declared.problems,
        rejected=rejected,
        documents=documents,
        linked=frozenset(path for path, each in documents.items() if id(each) in opened),
        mode=mode,
        changes=tuple(
            _change(each, operations_of(each, examination), examination)
            for each in declared.changes
            if is_written(each)
        ),
        uses=tuple(_uses(run)),
        deletions=tuple(deletions(resources, mode, examination)),
        tenant=run.deployment.facts.tenant_id,
        parallel=_parallel(declared.changes, examination),
    )
    return _with_other_values(assessment, examination)


def _parallel(
    changes: tuple[Resource, ...], examination: Examination
) -> tuple[ParallelWrites, ...]:
    if not changes:
        return ()
    from armguard.keyvault.parallel_writes import parallel_writes

    return tuple(parallel_writes(changes, examination))


def _with_other_values(assessment: Assessment, examination: Examination) -> Assessment:
    """Last, since all evaluations share one budget and the verdicts come first."""
    verdicts = {each.key: each.verdict.kind for each in assessment.vaults}
    alternatives = Alternatives(examination, verdicts)
    asked = [
        replace(each, other_values=alternatives.of(each.key, each.verdict))
        for each in assessment.vaults[:_MOST_ASKED_ABOUT]
    ]
    holders: dict[str | None, set[str | None]] = {}
    for each in asked:
        holders.setdefault(each.other_values.holds_list, set()).add(id_key(each.id))
    own = [
        # one live list in it would be written into all of them
        replace(each, other_values=replace(each.other_values, holds_list=None))
        if not each.other_values.in_part and len(holders[each.other_values.holds_list]) > 1
        else each
        for each in asked
    ]
    return replace(assessment, vaults=(*own, *assessment.vaults[len(own) :]))


def _assessed(
    resource: Resource,
    verdict: Verdict,
    run: Run,
    mode: str,
    identifier: Value,
    examination: Examination,
    by_children: ResourceName | None = None,
) -> AssessedVault:
    settings = {name: _setting(resource, name) for name in (*_HEADERS, *_PROPERTIES)}
    name = name_of(resource)
    return AssessedVault(
        key=resource.key,
        name=name.name if by_children is None else by_children.name,
        resource=name,
        id=identifier,
        places=tuple(each.place for each in reversed(resource.gates)),
        verdict=verdict,
        by_children=by_children is not None,
        written=written(resource),
        name_certainty=_name_certainty(resource),
        settings=settings,
        policies=policies_of(settings["accessPolicies"].value)
        if verdict.kind == "replaced"
        else (),
        workspaces=_workspaces_of(identifier, run),
        changes=_changes_of(identifier, run, examination),
        symbolic=resource.deployment.symbolic,
        has_condition=member(resource.written, "condition") is not None,
        only_once=find_key(resource.options, "onlyIfNotExists") is not None,
        switch=switch_of(resource, verdict.deciding),
        complete=is_complete(resource, mode),
        files=resource.deployment.taken,
        keeper=resource.deployment.facts.keeper,
        refusals=() if by_children is not None else tuple(_refusals(settings)),
    )


def _refusals(settings: Mapping[str, Setting], operation: str | None = None) -> Iterator[Refusal]:
    values = {name: setting.value for name, setting in settings.items()}
    return refusals(
        values["accessPolicies"],
        mode=values.get("createMode"),
        version=values["apiVersion"],
        operation=operation,
    )


def _setting(resource: Resource, name: str) -> Setting:
    """A property, or one of `_HEADERS`."""
    is_header = name in _HEADERS

    def question(_: Scope) -> Value:
        return resource.evaluate(name) if is_header else resource.read(name).value

    place = resource.member_place(*(() if is_header else ("properties",)), name)
    return Setting(name, place, asked(resource.scope, question, resource.key, name))


def _name_certainty(resource: Resource) -> Certainty:
    """How sure the name of a resource is."""
    try:
        return provenance(resource.read_member("name").consulted)
    except EvaluationError:
        return Certainty.CERTAIN


def _workspaces_of(vault_id: Value, run: Run) -> tuple[Workspace, ...]:
    own = (_workspace(each) for each in run.users.of(vault_id))
    return (*own, *(_workspace(each, by_its_key=True) for each in run.encrypted.of(vault_id)))


def _uses(run: Run) -> Iterator[WorkspaceUse]:
    for by_its_key, users in ((False, run.users), (True, run.encrypted)):
        for each, vault in users.pairs:
            if written(each) is not None and each.deployment.facts.keeper is None:
                yield WorkspaceUse(_workspace(each, by_its_key=by_its_key), vault)


def _workspace(resource: Resource, *, by_its_key: bool = False) -> Workspace:
    name, place = resource.shown_name, resource.place
    return Workspace(name, place, identity_of(resource), by_its_key=by_its_key)


def _changes_of(vault_id: Value, run: Run, examination: Examination) -> tuple[PolicyChange, ...]:
    return tuple(
        _change(each, (operation_of(each),), examination) for each in run.changes_of(vault_id)
    )


def _change(
    resource: Resource, operations: tuple[str | None, ...], examination: Examination
) -> PolicyChange:
    settings = {name: _setting(resource, name) for name in ("apiVersion", "accessPolicies")}
    return PolicyChange(
        resource=name_of(resource),
        place=resource.place,
        name_place=resource.place.child(find_key(resource.written, "name") or "name"),
        vault=vault_of_change(resource),
        operations=operations,
        operation_certainty=operation_certainty(resource, examination),
        written=written(resource),
        settings=settings,
        policies=policies_of(settings["accessPolicies"].value),
        refusals=tuple(_refusals(settings, _refused_operation(operations))),
    )


def _refused_operation(operations: tuple[str | None, ...]) -> str | None:
    """One that the service does not know, where it can't be any other."""
    known = [each for each in operations if each is None or each in OPERATIONS]
    return operations[0] if operations and not known else None


def _written_by_children(
    vaults: tuple[AssessedVault, ...], run: Run, mode: str, examination: Examination
) -> list[AssessedVault]:
    """The vaults whose policies only children change: they are not written themselves."""
    found: list[AssessedVault] = []
    seen = {id_key(each.id) for each in vaults}
    for change in run.declared.changes:
        identifier = vault_of_change(change)
        key = id_key(identifier)
        if not is_written(change) or key in seen:
            continue
        seen.add(key)
        shown_name = cut(shown(vault_name_of_change(change)), LONGEST_NAME)
        name = ResourceName(change.type, shown_name)
        verdict = untouched(provenance(change.deployment.taken))
        found.append(_assessed(change, verdict, run, mode, identifier, examination, name))
    return found
