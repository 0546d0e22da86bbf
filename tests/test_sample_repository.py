"""A whole repository, checked as its owners would: fixtures/sample-repository."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from support import Ran, run_armguard, run_process

SAMPLE = Path(__file__).parent.parent / "fixtures" / "sample-repository"
BASELINE = ("--baseline", "armguard-baseline.json")
EMPTIED = "access-policies-emptied"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "repository"
    shutil.copytree(SAMPLE, copy)
    monkeypatch.chdir(copy)
    return copy


def run(*arguments: str, exit_code: int) -> Ran:
    return run_armguard("check", *arguments, exit_code=exit_code)


def document(*arguments: str, exit_code: int) -> Any:
    return run("--format", "json", *arguments, exit_code=exit_code).document


def findings(report: Any) -> list[tuple[str, int, str, str, str]]:
    """(path, line, rule, severity, how it is accepted) of each finding."""
    return [
        (
            each["path"],
            each["start"]["line"],
            each["rule"],
            each["severity"],
            "suppressed" if each["suppressed"] else "known" if each["baselined"] else "",
        )
        for each in report["findings"]
    ]


EVERYTHING = [
    ("infra/data.json", 19, "retiring-api-version", "note", "known"),
    ("infra/data.json", 20, "vault-names", "warning", "known"),
    ("infra/data.json", 25, "purge-protection-disabled", "warning", "suppressed"),
    ("infra/data.json", 27, EMPTIED, "error", "known"),
    ("infra/modules/vault.json", 21, EMPTIED, "error", ""),
    ("infra/sandbox.jsonc", 25, EMPTIED, "error", "suppressed"),
    ("infra/sandbox.jsonc", 38, EMPTIED, "error", "suppressed"),
]


def test_everything_in_one_run() -> None:
    report = document(*BASELINE, exit_code=1)
    assert findings(report) == EVERYTHING
    assert report["summary"] == {
        "templates": 3,
        "deployments": 5,
        "vaults": 6,
        "workspaces": 2,
        "errors": 1,
        "warnings": 0,
        "notes": 0,
        "undecided": 0,
        "suppressed": 3,
        "baselined": 3,
        "closed": 0,
        "skipped": 1,
    }
    verdicts = [
        (each["template"], each["parameters"], [vault["verdict"] for vault in each["vaults"]])
        for each in report["deployments"]
    ]
    assert sorted(verdicts) == [
        ("infra/data.json", ["infra/data.parameters.json"], ["emptied"]),
        ("infra/data.json", ["infra/data.parameters.json"], ["emptied"]),
        ("infra/main.json", ["infra/main.dev.parameters.json"], ["emptied"]),
        ("infra/main.json", ["infra/main.prod.parameters.json"], ["dormant"]),
        ("infra/sandbox.jsonc", [], ["emptied", "emptied"]),
    ]


def test_the_only_open_finding_names_its_environment_and_the_workspace_it_breaks() -> None:
    report = document(*BASELINE, exit_code=1)
    (open_,) = (
        each for each in report["findings"] if not each["suppressed"] and not each["baselined"]
    )
    assert open_["parameters"] == ["infra/main.dev.parameters.json"]
    assert open_["certainty"] == "default"
    assert open_["resource"]["name"] == "kv-forecast-dev"
    messages = [each["message"] for each in open_["related"]]
    assert "workspace 'mlw-forecast-dev' uses this vault" in messages


def test_each_environment() -> None:
    dev = document(*BASELINE, "--environment", "dev", exit_code=1)
    assert findings(dev) == EVERYTHING[:5]
    prod = document(*BASELINE, "--environment", "prod", exit_code=0)
    assert findings(prod) == EVERYTHING[:4]
    (vault,) = (
        vault
        for each in prod["deployments"]
        if each["template"] == "infra/main.json"
        for vault in each["vaults"]
    )
    assert vault["id"] == (
        "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-forecast-prod"
        "/providers/Microsoft.KeyVault/vaults/kv-forecast-prod"
    )


def test_the_text_says_what_is_not_shown() -> None:
    lines = run_process("check", *BASELINE, exit_code=1).stdout.splitlines()
    assert [line for line in lines if line[:1] != " "] == [
        "infra/modules/vault.json:21:9: error[access-policies-emptied]: vault 'kv-forecast-dev' is"
        " deployed with an empty accessPolicies list, so every deployment removes all its access"
        " policies (default)",
        "infra/data.json is checked in environment 'dev' with infra/data.parameters.json",
        "infra/main.json is checked in environment 'dev' with infra/main.dev.parameters.json",
        "infra/data.json is checked in environment 'prod' with infra/data.parameters.json",
        "infra/main.json is checked in environment 'prod' with infra/main.prod.parameters.json",
        "3 findings are suppressed",
        "baseline 'armguard-baseline.json': 3 known findings, 0 gone",
        "checked 3 templates (5 deployments, 6 vaults): 1 error, 0 warnings, 0 notes; 0 undecided,"
        " 1 skipped",
    ]


def test_without_its_files_everything_counts() -> None:
    report = document("--isolated", exit_code=1)
    rules = {each["rule"] for each in report["findings"] if not each["suppressed"]}
    assert {EMPTIED, "purge-protection-disabled"} <= rules
    assert "vault-names" not in rules
    # the modules are judged where they are linked, with all their parameters
    assert report["summary"]["undecided"] == 0


def test_the_sample_baseline_is_what_armguard_writes() -> None:
    run("infra/data.json", "--write-baseline", "again.json", exit_code=0)
    assert Path("again.json").read_text() == Path("armguard-baseline.json").read_text()


def test_the_baseline_survives_edits_and_counts_what_is_gone() -> None:
    data = Path("infra/data.json")
    template = json.loads(data.read_text())
    extra = {**template["resources"][0], "name": "stanother"}
    template["resources"].insert(0, extra)
    data.write_text(json.dumps(template, indent=8))
    assert document(*BASELINE, exit_code=1)["summary"]["baselined"] == 3
    template["resources"][-1]["properties"]["enableRbacAuthorization"] = True
    data.write_text(json.dumps(template))
    assert (
        "baseline 'armguard-baseline.json': 2 known findings, 1 gone"
        in (document(*BASELINE, exit_code=1)["notices"])
    )


def test_a_suppression_that_has_nothing_left_to_suppress() -> None:
    data = Path("infra/data.json")
    data.write_text(data.read_text().replace('"enablePurgeProtection": false,\n', ""))
    report = document(*BASELINE, exit_code=1)
    (unused,) = (each for each in report["findings"] if each["rule"] == "suppression-unused")
    line = Path("armguard.toml").read_text().split("\n").index("[[suppress]]") + 1
    assert (unused["path"], unused["start"]["line"]) == ("armguard.toml", line)


def test_a_runner_that_names_changed_files() -> None:
    arguments = (*BASELINE, "--force-exclude", "--no-progress")
    assert findings(document(*arguments, "infra/main.dev.parameters.json", exit_code=1)) == [
        EVERYTHING[4]
    ]
    assert findings(document(*arguments, "infra/data.json", exit_code=0)) == EVERYTHING[:4]
    assert findings(document(*arguments, "infra/modules/vault.json", exit_code=0)) == []


def test_the_folders_below_are_checked_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("infra")
    report = document(exit_code=1)
    expected = [
        (path.removeprefix("infra/"), line, rule, severity, how.replace("known", ""))
        for path, line, rule, severity, how in EVERYTHING
    ]
    assert findings(report) == expected


def test_show_config() -> None:
    lines = run("--show-config", "--environment", "dev", exit_code=0).stdout.splitlines()
    assert lines[0] == "# configuration: armguard.toml"
    assert 'policies = ["policies"]  # armguard.toml:2' in lines
    assert 'fail-on = "error"  # default' in lines
    assert "[[suppress]]  # armguard.toml:24" in lines
