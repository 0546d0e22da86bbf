"""What a report tells of its own making, and what it must never tell."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from support import make_template, make_vault, run_armguard, write_file

from armguard.cli.evidence import command_line
from armguard.cli.origin import moment, read_origin


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("armguard", "check", "main.json"), "armguard check main.json"),
        (("armguard", "check", "a b.json"), "armguard check 'a b.json'"),
        (("armguard", "check", "--set", "key=hunter2"), "armguard check --set 'key=***'"),
        (("armguard", "check", "--set=key=hunter2=x"), "armguard check '--set=key=***'"),
        (("armguard", "check", "--set", "hunter2"), "armguard check --set '***'"),
        (("armguard", "check", "--set", "--set", "x"), "armguard check --set '***' x"),
        (
            ("armguard", "--arm-endpoint", "https://me:hunter2@host/?sig=hunter2"),
            "armguard --arm-endpoint 'https://***@host/'",
        ),
    ],
)
def test_values_are_not_in_the_command_line(arguments: tuple[str, ...], expected: str) -> None:
    assert command_line(arguments) == expected


def test_the_time_is_in_utc() -> None:
    assert moment({"SOURCE_DATE_EPOCH": "1782036000"}) == "2026-06-21 10:00 UTC"
    assert moment({}).endswith(" UTC")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    write_file(tmp_path / "armguard.toml", 'fail-on = "error"\n')
    write_file(tmp_path / "main.json", make_template(make_vault(policies=[])))
    git(tmp_path, "init", "--quiet", "--initial-branch", "trunk")
    git(tmp_path, "config", "remote.origin.url", "https://me:s3cret@example.com/infra.git")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    answer = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return answer.stdout.strip()


def test_a_page_says_of_which_commit_it_is(repository: Path) -> None:
    arguments = ("check", "main.json", "--set", "unused=hunter2")
    write_file(
        repository / "main.json",
        make_template(make_vault(policies=[]), parameters={"unused": {"type": "string"}}),
    )
    ran = run_armguard(*arguments, "--output", "html=report.html", folder=repository, exit_code=1)
    page = (repository / "report.html").read_text("utf-8")
    revision = git(repository, "rev-parse", "HEAD")
    assert f"<dt>Commit</dt><dd>{revision} with changes that are not committed</dd>" in page
    assert "<dt>Branch</dt><dd>trunk</dd>" in page
    assert "<dt>Repository</dt><dd>https://example.com/infra.git</dd>" in page
    assert "<dt>Configuration</dt><dd>armguard.toml</dd>" in page
    assert "armguard check main.json --set &#x27;unused=***&#x27; --output html=report.html" in page
    assert "hunter2" not in page + ran.stdout
    assert "s3cret" not in page


def test_what_is_committed_is_not_called_changed(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    assert not read_origin({}, ("html",)).uncommitted
    write_file(repository / "new.json", {})
    assert not read_origin({}, ("html",)).uncommitted
    write_file(repository / "main.json", {})
    assert read_origin({}, ("html",)).uncommitted


def test_other_formats_need_no_evidence(repository: Path) -> None:
    ran = run_armguard("check", "main.json", "--format", "json", folder=repository)
    assert "command" not in json.loads(ran.stdout)["tool"]
