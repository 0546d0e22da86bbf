"""The container recipe, followed without a container engine.

A folder stands in for the root of the image: what is copied goes there, and each `RUN` line is run
with the paths it names moved there. What only an engine does (users, the base image) is read.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Instructions = list[tuple[str, str]]

MOVED = ("/build", "/opt")
"""Folders of the image that the recipe writes to."""


@pytest.fixture(scope="module")
def folder(project: Path) -> Path:
    return project / "integrations" / "container"


@pytest.fixture(scope="module")
def instructions(folder: Path) -> Instructions:
    text = (folder / "Dockerfile").read_text("utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", "").splitlines()
    words = [line.partition(" ") for line in lines if line.strip()]
    return [(name, rest.strip()) for name, _, rest in words]


@pytest.fixture(scope="module")
def image(
    instructions: Instructions,
    folder: Path,
    project: Path,
    project_files: tuple[str, ...],
    uv: str,
    run: Run,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """What would be the root of the image, after every instruction."""
    root = tmp_path_factory.mktemp("image")
    run(uv, "venv", "--quiet", "--seed", "--python", sys.executable, "base", folder=root)
    path = os.pathsep.join((str(root / "base" / "bin"), os.environ["PATH"]))
    work = root
    for name, rest in instructions:
        if name == "WORKDIR":
            work = root / rest.strip("/")
            work.mkdir(parents=True, exist_ok=True)
        elif name == "COPY" and "--from" not in rest:
            *sources, target = rest.split()
            copy(project, project_files, sources, work / target)
        elif name == "COPY":
            _, *sources, _ = rest.split()
            for source in sources:
                made = root / source.strip("/")
                assert made.exists(), f"the recipe copies {source}, which no stage before makes"
        elif name == "RUN":
            moved = re.sub(rf"(?<![\w.])(?=(?:{'|'.join(MOVED)})/)", str(root), rest)
            run("bash", "-euc", moved, folder=work, EXTRA="", PATH=path)
    return root


def copy(project: Path, files: tuple[str, ...], sources: list[str], target: Path) -> None:
    """As COPY does: files go into the target folder, a folder's contents become the target's."""
    for source in sources:
        inside = [name for name in files if name == source or name.startswith(f"{source}/")]
        assert inside, f"the recipe copies {source}, which is not there"
        for name in inside:
            rest = Path(name).relative_to(source) if name != source else Path(name)
            (target / rest).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project / name, target / rest)


def test_what_it_makes_finds_the_hazard(
    image: Path, instructions: Instructions, run: Run, repository: Path
) -> None:
    given = dict(instructions)
    (entry,) = json.loads(given["ENTRYPOINT"])
    first = given["ENV"].removeprefix("PATH=").partition(":")[0]
    program = image / first.strip("/") / entry
    done = run(program, "check", ".", folder=repository, code=1, PATH="/nonexistent")
    assert "workspace.json:55:9: error[access-policies-emptied]" in done.stdout
    assert "\nwith --pack redeploy:\n" in run(program, "rules", folder=repository).stdout


def test_the_last_stage_takes_the_environment_to_where_it_was_made(
    instructions: Instructions,
) -> None:
    """A virtual environment names its own path, so it works in no other place."""
    *before, last = [index for index, (name, _) in enumerate(instructions) if name == "FROM"]
    stages = {instructions[index][1].partition(" AS ")[2] for index in before}
    (copied,) = [rest for name, rest in instructions[last:] if name == "COPY"]
    option, source, target = copied.split()
    assert option.removeprefix("--from=") in stages
    assert source == target
    first = dict(instructions)["ENV"].removeprefix("PATH=").partition(":")[0]
    assert first == f"{target}/bin"


def test_only_what_is_needed_reaches_the_build(instructions: Instructions, folder: Path) -> None:
    ignored = (folder / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    copied = {
        source
        for name, rest in instructions
        if name == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    }
    assert "*" in ignored
    assert allowed == copied


def test_it_does_not_run_as_root(instructions: Instructions) -> None:
    last = max(index for index, (name, _) in enumerate(instructions) if name == "FROM")
    users = [rest for name, rest in instructions[last:] if name == "USER"]
    assert users
    assert "0" not in users[-1].split(":")


def test_the_extra_is_what_the_project_calls_it(instructions: Instructions, project: Path) -> None:
    """`--build-arg EXTRA=azure`, as the page says, must become armguard[azure]."""
    (install,) = [rest for name, rest in instructions if name == "RUN" and "pip install" in rest]
    (requirement,) = [word for word in shlex.split(install) if "EXTRA" in word]
    expanded = subprocess.run(
        ["bash", "-c", f'printf %s "{requirement.rpartition(")")[2]}"'],
        env={"EXTRA": "azure"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert expanded.stdout == "[azure]"
    assert "\nazure = [" in (project / "pyproject.toml").read_text("utf-8")
