"""Policies in a whole check: options, configuration, selection, exit code and report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import make_template, make_vault

from armguard.cli import main

OWN = """\
id: own-naming
title: the name does not begin with kv
severity: error
why: Names tell what a thing is.
applies-to: Microsoft.KeyVault/*
require: { path: name, matches: ^kv }
remedy: Name it kv-something.
"""
PROPERTIES = {
    "enableRbacAuthorization": True,
    "enablePurgeProtection": True,
    "publicNetworkAccess": "[parameters('access')]",
}
TEMPLATE = make_template(
    make_vault("secrets", properties=PROPERTIES),
    parameters={"access": {"type": "string", "defaultValue": "Enabled"}},
)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "main.json").write_text(json.dumps(TEMPLATE, indent=2), "utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "naming.yaml").write_text(OWN, "utf-8")
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    code = main(["check", "main.json", "--format", "text", *options])
    out, err = capsys.readouterr()
    return code, out, err


def test_policies_are_off(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = check(capsys)
    assert code == 0
    assert "own-naming" not in out
    assert "keyvault-" not in out


def test_a_pack_and_a_folder_together(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = check(capsys, "--pack", "keyvault", "--policies", "own")
    assert code == 1
    assert (
        "main.json:14:7: error[own-naming]: Microsoft.KeyVault/vaults 'secrets':"
        " the name does not begin with kv (certain)\n"
        "  because: name is 'secrets'\n"
    ) in out
    assert (
        "main.json:24:9: warning[keyvault-public-network]: Microsoft.KeyVault/vaults 'secrets':"
        " the vault can be reached from every network (default)\n"
    ) in out
    assert "parameter 'access' has its default (main.json:7:7)" in out
    assert out.splitlines()[-1].endswith(": 1 error, 1 warning, 0 notes; 0 undecided, 0 skipped")


def test_policies_are_selected_as_rules_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, "--policies", "own", "--ignore", "own-naming")[0] == 0
    code, out, _ = check(capsys, "--pack", "keyvault", "--select", "keyvault-public-network")
    assert (code, out.count("[keyvault-")) == (0, 1)
    code, _, err = check(capsys, "--ignore", "own-naming")
    assert code == 2
    assert "there is no rule 'own-naming'" in err


def test_the_configuration_names_packs_and_folders(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "armguard.toml").write_text('packs = ["keyvault"]\npolicies = ["own"]\n', "utf-8")
    code, out, _ = check(capsys)
    assert code == 1
    assert "[own-naming]" in out
    assert "[keyvault-public-network]" in out
    assert check(capsys, "--isolated")[0] == 0


def test_mistakes_are_wrong_usage(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "own" / "naming.yaml").write_text(OWN.replace("matches", "matchs"), "utf-8")
    code, _, err = check(capsys, "--policies", "own")
    assert code == 2
    assert "own/naming.yaml:6: 'matchs' is no operator; did you mean 'matches'?" in err


def test_a_rule_keeps_its_name(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = OWN.replace("own-naming", "access-policies-emptied")
    (repository / "own" / "naming.yaml").write_text(text, "utf-8")
    code, _, err = check(capsys, "--policies", "own")
    assert code == 2
    assert "own/naming.yaml:1: 'access-policies-emptied' is a rule already" in err


def test_a_refused_parameter_decides_nothing(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"parameters": {"access": {"value": 5}}}
    (repository / "wrong.json").write_text(json.dumps(given), "utf-8")
    code, out, _ = check(capsys, "--pack", "keyvault", "--parameters", "wrong.json")
    assert code == 0
    assert "warning[parameters-rejected]" in out
    assert (
        "properties.publicNetworkAccess is [parameters('access')]: Azure would refuse it, since the"
        " value of parameter 'access' must be String, but is Integer" in out
    )


def test_reports_carry_the_pages(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check", "main.json", "--policies", "own", "--format", "sarif"])
    document = json.loads(capsys.readouterr().out)
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    assert code == 1
    assert "own-naming" in {rule["id"] for rule in rules}
