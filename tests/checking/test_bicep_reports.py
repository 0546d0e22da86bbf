"""Reports about Bicep as somebody reads them: whole ones of what the real CLI has answered."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from support import SHARED, run_armguard

BICEP = SHARED / "bicep"
GOLDEN = Path(__file__).parent / "bicep_reports"
FORMATS = {
    "text": "txt",
    "pretty": "pretty",
    "markdown": "md",
    "github": "github",
    "azure-pipelines": "azure-pipelines",
    "junit": "xml",
}
"""format -> extension of its golden"""
SOURCES = (
    "02-vault-module",
    "17-json-content",
    "18-module-loop",
    "91-missing-module",
    "97-cached-registry-module",
)

pytestmark = pytest.mark.skipif(not BICEP.is_dir(), reason="needs ../shared/bicep")


@pytest.fixture
def report(tmp_path: Path) -> Any:
    """The report about a source."""
    program = tmp_path / "bicep"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{BICEP / "stub_bicep.py"}" "$@"\n')
    program.chmod(0o755)

    def make(source: str, format_name: str) -> Any:
        folder = tmp_path / "project"
        shutil.copytree(BICEP / "sources" / source, folder)
        trusted = "registry.example" if source.startswith("97") else ""
        arguments = ("main.bicep", f"--bicep={program}", f"--format={format_name}")
        ran = run_armguard(
            "check", *arguments, folder=folder, exit_code=1, BICEP_TRUSTED_REGISTRIES=trusted
        )
        return ran.document if format_name == "sarif" else ran.stdout.replace(str(folder), "FOLDER")

    return make


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("source", SOURCES)
def test_the_report_is_the_golden_one(
    source: str, format_name: str, report: Any, request: pytest.FixtureRequest
) -> None:
    file = GOLDEN / f"{source}.{FORMATS[format_name]}"
    printed = report(source, format_name)
    if request.config.getoption("--update-goldens"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(printed, encoding="utf-8")
    assert printed == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "files", "modules"),
    [
        ("02-vault-module", {"modules/vault.bicep"}, {("main.bicep", 9)}),
        ("17-json-content", {"main.bicep", "templates/vault.json"}, {("main.bicep", 4)}),
        (
            "18-module-loop",
            {"modules/vault.bicep"},
            {("main.bicep", 6), ("main.bicep", 15), ("modules/team.bicep", 5)},
        ),
        ("97-cached-registry-module", {"main.bicep"}, set()),
    ],
)
def test_sarif_points_into_the_files_of_bicep(
    source: str, files: set[str], modules: set[tuple[str, int]], report: Any
) -> None:
    (run,) = report(source, "sarif")["runs"]
    results = run["results"]
    assert {place(each["locations"][0])[0] for each in results} == files
    related = [each for result in results for each in result.get("relatedLocations", ())]
    of_modules = [each for each in related if each["message"]["text"].startswith("module ")]
    assert {place(each) for each in of_modules} == modules
    for result in results:
        ids = [each["id"] for each in result.get("relatedLocations", ())]
        links = re.findall(r"\]\((\d+)\)", result["message"]["text"])
        assert sorted({*map(int, links)}) == ids


def place(location: Any) -> tuple[str, int]:
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]
