"""One manual page for armguard and one for each command, which `man` shows without complaint."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def pages(
    built: Any,
    new_venv: Callable[..., Path],
    project: Path,
    run: Run,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    python = new_venv(built.wheel, "click-man")
    folder = tmp_path_factory.mktemp("manual")
    run(python, project / "integrations" / "man" / "build.py", "man1", folder=folder)
    return folder / "man1"


def test_there_is_one_for_each_command(pages: Path, installed: Path, run: Run) -> None:
    usage = run(installed, "-m", "armguard", "--help", folder=pages).stdout.partition("Commands:")
    commands = {line.split()[0] for line in usage[2].split("\n\n")[0].splitlines() if line.strip()}
    assert "check" in commands
    assert {page.name for page in pages.iterdir()} == {
        "armguard.1",
        *(f"armguard-{command}.1" for command in commands),
    }
    assert "\\-\\-parameters" in (pages / "armguard-check.1").read_text("utf-8")


def test_each_command_has_examples_and_exit_status(pages: Path) -> None:
    for page in pages.glob("armguard-*.1"):
        text = page.read_text("utf-8")
        examples = text.partition(".SH EXAMPLES\n.nf\n")[2].partition("\n.fi\n")[0]
        assert examples.startswith(page.stem.replace("-", " ")), page
        status = text.partition(".SH EXIT STATUS\n.nf\n")[2].partition("\n.fi\n")[0]
        assert status.startswith("0  "), page
    check = (pages / "armguard-check.1").read_text("utf-8")
    assert "\n4  a bug in armguard\n.fi\n.SH NOTES\n" in check
    assert "\narmguard check infra \\-\\-fail\\-on warning " in check


def test_man_shows_them(pages: Path, run: Run) -> None:
    man = shutil.which("man")
    if man is None:
        pytest.skip("man is not installed")
    for page in pages.iterdir():
        done = run(man, "--warnings", "--local-file", page, folder=pages, MANWIDTH="80")
        assert done.stderr == ""
        assert page.stem in done.stdout
