"""Which Bicep CLI is run, and which is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from armguard.errors import UsageError
from armguard.source.bicep.locating import find_cli


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, an empty PATH, and an empty working directory."""
    for name in ("home", "work", "on path"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "on path"))
    monkeypatch.delenv("AZURE_CONFIG_DIR", raising=False)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def program(path: Path, mode: int = 0o755) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    path.chmod(mode)
    return str(path)


def test_there_may_be_none() -> None:
    assert find_cli(None) is None


def test_the_one_on_path_comes_before_the_copy_of_the_azure_cli(machine: Path) -> None:
    copy = program(machine / "home" / ".azure" / "bin" / "bicep")
    assert find_cli(None) == copy
    first = program(machine / "on path" / "bicep")
    assert find_cli(None) == first


def test_the_azure_cli_may_keep_its_things_elsewhere(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(machine / "home" / ".azure" / "bin" / "bicep")
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(machine / "settings"))
    assert find_cli(None) is None
    assert program(machine / "settings" / "bin" / "bicep") == find_cli(None)


@pytest.mark.parametrize("entry", ["", ".", "bin", "../work"])
def test_no_program_of_the_working_directory_is_run(
    machine: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    program(machine / "work" / "bicep")
    program(machine / "work" / "bin" / "bicep")
    monkeypatch.setenv("PATH", entry)
    monkeypatch.setenv("AZURE_CONFIG_DIR", ".")
    assert find_cli(None) is None
    with pytest.raises(UsageError, match="no program on PATH"):
        find_cli("bicep")


def test_what_can_not_be_run_is_passed_over(machine: Path) -> None:
    program(machine / "on path" / "bicep", 0o644)
    (machine / "home" / ".azure" / "bin" / "bicep").mkdir(parents=True)
    assert find_cli(None) is None


def test_a_chosen_path_becomes_absolute(machine: Path) -> None:
    path = program(machine / "work" / "tools" / "bicep 2")
    assert find_cli(os.path.join("tools", "bicep 2")) == path
    assert find_cli(path) == path


def test_a_chosen_path_may_begin_at_home(machine: Path) -> None:
    assert program(machine / "home" / "bicep") == find_cli("~/bicep")


def test_a_chosen_name_is_looked_for_on_path(machine: Path) -> None:
    program(machine / "on path" / "bicep")
    assert program(machine / "on path" / "bicep-next") == find_cli("bicep-next")


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ("./gone", "the Bicep CLI './gone' does not exist"),
        ("./data", "the Bicep CLI './data' is no file that can be run"),
        ("./folder", "the Bicep CLI './folder' is no file that can be run"),
        (
            "gone",
            "the Bicep CLI 'gone' is no program on PATH; "
            "a file is named by its path, such as './gone'",
        ),
    ],
)
def test_a_chosen_one_must_be_a_program(machine: Path, chosen: str, told: str) -> None:
    program(machine / "on path" / "bicep")
    program(machine / "work" / "data", 0o644)
    (machine / "work" / "folder").mkdir()
    with pytest.raises(UsageError) as error:
        find_cli(chosen)
    assert str(error.value) == told


def test_windows_knows_programs_by_their_extension(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "name", "nt")
    program(machine / "on path" / "bicep")
    assert find_cli(None) is None
    command = program(machine / "on path" / "bicep.cmd")
    assert find_cli(None) == command
    real = program(machine / "on path" / "bicep.exe")
    assert find_cli(None) == real
    assert find_cli(str(machine / "on path" / "bicep")) == real
    assert find_cli("bicep.cmd") == command
