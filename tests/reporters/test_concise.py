"""One line per finding and the counts, nothing else."""

from armguard.finding import Certainty, Detail, Finding, Location, Position, Severity, Suppression
from armguard.finding.report import Crash, Report, Summary
from armguard.record import replace
from armguard.reporters.concise import render
from armguard.reporters.text import summary_line

FINDING = Finding(
    "access-policies-emptied",
    Severity.ERROR,
    Certainty.DEFAULT,
    "vault 'kv' is deployed with an empty list",
    Location("main.json", "/resources/0", Position(20, 9), Position(20, 30)),
    details=(Detail("because", ("p defaults to []",)),),
    parameters=("prod.json",),
)
SAID = "[access-policies-emptied]: vault 'kv' is deployed with an empty list (default)"


def test_a_line_for_each_finding_and_the_summary() -> None:
    note = replace(FINDING, severity=Severity.NOTE, location=Location("t.json"))
    report = Report(
        findings=(FINDING, replace(FINDING, suppressed=Suppression("known")), note),
        summary=Summary(templates=1, errors=1, notes=1),
        notices=("main.json is checked with prod.json",),
    )
    assert render(report).splitlines() == [
        f"main.json:20:9: error{SAID}",
        f"t.json: note{SAID}",
        summary_line(report.summary),
    ]


def test_a_file_that_was_not_analysed_is_no_file_without_findings() -> None:
    first, last = render(Report(crashes=(Crash("t.json", "TypeError"),))).splitlines()
    assert first.startswith("t.json: TypeError: not analysed because of a bug in armguard")
    assert last == summary_line(Summary())
