"""Hostile text in every format: whatever a template says, no report obeys it.

All formats are found by `FORMATS`, so a new one is tested without a word here; a reader of its own
in `READERS` proves that what it writes can be read back.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Report,
    RulePage,
    Skipped,
    Summary,
    VaultReport,
)
from armguard.reporters import FORMATS, render

HOSTILE = {
    "azure command": "##vso[task.complete result=Succeeded;]done",
    "azure command in capitals": "##VSO[task.setvariable variable=x]y",
    "log format": "##[error]failed",
    "nested azure command": "###vso[task.complete]#",
    "github command": "::error::failed",
    "github command after blanks": " \t::stop-commands::x",
    "github command of old": "##[add-mask]x",
    "line breaks": "a\r\nb\nc\rd\x0be\x0cf\x85g\u2028h\u2029i",
    "commands on lines of their own": "a\n::error::b\n##vso[task.complete]c\r::warning::d",
    "escaped line breaks": "a%0A::error::b%0D%0Ac%250A%AZP250A",
    "escape sequences": "\x1b[31mred\x1b[0m\x9b1m\x1b]8;;https://example.com\x07link\x1b]8;;\x07",
    "control characters": "\x00\x01\x08\x7f",
    "end of a section of XML": "]]>&amp;&#x0;<!--",
    "markup": '<script>alert(1)</script><img src=x onerror="alert(1)">\'"',
    "table": "| a | b |\n|---|---|",
    "code": "`whoami` ``` ~~~",
    "link": "[click](https://example.com) ![x](y)",
    "directions": "\u202ereversed\u2066\u200f\u061c",
    "invisible": "a\u200bb\u00adc\ufeffd\U000e0041",
    "lone surrogates": "\ud800a\udfff",
    "no characters": "\ufffe\uffff",
    "properties": "];code=x;type=warning,line=1,title=x",
    "placeholders": "{0} {1} {{ }} %s %(x)s $x ${x} {%x%}",
    "colons": "::",
    "one colon": ":",
    "one number sign": "#",
    "what follows a number sign": "#vso[task.complete]",
    "blank": " ",
    "nothing": "",
}
INVISIBLE = set("\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\ufeff") | {
    chr(code)
    for first, last in ((0x202A, 0x202E), (0x2060, 0x206F))
    for code in range(first, last + 1)
}
OWN_COMMANDS = {
    "azure-pipelines": re.compile(
        r"##vso\[task\.logissue type=(?:error|warning);sourcepath=[^;\]]*;"
    ),
    "github": re.compile(r"::(?:error|warning|notice) file=[^,:]*,(?:line=\d+,)?"),
}
COMMANDS = 5
"""Four findings and a crash."""


def hostile_report(text: str, other: str = "") -> Report:
    """`text` in every member that a template, a file name or a parameter file can reach."""
    other = other or text
    place = Location(text, f"/{text}", Position(1, 1), Position(1, 4))
    finding = Finding(
        rule="access-policies-emptied",
        severity=Severity.ERROR,
        certainty=Certainty.CERTAIN,
        message=text,
        location=place,
        related=(Related(text, place), Related(other, Location(other, text))),
        details=(Detail("because", (text, other, place, other, text)), Detail("fix", (text,))),
        resource=ResourceName(text, other, text),
        parameters=(text, other),
        fingerprint="f00d",
    )
    warning = Finding("undecided-vault", Severity.WARNING, Certainty.DEFAULT, text, place)
    second = Finding("undecided-vault", Severity.WARNING, Certainty.DEFAULT, other, place)
    known = Finding(
        "recover-mode",
        Severity.NOTE,
        Certainty.POSSIBLE,
        text,
        place,
        suppressed=Suppression(text, other),
    )
    unreadable = Finding(
        "unreadable-template", Severity.ERROR, Certainty.CERTAIN, text, Location(other, "")
    )
    vault = VaultReport(text, text, place, "emptied", Certainty.CERTAIN, text, (text, other))
    return Report(
        deployments=(DeploymentReport(text, (text, other), (vault,)),),
        findings=(finding, warning, second, known, unreadable),
        summary=Summary(templates=1, deployments=1, vaults=1, errors=2, warnings=1, suppressed=1),
        rules=(RulePage("access-policies-emptied", Severity.ERROR, "summary", "# page\n"),),
        sources={text: f"{text}\n{other}", other: other},
        skipped=(Skipped(text, other),),
        notices=(text, other, text + other),
        crashes=(Crash(text, other),),
    )


def read_json(text: str) -> None:
    json.loads(text)


def read_sarif(text: str) -> None:
    """Texts for people are clean after parsing too; only excerpts are what the source says."""
    (run,) = json.loads(text)["runs"]
    assert len(run["results"]) == COMMANDS
    for result in run["results"]:
        assert_clean(result["message"]["text"])
        for related in result.get("relatedLocations", ()):
            assert_clean(related["message"]["text"])


def read_junit(text: str) -> None:
    root = ElementTree.fromstring(text.encode())
    assert len(list(root.iter("failure"))) >= 3
    assert len(list(root.iter("error"))) == 1


def read_markup(text: str) -> None:
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def read_gitlab(text: str) -> None:
    assert_clean(text)
    assert len(json.loads(text)) == 5


READERS: dict[str, Callable[[str], None]] = {
    "json": read_json,
    "sarif": read_sarif,
    "junit": read_junit,
    "gitlab": read_gitlab,
    "markdown": read_markup,
    "html": read_markup,
}


def assert_clean(text: str) -> None:
    """Nothing but visible characters and line feeds, and an encoder takes all of them."""
    bad = {
        character
        for character in text.replace("\n", "")
        if character in INVISIBLE or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
    }
    assert not bad, sorted(map(hex, map(ord, bad)))
    text.encode("utf-8")


def assert_harmless(format_name: str, report: Report) -> None:
    text = render(format_name, report)
    assert text.endswith("\n")
    assert_clean(text)
    own = OWN_COMMANDS.get(format_name)
    lines = text.split("\n")
    if own is not None:
        commands = [line for line in lines if own.match(line)]
        assert len(commands) == COMMANDS
        # behind the opening of a command of its own, the rest is text as everywhere
        lines = [own.sub("", line, count=1) if own.match(line) else line for line in lines]
    for line in lines:
        assert not re.search(r"##(?:vso)?\[", line, re.IGNORECASE), line
        assert not line.lstrip().startswith("::"), line
    READERS.get(format_name, assert_clean)(text)


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_does_nothing(hostile: str, format_name: str) -> None:
    assert_harmless(format_name, hostile_report(hostile))


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(("first", "second"), [("#", "#vso[x]"), (":", ":error::"), ("]", "(1)")])
def test_nothing_comes_about_where_two_texts_meet(
    first: str, second: str, format_name: str
) -> None:
    assert_harmless(format_name, hostile_report(first, second))
    assert_harmless(format_name, hostile_report(second, first))


PIECES = st.sampled_from([*"#vso[]:;,=%|<>`&\"'\r\n\x1b\u202e\ud800\uffff \\(){}", "##vso[", "::"])
TEXTS = st.lists(st.one_of(PIECES, st.characters()), max_size=20).map("".join)


@pytest.mark.parametrize("format_name", FORMATS)
@given(TEXTS, TEXTS)
def test_no_text_does_anything(format_name: str, first: str, second: str) -> None:
    assert_harmless(format_name, hostile_report(first, second))


@pytest.mark.parametrize("format_name", FORMATS)
def test_equal_reports_are_equal_bytes(format_name: str) -> None:
    report = hostile_report("kv|`<x>")
    assert render(format_name, report) == render(format_name, report)
