"""Pages on a terminal: rendered, in its width, and obeying nothing that a policy says."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from armguard.cli import main, pages
from armguard.finding import Certainty, Finding, Location, Severity
from armguard.finding.report import Report, RulePage
from armguard.policy import load, policy_pages
from armguard.rules import rule_pages
from armguard.version import DOCUMENTATION


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


ESCAPE = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")


def rendered(markdown: str, columns: int = 80, **environment: str) -> str:
    return pages.rendered(markdown, columns, {"TERM": "xterm", **environment}, Terminal())


def test_markdown_is_read_as_such() -> None:
    page = rendered(
        "# a-rule\n\nError: *what* it `finds`.\n\n## Why\n\n- one\n- two\n", NO_COLOR="1"
    )
    assert page.split("\n")[1:] == [
        "",
        "Error: what it finds.",
        "",
        "Why",
        "",
        " • one",
        " • two",
        "",
    ]
    assert page.split("\n")[0].strip() == "a-rule"


@pytest.mark.parametrize(
    ("environment", "codes", "links"),
    [
        ({}, True, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, False),
    ],
)
def test_escapes_are_for_terminals_that_know_them(
    environment: dict[str, str], codes: bool, links: bool
) -> None:
    page = rendered("# a\n\n- https://example.com/page\n", **environment)
    assert ("\x1b[" in page) is codes
    assert ("\x1b]8;" in page) is links
    assert ESCAPE.sub("", page).count("https://example.com/page") == 1


@pytest.mark.parametrize("columns", [40, 80, 140])
def test_the_guide_fits(columns: int, project: Path) -> None:
    guide = (project / "docs" / "remedies.md").read_text("utf-8")
    page = ESCAPE.sub("", rendered(guide, columns))
    assert max(map(cell_len, page.splitlines())) <= columns
    assert "only-if-not-exists" in page
    assert "](" not in page
    assert "<!--" not in page
    assert "|" not in page.split("How sure the facts are")[0]


def test_a_table_that_fits_stays_one() -> None:
    table = "| name | what |\n|---|---|\n| a | b |\n"
    assert "──" in rendered(table)
    narrow = rendered(table.replace("| b |", f"| {'long ' * 20}|"), NO_COLOR="1").splitlines()
    assert narrow[0] == "a"
    assert narrow[2].startswith(" • what: long long")


@settings(max_examples=50)
@given(st.text(st.sampled_from("\x1b\x9b\x07\r\x00]8;\\\n#*`|-[](<> a\u202e")))
def test_text_becomes_no_escape(text: str) -> None:
    page = ESCAPE.sub("", rendered(f"# a\n\n{text}\n"))
    assert not set(page) & set("\x1b\x9b\x07\r\x00\u202e")


def test_what_is_no_terminal_gets_the_markdown(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main(["rules", "remedies"]) == 0
    assert capsys.readouterr().out == (project / "docs" / "remedies.md").read_text("utf-8")


@pytest.mark.parametrize(("encoding", "is_markdown"), [("utf-8", False), ("ascii", True)])
def test_a_terminal_that_can_not_spell_it_gets_the_markdown(
    encoding: str, is_markdown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stream(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", Stream(written, encoding))
    pages.print_page("- a\n")
    assert (written.getvalue() == b"- a\n") is is_markdown


def test_json_stays_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "remedies", "--format", "json"]) == 0
    assert capsys.readouterr().out.startswith("{\n")


def test_the_home_of_the_pages_is_the_one_of_the_project(project: Path) -> None:
    import tomllib

    said = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    assert said.get("urls", {}).get("Documentation", "") == DOCUMENTATION
    assert DOCUMENTATION == "" or re.fullmatch(r"https://[!-~]+/", DOCUMENTATION)


OWN = """\
id: own
title: a title
severity: note
why: because
applies-to: a/b
require: {path: name, equals: x}
remedy: none
"""


def test_pages_that_are_at_home_have_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, project: Path
) -> None:
    assert {page.address for page in rule_pages()} == {""}
    monkeypatch.setattr("armguard.version.DOCUMENTATION", "https://example.com/docs/")
    (tmp_path / "own.yaml").write_text(OWN)
    policies = load(("redeploy",), (str(tmp_path),))
    every = {page.id: page.address for page in (*rule_pages(), *policy_pages(policies))}
    assert every.pop("own") == ""
    for rule, address in every.items():
        assert address == f"https://example.com/docs/rules/{rule}.md"
        assert (project / "docs" / "rules" / f"{rule}.md").is_file()


@pytest.mark.parametrize(
    ("choice", "term", "links"),
    [("auto", "xterm", True), ("never", "xterm", False), ("always", "dumb", False)],
)
def test_a_report_has_links_only_where_it_has_colours(
    choice: str, term: str, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from armguard.cli import check

    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("NO_COLOR", raising=False)
    place = Location("t.json", "")
    finding = Finding("a-rule", Severity.NOTE, Certainty.CERTAIN, "message", place)
    page = RulePage("a-rule", Severity.NOTE, "", "", "https://example.com/a-rule")
    check._print(Report(findings=(finding,), rules=(page,)), "pretty", choice)
    assert ("\x1b]8;;https://example.com/a-rule\x1b\\a-rule" in stream.getvalue()) is links
    assert "https://example.com/a-rule" in stream.getvalue()
