"""The situations in which somebody is handed a report as HTML, made up in a folder.

Each is what a run of the command line makes of real files at a fixed time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from support import PROJECT, make_template, make_vault, make_workspace, run_armguard, write_file

from armguard.deployed.snapshot import checksum

MADE = "1782036000"
"""2026-06-21 10:00 UTC, in seconds since 1970."""
SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
TENANT = "99999999-2222-4333-8444-555555555555"
PLACE = ("--subscription", SUBSCRIPTION, "--resource-group", "rg-orders")
_RESOURCES = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-orders/providers"
_Arguments = tuple[str, ...]


def one_finding(folder: Path) -> _Arguments:
    """A parameter whose default empties the vault that a workspace uses."""
    vault = make_vault("kv-orders", "[parameters('policies')]")
    workspace = make_workspace(
        "mlw-orders", "[resourceId('Microsoft.KeyVault/vaults', 'kv-orders')]"
    )
    parameters = {
        "policies": {"type": "array", "defaultValue": []},
        "key": {"type": "securestring"},
    }
    write_file(folder / "main.json", make_template(vault, workspace, parameters=parameters))
    return "main.json", "--set", "key=hunter2", *PLACE


def sample_repository(folder: Path) -> _Arguments:
    """Two environments, one loss, and what the owners have accepted."""
    shutil.copytree(PROJECT / "fixtures" / "sample-repository", folder, dirs_exist_ok=True)
    return ("--baseline", "armguard-baseline.json")


def comparison(folder: Path) -> _Arguments:
    """15 principals of a deployed vault, one of them a workspace's, and a list of one of them."""
    vault = make_vault("kv-orders", [_entry(15)])
    workspace = make_workspace(
        "mlw-orders", "[resourceId('Microsoft.KeyVault/vaults', 'kv-orders')]"
    )
    write_file(folder / "main.json", make_template(vault, workspace))
    write_file(folder / "deployed.json", _snapshot([_entry(number) for number in range(1, 16)]))
    return "main.json", "--against", "deployed.json", *PLACE


def many_vaults(folder: Path) -> _Arguments:
    """300 vaults in as many templates, of which every third is in order."""
    for number in range(300):
        lists = ([], [_entry(1)], [])
        properties = {"enableRbacAuthorization": True} if number % 3 == 2 else {}
        vault = make_vault(f"kv-{number:03}", lists[number % 3], properties=properties)
        write_file(folder / f"service-{number:03}.json", make_template(vault))
    return ()


def nothing_found(folder: Path) -> _Arguments:
    vault = make_vault("kv-orders", properties={"enableRbacAuthorization": True})
    write_file(folder / "main.json", make_template(vault))
    return ("main.json",)


def nothing_to_check(folder: Path) -> _Arguments:
    write_file(folder / "package.json", {"name": "orders"})
    return ()


def undecided(folder: Path) -> _Arguments:
    """A list that nobody has given."""
    parameters = {"policies": {"type": "array"}}
    vault = make_vault("kv-orders", "[parameters('policies')]")
    write_file(folder / "main.json", make_template(vault, parameters=parameters))
    return ("main.json",)


def possible(folder: Path) -> _Arguments:
    """One branch of a parameter that nobody has given empties the list."""
    parameters = {"clean": {"type": "bool"}}
    written = "[if(parameters('clean'), json('[]'), reference('kv-orders').accessPolicies)]"
    vault = make_vault("kv-orders", written)
    write_file(folder / "main.json", make_template(vault, parameters=parameters))
    return ("main.json",)


def nothing_compared(folder: Path) -> _Arguments:
    """A snapshot of a place where the vault is not."""
    parameters = {"name": {"type": "string"}}
    vault = make_vault("[parameters('name')]", [])
    write_file(folder / "main.json", make_template(vault, parameters=parameters))
    write_file(folder / "deployed.json", _snapshot([]))
    return "main.json", "--against", "deployed.json"


SCENARIOS: dict[str, Callable[[Path], _Arguments]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        one_finding,
        sample_repository,
        comparison,
        many_vaults,
        nothing_found,
        nothing_to_check,
        undecided,
        possible,
        nothing_compared,
    )
}


@cache
def page_of(name: str) -> str:
    """The report of a scenario."""
    with TemporaryDirectory() as folder:
        return page_in(Path(folder), SCENARIOS[name](Path(folder)))


def page_in(folder: Path, arguments: _Arguments) -> str:
    """The report that a run in a folder writes."""
    run_armguard(
        "check",
        *arguments,
        "--output",
        "html=report.html",
        folder=folder,
        SOURCE_DATE_EPOCH=MADE,
        GIT_CEILING_DIRECTORIES=str(folder.parent),
    )
    return (folder / "report.html").read_text("utf-8")


def id_of(number: int) -> str:
    """The object id of a principal."""
    return f"00000000-0000-4000-8000-{number:012}"


def _entry(number: int) -> dict[str, Any]:
    permissions = {"secrets": ["get", "list"], "keys": ["get"]}
    return {"tenantId": TENANT, "objectId": id_of(number), "permissions": permissions}


def _snapshot(policies: list[dict[str, Any]]) -> dict[str, Any]:
    """Vault `kv-orders` with these access policies; principal 1 is workspace `mlw-orders`."""
    vault_id = f"{_RESOURCES}/Microsoft.KeyVault/vaults/kv-orders"
    workspace_type = "Microsoft.MachineLearningServices/workspaces"
    identity = {"type": "SystemAssigned", "principalId": id_of(1), "tenantId": TENANT}
    document = {
        "format": "armguard-snapshot",
        "version": 1,
        "takenAt": "2026-06-20T08:00:00Z",
        "tenant": TENANT,
        "cloud": "AzureCloud",
        "endpoint": "https://management.azure.com",
        "armguard": "0.1.0",
        "scope": {"subscription": SUBSCRIPTION, "resourceGroup": "rg-orders", "vaults": None},
        "vaults": [
            {
                "id": vault_id,
                "name": "kv-orders",
                "type": "Microsoft.KeyVault/vaults",
                "location": "westeurope",
                "properties": {
                    "tenantId": TENANT,
                    "sku": {"family": "A", "name": "standard"},
                    "enableRbacAuthorization": False,
                    "accessPolicies": policies,
                },
            }
        ],
        "workspaces": [
            {
                "id": f"{_RESOURCES}/{workspace_type}/mlw-orders",
                "name": "mlw-orders",
                "type": workspace_type,
                "kind": "Default",
                "location": "westeurope",
                "identity": identity,
                "properties": {"keyVault": vault_id},
            }
        ],
        "identities": [],
        "unread": [],
    }
    return {**document, "sha256": checksum(document)}
