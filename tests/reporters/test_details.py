"""What is said below findings: with which files, and no way out again and again."""

from __future__ import annotations

import pytest

from armguard.finding import Certainty, Detail, Finding, Location, Position, Severity
from armguard.finding.report import Report
from armguard.record import replace
from armguard.reporters import render
from armguard.reporters._details import said_in_turn


def finding(line: int, *ways: str, **changes: object) -> Finding:
    found = Finding(
        "emptied",
        Severity.ERROR,
        Certainty.CERTAIN,
        f"m{line}",
        Location("t.json", "", Position(line, 1), Position(line, 2)),
        details=(Detail("because", ("why",)), *(Detail("fix", (each,)) for each in ways)),
    )
    return replace(found, **changes)


def told(*findings: Finding) -> list[str]:
    return [
        f"{each.message} {detail.label}: {''.join(map(str, detail.text))}"
        for each, details in said_in_turn(findings)
        for detail in details
    ]


def test_what_the_last_one_said_can_be_done_is_not_said_again() -> None:
    assert told(finding(1, "one", "two"), finding(2, "one"), finding(3, "one")) == [
        "m1 because: why",
        "m1 fix: one",
        "m1 fix: two",
        "m1 more: armguard rules emptied",
        "m2 because: why",
        "m2 fix: one",
        "m3 because: why",
    ]


def test_another_file_and_another_rule_are_told_what_can_be_done() -> None:
    elsewhere = finding(2, "one", location=Location("u.json"))
    assert told(finding(1, "one"), finding(3, "one", rule="missing"), elsewhere) == [
        "m1 because: why",
        "m1 fix: one",
        "m1 more: armguard rules emptied",
        "m3 because: why",
        "m3 fix: one",
        "m3 more: armguard rules missing",
        "m2 because: why",
        "m2 fix: one",
    ]


def test_directly_below_the_same_in_another_file_it_is_known() -> None:
    fixes = [f"armguard fix {name}.json --remedy create-once" for name in "ab"]
    elsewhere = finding(2, fixes[1], location=Location("b.json"))
    assert told(finding(1, fixes[0]), elsewhere) == [
        "m1 because: why",
        f"m1 fix: {fixes[0]}",
        "m1 more: armguard rules emptied",
        "m2 because: why",
    ]


@pytest.mark.parametrize(
    "format_name", ["text", "markdown", "github", "azure-pipelines", "junit", "pretty"]
)
def test_each_finding_says_with_which_parameter_files(format_name: str) -> None:
    findings = tuple(finding(line, parameters=("a.json", "b.json")) for line in (1, 2))
    printed = " ".join(render(format_name, Report(findings=findings)).split())
    assert printed.count("with: a.json, b.json") == 2
    plain = Report(findings=tuple(replace(each, parameters=()) for each in findings))
    assert "with:" not in render(format_name, plain)
