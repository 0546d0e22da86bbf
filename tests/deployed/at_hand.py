"""Outputs that people have at hand, made up for a test: a vault, a workspace and an identity of
`conftest_deployed` as each tool prints them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conftest_deployed import SUBSCRIPTION, TENANT, id_of, vault_id_of

from armguard.deployed.inventory import FoundVault
from armguard.deployed.readings.joined import JoinedState, read_files

PLACE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers"
IDENTITY = f"{PLACE}/Microsoft.ManagedIdentity/userAssignedIdentities/id-one"
WORKSPACE = f"{PLACE}/Microsoft.MachineLearningServices/workspaces/mlw"
HSM = f"{PLACE}/Microsoft.KeyVault/managedHSMs/hsm"
_LOCATION = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/northeurope"
REMOVED = f"{_LOCATION}/deletedVaults"


def write(folder: Path, document: Any, name: str = "file.json", encoding: str = "utf-8") -> str:
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    (folder / name).write_bytes(text.encode(encoding, "surrogatepass"))
    return str(folder / name)


def state_of(folder: Path, *documents: Any) -> JoinedState:
    """What files with these documents tell together."""
    paths = [write(folder, each, f"{number}.json") for number, each in enumerate(documents)]
    return read_files(paths)


def told_of(state: JoinedState, name: str = "kv") -> FoundVault:
    return state.vault(vault_id_of(name), None)


def ml_workspace(**members: Any) -> dict[str, Any]:
    """As `az ml workspace show` prints it; a member that is None is left out."""
    whole = {
        "id": WORKSPACE,
        "name": "mlw",
        "display_name": "Training",
        "key_vault": vault_id_of("kv").replace("KeyVault", "Keyvault"),
        "resource_group": "rg",
        "identity": {
            "type": "system_assigned,user_assigned",
            "principal_id": id_of("mlw"),
            "user_assigned_identities": {IDENTITY: {"principal_id": id_of("one")}},
        },
        **members,
    }
    return {name: value for name, value in whole.items() if value is not None}


def powershell_entry(name: str, **members: Any) -> dict[str, Any]:
    """An entry with get and list on secrets, as the default depth leaves it."""
    entry: dict[str, Any] = {
        "TenantId": TENANT,
        "ObjectId": id_of(name),
        "ApplicationId": None,
        "DisplayName": "",
    }
    for kind in ("Keys", "Secrets", "Certificates", "Storage"):
        names = ["Get", "List"] if kind == "Secrets" else []
        entry[f"PermissionsTo{kind}"] = " ".join(names)
        entry[f"PermissionsTo{kind}Str"] = ", ".join(names)
    return {**entry, **members}


def powershell_vault(*entries: Any, **members: Any) -> dict[str, Any]:
    return {
        "VaultUri": "https://kv.vault.azure.net/",
        "TenantId": TENANT,
        "EnableRbacAuthorization": None,
        "AccessPolicies": list(entries),
        "OriginalVault": {"Id": vault_id_of("kv")},
        "ResourceId": vault_id_of("kv"),
        "VaultName": "kv",
        "ResourceGroupName": "rg",
        "Location": "westeurope",
        **members,
    }


def change(kind: str, before: Any = None, after: Any = None, **members: Any) -> dict[str, Any]:
    """A change of vault `kv` as what-if tells it."""
    return {
        "resourceId": vault_id_of("kv"),
        "changeType": kind,
        "before": before,
        "after": after,
        "delta": None,
        **members,
    }


def what_if(*changes: Any, **members: Any) -> dict[str, Any]:
    """As `az deployment group what-if --no-pretty-print` prints it."""
    return {
        "changes": list(changes),
        "potentialChanges": None,
        "diagnostics": None,
        "error": None,
        "status": "Succeeded",
        **members,
    }
