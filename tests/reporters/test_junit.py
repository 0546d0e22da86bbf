"""JUnit XML, read back: a suite for each deployment, a test for each rule."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from armguard.finding import Certainty, Detail, Finding, Location, Position, Severity, Suppression
from armguard.finding.report import Crash, DeploymentReport, Report, RulePage
from armguard.record import replace
from armguard.reporters.junit import render

RULES = tuple(
    RulePage(name, Severity.ERROR, "", "") for name in ("emptied", "missing", "undecided")
)
DEV, PROD = ("dev.json",), ("prod.json",)


def finding(
    rule: str = "emptied", parameters: tuple[str, ...] = (), path: str = "t.json", **changes: object
) -> Finding:
    members = {
        "rule": rule,
        "severity": Severity.ERROR,
        "certainty": Certainty.CERTAIN,
        "message": "vault 'kv' & <co>",
        "location": Location(path, "", Position(3, 5), Position(3, 9)),
        "parameters": parameters,
        **changes,
    }
    return Finding(**members)  # type: ignore[arg-type]


def report(*findings: Finding, sets: tuple[tuple[str, ...], ...] = ((),), **more: object) -> Report:
    deployments = tuple(DeploymentReport("t.json", parameters, ()) for parameters in sets)
    return Report(deployments=deployments, findings=findings, rules=RULES, **more)  # type: ignore[arg-type]


def outcomes(of: Report) -> dict[str, dict[str, str]]:
    """Suite -> test -> passed, failure, error or skipped; the counts are checked on the way."""
    root = ElementTree.fromstring(render(of).encode())
    result: dict[str, dict[str, str]] = {}
    for suite in root:
        tests = {test.attrib["name"]: test[0].tag if len(test) else "passed" for test in suite}
        counted = {
            kind: list(tests.values()).count(kind) for kind in ("failure", "error", "skipped")
        }
        assert suite.attrib["tests"] == str(len(suite)) == str(len(tests))
        assert suite.attrib["failures"] == str(counted["failure"])
        assert suite.attrib["errors"] == str(counted["error"])
        assert suite.attrib["skipped"] == str(counted["skipped"])
        result[suite.attrib["name"]] = tests
    for name in ("tests", "failures", "errors", "skipped"):
        assert root.attrib[name] == str(sum(int(suite.attrib[name]) for suite in root))
    return result


def test_rules_that_found_nothing_pass() -> None:
    assert outcomes(report(finding())) == {
        "t.json": {"emptied": "failure", "missing": "passed", "undecided": "passed"}
    }


def test_a_suite_for_each_set_of_parameter_files() -> None:
    found = outcomes(report(finding(parameters=DEV), sets=(DEV, PROD, (*DEV, *PROD))))
    assert {suite: tests["emptied"] for suite, tests in found.items()} == {
        "t.json (dev.json)": "failure",
        "t.json (prod.json)": "passed",
        "t.json (dev.json, prod.json)": "passed",
    }


def test_a_finding_with_two_parameter_files_fails_with_both() -> None:
    found = outcomes(report(finding(parameters=(*DEV, *PROD)), sets=(DEV, PROD)))
    assert [tests["emptied"] for tests in found.values()] == ["failure", "failure"]


def test_a_finding_in_a_parameter_file_belongs_to_its_deployment() -> None:
    found = outcomes(report(finding(parameters=DEV, path="dev.json"), sets=(DEV, PROD)))
    assert [tests["emptied"] for tests in found.values()] == ["failure", "passed"]


def test_a_file_that_is_no_deployment_is_a_suite_with_its_failures_only() -> None:
    found = outcomes(report(finding("unreadable-template", path="broken.json")))
    assert found["broken.json"] == {"unreadable-template": "failure"}
    assert set(found["t.json"].values()) == {"passed"}


def test_a_linked_template_keeps_the_parameter_files_of_its_parent() -> None:
    found = outcomes(report(finding(parameters=DEV, path="linked.json"), sets=(DEV,)))
    assert found["linked.json (dev.json)"] == {"emptied": "failure"}


def test_a_linked_template_that_is_checked_by_itself_too_is_judged_apart() -> None:
    linked = DeploymentReport("linked.json", (), ())
    both = report(finding(parameters=DEV, path="linked.json"), sets=(DEV,))
    found = outcomes(replace(both, deployments=(*both.deployments, linked)))
    assert found["linked.json"]["emptied"] == "passed"
    assert found["linked.json (dev.json)"]["emptied"] == "failure"


def test_notes_and_known_findings_are_skipped() -> None:
    found = outcomes(
        report(
            finding("undecided", severity=Severity.NOTE),
            finding("emptied", suppressed=Suppression("moved to RBAC")),
            finding("missing", baselined=True),
        )
    )
    assert set(found["t.json"].values()) == {"skipped"}


def test_the_reason_of_a_suppression_is_said() -> None:
    text = render(report(finding(suppressed=Suppression("moved to RBAC"))))
    (skipped,) = ElementTree.fromstring(text.encode()).iter("skipped")
    assert skipped.attrib["message"] == "suppressed: moved to RBAC: t.json:3:5: vault 'kv' & <co>"


def test_a_failure_says_where_and_why() -> None:
    details = (Detail("because", ("p defaults to [] (", Location("t.json", ""), ")")),)
    second = finding(message="vault 'kv2'", location=Location("t.json", "", Position(9, 1)))
    text = render(report(finding(details=details), second))
    (failure,) = ElementTree.fromstring(text.encode()).iter("failure")
    assert failure.attrib == {"type": "error", "message": "vault 'kv' & <co> (and 1 more)"}
    assert failure.text == (
        "t.json:3:5: error[emptied]: vault 'kv' & <co> (certain)\n"
        "  because: p defaults to [] (t.json)\n"
        "  more: armguard rules emptied\n"
        "t.json:9:1: error[emptied]: vault 'kv2' (certain)"
    )


def test_a_crash_is_an_error_and_nothing_of_that_file_passes() -> None:
    found = outcomes(report(crashes=(Crash("t.json", "TypeError"),)))
    assert found == {"t.json": {"analysis": "error"}}


def test_an_empty_report() -> None:
    assert outcomes(Report()) == {}


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_can_be_read_back(text: str) -> None:
    root = ElementTree.fromstring(
        render(report(finding(message=text, path=text, rule=text))).encode()
    )
    assert len(list(root.iter("failure"))) == 1
