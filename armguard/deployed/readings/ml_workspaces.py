"""Workspaces as `az ml workspace show` and `list` print them: snake_case, flattened.

`list` leaves out the principal ids of user-assigned identities, and of a project its hub: then only
the id of the identity is known, and not the vault.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.deployed.inventory import text
from armguard.deployed.readings.reading import WORKSPACE, Reading, name_of, sent, type_of
from armguard.evaluation.values import find_key, member

_OWN_MEMBERS = (
    "display_name",
    "friendly_name",
    "key_vault",
    "hub_id",
    "resource_group",
    "storage_account",
    "discovery_url",
    "mlflow_tracking_uri",
    "primary_user_assigned_identity",
)
"""What no resource of Azure Resource Manager has at its top."""


def read(row: Mapping[str, Any]) -> Reading | None:
    """One workspace as a resource of Azure Resource Manager; None: it is something else."""
    workspace_id = text(row, "id")
    if type_of(workspace_id) != WORKSPACE or find_key(row, "properties") is not None:
        return None
    if not any(find_key(row, name) is not None for name in _OWN_MEMBERS):
        return None
    document = {
        "id": workspace_id,
        "name": name_of(workspace_id),
        "kind": text(row, "kind") or None,
        "location": text(row, "location") or None,
        "identity": _identity(member(row, "identity")),
        "properties": {
            "keyVault": text(row, "key_vault") or None,
            "hubResourceId": text(row, "hub_id") or None,
            "primaryUserAssignedIdentity": text(row, "primary_user_assigned_identity") or None,
            "associatedWorkspaces": member(row, "associated_workspaces"),
            "encryption": _encryption(member(row, "customer_managed_key")),
        },
    }
    return Reading(workspaces=(sent(document),))


def _identity(written: Any) -> dict[str, Any] | None:
    if not isinstance(written, Mapping):
        return None
    return {
        "principalId": text(written, "principal_id") or None,
        "tenantId": text(written, "tenant_id") or None,
        "userAssignedIdentities": dict(_assigned(member(written, "user_assigned_identities"))),
    }


def _assigned(written: Any) -> list[tuple[str, dict[str, str]]]:
    """(id, its principal id as far as it is known) of each; some versions print a list."""
    pairs: list[tuple[str, Any]] = []
    if isinstance(written, Mapping):
        pairs = list(written.items())
    elif isinstance(written, list):
        pairs = [(text(each, "resource_id"), each) for each in written]
    return [
        (name, {"principalId": text(each, "principal_id")} if text(each, "principal_id") else {})
        for name, each in pairs
        if name
    ]


def _encryption(written: Any) -> dict[str, Any] | None:
    vault = text(written, "key_vault")
    return {"keyVaultProperties": {"keyVaultArmId": vault}} if vault else None
