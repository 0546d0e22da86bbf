"""Every template of fixtures/ comes to what its `.expected` file says, and prints its goldens.

All that is known of `hazards/x.json` is found by its name: `hazards/x.expected` beside it, and
`golden/hazards/x.txt` and `.json`. `--update-goldens` writes these, and the lists of
fixtures/README.md.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support import PROJECT, VAULT_RULES

from armguard.analysis import Request, check_paths
from armguard.finding.report import Report
from armguard.reporters import render

FIXTURES = PROJECT / "fixtures"
FOLDERS = ("hazards", "safe", "undecided", "broken")
README = FIXTURES / "README.md"
RULES = VAULT_RULES | {"unreadable-template"}
"""Of these a template finds exactly those that it expects; about others nothing is said."""


def expectations() -> dict[str, Any]:
    """Template -> what its `.expected` file says."""
    files = sorted(FIXTURES.rglob("*.expected"))
    return {
        file.with_suffix(".json").relative_to(FIXTURES).as_posix(): json.loads(
            file.read_text("utf-8")
        )
        for file in files
    }


CASES = expectations()
GOLDENS = {"text": "txt", "json": "json"}


def golden(path: str, format_name: str) -> Path:
    return (FIXTURES / "golden" / path).with_suffix(f".{GOLDENS[format_name]}")


@cache
def check(path: str) -> Report:
    return check_paths(Request(paths=(path,)), lambda: b"")


@pytest.fixture
def in_fixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)


def test_every_template_says_what_is_expected_of_it() -> None:
    found = {
        path.relative_to(FIXTURES).as_posix()
        for folder in FOLDERS
        for path in (FIXTURES / folder).rglob("*.json")
        if ".parameters." not in path.name
    }
    assert set(CASES) == {*found, "workspace.json"}


def test_every_golden_is_of_a_template(request: pytest.FixtureRequest) -> None:
    wanted = {golden(path, format_name) for path in CASES for format_name in GOLDENS}
    wanted |= set((FIXTURES / "golden").glob("pipeline-repository.*"))
    there = {path for path in (FIXTURES / "golden").rglob("*") if path.is_file()}
    if request.config.getoption("--update-goldens"):
        for left in there - wanted:
            left.unlink()
        return
    assert there == wanted


def test_the_readme_lists_every_template(request: pytest.FixtureRequest) -> None:
    written = README.read_text("utf-8")
    listed = with_lists(written)
    if request.config.getoption("--update-goldens"):
        README.write_text(listed, "utf-8")
        return
    assert written == listed, "run 'pytest --update-goldens'"


def with_lists(page: str) -> str:
    """The page, its lists made anew: one below each heading, and before the first one that of the
    templates which are in no folder."""
    parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    names = ["", *(part[3:].partition(":")[0] for part in parts[1:])]
    assert names == ["", *FOLDERS]
    made = []
    for folder, part in zip(names, parts, strict=True):
        # a function, since what a template is about may hold a backslash
        part, count = re.subn(
            r"(^- `.*\n)+", lambda _, name=folder: list_of(name), part, flags=re.MULTILINE
        )
        assert count == 1, f"fixtures/README.md has no list of '{folder}'"
        made.append(part)
    return "".join(made)


def list_of(folder: str) -> str:
    lines = []
    for path, case in CASES.items():
        top, _, below = path.rpartition("/") if not folder else path.partition("/")
        if top != folder:
            continue
        files = {name for each in case["deployments"] for name in each["parameters"]}
        several = "" if len(files) == 1 else "s"
        count = f" ({len(files)} parameter file{several})" if files else ""
        lines.append(f"- `{below}`: {case['about']}{count}\n")
    return "".join(lines)


@pytest.mark.usefixtures("in_fixtures")
@pytest.mark.parametrize("path", CASES)
def test_the_vaults_come_to_their_verdicts(path: str) -> None:
    """Each deployment, known by its parameter files, has these vaults; a name `*` is any name."""
    got = [
        (list(deployment.parameters), vaults_of(deployment.vaults))
        for deployment in check(path).deployments
    ]
    wanted = [
        (
            [(Path(path).parent / name).as_posix() for name in each["parameters"]],
            [(v["verdict"], v["certainty"], v["name"]) for v in each["vaults"]],
        )
        for each in CASES[path]["deployments"]
    ]
    assert len(got) == len(wanted)
    for (files, vaults), (expected_files, expected) in zip(
        sorted(got), sorted(wanted), strict=True
    ):
        assert files == expected_files
        named = {name for _, _, name in expected if name != "*"}
        shown = [(v, c, n if n in named else "*") for v, c, n in vaults]
        assert sorted(shown, key=repr) == sorted(expected, key=repr)


def vaults_of(vaults: Any) -> list[tuple[str, str | None, str]]:
    return [
        (vault.verdict, None if vault.certainty is None else vault.certainty.value, vault.name)
        for vault in vaults
    ]


@pytest.mark.usefixtures("in_fixtures")
@pytest.mark.parametrize("path", CASES)
def test_the_workspaces_are_those_that_use_a_vault(path: str) -> None:
    """Where an expectation names them."""
    wanted = {
        (vault["name"], *sorted(vault["workspaces"]))
        for deployment in CASES[path]["deployments"]
        for vault in deployment["vaults"]
        if "workspaces" in vault
    }
    got = {
        (vault.name, *sorted(vault.workspaces))
        for deployment in check(path).deployments
        for vault in deployment.vaults
    }
    assert wanted <= got


@pytest.mark.usefixtures("in_fixtures")
@pytest.mark.parametrize("path", CASES)
def test_the_findings_are_the_expected_ones(path: str) -> None:
    """`may` has those that are allowed besides; `start` is the position of the only finding."""
    case = CASES[path]
    report = check(path)
    got = {
        f"{finding.rule}:{finding.severity.value}:{finding.certainty.value}"
        for finding in report.findings
        if finding.rule in RULES
    }
    allowed = set(case.get("may", ()))
    surplus = {each for each in got if each not in allowed and each.split(":")[0] not in allowed}
    assert surplus == set(case["rules"])
    if "start" in case:
        start = report.findings[0].location.start
        assert start is not None
        assert [start.line, start.column] == [case["start"]["line"], case["start"]["column"]]
    assert bool(case.get("skipped")) == bool(report.skipped)


@pytest.mark.usefixtures("in_fixtures")
@pytest.mark.parametrize("format_name", GOLDENS)
@pytest.mark.parametrize("path", CASES)
def test_the_report_is_the_golden_one(
    path: str, format_name: str, request: pytest.FixtureRequest
) -> None:
    file = golden(path, format_name)
    printed = render(format_name, check(path))
    if request.config.getoption("--update-goldens"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(printed, encoding="utf-8")
    assert printed == file.read_text(encoding="utf-8")


def test_an_expectation_is_no_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check of the folder sees templates and parameter files only."""
    monkeypatch.chdir(FIXTURES)
    report = check_paths(Request(paths=("hazards",)), lambda: b"")
    seen = {*report.sources, *(each.path for each in report.skipped)}
    assert seen
    assert not [path for path in seen if path.endswith(".expected")]
