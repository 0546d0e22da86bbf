"""Builds the extension in a copy of the project, as a contributor does, and plays the agent.

The variables are those that an agent sets; the working directory, the tools and temporary files of
a run are below one folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_PROJECT = Path(__file__).resolve().parents[2]
FIXTURES = _PROJECT / "fixtures"
_SOURCES = (
    "armguard",
    "docs",
    "policies",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "pyproject.toml",
)
_UNREACHABLE = re.compile(
    r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH"
    r"|Failed to establish a new connection|Temporary failure in name resolution"
)
_COMMAND = re.compile(r"^##vso\[(?P<name>[\w.]+)(?: (?P<properties>[^\]]*))?\](?P<data>.*)$")


@dataclass(frozen=True)
class Extension:
    """What was built: `root` is the copy of integrations/azure-devops."""

    root: Path
    python: Path
    temporary: Path
    tests: str

    @property
    def task(self) -> Path:
        return self.root / "build" / "ArmguardTask" / "ArmguardTaskV1"

    @property
    def version(self) -> str:
        version = json.loads((self.task / "task.json").read_text("utf-8"))["version"]
        return f"{version['Major']}.{version['Minor']}.{version['Patch']}"

    @property
    def package(self) -> Path:
        (package,) = self.root.glob("*.vsix")
        return package


@cache
def build(project: Path, session: Path) -> Extension:
    """Once in each folder of a session, for all test modules.

    Skips only where Node or a registry is missing; whatever else fails is a failure.
    Only `npm ci` and the build use a network: a unit test that is refused a connection has failed.
    """
    if shutil.which("npm") is None:
        pytest.skip("NOT TESTED: npm is not installed, so the Azure DevOps extension was not built")
    folder = session / "azure-devops"
    folder.mkdir()
    root = folder / "integrations" / "azure-devops"
    left_out = shutil.ignore_patterns("node_modules", "build", "compiled", "*.vsix", "__pycache__")
    shutil.copytree(project / "integrations" / "azure-devops", root, ignore=left_out)
    for name in _SOURCES:
        source = project / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name)
    # the environment of the tests may have no pip; it is made while npm downloads
    making = subprocess.Popen([sys.executable, "-m", "venv", folder / "python"])
    python = folder / "python" / "bin" / "python"
    temporary = folder / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "PYTHON": str(python), "TMPDIR": str(temporary)}
    said = {}
    for command in ("ci", "run build", "test", "run package"):
        ran = subprocess.run(
            ["npm", *command.split()],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        said[command] = ran.stdout + ran.stderr
        assert making.wait(300) == 0
        uses_network = command in ("ci", "run build")
        if ran.returncode != 0 and uses_network and _UNREACHABLE.search(said[command]):
            pytest.skip(
                f"NOT TESTED: npm {command} could not reach a registry: {ran.stderr[-300:]}"
            )
        assert ran.returncode == 0, f"npm {command}: {said[command][-6000:]}"
    return Extension(root, python, temporary, said["test"])


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    data: str


@dataclass(frozen=True)
class Ran:
    """What the agent makes of the output: it looks for commands anywhere in a line."""

    stdout: str

    @property
    def commands(self) -> list[Command]:
        found = []
        for line in self.stdout.splitlines():
            at = line.lower().find("##vso[")
            if at < 0:
                continue
            match = _COMMAND.match(line[at:])
            assert at == 0, f"a command inside of a line: {line}"
            assert match is not None, line
            pairs = filter(None, (match["properties"] or "").split(";"))
            properties = dict(pair.split("=", 1) for pair in pairs)
            found.append(Command(match["name"], properties, match["data"]))
        return found

    def named(self, name: str) -> list[Command]:
        return [each for each in self.commands if each.name == name]

    @property
    def result(self) -> str:
        (complete,) = self.named("task.complete")
        return complete.properties["result"]

    @property
    def shown(self) -> str:
        """Without the lines that register a secret, which the agent keeps to itself."""
        lines = self.stdout.splitlines()
        return "\n".join(line for line in lines if not line.startswith("##vso[task.setsecret]"))

    @property
    def outputs(self) -> dict[str, str]:
        variables = self.named("task.setvariable")
        assert all(each.properties["isOutput"] == "true" for each in variables)
        return {each.properties["variable"]: each.data for each in variables}


@dataclass(frozen=True)
class Agent:
    """`sources` is what the pipeline checked out."""

    extension: Extension
    folder: Path
    tools: Path

    @property
    def sources(self) -> Path:
        return self.folder / "sources"

    def write(self, name: str, template: Any) -> Path:
        path = self.sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(template, indent=2), encoding="utf-8")
        return path

    def use_fixture(self, name: str) -> Path:
        """A template of fixtures/, copied to the sources."""
        self.sources.mkdir(exist_ok=True)
        return Path(shutil.copy(FIXTURES / name, self.sources))

    def armguard_of_the_tests(self, before: str = ":") -> Path:
        """A program for toolPath; `before`: what a shell does first."""
        program = self.folder / "armguard"
        start = f'PYTHONPATH="{_PROJECT}" exec "{sys.executable}" -m armguard "$@"'
        program.write_text(f"#!/bin/sh\n{before}\n{start}\n")
        program.chmod(0o755)
        return program

    def start(self, inputs: dict[str, Any] | None = None, **variables: str) -> Ran:
        for place in (self.sources, self.folder / "temporary"):
            place.mkdir(exist_ok=True)
        defaults = {"publishSarif": "true", "publishTestResults": "true", "summary": "true"}
        given = {**defaults, **(inputs or {})}
        environment = {
            "PATH": f"{_only_python(self.folder)}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "HOME": str(self.folder),
            "TF_BUILD": "True",
            "SYSTEM_DEBUG": "true",
            "SYSTEM_HOSTTYPE": "build",
            "SYSTEM_DEFAULTWORKINGDIRECTORY": str(self.sources),
            "AGENT_TEMPDIRECTORY": str(self.folder / "temporary"),
            "AGENT_TOOLSDIRECTORY": str(self.tools),
            **{f"INPUT_{name.upper()}": str(value) for name, value in given.items()},
            **variables,
        }
        node = shutil.which("node")
        assert node is not None
        ran = subprocess.run(
            [node, self.extension.task / "index.js"],
            cwd=self.sources,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ran.stdout, ran.stderr
        assert ran.stderr == ""
        return Ran(ran.stdout)


def _only_python(folder: Path) -> Path:
    """A folder for PATH with the Python of the tests, and no armguard beside it."""
    place = folder / "path"
    place.mkdir(exist_ok=True)
    for name in ("python", "python3"):
        (place / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (place / name).chmod(0o755)
    return place
