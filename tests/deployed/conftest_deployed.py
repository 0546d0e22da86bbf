"""Templates compared with an inventory in memory, through the pipeline of a check."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import make_change, make_request, make_template, make_vault

from armguard.analysis import check_paths
from armguard.deployed.inventory import Inventory, Unread
from armguard.evaluation.facts import DeploymentScope
from armguard.finding import Finding
from armguard.finding.report import LiveState, PrincipalChange, Report, VaultReport

SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
TENANT = "22222222-2222-4222-8222-222222222222"
LETTERS = {"app": "a", "user": "b", "mlw": "c", "hub": "d", "one": "e", "two": "f"}


def id_of(name: str) -> str:
    """A principal id by a short name, as in `id_of("app")`."""
    return "{0}{0}{0}{0}{0}{0}{0}{0}-0000-4000-8000-000000000000".format(LETTERS[name])


def entry_of(name: str, tenant: str = TENANT, application: str = "", **permissions: Any) -> Any:
    """An access policy; without permissions: get on secrets."""
    entry: dict[str, Any] = {
        "tenantId": tenant,
        "objectId": id_of(name) if name in LETTERS else name,
        "permissions": permissions or {"secrets": ["get"]},
    }
    return {**entry, "applicationId": application} if application else entry


def vault_id_of(name: str, group: str = "rg") -> str:
    below = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"
    return f"{below}/providers/Microsoft.KeyVault/vaults/{name}"


def deployed_vault(*entries: Any, name: str = "kv", group: str = "rg", **properties: Any) -> Any:
    return {
        "id": vault_id_of(name, group),
        "name": name,
        "type": "Microsoft.KeyVault/vaults",
        "location": "westeurope",
        "properties": {"tenantId": TENANT, "accessPolicies": list(entries), **properties},
    }


def workspace_of(
    name: str, principal: str, vault: str = "kv", group: str = "rg", hub: str = "", **more: Any
) -> Any:
    below = "/providers/Microsoft.MachineLearningServices/workspaces"
    place = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"
    properties: dict[str, Any] = {"keyVault": vault_id_of(vault).upper()}
    if hub:
        properties = {"hubResourceId": f"{place}{below}/{hub}"}
    return {
        "id": f"{place}{below}/{name}",
        "name": name,
        "kind": "Project" if hub else "Default",
        "identity": {"type": "SystemAssigned", "principalId": id_of(principal)},
        "properties": {**properties, **more},
    }


def inventory_of(
    *vaults: Any, workspaces: Any = (), identities: Any = (), **more: Any
) -> Inventory:
    fields: dict[str, Any] = {
        "tenant": TENANT,
        "subscription": SUBSCRIPTION,
        "resource_group": None,
        "names": None,
        "groups": (),
        "unread_items": (),
    }
    return Inventory(
        vaults=tuple(vaults),
        workspaces=tuple(workspaces),
        identities=tuple(identities),
        **{**fields, **more},
    )


def written_vault(policies: Any = None, **more: Any) -> Any:
    """A vault of a template that says nothing of its model; without policies it has no list."""
    vault = make_vault(policies=policies, **{"location": "West Europe", **more})
    stated = more.get("properties", {})
    if "enableRbacAuthorization" not in stated:
        del vault["properties"]["enableRbacAuthorization"]
    return {**vault, "properties": {**vault["properties"], "tenantId": TENANT, **stated}}


def written_child(operation: str, *entries: Any, **more: Any) -> Any:
    return make_change(f"kv/{operation}", entries, **more)


@dataclass(frozen=True, slots=True)
class Compared:
    report: Report

    @property
    def vaults(self) -> list[VaultReport]:
        return [vault for each in self.report.deployments for vault in each.vaults]

    @property
    def live(self) -> LiveState:
        states = [vault.live for vault in self.vaults]
        assert len(states) == 1
        assert states[0] is not None
        return states[0]

    def changes(self, vault: int = 0) -> dict[str, str]:
        """Short name (`app`, or the id) -> change, of the first vault."""
        live = self.vaults[vault].live
        assert live is not None
        names = {id_of(name): name for name in LETTERS}
        return {
            names.get(each.object_id, each.object_id)
            + (" as application" if each.application_id else ""): each.change
            for each in live.changes
        }

    def change(self, name: str) -> PrincipalChange:
        return next(each for each in self.live.changes if each.object_id == id_of(name))

    def of(self, rule: str) -> list[Finding]:
        return [finding for finding in self.report.findings if finding.rule == rule]


@pytest.fixture
def compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Compared]:
    """Compare a template of these resources with an inventory."""
    monkeypatch.chdir(tmp_path)

    def run(
        inventory: Inventory,
        *resources: Any,
        given: Mapping[str, Any] | None = None,
        mode: str = "incremental",
        **members: Any,
    ) -> Compared:
        written = resources[0] if members.get("languageVersion") else list(resources)
        text = json.dumps(make_template(resources=written, **members), indent=2)
        (tmp_path / "main.json").write_text(text, encoding="utf-8")
        assignments = tuple((given or {}).items())
        scope = DeploymentScope(resource_group="rg")
        request = make_request("main.json", assignments=assignments, scope=scope, mode=mode)
        return Compared(check_paths(request, lambda: b"", deployed=inventory))

    return run


@pytest.fixture(scope="session")
def unread_item() -> Callable[[str, str], Unread]:
    return Unread
