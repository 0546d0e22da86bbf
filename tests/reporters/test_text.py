"""The text report: the contract's example to the letter, and nothing hostile in it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard import safe_text as plain_text
from armguard.finding import Certainty, Detail, Finding, Location, Position, Severity, Suppression
from armguard.finding.report import Report, Summary
from armguard.reporters.text import render, summary_line

EMPTIED = Finding(
    rule="access-policies-emptied",
    severity=Severity.ERROR,
    certainty=Certainty.DEFAULT,
    message="vault 'kvmlprod' is deployed with an empty accessPolicies list",
    location=Location("infra/workspace.json", "/resources/3", Position(87, 9), Position(87, 40)),
    details=(
        Detail(
            "because",
            (
                "parameter 'policies' defaults to [] (",
                Location("infra/workspace.json", "/parameters/policies", Position(14, 7)),
                "); no parameter file sets it",
            ),
        ),
        Detail("fix", ("armguard fix infra/workspace.json --remedy create-once",)),
    ),
)


def finding(message: str = "m", path: str = "t.json", **changes: object) -> Finding:
    members = {
        "rule": "undecided-vault",
        "severity": Severity.NOTE,
        "certainty": Certainty.CERTAIN,
        "message": message,
        "location": Location(path, "", Position(1, 1), Position(1, 2)),
        **changes,
    }
    return Finding(**members)  # type: ignore[arg-type]


def test_a_finding_reads_as_in_the_contract() -> None:
    report = Report(
        findings=(EMPTIED,), summary=Summary(templates=1, deployments=1, vaults=1, errors=1)
    )
    assert render(report) == (
        "infra/workspace.json:87:9: error[access-policies-emptied]:"
        " vault 'kvmlprod' is deployed with an empty accessPolicies list (default)\n"
        "  because: parameter 'policies' defaults to [] (infra/workspace.json:14:7);"
        " no parameter file sets it\n"
        "  fix: armguard fix infra/workspace.json --remedy create-once\n"
        "  more: armguard rules access-policies-emptied\n"
        "checked 1 template (1 deployment, 1 vault): 1 error, 0 warnings, 0 notes;"
        " 0 undecided, 0 skipped\n"
    )


def test_a_finding_without_a_position_names_the_file() -> None:
    text = render(Report(findings=(finding(location=Location("t.json", "")),)))
    assert text.startswith("t.json: note[undecided-vault]: m (certain)\n")


def test_a_path_and_its_position_do_not_make_a_command() -> None:
    assert render(Report(findings=(finding(path=":"),))).startswith(r"\u003a:1:1: note[")


def test_suppressed_and_baselined_findings_are_not_printed() -> None:
    report = Report(
        findings=(finding("one", suppressed=Suppression("known")), finding("two", baselined=True))
    )
    assert render(report).splitlines() == [summary_line(Summary())]


def test_crashes_and_notices_come_before_the_summary() -> None:
    report = Report(findings=(finding(),), notices=("used t.parameters.json",), crashes=("u.json",))
    assert render(report).splitlines()[2:] == [
        "u.json: not analysed because of a bug in armguard, please report it",
        "used t.parameters.json",
        summary_line(Summary()),
    ]


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        (
            Summary(),
            "checked 0 templates (0 deployments, 0 vaults):"
            " 0 errors, 0 warnings, 0 notes; 0 undecided, 0 skipped",
        ),
        (
            Summary(
                templates=1, deployments=1, vaults=1, warnings=1, notes=1, undecided=1, skipped=1
            ),
            "checked 1 template (1 deployment, 1 vault):"
            " 0 errors, 1 warning, 1 note; 1 undecided, 1 skipped",
        ),
        (
            Summary(
                templates=2,
                deployments=3,
                vaults=4,
                errors=5,
                warnings=6,
                notes=7,
                undecided=8,
                skipped=9,
                suppressed=10,
                baselined=11,
            ),
            "checked 2 templates (3 deployments, 4 vaults):"
            " 5 errors, 6 warnings, 7 notes; 8 undecided, 9 skipped",
        ),
    ],
)
def test_summary(summary: Summary, expected: str) -> None:
    assert summary_line(summary) == expected


def test_colour_is_around_the_path_and_the_severity_only() -> None:
    report = Report(findings=(EMPTIED,))
    headline = render(report, color=True).splitlines()[0]
    assert headline.startswith(
        "\x1b[1minfra/workspace.json\x1b[0m:87:9: \x1b[31merror\x1b[0m[access-policies-emptied]: "
    )
    plain = render(report, color=True)
    for code in ("\x1b[1m", "\x1b[31m", "\x1b[0m"):
        plain = plain.replace(code, "")
    assert plain == render(report)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vault 'kvmlprod'", "vault 'kvmlprod'"),
        ("größer 语言 🔑 \\u001b", "größer 语言 🔑 \\u001b"),
        ("a\x1b[31mb", r"a\u001b[31mb"),
        ("a\r\nb\tc", r"a\u000d\u000ab\u0009c"),
        ("\x00\x7f\x9b", r"\u0000\u007f\u009b"),
        ("\ud800", r"\ud800"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("\u2028", r"\u2028"),
        ("\U000e0041", r"\U000e0041"),
        ("##vso[task.complete]", r"\u0023#vso[task.complete]"),
        ("##VsO[task.complete]", r"\u0023#VsO[task.complete]"),
        ("###vso[x]", r"#\u0023#vso[x]"),
        ("##[error]x", r"\u0023#[error]x"),
        ("## heading", "## heading"),
        ("::error::x", r"\u003a:error::x"),
        ("  \u00a0::error::x", "  \u00a0" + r"\u003a:error::x"),
        ("a ::error::x", "a ::error::x"),
        (":: ", r"\u003a: "),
        (":error", r"\u003aerror"),
    ],
)
def test_one_line_of_untrusted_text(text: str, expected: str) -> None:
    assert plain_text.line(text) == expected


HOSTILE = st.text(
    st.one_of(
        st.sampled_from("#vso[]:\x1b\r\n\x00\x9b\ud800\udfff\u202e\u2028\ufeff a"),
        st.characters(exclude_categories=()),
    )
)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_hostile_reaches_the_report(path: str, message: str, more: str) -> None:
    report = Report(
        findings=(finding(message, path, details=(Detail("because", (message, more)),)),),
        notices=(message + more, path),
        crashes=(path,),
    )
    text = render(report)
    lines = text.split("\n")
    assert len(lines) == 8  # headline, two details, crash, two notices, summary, the empty end
    assert "##vso[" not in text.lower()
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in lines)
    categories = {unicodedata.category(character) for line in lines for character in line}
    assert not categories & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
    text.encode("utf-8")
