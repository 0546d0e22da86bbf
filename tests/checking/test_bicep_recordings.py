"""All Bicep sources of ../shared, compiled by the stand-in that replays what the real CLI answered:
the expected verdicts, at the expected lines."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import SHARED, run_armguard

BICEP = SHARED / "bicep"
SOURCES = sorted((BICEP / "sources").iterdir()) if BICEP.is_dir() else []
PLACE = (
    "--tenant=00000000-0000-0000-0000-00000000aaaa",
    "--subscription=00000000-0000-0000-0000-000000000001",
    "--resource-group=oracle-rg",
    "--location=westeurope",
)
IN_ITS_OWN_FILE = {"atlas-kv-json": ("templates/vault.json", 6)}
"""A vault of a module that is a template: the recordings have the line of the module statement."""

needs_recordings = pytest.mark.skipif(not SOURCES, reason="needs ../shared/bicep")


def cases() -> list[Any]:
    return list(_cases())


def _cases() -> Iterator[Any]:
    for source in SOURCES:
        expected = json.loads((source / "expected.json").read_text())
        for file, each in {"main.bicepparam": expected, **expected.get("variants", {})}.items():
            if each["vaults"] and (source / file).is_file():
                yield pytest.param(source, file, each, id=f"{source.name}-{file}")


def failing() -> list[Any]:
    return list(_failing())


def _failing() -> Iterator[Any]:
    for source in SOURCES:
        expected = json.loads((source / "expected.json").read_text())
        errors = [each for each in expected.get("diagnostics", ()) if each["level"] == "error"]
        if errors:
            yield pytest.param(source, errors, id=source.name)


@pytest.fixture(params=["one process for all", "a process for each"])
def cli(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in for the CLI, also as one that is too old for jsonrpc."""
    program = tmp_path / "bin" / "bicep"
    program.parent.mkdir()
    old = 'case "$1" in jsonrpc) echo "unknown" >&2; exit 1;; esac\n'
    program.write_text(
        f"#!/bin/sh\n{'' if request.param.startswith('one') else old}"
        f'exec "{sys.executable}" "{BICEP / "stub_bicep.py"}" "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("STUB_BICEP_LOG", str(tmp_path / "calls"))
    monkeypatch.setenv("BICEP_TRUSTED_REGISTRIES", "")
    return program


def copied(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(source, folder)
    monkeypatch.chdir(folder)
    return folder


def asked(file: str) -> tuple[str, ...]:
    """The arguments for one parameter file; that of a template names its template itself."""
    named = (file,) if file.startswith("template") else ("main.bicep", f"--parameters={file}")
    return (*named, "--format=json", *PLACE)


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@needs_recordings
@pytest.mark.parametrize(("source", "file", "expected"), cases())
def test_verdicts_and_lines(
    source: Path,
    file: str,
    expected: Any,
    cli: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = copied(source, tmp_path, monkeypatch)
    if source.name.startswith("97"):
        monkeypatch.setenv("BICEP_TRUSTED_REGISTRIES", "registry.example")
    before = files_below(folder)
    ran = run_armguard("check", *asked(file), f"--bicep={cli}")
    found = {
        (vault["name"], vault["verdict"], vault["path"], vault["line"])
        for deployment in ran.document["deployments"]
        for vault in deployment["vaults"]
        if vault["verdict"] != "not-written"
    }
    places = {"templates/vault.json": "arm.json"}
    wanted = {
        (
            each["name"],
            each["verdict"],
            *IN_ITS_OWN_FILE.get(
                each["name"],
                (each.get("file", places["templates/vault.json"]), each.get("line", 6)),
            ),
        )
        for each in expected["vaults"]
        if each["verdict"] != "not-written"
    }
    assert found == wanted
    assert files_below(folder) == before


@needs_recordings
@pytest.mark.parametrize(("source", "file", "expected"), cases())
def test_findings_are_at_the_line_of_the_list(
    source: Path,
    file: str,
    expected: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cli: Path,
) -> None:
    copied(source, tmp_path, monkeypatch)
    if source.name.startswith("97"):
        monkeypatch.setenv("BICEP_TRUSTED_REGISTRIES", "registry.example")
    ran = run_armguard("check", *asked(file), f"--bicep={cli}")
    found = ran.document["findings"]
    for vault in expected["vaults"]:
        if vault["verdict"] != "emptied" or "policyLine" not in vault:
            continue
        own = [
            each
            for each in found
            if (each["path"], each["start"]["line"]) == (vault["file"], vault["policyLine"])
        ]
        assert own
        related = [
            (each["path"], each["start"]["line"], each["message"])
            for finding in own
            for each in finding["related"]
        ]
        for via in vault.get("via", ()):
            assert (via["file"], via["line"], f"module '{via['symbol']}'") in related


@needs_recordings
@pytest.mark.parametrize(("source", "errors"), failing())
def test_errors_are_told_at_their_own_place(
    source: Path,
    errors: list[Any],
    cli: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied(source, tmp_path, monkeypatch)
    named = "main.bicepparam" if source.name.startswith("92") else "main.bicep"
    ran = run_armguard("check", named, "--format=json", f"--bicep={cli}", exit_code=1)
    told = [each for each in ran.document["findings"] if each["rule"] == "unreadable-template"]
    assert {(each["path"], *each["start"].values()) for each in told} == {
        (each["file"], each["line"], each["column"]) for each in errors
    }
    assert ran.document["summary"]["closed"] == 1
    Path("other.json").write_text("{}")
    ran = run_armguard("check", ".", "--format=json", f"--bicep={cli}", exit_code=None)
    found = [each for each in ran.document["findings"] if each["rule"] == "bicep-not-compiled"]
    first = errors[0]
    (own,) = [each for each in found if each["path"] == first["file"]]
    assert own["severity"] == "warning"
    assert own["start"] == {"line": first["line"], "column": first["column"]}
    assert len(own["related"]) == len(errors) - 1
    # 93 has a second root, of which nothing is recorded
    assert ran.document["summary"]["closed"] == len(found)


@needs_recordings
def test_one_process_compiles_all_roots_of_a_folder(
    cli: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [each for each in SOURCES if each.name[:2] in ("01", "02", "05", "12", "20")]
    for each in wanted:
        shutil.copytree(each, tmp_path / "project" / each.name)
    monkeypatch.chdir(tmp_path / "project")
    ran = run_armguard("check", ".", "--format=json", f"--bicep={cli}", exit_code=1)
    templates = {each["template"] for each in ran.document["deployments"]}
    assert {os.path.dirname(each) for each in templates} == {each.name for each in wanted}
    calls = [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]
    if len(calls) > 1 and calls[0][0] != "jsonrpc":
        built = [each[1] for each in calls if each[0] == "build" and "--no-restore" in each]
        assert len(built) == len(set(built)) == 5
