"""`--quiet`, `--statistics`, `--show-files`, `--stdin-filename`: what is said besides findings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support import Ran, run_armguard

from armguard.cli.telling import told
from armguard.finding.report import Report

SUMMARY = (
    "checked 3 templates (5 deployments, 6 vaults): 2 errors, 1 warning, 1 note;"
    " 0 undecided, 1 skipped"
)
NOTICE = "infra/main.json is checked in environment 'prod' with infra/main.prod.parameters.json"
FILES = """\
files:
  checked: infra/sandbox.jsonc without a parameter file
  checked: infra/data.json with infra/data.parameters.json
  checked: infra/main.json with infra/main.dev.parameters.json
  checked: infra/data.json with infra/data.parameters.json
  checked: infra/main.json with infra/main.prod.parameters.json
  part of another: infra/modules/vault.json
  part of another: infra/modules/workspace.json
  skipped: armguard-baseline.json: not a deployment template
"""
STATISTICS = """\
findings by rule:
      2  error[access-policies-emptied]
      1  warning[vault-names]
      1  note[retiring-api-version]
vaults by verdict:
      5  emptied
      1  dormant
"""


@pytest.fixture(autouse=True)
def sample(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(project / "fixtures" / "sample-repository", tmp_path / "sample")
    monkeypatch.chdir(tmp_path / "sample")
    return tmp_path / "sample"


def check(*options: str, **more: str) -> Ran:
    return run_armguard("check", *options, exit_code=1, **more)


def test_statistics_stand_before_the_summary() -> None:
    plain, counted = check().stdout, check("--statistics").stdout
    assert plain.endswith(f"{SUMMARY}\n")
    assert counted == plain.replace(SUMMARY, f"{STATISTICS}{SUMMARY}")


def test_files_are_shown_with_what_became_of_them() -> None:
    plain, shown = check().stdout, check("--show-files").stdout
    first = next(line for line in plain.splitlines() if " is checked in environment " in line)
    assert shown == plain.replace(first, f"{FILES}{first}")


def test_a_file_that_can_not_be_read_is_shown_as_one() -> None:
    Path("infra/broken.json").write_text('{"$schema": "https://x/deploymentTemplate.json#", ')
    assert "\n  not readable: infra/broken.json\n" in check("--show-files").stdout


def test_quiet_leaves_findings_and_summary() -> None:
    plain, quiet = check().stdout, check("--quiet").stdout
    assert NOTICE in plain
    assert NOTICE not in quiet
    assert quiet.splitlines()[-1] == SUMMARY
    assert set(quiet.splitlines()) < set(plain.splitlines())
    assert quiet.count("more: armguard rules") == plain.count("more: armguard rules")


def test_quiet_says_what_was_not_read() -> None:
    """It is why the exit code is 3."""
    report = Report(notices=("a", "not read: the vault"), unread=("the vault",))
    assert told(report, quiet=True, show_files=False, statistics=False).notices == (
        "not read: the vault",
    )


def test_who_is_quiet_may_ask_for_the_rest_all_the_same() -> None:
    said = check("--quiet", "--statistics", "--show-files").stdout
    assert said.endswith(f"{FILES}{STATISTICS}{SUMMARY}\n")


@pytest.mark.parametrize("format_name", ["json", "sarif", "junit", "github", "markdown", "html"])
def test_documents_for_programs_stay_as_they_are(
    format_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    options = ("--quiet", "--statistics", "--show-files")
    said = check("--format", format_name, *options).stdout
    # what was asked for stands among the evidence of a page
    said = said.replace(f" {' '.join(options)}", "")
    assert said == check("--format", format_name).stdout


def test_a_report_file_for_people_has_them_too() -> None:
    check("--statistics", "--format", "json", "--output", "text=report.txt")
    assert STATISTICS in Path("report.txt").read_text("utf-8")


@pytest.mark.parametrize("name", ["infra/sandbox.jsonc", "./infra//sandbox.jsonc"])
def test_standard_input_stands_for_a_file(name: str) -> None:
    Path("armguard.toml").unlink()
    text = Path("infra/sandbox.jsonc").read_text("utf-8")
    options = ("--stdin-filename", name, "--format", "json")
    piped = run_armguard("check", "-", *options, stdin=text).document
    read = run_armguard("check", "infra/sandbox.jsonc", "--format", "json").document
    assert piped["findings"]
    assert piped == read
    assert "<stdin>" not in json.dumps(piped)


def test_what_is_said_about_its_path_holds_for_standard_input() -> None:
    """The baseline and the suppressions of the configuration know findings by their path."""
    template = json.loads(Path("infra/data.json").read_text("utf-8"))
    options = ("--baseline", "armguard-baseline.json", "--stdin-filename", "infra/data.json")
    ran = run_armguard("check", "-", *options, stdin=json.dumps(template), exit_code=0)
    assert "baseline 'armguard-baseline.json': 3 known findings" in ran.stdout


def test_no_parameter_file_is_looked_for_beside_standard_input() -> None:
    Path("armguard.toml").unlink()
    text = Path("infra/data.json").read_text("utf-8")
    options = ("--stdin-filename", "infra/data.json", "--format", "json")
    (deployment,) = run_armguard("check", "-", *options, stdin=text).document["deployments"]
    assert deployment["parameters"] == []


def test_standard_input_takes_the_place_of_the_file_of_its_name() -> None:
    Path("armguard.toml").unlink()
    options = ("--stdin-filename", "infra/data.json", "--show-files")
    text = '{"$schema": "https://x/deploymentTemplate.json#", "resources": []}'
    said = run_armguard("check", "infra", "-", *options, stdin=text).stdout
    assert said.count("checked: infra/data.json ") == 1
    assert "exports-vault" not in said


def test_a_name_with_nothing_to_stand_for_is_refused() -> None:
    ran = run_armguard("check", ".", "--stdin-filename", "x.json", exit_code=2)
    assert ran.stderr == "error: --stdin-filename says what - stands for: give - as PATH\n"
    ran = run_armguard("check", "-", "--stdin-filename", "x.bicep", exit_code=2)
    assert "Bicep is compiled from its file" in ran.stderr
