"""What the packaging tests share: the tools, one build of the project, one place it is installed.

All of it needs a package index: hatchling builds the wheel, and the packages armguard needs come
from there. Where none answers the tests are skipped; a build that fails is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from package_index import can_be_reached

Run = Callable[..., subprocess.CompletedProcess[str]]

_LEFT_OUT = ("PYTHONPATH", "TF_BUILD", "GITHUB_ACTIONS", "FORCE_COLOR", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Built:
    """The source distribution, the wheel made of it, and the wheel made of the checkout."""

    sdist: Path
    wheel: Path
    wheel_of_checkout: Path


def program(name: str) -> str | None:
    """A program that was installed beside Python, or else stands on PATH."""
    beside = str(Path(sys.executable).parent)
    return shutil.which(name, path=os.pathsep.join((beside, os.environ.get("PATH", ""))))


@pytest.fixture(scope="session")
def run() -> Run:
    """A process of its own that knows nothing of this one's Python."""

    def run(
        *command: str | Path, folder: Path, code: int | None = 0, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env={**environment, "PYTHONUTF8": "1", "NO_COLOR": "1", **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        said = done.stdout + done.stderr
        assert "Traceback" not in said, said
        assert code is None or done.returncode == code, f"{command} said\n{said}"
        return done

    return run


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    def find(name: str) -> str:
        found = program(name)
        if found is None:
            pytest.skip(f"{name} is not installed")
        return found

    return find


@pytest.fixture(scope="session")
def uv(tool: Callable[[str], str], run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    """uv, after it has seen that a package index answers; skipped if pip sees none either."""
    found = os.environ.get("UV") or tool("uv")
    folder = tmp_path_factory.mktemp("index")
    asked = run(
        found, "pip", "install", "--dry-run", "--target", "x", "hatchling", folder=folder, code=None
    )
    if asked.returncode != 0 and not can_be_reached(folder):
        pytest.skip("no package index can be reached")
    assert asked.returncode == 0, asked.stderr
    return found


@pytest.fixture(scope="session")
def built(project: Path, uv: str, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("dist")
    run(uv, "build", project, "--out-dir", "dist", folder=folder)
    run(uv, "build", project, "--out-dir", "direct", "--wheel", folder=folder)
    (sdist,) = folder.glob("dist/*.tar.gz")
    (wheel,) = folder.glob("dist/*.whl")
    (wheel_of_checkout,) = folder.glob("direct/*.whl")
    return Built(sdist, wheel, wheel_of_checkout)


@pytest.fixture(scope="session")
def new_venv(uv: str, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a virtual environment of what `uv pip install` is given; returns its Python.

    Nothing is compiled for it: a package without a wheel is an error.
    """

    def make(*requirements: str | Path) -> Path:
        folder = tmp_path_factory.mktemp("venv")
        run(uv, "venv", "--quiet", "--python", sys.executable, "venv", folder=folder)
        scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        install = (uv, "pip", "install", "--python", scripts / "python", "--only-binary", ":all:")
        run(*install, *requirements, folder=folder)
        return scripts / "python"

    return make


@pytest.fixture(scope="session")
def installed(built: Built, new_venv: Callable[..., Path]) -> Path:
    """The Python of an environment with armguard and what it needs, and nothing else."""
    return new_venv(built.wheel)


@pytest.fixture
def repository(tmp_path: Path, project: Path) -> Path:
    """A folder with one hazardous template, `workspace.json`."""
    shutil.copy(project / "fixtures" / "workspace.json", tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def project_files(project: Path) -> tuple[str, ...]:
    """What git keeps of the project, or would if it were added: names with `/`, sorted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=project,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    names = sorted(set(listed.stdout.rstrip("\0").split("\0")))
    return tuple(name for name in names if (project / name).is_file())
