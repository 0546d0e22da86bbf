"""Findings in Bicep accepted in the source: by a comment on the line, in a module too, or by
`metadata armguard` for a whole file; and those accepted by a baseline."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support import Ran, run_armguard, small_bicep_cli, write_file

VAULT = """\
param name string
resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: 'westeurope'
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: false
    enablePurgeProtection: true
    accessPolicies: []
  }
}
"""
MAIN = """\
module one 'modules/vault.bicep' = {
  name: 'one'
  params: { name: 'kv-one' }
}
"""
COMMENT = "    // armguard: ignore[access-policies-emptied] deployed once\n    accessPolicies"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cli = small_bicep_cli(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{cli.parent}{os.pathsep}{os.environ['PATH']}")
    project = tmp_path / "project"
    write_file(project / "main.bicep", MAIN)
    write_file(project / "modules" / "vault.bicep", VAULT)
    monkeypatch.chdir(project)
    return project


def check(*arguments: str, exit_code: int) -> Ran:
    return run_armguard("check", "--format=json", *arguments, exit_code=exit_code)


def found(ran: Ran) -> list[tuple[str, str, int, bool]]:
    return [
        (each["rule"], each["path"], each["start"]["line"], each["suppressed"] is not None)
        for each in ran.document["findings"]
    ]


EMPTIED = "access-policies-emptied"


def test_a_comment_in_a_module(folder: Path) -> None:
    assert found(check(exit_code=1)) == [(EMPTIED, "modules/vault.bicep", 10, False)]
    write_file("modules/vault.bicep", VAULT.replace("    accessPolicies", COMMENT))
    assert found(check(exit_code=0)) == [(EMPTIED, "modules/vault.bicep", 11, True)]
    assert run_armguard("fix", exit_code=0).stdout == "nothing to fix\n"


def test_a_comment_that_suppresses_nothing_any_more(folder: Path) -> None:
    kept = f"{COMMENT}: this.existingResource().?properties.?accessPolicies ?? []"
    write_file("modules/vault.bicep", VAULT.replace("    accessPolicies: []", kept))
    unused = [each for each in found(check(exit_code=0)) if each[0] == "suppression-unused"]
    assert unused == [("suppression-unused", "modules/vault.bicep", 10, False)]


@pytest.mark.parametrize(
    "text", ["resource broken {\n", "// armguard: ignore[access-policies-emptied] x\nparam\n"]
)
def test_what_can_not_be_compiled_says_nothing_of_suppressions(folder: Path, text: str) -> None:
    write_file("main.bicep", f"// armguard: ignore[access-policies-emptied] x\n{text}")
    ran = check("main.bicep", exit_code=1)
    assert {each[0] for each in found(ran)} == {"unreadable-template"}


def test_metadata_of_a_file(folder: Path) -> None:
    said = """\
metadata armguard = {
  ignore: [
    { rule: 'access-policies-emptied', reason: 'deployed once' }
    { rule: 'recover-mode', reason: 'no more' }
  ]
}
"""
    write_file("modules/vault.bicep", f"{said}{VAULT}")
    assert found(check(exit_code=0)) == [
        ("suppression-unused", "modules/vault.bicep", 4, False),
        (EMPTIED, "modules/vault.bicep", 16, True),
    ]


def test_a_baseline_survives_moved_lines(folder: Path) -> None:
    check("--write-baseline=known.json", exit_code=0)
    write_file("modules/vault.bicep", f"// one line more\n\n{VAULT}")
    ran = check("--baseline=known.json", exit_code=0)
    assert [each["baselined"] for each in ran.document["findings"]] == [True]
