"""Resources as Azure Resource Manager has them: `az keyvault show` and `list`, `az resource show`
and `list`, `az identity`, `az rest`, rows of Resource Graph, soft-deleted vaults.

The id tells what a resource is: types have any case, and a query may leave them out. With an
`apiVersion` it is none that Azure returns but one that a template or a tool predicts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from armguard.deployed.inventory import FoundVault, text
from armguard.deployed.readings.reading import (
    DELETED_VAULT,
    IDENTITY,
    NOTHING,
    VAULT,
    WORKSPACE,
    Reading,
    SeenVault,
    name_of,
    sent,
    type_of,
    unread,
    vault_of,
)
from armguard.evaluation.values import find_key, member
from armguard.record import replace

_COLUMN = re.compile(r"properties[._](.+)|(accessPolicies|enableRbacAuthorization)", re.IGNORECASE)
"""What Resource Graph calls the column of `project properties.accessPolicies`, and what people call
it who keep the id beside it."""

_MODEL_NOT_ASKED = (
    "the file does not tell whether role assignments decide about access: access policies are taken"
    " for it"
)
_OLD_CLI = (
    "the Azure CLI that printed it does not know enableRbacAuthorization, so whether access"
    " policies decide is not known: update it"
)


def read(row: Mapping[str, Any]) -> Reading | None:
    """One resource; None: it has no id, or was never deployed."""
    resource_id = text(row, "id") or text(row, "resourceId")
    predicted = text(row, "apiVersion") and not text(row, "subscriptionId")
    return None if predicted else read_resource(resource_id, row)


def read_resource(resource_id: str, row: Mapping[str, Any]) -> Reading | None:
    """A resource by its id; None: that is none of Azure Resource Manager."""
    match type_of(resource_id):
        case "":
            return None
        case kind if kind == VAULT:
            return Reading(vaults=(_vault(resource_id, row),))
        case kind if kind == DELETED_VAULT:
            return _deleted(row)
        case kind if kind == WORKSPACE:
            return _workspace(resource_id, row)
        case kind if kind == IDENTITY:
            return _identity(resource_id, row)
    return NOTHING


def _vault(vault_id: str, row: Mapping[str, Any]) -> SeenVault:
    properties = _properties(row)
    if find_key(properties, "createMode") is not None and not _tells_model(properties):
        # only output of the Azure CLI has createMode: Azure does not return it
        return unread(vault_id, _OLD_CLI)
    vault = vault_of(vault_id, properties, _without_list(row), member(row, "location"))
    # Azure always sends a sku: without it somebody has chosen what is shown
    was_chosen = find_key(properties, "sku") is None
    if vault.found.state == "exists" and was_chosen and not _tells_model(properties):
        return replace(vault, found=replace(vault.found, note=_MODEL_NOT_ASKED), model_known=False)
    return vault


def _tells_model(properties: Mapping[str, Any]) -> bool:
    return find_key(properties, "enableRbacAuthorization") is not None


def _properties(row: Mapping[str, Any]) -> Mapping[str, Any]:
    whole = member(row, "properties")
    if isinstance(whole, Mapping):
        return whole
    return {
        match[1] or match[2]: value
        for name, value in row.items()
        if (match := _COLUMN.fullmatch(name)) is not None
    }


def _without_list(row: Mapping[str, Any]) -> str:
    if isinstance(member(row, "properties"), Mapping) or _properties(row):
        return "its properties are in the file without accessPolicies"
    if find_key(row, "properties") is not None:
        return "the file has no properties of it: 'az resource list' prints none"
    return (
        "the file has no properties of it: 'az keyvault list' prints them only with"
        " --resource-group"
    )


def _deleted(row: Mapping[str, Any]) -> Reading:
    former = text(row, "properties", "vaultId")
    if type_of(former) != VAULT:
        return NOTHING
    return Reading(vaults=(SeenVault(former, FoundVault("deleted", sent(row))),))


def _workspace(workspace_id: str, row: Mapping[str, Any]) -> Reading:
    """One without identity and properties says nothing but that it is there."""
    document = {
        "id": workspace_id,
        "name": name_of(workspace_id),
        "kind": text(row, "kind"),
        "identity": member(row, "identity"),
        "properties": _properties(row) or None,
    }
    tells = document["identity"] is not None or document["properties"] is not None
    return Reading(workspaces=(sent(document),)) if tells else NOTHING


def _identity(identity_id: str, row: Mapping[str, Any]) -> Reading:
    """`az identity` has at the top what Azure Resource Manager has below `properties`."""
    properties = {
        name: text(_properties(row), name) or text(row, name) or None
        for name in ("principalId", "clientId", "tenantId")
    }
    document = {"id": identity_id, "name": name_of(identity_id), "properties": sent(properties)}
    return Reading(identities=(document,))
