"""Names that are long expressions: in every report only their beginning and their end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import make_template, make_vault, run_armguard

LONG = f"[concat(environment().name, '{'m' * 900}', 'end')]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    vault = make_vault(LONG, [])
    (tmp_path / "main.json").write_text(json.dumps(make_template(vault), indent=1))
    return tmp_path


def test_a_message_has_120_characters_of_a_name(folder: Path) -> None:
    ran = run_armguard("check", "main.json", folder=folder, exit_code=1)
    name = ran.stdout.partition("vault ")[2].partition(" is deployed")[0]
    assert len(name) == 120
    assert name.startswith("[concat(environment().name, 'mm")
    assert "mm...mm" in name
    assert name.endswith("mm', 'end')]")


def test_json_has_500_characters_of_a_name(folder: Path) -> None:
    ran = run_armguard("check", "main.json", "--format", "json", folder=folder, exit_code=1)
    document = json.loads(ran.stdout)
    name = document["deployments"][0]["vaults"][0]["name"]
    assert len(name) == 500
    assert name.endswith("mm', 'end')]")
    assert document["findings"][0]["resource"]["name"] == name


@pytest.mark.parametrize("form", ["text", "markdown", "html", "junit", "github"])
def test_no_report_shows_more_of_a_name(form: str, folder: Path) -> None:
    ran = run_armguard("check", "main.json", "--format", form, folder=folder, exit_code=1)
    assert "m" * 60 not in ran.stdout.replace("\n", "").replace(LONG, "")
