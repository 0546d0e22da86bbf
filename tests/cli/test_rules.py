"""`armguard rules`."""

import json
from functools import cache
from pathlib import Path

import pytest
from support import run_armguard

from armguard import policy
from armguard.cli import main
from armguard.cli.rules import table
from armguard.finding import Severity
from armguard.finding.report import RulePage

PAGES = (
    RulePage("access-policies-emptied", Severity.ERROR, "the list is empty", "# Page\n\nText.\n"),
    RulePage(
        "undecided-vault",
        Severity.NOTE,
        "a vault that could not be decided, with the reason and what would decide it",
        "a vault that could not be decided, with the reason and what would decide it\n\nMore.",
    ),
)


def test_table_is_aligned_and_wrapped_to_80_columns() -> None:
    assert table(PAGES) == (
        "access-policies-emptied  error    the list is empty\n"
        "undecided-vault          note     a vault that could not be decided, with the\n"
        "                                  reason and what would decide it\n"
    )


@pytest.mark.parametrize("rule", ["access-policies-emptied", "access-lost", "web-app-settings"])
def test_a_page_is_the_one_of_the_documentation(
    rule: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", rule]) == 0
    assert capsys.readouterr().out == (project / "docs" / "rules" / f"{rule}.md").read_text("utf-8")


@pytest.mark.parametrize("format_name", ["text", "json"])
def test_ways_out(format_name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What findings call `armguard rules remedies` is there without the repository."""
    guide = (project / "docs" / "remedies.md").read_text("utf-8")
    assert main(["rules", "remedies", "--format", format_name]) == 0
    out = capsys.readouterr().out
    assert (out if format_name == "text" else json.loads(out)["remedies"]) == guide


def test_every_rule_is_listed_and_explained(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # the packs are the same for each of some fifty commands, so they are read once
    monkeypatch.setattr(policy, "load", cache(policy.load))
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    groups = "\n".join(lines).split("\n\n")
    assert [group.split("\n")[0] for group in groups[1:]] == [
        "with --pack keyvault:",
        "with --pack redeploy:",
    ]
    listed = [line.split()[0] for line in lines if line[:1].strip() and line[:5] != "with "]
    assert {"access-policies-emptied", "web-app-settings"} < set(listed)
    for rule in listed:
        assert main(["rules", rule]) == 0
        assert capsys.readouterr().out.startswith(f"# {rule}\n")


def test_json_of_all_and_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 1
    by_id = {rule["id"]: rule for rule in document["rules"]}
    assert by_id["access-policies-emptied"]["severity"] == "error"
    assert by_id["access-policies-emptied"].keys() == {"id", "pack", "severity", "summary", "page"}
    assert by_id["access-policies-emptied"]["pack"] is None
    assert by_id["web-app-settings"]["pack"] == "redeploy"

    assert main(["rules", "undecided-vault", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rules"] == [by_id["undecided-vault"]]


@pytest.mark.parametrize(
    ("rule", "advice"),
    [
        ("access-policies-emptid", "did you mean 'access-policies-emptied'?"),
        ("UNDECIDED-VAULT", "did you mean 'undecided-vault'?"),
        ("xyzzy", "'armguard rules' lists them"),
    ],
)
def test_an_unknown_rule_gets_advice(
    rule: str, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", rule]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"error: unknown rule '{rule}'; {advice}\n"


POLICY = """\
id: team-naming
title: a storage account has no tag for its team
severity: warning
why: nobody knows whom to ask
applies-to: Microsoft.Storage/storageAccounts
require: {path: tags.team, exists: true}
remedy: add the tag
examples:
  violating:
    - {type: Microsoft.Storage/storageAccounts, name: st}
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("policies").mkdir()
    Path("policies/team.yaml").write_text(POLICY)
    return tmp_path


def test_policies_of_the_configuration_are_listed_and_explained(own: Path) -> None:
    Path("armguard.toml").write_text('policies = ["policies"]')
    assert run_armguard("rules", "team-naming", exit_code=0).stdout.startswith("# team-naming\n")
    listed = run_armguard("rules", exit_code=0).stdout
    assert "\n\nof armguard.toml:\nteam-naming  warning  a storage account has no tag" in listed
    (rule,) = run_armguard("rules", "team-naming", "--format=json", exit_code=0).document["rules"]
    assert (rule["id"], rule["pack"]) == ("team-naming", None)
    assert run_armguard("rules", "team-naming", "--isolated", exit_code=2).stdout == ""


def test_policies_of_a_folder_are_explained(own: Path) -> None:
    ran = run_armguard("rules", "team-naming", "--policies", "policies", exit_code=0)
    assert ran.stdout.startswith("# team-naming\n")
    meant = run_armguard("rules", "team-nameing", "--policies", "policies", exit_code=2)
    assert "did you mean 'team-naming'?" in meant.stderr


def test_a_broken_configuration_hides_no_rule_that_is_shipped(own: Path) -> None:
    Path("armguard.toml").write_text("nonsense = 1")
    assert run_armguard("rules", "access-policies-emptied", exit_code=0).stderr == ""
    assert "armguard.toml:1" in run_armguard("rules", "team-naming", exit_code=2).stderr


def test_a_policy_whose_example_is_wrong_is_refused(own: Path) -> None:
    Path("policies/team.yaml").write_text(POLICY.replace("violating", "compliant"))
    ran = run_armguard("rules", "team-naming", "--policies", "policies", exit_code=2)
    assert "policies/team.yaml:10: this compliant example of 'team-naming' is" in ran.stderr


@pytest.mark.parametrize("kind", ["Microsoft.KeyVault", "vaults", "/vaults", "a//b", "a/*/"])
def test_a_policy_that_can_fit_nothing_is_refused(own: Path, kind: str) -> None:
    text = POLICY.replace("applies-to: Microsoft.Storage/storageAccounts", f"applies-to: {kind}")
    Path("policies/team.yaml").write_text(text)
    ran = run_armguard("rules", "team-naming", "--policies", "policies", exit_code=2)
    assert f"policies/team.yaml:5: '{kind}' fits no resource" in ran.stderr
