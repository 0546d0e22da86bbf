"""Diagnostics out of lines and responses, also out of strange ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SHARED

from armguard.source.bicep.diagnostics import LONGEST_TEXT, Diagnostic, answered, printed

RECORDINGS = SHARED / "bicep" / "recordings"
recorded = pytest.mark.skipif(
    not RECORDINGS.exists(), reason="the recordings of the Bicep CLI (../shared/bicep) are not here"
)


def test_a_line_is_one_diagnostic() -> None:
    line = (
        '/x (1)/main.bicep(13,2) : Error BCP018: Expected the "}" character at this location. '
        "[https://aka.ms/bicep/core-diagnostics#BCP018]\n"
    )
    assert printed(line) == (
        Diagnostic(
            "/x (1)/main.bicep",
            13,
            2,
            "error",
            "BCP018",
            'Expected the "}" character at this location.',
        ),
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a.bicep(1,2) : Warning no-unused-params: x", ("a.bicep", "warning", "x")),
        ("a.bicep(1,2) : Info BCP001: x\r", ("a.bicep", "info", "x")),
        ("ERROR: /a b.bicep(1,2) : Error BCP001: x", ("/a b.bicep", "error", "x")),
        ("WARNING: /a.bicep(1,2) : Warning BCP001: x", ("/a.bicep", "warning", "x")),
        (r"C:\x\a.bicep(1,2) : Error BCP001: x", (r"C:\x\a.bicep", "error", "x")),
        ("/a.bicep(1,2) : Error BCP001: a [b] (c): d", ("/a.bicep", "error", "a [b] (c): d")),
    ],
)
def test_each_spelling_of_a_line(line: str, expected: tuple[str, str, str]) -> None:
    (found,) = printed(line + "\n")
    assert (found.path, found.level, found.text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "TRACE: /a.bicep(1,2) : building",
        "An error occurred reading file. Could not find file '/a.bicep'.",
        "/a.bicep(1) : Error BCP001: x",
        "/a.bicep(1,2) : Fatal BCP001: x",
        "/a.bicep(1234567890,2) : Error BCP001: x",
        "Unhandled exception: System.Exception: x",
    ],
)
def test_other_lines_are_none(line: str) -> None:
    assert printed(line) == ()


def test_a_text_goes_on_until_its_address_or_the_next_message() -> None:
    errors = (
        "/a.bicep(1,1) : Error A1: one\n- two\n- three. [https://aka.ms/x]\nnot part of it\n"
        "/a.bicep(2,1) : Error A2: one\n\ntwo\n"
        "TRACE: noise\nnor this\n"
        "/a.bicep(3,1) : Error A3: one\n"
        "/a.bicep(4,1) : Error A4: two\n"
    )
    texts = [each.text for each in printed(errors)]
    assert texts == ["one\n- two\n- three.", "one\n\ntwo", "one", "two"]


def test_what_is_said_twice_is_said_once() -> None:
    first, second = "/a.bicep(1,1) : Error A1: x\n", "/a.bicep(1,2) : Error A1: x\n"
    assert [each.column for each in printed(second + first + second + first)] == [2, 1]


@pytest.mark.parametrize(
    ("folder", "shown"), [("project", "modules/a.bicep"), ("/", "{}/modules/a.bicep")]
)
def test_paths_are_those_of_the_report(
    folder: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(tmp_path / folder)
    (found,) = printed(f"/a.bicep(1,1) : Error A1: no '{project}/modules/a.bicep' here\n")
    assert found.text == f"no '{shown.format(project)}' here"


def test_long_texts_are_cut() -> None:
    (found,) = printed(f"/a.bicep(1,1) : Error A1: {'x' * 900}\n")
    assert len(found.text) == LONGEST_TEXT
    assert found.text.endswith("x...")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("of type \"'hunter22'\"", "of type \"'***'\""),
        ("of type \"'x-hunter22-y' | 'other'\"", "of type \"'x-***-y' | 'other'\""),
        (r"of type 'it\'s\na \${secret}'", "of type '***'"),
        ("see '/home/somebody/x.bicep'", "see '/home/somebody/x.bicep'"),
        (r"see 'C:\hunter22\x.bicep'", r"see 'C:\hunter22\x.bicep'"),
        ("there's a hunter22 who isn't quoted", "there's a hunter22 who isn't quoted"),
        ("'prod'", "'prod'"),
        ("at https://me:pass@host/", "at https://***@host/"),
    ],
)
def test_values_of_the_environment_are_not_told(
    monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    """Where the compiler quotes a text that a parameter file reads from there."""
    monkeypatch.setenv("OWN_SECRET", "hunter22")
    monkeypatch.setenv("OWN_TEXT", "it's\na ${secret}")
    monkeypatch.setenv("OWN_FOLDER", "/home/somebody")
    monkeypatch.setenv("OWN_STAGE", "prod")
    (found,) = printed(f"/a.bicep(1,1) : Error BCP033: {said}\n")
    assert found.text == told


def test_a_response_counts_from_zero() -> None:
    response = {
        "source": "/a.bicep",
        "range": {"start": {"line": 12, "char": 0}, "end": {"line": 12, "char": 3}},
        "level": "Error",
        "code": "BCP018",
        "message": "x",
    }
    expected = Diagnostic("/a.bicep", 13, 1, "error", "BCP018", "x")
    assert answered([response, response]) == (expected,)


@pytest.mark.parametrize("range_", [None, [], {"start": 1}, {"start": {"line": None}}])
def test_a_response_without_a_place_is_about_the_beginning(range_: Any) -> None:
    (found,) = answered([{"source": "/a.bicep", "range": range_, "level": "Error"}])
    assert (found.line, found.column, found.level) == (1, 1, "error")


@pytest.mark.parametrize("given_", [None, {}, "x", [None, 1, "x", []]])
def test_a_response_may_be_anything(given_: object) -> None:
    assert answered(given_) == ()


@given(st.text(alphabet=st.sampled_from("a.(1,2) : ErrorBCP\n[]https://")))
def test_any_text_can_be_read(text: str) -> None:
    printed(text)


@recorded
def test_all_recorded_lines_are_read() -> None:
    """Each recording of failed files against the diagnostics that are expected there."""
    compared = 0
    for folder in sorted(RECORDINGS.glob("9[0-6]-*")):
        expected = json.loads(
            (SHARED / "bicep/sources" / folder.name / "expected.json").read_text()
        )
        errors = folder / "build.stderr"
        if not errors.exists():
            errors = folder / "build-params.stderr"
        found = [
            {
                "file": each.path.removeprefix("${DIR}/"),
                "line": each.line,
                "column": each.column,
                "level": each.level,
                "code": each.code,
            }
            for each in printed(errors.read_text("utf-8"))
        ]
        assert found == expected["diagnostics"], folder.name
        compared += 1
    assert compared == 7


@recorded
def test_a_recorded_text_over_several_lines() -> None:
    (found,) = printed((RECORDINGS / "cli" / "template-spec.stderr").read_text("utf-8"))
    assert found.code == "BCP192"
    assert found.text.endswith("\n- Azure CLI not installed\n- PowerShell is not installed.")


@recorded
def test_a_recorded_trace_is_no_diagnostic() -> None:
    (found,) = printed((RECORDINGS / "cli" / "tracing.stderr").read_text("utf-8"))
    assert (found.level, found.code, found.line) == ("warning", "BCP036", 23)


@recorded
def test_responses_and_lines_tell_the_same() -> None:
    for name in ("90-syntax-error", "91-missing-module", "94-duplicate-add"):
        lines = printed((RECORDINGS / name / "build.stderr").read_text("utf-8"))
        pairs = (RECORDINGS / name / "rpc.jsonl").read_text("utf-8").splitlines()
        responses = [
            answered(pair["response"]["result"]["diagnostics"])
            for pair in map(json.loads, pairs)
            if pair["request"]["method"] == "bicep/compile" and "result" in pair["response"]
        ]
        assert responses == [lines], name
