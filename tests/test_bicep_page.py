"""The example of docs/bicep.md: armguard says of its files what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fake_bicep import FakeBicep, compiled, parameters
from support import PROJECT, make_deployment, run_armguard, write_file

PAGE = (PROJECT / "docs" / "bicep.md").read_text("utf-8")
FILES = dict(re.findall(r"^`(\S+)`:\n\n```bicep\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
STRING = {"type": "string"}

VAULT = compiled(
    {
        "type": "Microsoft.KeyVault/vaults",
        "apiVersion": "2026-02-01",
        "name": "[parameters('name')]",
        "location": "[resourceGroup().location]",
        "properties": {
            "tenantId": "[tenant().tenantId]",
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": False,
            "accessPolicies": "[parameters('policies')]",
        },
    },
    parameters={"name": STRING, "policies": {"type": "array", "defaultValue": []}},
    outputs={
        "id": {
            "type": "string",
            "value": "[resourceId('Microsoft.KeyVault/vaults', parameters('name'))]",
        }
    },
)
MAIN = compiled(
    {
        "type": "Microsoft.MachineLearningServices/workspaces",
        "apiVersion": "2024-04-01",
        "name": "[parameters('workspaceName')]",
        "location": "[resourceGroup().location]",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "keyVault": "[reference(resourceId('Microsoft.Resources/deployments', 'vault'),"
            " '2025-04-01').outputs.id.value]"
        },
        "dependsOn": ["[resourceId('Microsoft.Resources/deployments', 'vault')]"],
    },
    make_deployment(
        "vault", VAULT, parameters={"name": "[parameters('vaultName')]"}, apiVersion="2025-04-01"
    ),
    parameters={"workspaceName": STRING, "vaultName": STRING},
)
"""What the compiler makes of the files, written by hand."""


@pytest.fixture
def bicep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        write_file(name, text)
    given = parameters(workspaceName="mlw-train", vaultName="kv-train")
    answers = {
        "main.bicep": {"template": MAIN},
        "main.bicepparam": {"parameters": given, "template": MAIN},
    }
    return FakeBicep(tmp_path / "bin", answers, has_rpc=True).program


def test_the_page_shows_what_is_printed(bicep: str) -> None:
    ran = run_armguard("check", "infra", f"--bicep={bicep}", exit_code=1)
    shown = re.findall(r"`armguard check infra` says\n\n```text\n(.*?)^```$", PAGE, re.M | re.S)
    before, after = shown[0].split("...\n")
    assert ran.stdout.startswith(before)
    assert ran.stdout.endswith(after)


def test_the_page_shows_what_is_expanded(bicep: str) -> None:
    (command,) = re.findall(r"`armguard (expand [^`]*)`", PAGE)
    ran = run_armguard(*command.split(), f"--bicep={bicep}", exit_code=0)
    names = {each["name"] for each in ran.document["resources"]}
    assert {"mlw-train", "kv-train"} <= names
