"""The exit code of a report: 4 over 2 over 1 over 3 over 0."""

import itertools

import pytest

from armguard.cli.exit_code import decide, found_nothing
from armguard.finding import Certainty, Finding, Location, Severity, Suppression
from armguard.finding.report import DeploymentReport, Report, Summary, VaultReport
from armguard.record import replace

CHECKED = Summary(templates=1)
NEVER = None
UNDECIDED = (
    DeploymentReport(
        "t.json",
        (),
        (VaultReport("kv", None, Location("t.json", "/resources/0"), "undecided", None, "?", ()),),
    ),
)


def finding(severity: Severity, **changes: object) -> Finding:
    place = Location("t.json", "")
    return Finding("r", severity, Certainty.CERTAIN, "m", place, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("severity", "fail_on", "expected"),
    [
        (Severity.ERROR, Severity.ERROR, 1),
        (Severity.WARNING, Severity.ERROR, 0),
        (Severity.NOTE, Severity.ERROR, 0),
        (Severity.ERROR, Severity.WARNING, 1),
        (Severity.WARNING, Severity.WARNING, 1),
        (Severity.NOTE, Severity.WARNING, 0),
        (Severity.ERROR, Severity.NOTE, 1),
        (Severity.NOTE, Severity.NOTE, 1),
        (Severity.ERROR, NEVER, 0),
    ],
)
def test_findings_at_or_above_the_threshold_fail(
    severity: Severity, fail_on: Severity | None, expected: int
) -> None:
    report = Report(findings=(finding(severity),), summary=CHECKED)
    assert decide(report, fail_on, False, False) == expected


def test_suppressed_and_baselined_findings_do_not_fail() -> None:
    known = (
        finding(Severity.ERROR, suppressed=Suppression("known")),
        finding(Severity.ERROR, baselined=True),
    )
    assert decide(Report(findings=known, summary=CHECKED), Severity.NOTE, False, False) == 0


def test_undecided_vaults_fail_only_when_asked() -> None:
    report = Report(deployments=UNDECIDED, summary=CHECKED)
    assert decide(report, Severity.ERROR, False, False) == 0
    assert decide(report, Severity.ERROR, True, False) == 3


def test_a_deployment_that_nobody_looked_into_fails_when_asked() -> None:
    """Nobody knows how many vaults are in it, so it is not among those that are counted."""
    closed = replace(finding(Severity.NOTE), leaves_open="template")
    report = Report(findings=(closed,), summary=replace(CHECKED, closed=1))
    assert decide(report, Severity.ERROR, False, False) == 0
    assert decide(report, Severity.ERROR, True, False) == 3
    untold = replace(report, findings=())
    assert decide(untold, Severity.ERROR, True, False) == 3
    accepted = replace(report, findings=(replace(closed, suppressed=Suppression("known")),))
    assert decide(accepted, Severity.ERROR, True, False) == 0


@pytest.mark.parametrize("pointer", ["/resources/0", "/resources/0/properties/accessPolicies"])
def test_an_undecided_vault_can_be_accepted(pointer: str) -> None:
    place = Location("t.json", pointer)
    open_ = replace(finding(Severity.NOTE), leaves_open="vault")
    known = replace(open_, location=place, baselined=True)
    report = Report(deployments=UNDECIDED, findings=(known,), summary=CHECKED)
    assert decide(report, Severity.ERROR, True, False) == 0
    elsewhere = replace(known, location=Location("t.json", "/resources/1"))
    assert decide(replace(report, findings=(elsewhere,)), Severity.ERROR, True, False) == 3


def test_unread_state_fails_always_but_a_finding_is_worth_more() -> None:
    unread = Report(summary=CHECKED, unread=("vault 'kv' could not be read",))
    assert decide(unread, NEVER, False, False) == 3
    found = Report(findings=(finding(Severity.ERROR),), summary=CHECKED, unread=unread.unread)
    assert decide(found, Severity.ERROR, False, False) == 1


def test_nothing_to_check_is_wrong_usage_unless_a_runner_chose_the_files() -> None:
    assert found_nothing(Report())
    assert decide(Report(), Severity.ERROR, False, False) == 2
    assert decide(Report(), Severity.ERROR, False, True) == 0


def test_an_unreadable_template_was_something_to_check() -> None:
    report = Report(findings=(finding(Severity.ERROR),))
    assert not found_nothing(report)
    assert decide(report, Severity.ERROR, False, False) == 1
    assert decide(report, NEVER, False, False) == 0


@pytest.mark.parametrize(
    ("crashed", "error", "undecided"), list(itertools.product([True, False], repeat=3))
)
def test_precedence(crashed: bool, error: bool, undecided: bool) -> None:
    report = Report(
        findings=(finding(Severity.ERROR),) if error else (),
        deployments=UNDECIDED if undecided else (),
        summary=CHECKED,
        crashes=("t.json",) if crashed else (),
    )
    expected = 4 if crashed else 1 if error else 3 if undecided else 0
    assert decide(report, Severity.ERROR, True, False) == expected


def test_a_bug_wins_over_nothing_to_check() -> None:
    assert decide(Report(crashes=("t.json",)), Severity.ERROR, False, False) == 4
