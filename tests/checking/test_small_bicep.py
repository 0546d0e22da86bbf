"""The small Bicep CLI of the tests writes what the real one writes, for what it knows."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support import SHARED, small_bicep_cli

BICEP = SHARED / "bicep"
KNOWN = (
    "01-ml-workspace-empty",
    "02-vault-module",
    "05-createmode-recover",
    "13-only-if-not-exists",
    "16-this-existing",
    "21-nested-order",
)


def without_versions(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_versions(each) for k, each in value.items() if k != "_generator"}
    return [*map(without_versions, value)] if isinstance(value, list) else value


@pytest.mark.skipif(not BICEP.is_dir(), reason="needs ../shared/bicep")
@pytest.mark.parametrize("name", KNOWN)
def test_it_writes_what_was_recorded(name: str, tmp_path: Path) -> None:
    source = BICEP / "sources" / name / "main.bicep"
    recorded = json.loads((BICEP / "recordings" / name / "compiled.json").read_text("utf-8"))
    ran = subprocess.run(
        [small_bicep_cli(tmp_path), "build", source, "--stdout"], capture_output=True, check=True
    )
    made = without_versions(json.loads(ran.stdout))
    assert made == without_versions(recorded)
    assert [*made["resources"]] == [*without_versions(recorded)["resources"]]
