"""The JSON report: version 1 of the contract, member by member."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from armguard.finding import (
    Certainty,
    Finding,
    Location,
    Position,
    Related,
    ResourceName,
    Severity,
    Suppression,
)
from armguard.finding.report import DeploymentReport, Report, Skipped, Summary, VaultReport
from armguard.reporters import FORMATS, render
from armguard.reporters import json as json_reporter
from armguard.safe_text import document_text, safe_json
from armguard.version import __version__

PLACE = Location("t.json", "/resources/0", Position(20, 9), Position(20, 30))
EMPTIED = Finding(
    rule="access-policies-emptied",
    severity=Severity.ERROR,
    certainty=Certainty.CERTAIN,
    message="vault 'kv1' is emptied",
    location=PLACE,
    related=(Related("defaults to []", Location("t.json", "/parameters/p", Position(3, 5))),),
    resource=ResourceName("Microsoft.KeyVault/vaults", "kv1"),
    parameters=("t.parameters.json",),
    remedies=("create-once",),
    fingerprint="f00d",
)
VAULT = VaultReport("kv1", None, PLACE, "emptied", Certainty.CERTAIN, None, ("ws1",))
UNDECIDED = VaultReport("kv2", "/id", Location("t.json", ""), "undecided", None, "no value", ())


def test_every_member_of_the_contract() -> None:
    report = Report(
        deployments=(DeploymentReport("t.json", ("t.parameters.json",), (VAULT, UNDECIDED)),),
        findings=(EMPTIED,),
        summary=Summary(templates=1, deployments=1, vaults=2, workspaces=1, errors=1, undecided=1),
        skipped=(Skipped("package.json", "no template"),),
        notices=("used t.parameters.json",),
    )
    assert json.loads(json_reporter.render(report)) == {
        "version": 1,
        "tool": {"name": "armguard", "version": __version__},
        "summary": {
            "templates": 1,
            "deployments": 1,
            "vaults": 2,
            "workspaces": 1,
            "errors": 1,
            "warnings": 0,
            "notes": 0,
            "undecided": 1,
            "suppressed": 0,
            "baselined": 0,
            "closed": 0,
            "skipped": 0,
        },
        "deployments": [
            {
                "template": "t.json",
                "parameters": ["t.parameters.json"],
                "vaults": [
                    {
                        "name": "kv1",
                        "id": None,
                        "path": "t.json",
                        "pointer": "/resources/0",
                        "line": 20,
                        "verdict": "emptied",
                        "certainty": "certain",
                        "reason": None,
                        "workspaces": ["ws1"],
                        "live": None,
                    },
                    {
                        "name": "kv2",
                        "id": "/id",
                        "path": "t.json",
                        "pointer": "",
                        "line": None,
                        "verdict": "undecided",
                        "certainty": None,
                        "reason": "no value",
                        "workspaces": [],
                        "live": None,
                    },
                ],
            }
        ],
        "findings": [
            {
                "rule": "access-policies-emptied",
                "severity": "error",
                "certainty": "certain",
                "message": "vault 'kv1' is emptied",
                "path": "t.json",
                "pointer": "/resources/0",
                "start": {"line": 20, "column": 9},
                "end": {"line": 20, "column": 30},
                "resource": {"type": "Microsoft.KeyVault/vaults", "name": "kv1"},
                "parameters": ["t.parameters.json"],
                "related": [
                    {
                        "message": "defaults to []",
                        "path": "t.json",
                        "pointer": "/parameters/p",
                        "start": {"line": 3, "column": 5},
                        "end": None,
                    }
                ],
                "remedies": ["create-once"],
                "fingerprint": "f00d",
                "suppressed": None,
                "baselined": False,
            }
        ],
        "skipped": [{"path": "package.json", "reason": "no template"}],
        "notices": ["used t.parameters.json"],
        "crashes": [],
    }


def test_an_empty_report_is_a_document() -> None:
    document = json.loads(json_reporter.render(Report()))
    assert document["deployments"] == []
    assert document["findings"] == []


def test_suppressed_findings_say_why() -> None:
    known = Finding(
        "r",
        Severity.NOTE,
        Certainty.CERTAIN,
        "m",
        PLACE,
        suppressed=Suppression("moved to RBAC", "2030-01-01"),
    )
    (finding,) = json.loads(json_reporter.render(Report(findings=(known,))))["findings"]
    assert finding["suppressed"] == {"reason": "moved to RBAC", "until": "2030-01-01"}


def test_each_finding_is_one_line() -> None:
    lines = json_reporter.render(Report(findings=(EMPTIED, EMPTIED))).splitlines()
    assert sum('"rule": "access-policies-emptied"' in line for line in lines) == 2


def test_text_is_readable_where_it_is_harmless() -> None:
    assert safe_json("größer 🔑 a\\b ##") == '"größer 🔑 a\\\\b ##"'


def test_hostile_text_is_escaped() -> None:
    hostile = "\x1b[31m\x7f\x9b\u202e\ud800 ##vso[task.complete]\\##[error]\n"
    assert safe_json(hostile) == (
        r'"\u001b[31m\u007f\u009b\u202e\ud800 \u0023#vso[task.complete]\\\u0023#[error]\n"'
    )


def test_a_logging_command_is_broken_in_member_names_too() -> None:
    assert safe_json({"##vso[x]": 1}) == r'{"\u0023#vso[x]": 1}'


@given(
    st.text(
        st.one_of(st.sampled_from('#vso[\\"\x1b\x7f\u202e\ud800'), st.characters()), max_size=40
    )
)
def test_escaped_text_reads_back_the_same(text: str) -> None:
    written = document_text({"a": [text], text: text})
    # two halves of a surrogate pair that met are one character to every reader of JSON
    same = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    assert json.loads(written) == {"a": [same], same: same}
    assert "##vso[" not in written.lower()
    assert "##[" not in written
    for line in written.removesuffix("\n").split("\n"):
        assert not line.startswith("::")
        assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Zl"}


def test_every_format_has_its_file() -> None:
    for name in FORMATS:
        assert render(name, Report()).endswith("\n")
