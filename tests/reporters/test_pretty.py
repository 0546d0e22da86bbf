"""The report for a terminal: it reads well, fits, and obeys nothing that a template says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from armguard.finding import (
    Certainty,
    Detail,
    Finding,
    Location,
    Position,
    Related,
    Repair,
    Replacement,
    Severity,
    Suppression,
)
from armguard.finding.report import Report, RulePage, Summary
from armguard.record import replace
from armguard.reporters import text as text_reporter
from armguard.reporters.pretty import render

SOURCE = """{
  "parameters": {
    "policies": {
      "type": "array",
      "defaultValue": []
    }
  },
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "properties": {
        "accessPolicies": "[parameters('policies')]"
      }
    },
    {
      "type": "Microsoft.MachineLearningServices/workspaces",
      "name": "ml-prod"
    }
  ]
}
"""
DEFAULT = Location("infra/main.json", "/parameters/policies", Position(5, 7), Position(5, 25))
WORKSPACE = Location("infra/main.json", "/resources/1", Position(15, 5), Position(18, 6))
EMPTIED = Finding(
    rule="access-policies-emptied",
    severity=Severity.ERROR,
    certainty=Certainty.DEFAULT,
    message="vault 'kvmlprod' is deployed with an empty accessPolicies list, so every deployment"
    " removes all its access policies",
    location=Location("infra/main.json", "/resources/0", Position(12, 9), Position(12, 53)),
    related=(
        Related("parameter 'policies' defaults to []", DEFAULT),
        Related("workspace 'ml-prod' uses this vault", WORKSPACE),
    ),
    details=(
        Detail("because", ("parameter 'policies' defaults to [] (", DEFAULT, ")")),
        Detail("fix", ("read the live list before each deployment and pass it in as 'policies'",)),
    ),
    parameters=("infra/main.prod.parameters.json",),
)
REPORT = Report(
    findings=(EMPTIED,),
    summary=Summary(templates=1, deployments=1, vaults=1, errors=1),
    sources={"infra/main.json": SOURCE},
    notices=("infra/main.json is checked with infra/main.prod.parameters.json",),
)
SUMMARY = (
    "checked 1 template (1 deployment, 1 vault): 1 error, 0 warnings, 0 notes;"
    " 0 undecided, 0 skipped"
)
EXPECTED = f"""\
infra/main.json  1 error

  error[access-policies-emptied]: vault 'kvmlprod' is deployed with an empty
  accessPolicies list, so every deployment removes all its access policies
  (default)
  --> infra/main.json:12:9
     12 | "accessPolicies": "[parameters('policies')]"
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  because: parameter 'policies' defaults to [] (infra/main.json:5:7)
      5 | "defaultValue": []
        | ^^^^^^^^^^^^^^^^^^
  fix:     read the live list before each deployment and pass it in as
           'policies'
  see:     workspace 'ml-prod' uses this vault (infra/main.json:15:5)
     16 | "type": "Microsoft.MachineLearningServices/workspaces",
     17 | "name": "ml-prod"
  with:    infra/main.prod.parameters.json
  more:    armguard rules access-policies-emptied

(default): so unless somebody gives the named parameter another value

infra/main.json is checked with infra/main.prod.parameters.json

error: vault 'kvmlprod' is deployed with an empty accessPolicies list, so every
deployment removes all its access policies (default)
--> infra/main.json:12:9
{SUMMARY}
"""


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


def test_a_report_of_80_columns() -> None:
    assert render(REPORT) == EXPECTED


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
def test_lines_fit_but_for_those_that_must_stay_whole(width: int) -> None:
    *lines, summary = render(REPORT, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert summary == text_reporter.summary_line(REPORT.summary)
    words = " ".join("".join(lines).split())
    assert "^" in words


def test_a_wider_terminal_needs_fewer_lines() -> None:
    assert render(REPORT, width=120).count("\n") < render(REPORT, width=80).count("\n")
    assert render(REPORT, width=5000) == render(REPORT, width=200)
    assert render(REPORT, width=1) == render(REPORT, width=40)


def test_colour_changes_nothing_but_colour() -> None:
    colored = render(REPORT, color=True)
    assert "\x1b[1;31merror\x1b[0m[access-policies-emptied]: " in colored
    assert "\x1b[1;31m^^^^" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == EXPECTED
    assert "\x1b" not in render(REPORT)
    assert not any(line.endswith("\x1b") for line in colored.splitlines())


def test_findings_are_grouped_by_file_and_the_worst_comes_last() -> None:
    error = finding("a", severity=Severity.ERROR)
    doubtful = finding("e", severity=Severity.ERROR, certainty=Certainty.DEFAULT)
    notes = (finding("b"), finding("c"), finding("d", "u.json"))
    lines = render(Report(findings=(error, doubtful, *notes))).splitlines()
    titles = [line for line in lines if line.startswith(("t", "u"))]
    assert titles == ["u.json  1 note", "t.json  2 errors, 2 notes"]
    order = [line.split(": ")[1][0] for line in lines if line.startswith(("  note[", "  error["))]
    assert order == ["d", "b", "c", "e", "a"]


def test_prose_stays_readable_on_a_wide_terminal_and_excerpts_take_all_of_it() -> None:
    source = '{"accessPolicies": "' + "x" * 300 + '"}'
    place = Location("t.json", "", Position(1, 2), Position(1, len(source)))
    report = Report(findings=(finding("word " * 60, location=place),), sources={"t.json": source})
    lines = render(report, width=140).splitlines()
    assert max(len(line) for line in lines if "word" in line) in range(95, 101)
    assert max(map(len, lines)) in range(130, 141)


@pytest.mark.parametrize(
    ("certainties", "expected"),
    [
        ((Certainty.CERTAIN,), []),
        ((Certainty.DEFAULT,), ["(default)"]),
        ((Certainty.POSSIBLE, Certainty.CERTAIN), ["(certain)", "(possible)"]),
    ],
)
def test_words_that_are_not_plain_are_explained_once(
    certainties: tuple[Certainty, ...], expected: list[str]
) -> None:
    findings = tuple(finding(str(i), certainty=each) for i, each in enumerate(certainties * 2))
    lines = render(Report(findings=findings)).splitlines()
    assert [line.split(":")[0] for line in lines if line.startswith("(")] == expected


def test_the_decisive_line_is_coloured_above_the_summary() -> None:
    worst = finding("worst of all", severity=Severity.ERROR)
    report = Report(findings=(worst, *(finding(str(i)) for i in range(9))))
    *_, decisive, place, _ = render(report, color=True).splitlines()
    assert decisive == "\x1b[1;31merror: worst of all (certain)\x1b[0m"
    assert place == "\x1b[34m-->\x1b[0m t.json:1:1"


def test_notes_decide_nothing() -> None:
    assert render(Report(findings=(finding("only a note"),))).count("only a note") == 1


@pytest.mark.parametrize(
    ("summary", "code"),
    [
        (Summary(templates=1, errors=1, warnings=1), "1;31"),
        (Summary(templates=1, warnings=1), "1;33"),
        (Summary(templates=1, notes=1), "1;32"),
        (Summary(templates=1, undecided=1), "1"),
        (Summary(templates=1, closed=1), "1"),
        (Summary(), "1"),
    ],
)
def test_the_summary_has_the_colour_of_what_it_says(summary: Summary, code: str) -> None:
    last = render(Report(summary=summary), color=True).splitlines()[-1]
    assert last == f"\x1b[{code}m{text_reporter.summary_line(summary)}\x1b[0m"


def test_a_way_out_that_is_told_elsewhere_is_not_shown_again() -> None:
    place = Location("infra/main.json", "/x", Position(5, 7), Position(5, 25))
    one = replace(EMPTIED, details=(Detail("or", ("as at ", place)),), related=())
    report = Report(findings=(one,), sources={"infra/main.json": SOURCE})
    assert '"defaultValue"' not in render(report)
    assert "or:      as at infra/main.json:5:7\n" in render(report)


def test_of_a_repair_all_that_differs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a long line may be what differs; what stays the same is cut."""
    monkeypatch.setattr("armguard.reporters._repairs.concealed", lambda path, text: text)
    old = '"value": "' + "a" * 100 + 'old"'
    same = '"same": "' + "b" * 100 + '"'
    source = f"{same}\n{old}\n"
    start = source.index("old")
    repair = Repair("r", "does", (Replacement("t.json", start, start + 3, "::new"),))
    report = Report(findings=(finding(repair=repair),), sources={"t.json": source})
    lines = render(report).splitlines()
    assert any(line.endswith('old"') for line in lines)
    assert any(line.endswith('new"') for line in lines)
    assert not any(line.endswith('b"') for line in lines)
    assert max(map(len, lines[:-1])) <= 80


def test_a_finding_without_a_position_names_the_file() -> None:
    text = render(Report(findings=(finding(location=Location("t.json", "")),)))
    assert text.splitlines()[2:5] == [
        "  note[undecided-vault]: m (certain)",
        "  --> t.json",
        "  more:    armguard rules undecided-vault",
    ]


def test_suppressed_and_baselined_findings_are_not_printed() -> None:
    report = Report(
        findings=(finding("one", suppressed=Suppression("known")), finding("two", baselined=True))
    )
    assert render(report) == text_reporter.render(report)


def test_crashes_and_notices_come_before_the_summary() -> None:
    report = Report(notices=("n " * 50,), crashes=("u.json: ValueError",))
    assert render(report, width=40).splitlines()[:3] == [
        "u.json: ValueError: not analysed",
        "  because of a bug in armguard, please",
        "  report it",
    ]


def test_marks_stand_below_wide_characters() -> None:
    source = '{"名前語言": "値値", "accessPolicies": []}'
    start = source.index('"acc') + 1
    place = Location("t.json", "", Position(1, start), Position(1, start + 20))
    lines = render(Report(findings=(finding(location=place),), sources={"t.json": source}))
    row, marks = lines.splitlines()[4:6]
    before = row.index('"acc')
    assert marks.index("^") == cell_len(row[:before])
    assert marks.count("^") == 20


@pytest.mark.usefixtures("as_written")
def test_a_very_long_line_is_cut_around_the_span() -> None:
    source = '{"a": "' + "x" * 5000 + '", "accessPolicies": [], "b": "' + "y" * 5000 + '"}'
    start = source.index('"acc') + 1
    place = Location("t.json", "", Position(1, start), Position(1, start + 20))
    report = Report(findings=(finding(location=place),), sources={"t.json": source})
    row, marks = render(report).splitlines()[4:6]
    assert len(row) <= 80
    assert row.startswith("      1 | ...xxx")
    assert row.endswith("yyy...")
    assert row[marks.index("^") : marks.rindex("^") + 1] == '"accessPolicies": []'


@pytest.mark.parametrize("word", ["::error::x", ":::error:::x", "a" * 80 + "::error::x"])
def test_no_line_begins_with_a_command_wherever_it_is_broken(word: str) -> None:
    for length in range(1, 80):
        message = "a" * length + f" {word}"
        said = render(Report(findings=(finding(message),), notices=(message,)))
        assert not any(line.lstrip().startswith("::") for line in said.splitlines())


def test_no_line_of_a_diff_begins_with_a_command_wherever_it_is_folded() -> None:
    for length in range(1, 80):
        text = "a" * length + "::error::x"
        repair = Repair("r", "does", (Replacement("t.json", 0, 1, text),))
        said = render(Report(findings=(finding(repair=repair),), sources={"t.json": "0"}))
        assert "error" in said
        assert not any(line.lstrip().startswith("::") for line in said.splitlines())


ADDRESS = "https://example.com/rules/access-policies-emptied.md"


def at_home(*pages: RulePage) -> Report:
    page = RulePage("access-policies-emptied", Severity.ERROR, "", "", ADDRESS)
    return replace(REPORT, rules=(page, *pages))


def test_a_rule_has_the_address_of_its_page_where_there_is_one() -> None:
    plain = render(at_home())
    assert f"  more:    armguard rules access-policies-emptied\n           {ADDRESS}\n" in plain
    assert "http" not in render(REPORT)


def test_a_rule_is_a_link_to_its_page_on_terminals_that_take_it() -> None:
    linked = render(at_home(), links=True)
    link = f"\x1b]8;;{ADDRESS}\x1b\\access-policies-emptied\x1b]8;;\x1b\\"
    assert f"  error[{link}]: vault 'kvmlprod'" in linked
    assert re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\", "", linked) == EXPECTED
    assert render(REPORT, links=True) == EXPECTED


def test_markup_of_rich_is_text() -> None:
    text = "[red]a[/red] [/] :smile: [link=x]"
    assert text in render(Report(findings=(finding(text),)), color=True)


HOSTILE = st.text(
    st.one_of(
        st.sampled_from("#vso[]:\x1b\r\n\x00\x9b\ud800\u202e\u2028\ufeff a語"),
        st.characters(exclude_categories=()),
    )
)


@given(HOSTILE, HOSTILE, st.integers(40, 120))
def test_nothing_hostile_is_obeyed(path: str, message: str, width: int) -> None:
    place = Location(path, "", Position(1, 1), Position(1, 9))
    one = finding(message, location=place, details=(Detail("because", (message, place)),))
    report = Report(
        findings=(one,), sources={path: message}, notices=(message,), crashes=(message,)
    )
    text = render(report, width=width)
    assert "##vso[" not in text.lower()
    assert "##[" not in text
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))
    assert not set(text) & set("\x1b\r\x00\x9b\u202e\u2028\ufeff")
    *lines, _, _ = text.split("\n")
    must_fit = [line for line in lines if line.startswith("    ")]
    assert all(cell_len(line) <= width for line in must_fit)
    text.encode("utf-8")


def test_a_long_label_leaves_room_for_its_text() -> None:
    one = finding(details=(Detail("label" * 30, ("語" * 50,)),))
    assert "語語" in render(Report(findings=(one,)))
