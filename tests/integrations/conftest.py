"""Linters and validators of pipelines: programs beside the interpreter of the tests, or on PATH."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

Lint = Callable[..., str]


@pytest.fixture(scope="session")
def lint() -> Lint:
    """Run a linter; returns what it complains about, "" if it does not."""

    def run(name: str, *arguments: str | Path, text: str | None = None) -> str:
        beside = shutil.which(name, path=str(Path(sys.executable).parent))
        program = beside or shutil.which(name)
        if program is None:
            pytest.skip(f"{name} is not installed; it is in the dependency group dev")
        done = subprocess.run(
            [program, *map(str, arguments)],
            input=text,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return done.stdout + done.stderr if done.returncode else ""

    return run


@pytest.fixture
def schema_errors(tmp_path: Path) -> Callable[[str, Any], str]:
    """What the published schema of a CI system, by its name, says about a document.

    check-jsonschema runs in this process, since starting takes it ten times as long as checking.
    """
    missing = "check-jsonschema is not installed; it is in the dependency group dev"
    program = pytest.importorskip("check_jsonschema", reason=missing).main

    def run(schema: str, document: Any) -> str:
        file = tmp_path / "document.json"
        file.write_text(json.dumps(document), "utf-8")
        # a pattern of the Azure Pipelines schema has an escape that the Unicode mode refuses
        dialect = ("--regex-variant", "nonunicode")
        words = [*dialect, "--builtin-schema", f"vendor.{schema}", str(file)]
        done = CliRunner().invoke(program, words)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert "Traceback" not in done.output, done.output
        return done.output if done.exit_code else ""

    return run
