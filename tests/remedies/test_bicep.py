"""Repairs of Bicep sources: as text edits, refused where the compiler or the proof says so, offered
by a report, and without anything that is left behind."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from support import Ran, make_template, run_armguard, small_bicep_cli, write_file

from armguard.analysis import Request, look_at_paths
from armguard.checking.fixing import fixed, problems_in
from armguard.expressions.parser import parse_expression
from armguard.remedies._bicep_values import expression_text, value_text
from armguard.remedies.remedy import Expected, Proposal, Remedy, Target
from armguard.source.text_edits import Edit, EditError

VAULT = """\
param location string = resourceGroup().location

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-orchard'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enablePurgeProtection: true
    accessPolicies: []
  }
}

resource store 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'storchard'
  location: location
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  properties: { minimumTlsVersion: 'TLS1_2' }
}

output id string = vault.id
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cli = small_bicep_cli(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{cli.parent}{os.pathsep}{os.environ['PATH']}")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    project = tmp_path / "project"
    write_file(project / "main.bicep", VAULT)
    monkeypatch.chdir(project)
    return project


def fix(*arguments: str) -> Ran:
    ran = run_armguard("fix", "main.bicep", *arguments)
    assert os.listdir(tempfile.gettempdir()) == []
    return ran


@pytest.mark.parametrize(
    "remedy", ["create-once", "use-existing", "only-if-not-exists", "keep-live"]
)
def test_it_is_gone_afterwards(folder: Path, remedy: str) -> None:
    before = json.loads(run_armguard("check", "--format=json").stdout)
    assert [each["severity"] for each in before["findings"]].count("error") == 1
    assert remedy in before["findings"][-1]["remedies"]
    shown = fix("--remedy", remedy)
    assert (folder / "main.bicep").read_text("utf-8") == VAULT
    assert shown.exit == 1
    written = fix("--remedy", remedy, "--write")
    assert written.stdout.endswith("fixed 1 of 1 problem in 1 file\n")
    after = json.loads(run_armguard("check", "--format=json").stdout)
    assert [each["severity"] for each in after["findings"]].count("error") == 0
    assert "access-policies-emptied" not in fix().stdout
    assert [*folder.iterdir()] == [folder / "main.bicep"]


def sabotaged(old: str, new: str) -> Remedy:
    """One that makes the vault safe, and changes something else besides."""

    def propose(target: Target) -> Proposal:
        at, header = VAULT.index(old), VAULT.index("resource vault")
        edits = (
            Edit("main.bicep", header, header, "@onlyIfNotExists()\n"),
            Edit("main.bicep", at, at + len(old), new),
        )
        return Proposal(edits, "does good", (), Expected())

    return Remedy("sabotage", "s", "c", ("list",), False, False, True, lambda v, c: None, propose)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("TLS1_2", "TLS1_0", "'storchard' would change too"),
        ("kind: 'StorageV2'", "kind: 'Storage'", "'storchard' would change too"),
        (
            "enablePurgeProtection: true",
            "enablePurgeProtection: false",
            "purge-protection-disabled would come",
        ),
        ("    accessPolicies: []\n", "", "'kv-orchard' would change"),
        ("'kv-orchard'", "'kv-other'", "'kv-or"),
        ("resource store ", "resource other ", None),
        (": location\n  sku", ": place\n  sku", 'BCP057: The name "place" does not exist'),
        ("minimumTlsVersion: 'TLS1_2' }", "minimumTlsVersion: 'TLS1_2'", "the Bicep compiler says"),
    ],
)
def test_sabotage(folder: Path, old: str, new: str, said: str | None) -> None:
    _, looked = look_at_paths(Request(paths=("main.bicep",), raise_bugs=True), lambda: b"")
    assert [each.is_version for each in problems_in(looked)].count(False) == 1
    fixes = fixed(looked, (sabotaged(old, new),))
    looked.close()
    if said is None:
        assert [*fixes.changed] == ["main.bicep"]
        return
    assert fixes.changed == {}
    assert said in fixes.left[0].refused[0].reason


def test_an_error_that_stays(folder: Path) -> None:
    _, looked = look_at_paths(Request(paths=("main.bicep",), raise_bugs=True), lambda: b"")

    def propose(target: Target) -> Proposal:
        at = VAULT.index("resource vault")
        return Proposal((Edit("main.bicep", at, at, "// safe now\n"),), "does good", (), Expected())

    remedy = Remedy("sabotage", "s", "c", ("list",), False, False, True, lambda v, c: None, propose)
    fixes = fixed(looked, (remedy,))
    looked.close()
    assert fixes.changed == {}
    assert "error access-policies-emptied would stay" in fixes.left[0].refused[0].reason


def test_a_report_offers_the_edits(folder: Path) -> None:
    log = json.loads(run_armguard("check", "--format=sarif", exit_code=1).stdout)
    (result,) = [each for each in log["runs"][0]["results"] if each["level"] == "error"]
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "main.bicep"
    text = [each["insertedContent"]["text"] for each in change["replacements"]]
    assert "if (createKeyVault) " in text


def test_what_is_written_elsewhere_is_left(folder: Path) -> None:
    write_file("templates/vault.json", VAULT_AS_TEMPLATE)
    write_file("main.bicep", "module old 'templates/vault.json' = {\n  name: 'old'\n}\n")
    ran = fix("--remedy", "create-once")
    assert "module 'old' is a template, which is changed where it is written" in ran.stdout
    assert ran.exit == 1


VAULT_AS_TEMPLATE: dict[str, Any] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [
        {
            "type": "Microsoft.KeyVault/vaults",
            "apiVersion": "2023-07-01",
            "name": "kv-old",
            "location": "westeurope",
            "properties": {
                "tenantId": "[tenant().tenantId]",
                "sku": {"family": "A", "name": "standard"},
                "enablePurgeProtection": True,
                "accessPolicies": [],
            },
        }
    ],
}


@pytest.mark.parametrize(
    ("arm", "bicep"),
    [
        ("parameters('a')", "a"),
        ("not(parameters('a'))", "!a"),
        ("and(parameters('a'), or(parameters('b'), parameters('c')))", "a && (b || c)"),
        ("or(and(parameters('a'), parameters('b')), parameters('c'))", "a && b || c"),
        ("not(and(parameters('a'), parameters('b')))", "!(a && b)"),
        ("equals(parameters('a'), 'it''s')", "a == 'it\\'s'"),
        (
            "coalesce(tryGet(target('full'), 'properties'), createArray())",
            "this.existingResource().?properties ?? []",
        ),
        ("if(parameters('a'), 1, null())", "a ? 1 : null"),
        ("coalesce(if(parameters('a'), 1, 2), 3)", "(a ? 1 : 2) ?? 3"),
        ("resourceGroup().location", "resourceGroup().location"),
        ("variables('x')[0].y", "x[0].y"),
        ("concat('${a}', '\\')", "concat('\\${a}', '\\\\')"),
    ],
)
def test_expressions(arm: str, bicep: str) -> None:
    assert expression_text(parse_expression(f"[{arm}]")) == bicep


def test_what_bicep_has_no_name_for() -> None:
    with pytest.raises(EditError, match="'not-a-name' is no name that Bicep has"):
        expression_text(parse_expression("[parameters('not-a-name')]"))


def test_values() -> None:
    value = {"a": [1, True, None], "not-a-name": {}, "text": "[[x]", "list": []}
    assert value_text(value, "  ", "\n") == (
        "{\n    a: [\n      1\n      true\n      null\n    ]\n    'not-a-name': {}\n"
        "    text: '[x]'\n    list: []\n  }"
    )


def test_what_is_set_completes_a_parameter_file(folder: Path) -> None:
    """As with `az deployment group create -p main.bicepparam -p name=...`; without it the compiler
    refuses the file."""
    named = VAULT.replace("'kv-orchard'", "name")
    write_file("main.bicep", f"param name string\n{named}")
    write_file("main.bicepparam", "using 'main.bicep'\nparam location = 'northeurope'\n")
    without = run_armguard("check", "--format=json")
    assert "bicep-not-compiled" in without.rules()
    given = run_armguard("check", "--format=json", "--set", "name=kv-set")
    assert "bicep-not-compiled" not in given.rules()
    (deployment,) = given.document["deployments"]
    assert deployment["parameters"] == ["main.bicepparam"]
    assert [each["name"] for each in deployment["vaults"]] == ["kv-set"]


def test_what_was_compiled_from_it_is_stale(folder: Path) -> None:
    build = ["bicep", "build", "main.bicep", "--stdout"]
    compiled = subprocess.run(build, capture_output=True, check=True).stdout
    (folder / "main.json").write_bytes(compiled)
    ran = run_armguard("fix", "--remedy", "create-once", "--write", exit_code=0)
    assert "main.json is compiled from main.bicep: compile it again\n" in ran.stdout
    assert (folder / "main.json").read_bytes() == compiled


def test_what_can_not_be_compiled_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no failure where no CLI is: a commit is not stopped for that. Nor is it passed over."""
    write_file("other.json", make_template())
    monkeypatch.setenv("PATH", "/nowhere")
    ran = run_armguard("fix", exit_code=0)
    told, summary = ran.stdout.splitlines()
    assert told.startswith("main.bicep:1:1: the Bicep file was not looked into: there is no")
    assert summary == "nothing to fix"
    named = run_armguard("fix", "main.bicep", exit_code=1)
    assert "main.bicep:1:1: the Bicep file can't be compiled: there is no Bicep CLI" in named.stdout
