"""SARIF logs: what each consumer needs is in them, they fit together, and the schema agrees.

The schema and the validator are those of the npm package @microsoft/sarif-multitool-linux,
installed in the project's folder or where ARMGUARD_SARIF_SCHEMA names its sarif-2.1.0.json.
"""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from armguard.analysis import Request, check_paths
from armguard.cli.origin import read_origin
from armguard.finding import (
    Certainty,
    Detail,
    Finding,
    Location,
    Position,
    Related,
    ResourceName,
    Severity,
    Suppression,
)
from armguard.finding.report import (
    Crash,
    DeploymentReport,
    Origin,
    Report,
    RulePage,
    Skipped,
    Summary,
)
from armguard.record import replace
from armguard.reporters.sarif import log as sarif
from armguard.version import __version__

PROJECT = Path(__file__).resolve().parent.parent.parent
PACKAGE = "node_modules/@microsoft/sarif-multitool-linux"
TEXT = '{\n  "a": [],\n  "accessPolicies": []\n}\n'
RULE = RulePage(
    "access-policies-emptied",
    Severity.ERROR,
    "a vault loses all access policies",
    "# access-policies-emptied\n\n## What it checks\n\nA vault with an empty\n`list`.\n\nMore.\n\n"
    "## References\n\n- https://example.com/one\n- https://example.com/two\n",
)
UNREADABLE = RulePage("unreadable-template", Severity.ERROR, "can't be read", "")
PARAMETER = Location("t.json", "/parameters/p/defaultValue", Position(2, 3), Position(2, 10))
EMPTIED = Finding(
    rule="access-policies-emptied",
    severity=Severity.ERROR,
    certainty=Certainty.DEFAULT,
    message="vault 'kv' is emptied",
    location=Location("t.json", "/accessPolicies", Position(3, 3), Position(3, 23)),
    related=(
        Related("parameter 'p' defaults to []", PARAMETER),
        Related("workspace 'ws' uses this vault", Location("w.json", "", Position(1, 1))),
    ),
    details=(Detail("because", ("p defaults to [] (", PARAMETER, "); nobody sets it")),),
    resource=ResourceName("Microsoft.KeyVault/vaults", "kv"),
    parameters=("t.parameters.json",),
    fingerprint="f00d",
)
REPORT = Report(
    deployments=(DeploymentReport("t.json", ("t.parameters.json",), ()),),
    findings=(EMPTIED,),
    summary=Summary(templates=1, errors=1),
    rules=(RULE, UNREADABLE),
    sources={"t.json": TEXT},
)
HERE = Origin("https://example.com/infra", "0" * 40, "refs/heads/main", "infra/")


@dataclass(frozen=True)
class Tools:
    schema: Path

    @property
    def validator(self) -> Path:
        return self.schema.parent / "Sarif.Multitool"


@pytest.fixture(scope="session")
def tools() -> Tools:
    named = os.environ.get("ARMGUARD_SARIF_SCHEMA")
    schema = Path(named) if named else PROJECT / PACKAGE / "sarif-2.1.0.json"
    if not schema.is_file():
        pytest.skip(f"there is no {schema}: set ARMGUARD_SARIF_SCHEMA to the schema of SARIF 2.1.0")
    return Tools(schema)


def run_of(report: Report, origin: Origin = HERE) -> dict[str, Any]:
    log = json.loads(sarif.render(replace(report, origin=origin)))
    assert_fits_together(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def result_of(finding: Finding) -> dict[str, Any]:
    (result,) = run_of(replace(REPORT, findings=(finding,)))["results"]
    assert isinstance(result, dict)
    return result


def assert_fits_together(log: dict[str, Any]) -> None:
    """What a consumer relies on, schema or not."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["semanticVersion"] == driver["version"] == __version__
    for descriptor in (*driver["rules"], *driver["notifications"]):
        assert_descriptor(descriptor)
    for rule in driver["rules"]:
        assert rule["messageStrings"]["default"]["text"].endswith(".")
        assert len(rule["properties"]["tags"]) <= 10
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
        assert 0 < float(rule["properties"]["security-severity"]) < 10
    for location in locations_in(run):
        assert_location(location, run)
    for result in run["results"]:
        assert_result(result, run)
    for name in ("suppressions", "baselineState"):
        assert len({name in result for result in run["results"]}) <= 1
    (invocation,) = run["invocations"]
    for notification in invocation["toolExecutionNotifications"]:
        descriptor = notification["descriptor"]
        assert driver["notifications"][descriptor["index"]]["id"] == descriptor["id"]
        assert notification["message"]["text"]


def assert_descriptor(descriptor: dict[str, Any]) -> None:
    assert descriptor["name"].lower() != descriptor["id"].lower()
    assert descriptor["shortDescription"]["text"].endswith(".")
    assert 0 < len(descriptor["fullDescription"]["text"]) <= 1024
    assert descriptor["help"]["text"]
    assert descriptor["defaultConfiguration"]["level"] in ("error", "warning", "note")


def assert_result(result: dict[str, Any], run: dict[str, Any]) -> None:
    assert result["level"] in ("error", "warning", "note")
    if "ruleIndex" in result:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
    assert result["partialFingerprints"]["armguard/v1"]
    ids = [related["id"] for related in result.get("relatedLocations", ())]
    links = re.findall(r"\]\((\d+)\)", result["message"]["text"])
    assert sorted(set(map(int, links))) == ids == list(range(1, len(ids) + 1))


def locations_in(value: Any) -> list[dict[str, Any]]:
    """Every artifactLocation, wherever it is."""
    if isinstance(value, list):
        return [found for each in value for found in locations_in(each)]
    if not isinstance(value, dict):
        return []
    own = [value] if "uri" in value and "description" not in value else []
    return own + [found for each in value.values() for found in locations_in(each)]


def assert_location(location: dict[str, Any], run: dict[str, Any]) -> None:
    uri = location["uri"]
    assert re.fullmatch(r"(?:file:///)?(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri), uri
    assert ("uriBaseId" in location) == (not uri.startswith(("file:///", "../")))
    assert not uri.startswith("/")
    assert location.get("uriBaseId", "%SRCROOT%") in run["originalUriBaseIds"]
    if "index" in location:
        assert run["artifacts"][location["index"]]["location"]["uri"] == uri


def test_a_result() -> None:
    result = result_of(EMPTIED)
    assert (result["ruleId"], result["ruleIndex"]) == ("access-policies-emptied", 0)
    assert result["level"] == "error"
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "infra/t.json", "uriBaseId": "%SRCROOT%", "index": 0},
        "region": {
            "startLine": 3,
            "startColumn": 3,
            "endLine": 3,
            "endColumn": 23,
            "snippet": {"text": '"accessPolicies": []'},
        },
        "contextRegion": {"startLine": 1, "endLine": 5, "snippet": {"text": TEXT}},
    }
    assert location["logicalLocations"][0]["name"] == "kv"
    assert result["partialFingerprints"]["armguard/v1"] == "f00d"
    assert result["partialFingerprints"]["primaryLocationLineHash"].endswith(":1")
    assert result["properties"]["certainty"] == "default"
    assert "suppressions" not in result
    assert "baselineState" not in result
    assert "fixes" not in result


def test_a_message_links_every_place_once() -> None:
    result = result_of(EMPTIED)
    assert result["message"]["text"] == (
        "vault 'kv' is emptied (default).\n"
        "because: p defaults to [] ([t.json:2:3](1)); nobody sets it\n"
        "see: workspace 'ws' uses this vault ([w.json:1:1](2))"
    )
    assert result["message"]["id"] == "default"
    assert result["message"]["arguments"] == ["vault 'kv' is emptied", "default"]
    first, second = result["relatedLocations"]
    assert first["message"]["text"] == "parameter 'p' defaults to []"
    assert first["physicalLocation"]["region"]["startLine"] == 2
    assert second["physicalLocation"]["artifactLocation"]["uri"] == "infra/w.json"


@pytest.mark.parametrize(
    "message",
    ["[here](1)", "[here](https://example.com)", "a [b](2) c", r"\[x](1)", "[[x]](1)"],
)
def test_text_of_a_template_is_no_link(message: str) -> None:
    details = (Detail("because", (message, "(", message)), Detail("or", ("x]", "(1)")))
    text = result_of(replace(EMPTIED, message=message, details=details, related=()))["message"]
    assert "](" not in text["text"]


def test_a_placeholder_in_a_template_is_not_filled() -> None:
    message = result_of(replace(EMPTIED, message="name is [format('{0}', 'kv')]"))["message"]
    assert "{0}" in message["text"]
    assert "arguments" not in message


def test_brackets_in_a_path_do_not_end_its_link() -> None:
    place = Location("a](1)[.json", "", Position(1, 1))
    result = result_of(replace(EMPTIED, related=(Related("x", place),), details=()))
    assert result["message"]["text"].endswith(r"see: x ([a\](1)\[.json:1:1](1))")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a b/ü%.json", "infra/a%20b/%C3%BC%25.json"),
        ("../t.json", "t.json"),
        ("../../t.json", "../t.json"),
        ("/srv/a:b.json", "file:///srv/a%3Ab.json"),
        ("C:/a.json", "file:///C%3A/a.json"),
        ("<stdin>", "infra/%3Cstdin%3E"),
        ("x:y.json", "infra/x%3Ay.json"),
        ("\udcff.json", "infra/%5Cudcff.json"),
    ],
)
def test_uris(path: str, expected: str) -> None:
    result = result_of(replace(EMPTIED, location=replace(EMPTIED.location, path=path)))
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == expected


def test_a_rule() -> None:
    rule = run_of(REPORT)["tool"]["driver"]["rules"][0]
    assert rule["name"] == "AccessPoliciesEmptied"
    assert rule["shortDescription"]["text"] == "A vault loses all access policies."
    assert rule["fullDescription"]["text"] == "A vault with an empty list."
    assert rule["help"]["markdown"] == RULE.page
    assert rule["helpUri"] == "https://example.com/one"
    assert rule["properties"]["problem.severity"] == "error"


def test_values_of_parameters_are_not_quoted() -> None:
    text = '{"parameters":{"pw":{"type":"securestring","defaultValue":"hunter2"}},\n"resources":[]}'
    for line in (1, 2):
        place = Location("t.json", "", Position(line, 1), Position(line, 10))
        report = replace(
            REPORT, findings=(replace(EMPTIED, location=place),), sources={"t.json": text}
        )
        log = sarif.render(replace(report, origin=HERE))
        assert "hunter2" not in log
        assert "contextRegion" in log


def test_a_finding_without_a_position_is_about_the_whole_file() -> None:
    whole = replace(EMPTIED, location=Location("t.json", ""))
    physical = result_of(whole)["locations"][0]["physicalLocation"]
    assert physical["region"] == {"startLine": 1, "endLine": 5}
    assert "primaryLocationLineHash" not in result_of(whole)["partialFingerprints"]


def test_suppressions_are_on_all_results_or_on_none() -> None:
    accepted = replace(EMPTIED, suppressed=Suppression("moved to RBAC", "2030-01-01"))
    one, two = run_of(replace(REPORT, findings=(EMPTIED, accepted)))["results"]
    assert one["suppressions"] == []
    (suppression,) = two["suppressions"]
    assert suppression["kind"] == "external"
    assert suppression["status"] == "accepted"
    assert suppression["justification"] == "moved to RBAC (until 2030-01-01)"


def test_a_suppression_in_the_template_is_one_in_source() -> None:
    accepted = replace(EMPTIED, suppressed=Suppression("moved to RBAC", in_source=True))
    (suppression,) = result_of(accepted)["suppressions"]
    assert suppression["kind"] == "inSource"


def test_baseline_states_only_with_a_baseline() -> None:
    known = replace(EMPTIED, baselined=True)
    compared = replace(REPORT, findings=(EMPTIED, known), has_baseline=True)
    one, two = run_of(compared)["results"]
    assert (one["baselineState"], two["baselineState"]) == ("new", "unchanged")
    (new,) = run_of(replace(REPORT, findings=(EMPTIED,), has_baseline=True))["results"]
    assert new["baselineState"] == "new"
    assert "baselineState" not in result_of(EMPTIED)


def test_what_was_not_analysed_is_notified() -> None:
    unreadable = replace(
        EMPTIED,
        rule="unreadable-template",
        message="can't be read",
        related=(),
        leaves_open="file",
    )
    run = run_of(
        replace(
            REPORT,
            findings=(unreadable,),
            crashes=(Crash("dir/c.json", "TypeError"),),
            skipped=(Skipped("package.json", "not a deployment template"),),
            notices=("t.json is checked with t.parameters.json",),
        )
    )
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [
        (each["descriptor"]["id"], each["level"])
        for each in invocation["toolExecutionNotifications"]
    ] == [
        ("internal-error", "error"),
        ("unreadable-file", "error"),
        ("skipped-file", "note"),
        ("run-notice", "note"),
    ]
    crash = invocation["toolExecutionNotifications"][0]
    uri = crash["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "infra/dir/c.json"


def test_a_clean_run_is_successful() -> None:
    run = run_of(replace(REPORT, findings=()))
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert [each["location"]["uri"] for each in run["artifacts"]] == [
        "infra/t.json",
        "infra/t.parameters.json",
    ]


def test_the_repository_is_named() -> None:
    assert run_of(REPORT)["versionControlProvenance"] == [
        {
            "repositoryUri": "https://example.com/infra",
            "revisionId": "0" * 40,
            "branch": "refs/heads/main",
            "mappedTo": {"uriBaseId": "%SRCROOT%"},
        }
    ]
    assert "versionControlProvenance" not in run_of(REPORT, Origin())


def test_the_repository_is_not_claimed_for_files_from_elsewhere() -> None:
    elsewhere = replace(EMPTIED, location=Location("/tmp/t.json", ""))
    assert "versionControlProvenance" not in run_of(replace(REPORT, findings=(elsewhere,)))


def test_equal_reports_are_equal_bytes() -> None:
    assert sarif.render(REPORT) == sarif.render(REPORT)
    assert sarif.render(REPORT).endswith("}\n")


def everything() -> Report:
    return replace(
        REPORT,
        findings=(
            EMPTIED,
            replace(EMPTIED, location=Location("t.json", ""), suppressed=Suppression("why")),
            replace(EMPTIED, message="{0} [x](1)", baselined=True, rule="unreadable-template"),
        ),
        crashes=(Crash("t.json", "TypeError"),),
        skipped=(Skipped("package.json", "not a deployment template"),),
        notices=("hello",),
    )


def fixtures() -> Report:
    return check_paths(Request(paths=("fixtures",)), lambda: b"")


def test_the_fixtures_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    assert len(run_of(fixtures())["results"]) > 50


def test_logs_are_valid_by_the_schema(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    monkeypatch.chdir(PROJECT)
    validator = jsonschema.Draft202012Validator(json.loads(tools.schema.read_text()))
    for report in (Report(), REPORT, everything(), fixtures()):
        for origin in (HERE, read_origin({}, ("sarif",)), Origin()):
            log = json.loads(sarif.render(replace(report, origin=origin)))
            assert [error.message for error in validator.iter_errors(log)] == []


@pytest.mark.parametrize("environment", [{}, {"TF_BUILD": "True"}])
def test_github_and_azure_devops_take_the_log(
    environment: dict[str, str], tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not tools.validator.is_file():
        pytest.skip(f"there is no {tools.validator}")
    monkeypatch.chdir(PROJECT)
    for number, report in enumerate((everything(), fixtures())):
        given, found = tmp_path / f"{number}.sarif", tmp_path / f"{number}.found.sarif"
        given.write_text(
            sarif.render(replace(report, origin=read_origin(environment, ("sarif",)))),
            encoding="utf-8",
        )
        kinds = ("--rule-kind", "Sarif;Gh;Ghas;Ado", "--level", "Error;Warning")
        command = [tools.validator, "validate", given, *kinds, "-o", found]
        subprocess.run(command, check=True, capture_output=True)
        (run,) = json.loads(found.read_text(encoding="utf-8-sig"))["runs"]
        assert [result["ruleId"] for result in run.get("results", ())] == []
