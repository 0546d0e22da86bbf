"""A repository as its pipelines deploy it: fixtures/pipeline-repository has one wipe, and about the
rest, placeholders, links, stale and oddly named parameter files, there is nothing to complain."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from support import PROJECT, run_armguard, run_process

REPOSITORY = PROJECT / "fixtures" / "pipeline-repository"
GOLDEN = PROJECT / "fixtures" / "golden"
FORMATS = {
    "text": "txt",
    "json": "json",
    "markdown": "md",
    "github": "github",
    "junit": "xml",
}
"""format -> extension of its golden"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "repository"
    shutil.copytree(REPOSITORY, copy)
    monkeypatch.chdir(copy)
    return copy


def verdicts(document: Any) -> dict[str, tuple[str, str]]:
    vaults = [vault for each in document["deployments"] for vault in each["vaults"]]
    return {each["name"]: (each["verdict"], each["certainty"]) for each in vaults}


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_report_is_the_golden_one(format_name: str, request: pytest.FixtureRequest) -> None:
    file = GOLDEN / f"pipeline-repository.{FORMATS[format_name]}"
    printed = run_armguard("check", "--format", format_name, exit_code=1).stdout
    if request.config.getoption("--update-goldens"):
        file.write_text(printed, encoding="utf-8")
    assert printed == file.read_text(encoding="utf-8")


def test_its_vaults_and_nothing_beside() -> None:
    document = run_armguard("check", "--format", "json", exit_code=1).document
    assert verdicts(document) == {
        "kv-data-dev": ("replaced", "certain"),
        "kv-platform": ("not-written", "certain"),
        "kv-portal": ("dormant", "default"),
        "kv-quickstart": ("emptied", "default"),
        "[concat('kv-', field('name'))]": ("dormant", "certain"),
    }
    assert [(each["rule"], each["path"]) for each in document["findings"]] == [
        ("access-policies-replaced", "data/vault.json"),
        ("access-policies-emptied", "quickstart/nested/keyvault.json"),
    ]
    summary = document["summary"]
    assert [summary[name] for name in ("errors", "warnings", "undecided", "closed", "skipped")] == [
        *(1, 0, 0, 0, 0)
    ]


def test_a_gate_that_wants_everything_decided_stops_at_the_wipe_only() -> None:
    run_armguard("check", "--fail-on-undecided", exit_code=1)
    run_armguard("check", "--fail-on-undecided", "--ignore", "access-policies-emptied")


def test_the_list_that_the_pipeline_passes_mends_it() -> None:
    entry = (
        '[{"tenantId": "00000000-0000-0000-0000-0000000000aa",'
        ' "objectId": "00000000-0000-0000-0000-0000000000d3", "permissions": {"secrets": ["get"]}}]'
    )
    ran = run_process("check", "quickstart/azuredeploy.json", "--set", f"accessPolicies={entry}")
    assert "access-policies-emptied" not in ran.stdout
    assert ran.exit == 0


def test_a_stale_name_where_a_vault_is_is_a_warning(folder: Path) -> None:
    """The same stale file, for a template with a vault."""
    stale = (folder / "storage/main.parameters.json").read_text()
    (folder / "data/vault.parameters.json").write_text(stale)
    document = run_armguard("check", "data", "--format", "json").document
    rejected = [each for each in document["findings"] if each["rule"] == "parameters-rejected"]
    assert {(each["severity"], each["path"]) for each in rejected} == {
        ("warning", "data/vault.parameters.json")
    }
