"""All that the rules need to know about one template with one set of parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from armguard.evaluation.identity import same_value
from armguard.evaluation.parameters import Problem
from armguard.evaluation.resource import Resource
from armguard.evaluation.unknown import Unknown, Value
from armguard.keyvault.declared import (
    Closed,
    Declared,
    is_written,
    operation_of,
    safe_id,
    safe_read,
    vault_of_change,
    vault_of_workspace,
)
from armguard.keyvault.examination import Examination, Run
from armguard.keyvault.verdict import Verdict, refused_verdict, verdict_on


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A child resource `vault/add`, `vault/replace` or `vault/remove`."""

    resource: Resource
    operation: str | None


@dataclass(frozen=True, slots=True)
class AssessedVault:
    resource: Resource
    verdict: Verdict
    id: Value
    workspaces: tuple[Resource, ...]
    """the Azure Machine Learning workspaces of the same deployment that use it"""
    changes: tuple[PolicyChange, ...]
    policies: Value
    """the evaluated accessPolicies, where the verdict is `replaced`"""

    @property
    def name(self) -> str:
        return self.resource.shown_name


@dataclass(frozen=True, slots=True)
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


def assess(
    examination: Examination, rejected: tuple[Problem, ...], documents: Mapping[str, Any]
) -> Assessment:
    """Judge every vault that a template declares."""
    run = examination.run()
    workspaces = [each for each in run.inventory.workspaces if is_written(each)]
    return Assessment(
        tuple(
            _assessed(each, examination, refused=bool(rejected)) for each in run.inventory.vaults
        ),
        len(workspaces),
        run.inventory.closed,
        run.inventory.problems,
        rejected,
        documents,
    )


def _assessed(vault: Declared, examination: Examination, *, refused: bool) -> AssessedVault:
    key = vault.resource.key
    verdict = refused_verdict(examination, key) if refused else verdict_on(examination, key)
    run = examination.run(verdict.world.assumptions)
    resource = run.vaults[key].resource if key in run.vaults else vault.resource
    identifier = safe_id(resource)
    return AssessedVault(
        resource,
        verdict,
        identifier,
        _workspaces_of(identifier, run),
        _changes_of(identifier, run),
        safe_read(resource, "accessPolicies") if verdict.kind == "replaced" else None,
    )


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
