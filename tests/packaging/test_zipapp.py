"""armguard as one file: built twice with the same bytes, and run by Python as it is.

Inside of a zip nothing can be opened by its path: packs of policies, modules that are found by name
and files that reports need must come out of it all the same.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

BARE = (sys.executable, "-I", "-S")
"""Python with its standard library alone: what is missing in the file is found nowhere else."""


@pytest.fixture(scope="module")
def build(
    project: Path, uv: str, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Path]:
    """Build it once more."""
    script = project / "integrations" / "zipapp" / "build.py"

    def once() -> Path:
        folder = tmp_path_factory.mktemp("zipapp")
        run(sys.executable, script, folder=folder, UV=uv)
        return folder / "armguard.pyz"

    return once


@pytest.fixture(scope="module")
def zipapp(build: Callable[[], Path]) -> Path:
    return build()


def test_it_is_the_same_every_time(build: Callable[[], Path], zipapp: Path) -> None:
    assert build().read_bytes() == zipapp.read_bytes()


def test_it_holds_no_compiled_code_and_no_path_of_this_machine(zipapp: Path, project: Path) -> None:
    with ZipFile(zipapp) as archive:
        names = archive.namelist()
        contents = b"".join(map(archive.read, names))
    assert not [name for name in names if name.endswith((".so", ".pyd", ".pyc"))]
    assert {"yaml/__init__.py", "armguard/policies/keyvault/keyvault-rbac.yaml"} <= set(names)
    assert str(project).encode() not in contents
    assert str(zipapp.parents[1]).encode() not in contents


def test_it_says_whose_packages_it_holds(zipapp: Path) -> None:
    with ZipFile(zipapp) as archive:
        names = archive.namelist()
    packages = {name.partition("/")[0] for name in names if name.endswith(".dist-info/METADATA")}
    licensed = {name.partition("/")[0] for name in names if "LICEN" in name}
    assert len(packages) > 5
    assert packages == licensed


def test_it_says_the_same_as_when_it_is_installed(
    zipapp: Path, installed: Path, run: Run, repository: Path
) -> None:
    packs = ("--pack", "redeploy", "--pack", "keyvault")
    for command in (
        ("rules",),
        ("rules", "remedies"),
        ("rules", "keyvault-rbac"),
        ("check", *packs, "workspace.json"),
    ):
        code = 1 if command[0] == "check" else 0
        expected = run(installed, "-m", "armguard", *command, folder=repository, code=code)
        done = run(*BARE, zipapp, *command, folder=repository, code=code)
        assert (done.stdout, done.stderr) == (expected.stdout, expected.stderr)
    assert "keyvault-public-network" in done.stdout


def test_it_checks_a_folder_and_writes_every_report(
    zipapp: Path, run: Run, repository: Path
) -> None:
    outputs = [f"--output={kind}=report.{kind}" for kind in ("html", "sarif", "junit", "markdown")]
    done = run(*BARE, zipapp, "check", *outputs, "--format", "pretty", folder=repository, code=1)
    assert "access-policies-emptied" in done.stdout
    assert "<style>" in (repository / "report.html").read_text("utf-8")


def test_it_has_nothing_for_live(zipapp: Path, run: Run, repository: Path) -> None:
    place = ("--subscription", "11111111-1111-4111-8111-111111111111", "--resource-group", "rg")
    done = run(*BARE, zipapp, "check", "--live", *place, folder=repository, code=2)
    assert "armguard[azure]" in done.stderr
