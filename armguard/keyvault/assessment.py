"""All that the rules need to know about one template with one set of parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.evaluation.identity import same_value
from armguard.evaluation.text_pieces import shown
from armguard.evaluation.unknown import Unknown, Value
from armguard.keyvault.declared import (
    Closed,
    Declared,
    is_written,
    operation_of,
    safe_id,
    safe_read,
    vault_name_of_change,
    vault_of_change,
    vault_of_workspace,
)
from armguard.keyvault.examination import Examination, Run
from armguard.keyvault.rivals import Rivals, rivals_among
from armguard.keyvault.verdict import UNTOUCHED, Verdict, refused_verdict, verdict_on
from armguard.record import record
from armguard.templates.parameters import Problem
from armguard.templates.resource import Resource


@record
class PolicyChange:
    """A child resource `vault/add`, `vault/replace` or `vault/remove`."""

    resource: Resource
    operation: str | None


@record
class VaultUse:
    """A workspace and the id of the vault that it uses."""

    workspace: Resource
    vault: Value


@record
class AssessedVault:
    resource: Resource
    verdict: Verdict
    id: Value
    workspaces: tuple[Resource, ...]
    """the Azure Machine Learning workspaces of the same deployment that use it"""
    changes: tuple[PolicyChange, ...]
    policies: Value
    """the evaluated accessPolicies, where the verdict is `replaced`"""
    child_of: Value = None
    """the name of a vault that only its children write; `resource` is the first of them then"""

    @property
    def name(self) -> str:
        return self.resource.shown_name if self.child_of is None else shown(self.child_of)


@record
class Assessment:
    vaults: tuple[AssessedVault, ...]
    workspaces: int
    closed: tuple[Closed, ...]
    """nested deployments that could not be looked into"""
    problems: tuple[Problem, ...]
    """what Azure would refuse outside of the vaults' own properties"""
    rejected: tuple[Problem, ...]
    """what Azure would refuse about the parameters"""
    documents: Mapping[str, Any]
    """path -> parsed JSON of the files that take part, for showing what is written"""
    mode: str = "incremental"
    """the mode of the root deployment: incremental or complete"""
    changes: tuple[PolicyChange, ...] = ()
    """all children that change access policies, also those of vaults that are not declared"""
    rivals: tuple[Rivals, ...] = ()
    """vaults that are written twice"""
    uses: tuple[VaultUse, ...] = ()
    """which workspace uses which vault, also one that is not declared here"""
    skipped: tuple[Declared, ...] = ()
    """nested deployments whose condition is false"""
    compared: Any = None
    """a `deployed.comparison.Compared`, where deployed state was asked about; this part of the
    program knows nothing of it, the rules do"""


def assess(
    examination: Examination,
    rejected: tuple[Problem, ...],
    documents: Mapping[str, Any],
    mode: str = "incremental",
) -> Assessment:
    """Judge every vault that a template declares."""
    run = examination.run()
    workspaces = [each for each in run.inventory.workspaces if is_written(each)]
    vaults = tuple(
        _assessed(each, examination, refused=bool(rejected)) for each in run.inventory.vaults
    )
    return Assessment(
        vaults=(*vaults, *_written_by_children(vaults, run)),
        workspaces=len(workspaces),
        closed=run.inventory.closed,
        problems=run.inventory.problems,
        rejected=rejected,
        documents=documents,
        mode=mode,
        changes=tuple(
            PolicyChange(each.resource, operation_of(each.resource))
            for each in run.inventory.changes
            if is_written(each)
        ),
        rivals=() if rejected else rivals_among(run.inventory.vaults, examination),
        uses=tuple(
            VaultUse(each.resource, vault_of_workspace(each, run.inventory.workspaces))
            for each in workspaces
        ),
        skipped=run.inventory.skipped,
    )


def _assessed(vault: Declared, examination: Examination, *, refused: bool) -> AssessedVault:
    key = vault.resource.key
    verdict = refused_verdict(examination, key) if refused else verdict_on(examination, key)
    run = examination.run(verdict.world.assumptions)
    resource = (run.vault(key) or vault).resource
    identifier = safe_id(resource)
    return AssessedVault(
        resource,
        verdict,
        identifier,
        _workspaces_of(identifier, run),
        _changes_of(identifier, run),
        safe_read(resource, "accessPolicies") if verdict.kind == "replaced" else None,
    )


def _written_by_children(vaults: tuple[AssessedVault, ...], run: Run) -> list[AssessedVault]:
    """The vaults whose policies only children change: they are not written themselves."""
    found: list[AssessedVault] = []
    for change in run.inventory.changes:
        identifier = vault_of_change(change.resource)
        if not is_written(change) or any(_is(each.id, identifier) for each in (*vaults, *found)):
            continue
        found.append(
            AssessedVault(
                change.resource,
                UNTOUCHED,
                identifier,
                _workspaces_of(identifier, run),
                _changes_of(identifier, run),
                None,
                child_of=vault_name_of_change(change.resource),
            )
        )
    return found


def _workspaces_of(vault_id: Value, run: Run) -> tuple[Resource, ...]:
    every = run.inventory.workspaces
    return tuple(
        each.resource
        for each in every
        if is_written(each) and _is(vault_of_workspace(each, every), vault_id)
    )


def _changes_of(vault_id: Value, run: Run) -> tuple[PolicyChange, ...]:
    return tuple(
        PolicyChange(each.resource, operation_of(each.resource))
        for each in run.inventory.changes
        if is_written(each) and _is(vault_of_change(each.resource), vault_id)
    )


def _is(first: Value, second: Value) -> bool:
    known = isinstance(first, (str, Unknown)) and isinstance(second, (str, Unknown))
    return known and same_value(first, second)
