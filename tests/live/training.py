"""A small deployed world, and the templates that are compared with it: one vault, one workspace."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from support import make_template, make_vault

SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
TENANT = "22222222-2222-4222-8222-222222222222"
OTHER_TENANT = "33333333-3333-4333-8333-333333333333"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-train"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-train"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-train"
USER = "44444444-4444-4444-8444-444444444444"
IDENTITY = "55555555-5555-4555-8555-555555555555"
VAULT_READ = f"^GET {VAULT}\\?"


def entry(principal: str) -> Any:
    return {"tenantId": TENANT, "objectId": principal, "permissions": {"secrets": ["get"]}}


def state(*principals: str, **more: Any) -> Any:
    properties = {"tenantId": TENANT, "accessPolicies": [entry(each) for each in principals]}
    vault = {
        "id": VAULT,
        "name": "kv-train",
        "type": "Microsoft.KeyVault/vaults",
        "location": "westeurope",
        "systemData": {"lastModifiedAt": "2026-01-01T00:00:00Z"},
        "properties": {**properties, "provisioningState": "Succeeded"},
    }
    workspace = {
        "id": WORKSPACE,
        "name": "mlw-train",
        "type": "Microsoft.MachineLearningServices/workspaces",
        "kind": "Default",
        "identity": {"type": "SystemAssigned", "principalId": IDENTITY},
        "properties": {"keyVault": VAULT},
    }
    groups = [{"name": "rg-train", "location": "westeurope"}]
    subscription = {"id": SUBSCRIPTION, "name": "Training", "resourceGroups": groups}
    document = {
        "tenant": TENANT,
        "subscriptions": [subscription],
        "vaults": [vault],
        "workspaces": [workspace] if IDENTITY in principals else [],
        "identities": [],
    }
    return {**document, **more}


def template(*principals: str, **properties: Any) -> Any:
    policies = [entry(each) for each in principals]
    return make_template(make_vault("kv-train", policies, properties=properties))


def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def fault(match: str, status: int, code: str = "", message: str = "", **more: Any) -> Any:
    body = {"error": {"code": code, "message": message}} if code else None
    return {"match": match, "status": status, "body": body, **more}


def live_state(folder: Path) -> Any:
    document = json.loads((folder / "report.json").read_text("utf-8"))
    return document["deployments"][0]["vaults"][0]["live"]
