"""GitLab Code Quality: what its documentation asks of a report, and what armguard makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import make_template, make_vault, run_armguard, write_file

from armguard.finding import Certainty, Finding, Location, Position, Severity, Suppression
from armguard.finding.report import Crash, Origin, Report
from armguard.record import replace
from armguard.reporters.gitlab import render

SEVERITIES = ("info", "minor", "major", "critical", "blocker")


def assert_valid(report: Any) -> None:
    """https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format: all members are
    required, paths are relative and without `./`, fingerprints are unique."""
    assert isinstance(report, list)
    for each in report:
        assert set(each) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert all(
            isinstance(each[name], str) and each[name]
            for name in ("description", "check_name", "fingerprint")
        )
        assert each["severity"] in SEVERITIES
        path = each["location"]["path"]
        assert path
        assert not path.startswith(("/", "./"))
        assert set(each["location"]) == {"path", "lines"}
        assert set(each["location"]["lines"]) == {"begin"}
        begin = each["location"]["lines"]["begin"]
        assert type(begin) is int
        assert begin >= 1
    fingerprints = [each["fingerprint"] for each in report]
    assert len(set(fingerprints)) == len(fingerprints)


def read(report: Report) -> Any:
    document = json.loads(render(report))
    assert_valid(document)
    return document


FINDING = Finding(
    "access-policies-emptied",
    Severity.ERROR,
    Certainty.DEFAULT,
    "vault 'kv' is deployed with an empty list",
    Location("infra/main.json", "/resources/0", Position(20, 9), Position(20, 30)),
    fingerprint="f00d",
)


def test_a_finding() -> None:
    assert read(Report(findings=(FINDING,))) == [
        {
            "description": "vault 'kv' is deployed with an empty list (default)",
            "check_name": "access-policies-emptied",
            "fingerprint": "f00d",
            "severity": "critical",
            "location": {"path": "infra/main.json", "lines": {"begin": 20}},
        }
    ]


@pytest.mark.parametrize(
    ("severity", "expected"),
    [(Severity.ERROR, "critical"), (Severity.WARNING, "major"), (Severity.NOTE, "info")],
)
def test_severities(severity: Severity, expected: str) -> None:
    (violation,) = read(Report(findings=(replace(FINDING, severity=severity),)))
    assert violation["severity"] == expected


def test_what_is_accepted_is_left_out() -> None:
    suppressed = replace(FINDING, suppressed=Suppression("known"))
    assert read(Report(findings=(suppressed, replace(FINDING, baselined=True)))) == []


def test_a_file_without_text_has_a_line_all_the_same() -> None:
    (violation,) = read(Report(findings=(replace(FINDING, location=Location("t.json")),)))
    assert violation["location"] == {"path": "t.json", "lines": {"begin": 1}}


def test_a_bug_blocks() -> None:
    crash = Crash("t.json", "TypeError")
    (violation,) = read(Report(crashes=(crash, crash)))
    assert (violation["severity"], violation["check_name"]) == ("blocker", "internal-error")
    assert violation["description"].startswith("t.json: TypeError: not analysed because of a bug")


def test_paths_count_from_the_top_of_the_repository() -> None:
    origin = Origin(workspace_folder="deploy")
    outside = replace(FINDING, location=Location("../main.json"), fingerprint="beef")
    paths = [
        each["location"]["path"]
        for each in read(Report(findings=(FINDING, outside), origin=origin))
    ]
    assert paths == ["deploy/infra/main.json", "main.json"]


def test_a_run_in_a_folder_of_a_project(tmp_path: Path) -> None:
    """Two vaults with the same written name have fingerprints of their own."""
    vault = make_vault("kv", policies=[])
    write_file(tmp_path / "infra" / "main.json", make_template(vault, vault))
    ran = run_armguard(
        "check", "--format=gitlab", folder=tmp_path / "infra", CI_PROJECT_DIR=str(tmp_path)
    )
    assert_valid(ran.document)
    assert [each["location"]["path"] for each in ran.document].count("infra/main.json") >= 2
