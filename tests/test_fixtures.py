"""Every template of fixtures/ comes to what fixtures/expected.json says, and prints its goldens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from armguard.analysis import Request, check_paths
from armguard.finding import Report
from armguard.reporters import render

FIXTURES = Path(__file__).parent.parent / "fixtures"
EXPECTED = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))
RULES = frozenset(EXPECTED["ruleSet"])
CASES = {case["template"]: case for case in EXPECTED["templates"]}


def check(path: str) -> Report:
    return check_paths(Request(paths=(path,)), lambda: b"")


@pytest.fixture
def in_fixtures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)


def test_the_manifest_names_every_template() -> None:
    folders = ("hazards", "safe", "undecided", "broken")
    found = {
        path.relative_to(FIXTURES).as_posix()
        for folder in folders
        for path in (FIXTURES / folder).rglob("*.json")
        if ".parameters." not in path.name
    }
    assert found <= set(CASES)


@pytest.mark.usefixtures("in_fixtures")
@pytest.mark.parametrize("path", CASES)
def test_the_vaults_come_to_their_verdicts(path: str) -> None:
    got = [
        (list(deployment.parameters), vaults_of(deployment.vaults))
        for deployment in check(path).deployments
    ]
    wanted = [
        (each["parameters"], [(v["verdict"], v["certainty"], v["name"]) for v in each["vaults"]])
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
def test_the_findings_are_those_of_the_manifest(path: str) -> None:
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
@pytest.mark.parametrize("format_name", ["text", "json"])
@pytest.mark.parametrize("path", CASES)
def test_the_report_is_the_golden_one(
    path: str, format_name: str, request: pytest.FixtureRequest
) -> None:
    suffix = {"text": "txt", "json": "json"}[format_name]
    golden = FIXTURES / "golden" / f"{path.removesuffix('.json')}.{suffix}"
    printed = render(format_name, check(path))
    if request.config.getoption("--update-goldens"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(printed, encoding="utf-8")
    assert printed == golden.read_text(encoding="utf-8")
