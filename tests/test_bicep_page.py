"""The example of docs/bicep.md: armguard says of its files what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import PROJECT, run_armguard, small_bicep_cli, write_file

PAGE = (PROJECT / "docs" / "bicep.md").read_text("utf-8")
FILES = dict(re.findall(r"^`(\S+)`:\n\n```bicep\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def bicep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        write_file(name, text)
    return f"--bicep={small_bicep_cli(tmp_path / 'bin')}"


@pytest.mark.parametrize(("command", "kind"), [("check", "text"), ("fix", "diff")])
def test_the_page_shows_what_is_printed(bicep: str, command: str, kind: str) -> None:
    ran = run_armguard(command, "infra", bicep, exit_code=1)
    (shown,) = re.findall(
        rf"^`armguard {command} infra` .*?\n\n```{kind}\n(.*?)^```$", PAGE, re.M | re.S
    )
    assert ran.stdout == shown


def test_the_page_shows_what_is_expanded(bicep: str) -> None:
    (command,) = re.findall(r"`armguard (expand [^`]*)`", PAGE)
    ran = run_armguard(*command.split(), bicep, exit_code=0)
    names = {each["name"] for each in ran.document["resources"]}
    assert {"mlw-train", "kv-train"} <= names
