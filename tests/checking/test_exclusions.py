"""What somebody named and the configuration excludes is said by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import make_template, run_armguard

SAID = "'old' is excluded by armguard.toml:1: nothing in it is checked"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old").mkdir()
    for path in ("main.json", "old/main.json"):
        Path(path).write_text(json.dumps(make_template()))
    Path("armguard.toml").write_text('exclude = ["old/"]')


def test_a_folder_with_nothing_else_is_nothing_to_check() -> None:
    ran = run_armguard("check", "old", exit_code=2)
    assert SAID in ran.stdout
    assert "'old' was skipped: excluded by armguard.toml:1" in ran.stderr


@pytest.mark.parametrize("paths", [("old", "main.json"), ("main.json", "./old/")])
def test_a_folder_beside_something_else_is_said(paths: tuple[str, ...]) -> None:
    ran = run_armguard("check", *paths, exit_code=0)
    assert SAID in ran.stdout
    assert "checked 1 template " in ran.stdout
    document = run_armguard("check", "--format=json", *paths).document
    assert document["skipped"] == [{"path": "old", "reason": "excluded by armguard.toml:1"}]


def test_a_runner_is_told_nothing() -> None:
    ran = run_armguard("check", "--force-exclude", "--", "old", exit_code=0)
    assert "excluded" not in ran.stdout + ran.stderr
    named = run_armguard("check", "--force-exclude", "--format=json", "--", "old/main.json")
    assert (named.exit, named.document["summary"]["skipped"]) == (0, 1)


def test_a_folder_that_nobody_named_is_no_news() -> None:
    ran = run_armguard("check", exit_code=0)
    assert "excluded" not in ran.stdout
    assert ran.stdout.endswith("0 undecided, 0 skipped\n")


def test_what_is_excluded_need_not_be_read() -> None:
    Path("old/link.json").symlink_to("nowhere")
    Path("old/site.bicep").write_text("param x string\n")
    assert run_armguard("check", "--format=json", exit_code=0).document["findings"] == []
    named = run_armguard("check", "--format=json", "old/link.json", exit_code=1)
    assert named.rules() == {"unreadable-template"}
