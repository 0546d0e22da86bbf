"""What GitHub, zizmor and ShellCheck say about the action, the workflows and the scripts."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = tuple(sorted((GITHUB / "workflows").glob("*.y*ml")))
PIPELINES = (ROOT / "action.yml", GITHUB / "dependabot.yml", *WORKFLOWS)
_USES = re.compile(r"\buses: (?P<action>[\w.-]+/[\w./-]+)@(?P<hash>\S+)(?P<rest>[^\n]*)")


def read(file: Path) -> Any:
    # YAML 1.1 reads the key `on` as true
    document = yaml.safe_load(file.read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


@pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.name)
def test_the_schema_of_github_takes_it(
    file: Path, schema_errors: Callable[[str, Any], str]
) -> None:
    names = {"action.yml": "github-actions", "dependabot.yml": "dependabot"}
    assert schema_errors(names.get(file.name, "github-workflows"), read(file)) == ""


def test_zizmor_finds_nothing(lint: Callable[..., str]) -> None:
    options = ("--offline", "--no-progress", "--persona=auditor")
    assert lint("zizmor", *options, *PIPELINES) == ""


def test_zizmor_finds_what_is_pasted_into_a_script(
    lint: Callable[..., str], tmp_path: Path
) -> None:
    action = (ROOT / "action.yml").read_text("utf-8")
    wrong = action.replace("for python in", "echo ${{ inputs.paths }}\n        for python in")
    file = tmp_path / "action.yml"
    file.write_text(wrong, "utf-8")
    assert "template-injection" in lint("zizmor", "--offline", "--no-progress", file)


def shell_scripts() -> Iterator[Any]:
    """Files that bash runs, and every `run` of the action and the workflows."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    for name in sorted(filter(None, listed.stdout.split("\0"))) or [".ci/run"]:
        file = ROOT / name
        if file.is_file() and re.match(rb"#!.*\b(ba|da|)sh\b", file.read_bytes()[:80]):
            yield pytest.param(file.read_text("utf-8"), id=name)
    for file in PIPELINES:
        document = read(file)
        jobs = document.get("jobs") or {"runs": document.get("runs", {})}
        for name, job in jobs.items():
            for number, step in enumerate(job.get("steps", ())):
                if "run" in step:
                    text = f"#!/usr/bin/env bash\n{step['run']}\n"
                    yield pytest.param(text, id=f"{file.name}-{name}-{number}")


SCRIPTS = tuple(shell_scripts())


@pytest.mark.parametrize("script", SCRIPTS)
def test_shellcheck_finds_nothing(script: str, lint: Callable[..., str]) -> None:
    assert lint("shellcheck", "--norc", "-", text=script) == ""


def test_scripts_are_found(lint: Callable[..., str]) -> None:
    """An empty list would pass without having looked at anything."""
    names = {str(script.id) for script in SCRIPTS}
    assert {".ci/run", "action.yml-runs-0"} <= names
    assert len(names) == len(SCRIPTS)
    assert "SC2086" in lint("shellcheck", "--norc", "-", text="#!/bin/sh\nrm $x\n")


def test_one_hash_for_each_action() -> None:
    """Of other people's actions, in the workflows and on the page with pipelines to copy."""
    pins: dict[str, set[tuple[str, str]]] = {}
    for file in (*PIPELINES, ROOT / "docs" / "ci.md"):
        for match in _USES.finditer(file.read_text("utf-8")):
            if match["action"] == "OWNER/armguard":
                continue
            assert re.fullmatch(r"[0-9a-f]{40}", match["hash"]), match[0]
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", match["rest"]), match[0]
            pins.setdefault(match["action"], set()).add((match["hash"], match["rest"]))
    assert "actions/checkout" in pins
    assert {action: pin for action, pin in pins.items() if len(pin) > 1} == {}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_jobs_have_no_right_that_they_do_not_name(file: Path) -> None:
    workflow = read(file)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job["permissions"], name
        for step in job.get("steps", ()):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def release_check() -> str:
    steps = read(GITHUB / "workflows" / "release.yml")["jobs"]["build"]["steps"]
    (check,) = [step["run"] for step in steps if "agree" in step.get("name", "")]
    return str(check)


@pytest.mark.parametrize(
    ("tag", "heading", "agree"),
    [
        ("v1.2.0", "## [1.2.0] - 2026-01-01", True),
        ("v1.2.1", "## [1.2.0] - 2026-01-01", False),
        ("v1.2.0", "## [1.2.1] - 2026-01-01", False),
        ("v1.2.0", "## [11.2.0] - 2026-01-01", False),
        ("v1.2.0", "## [1x2.0] - 2026-01-01", False),
        ("v1.2.0", "## [1.2.0] - 2026-01-01\n\n## [1.1.0]", False),
        ("1.2.0", "## [1.2.0] - 2026-01-01", False),
    ],
)
def test_a_release_needs_tag_version_and_changelog(
    tag: str, heading: str, agree: bool, tmp_path: Path
) -> None:
    (tmp_path / "armguard.py").write_text('__version__ = "1.2.0"\n', "utf-8")
    log = f"# Changelog\n\n## [Unreleased]\n\n{heading}\n\n- new\n\n## [0.9.0]\n\n- old\n"
    (tmp_path / "CHANGELOG.md").write_text(log, "utf-8")
    done = subprocess.run(
        ["bash", "-e", "-c", release_check()],
        cwd=tmp_path,
        env={"PATH": f"{_python(tmp_path)}:/usr/bin:/bin", "GITHUB_REF_NAME": tag},
        capture_output=True,
        check=False,
    )
    assert (done.returncode == 0) is agree
    if agree:
        assert (tmp_path / "notes.md").read_text("utf-8").strip() == "- new"


def _python(folder: Path) -> Path:
    """A folder where the interpreter of the tests is `python`, as on a runner."""
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    (bin_folder / "python").symlink_to(sys.executable)
    return bin_folder
