"""unreadable-template: a finding at the place where a file stops making sense, never silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from armguard.finding import Position

RULE = "unreadable-template"
CAN_NOT = "the file can't be read as a template: "


@pytest.fixture
def text(template_of: Any, vault_of: Any) -> str:
    return json.dumps(template_of(vault_of(policies=[])), indent=2)


def end_of(text: str) -> Position:
    lines = text.split("\n")
    return Position(len(lines), len(lines[-1]) + 1)


@pytest.mark.parametrize(
    "spelled",
    [
        lambda text: text,
        lambda text: f"\ufeff{text}",
        lambda text: text.replace("{", "{ // a comment", 1),
        lambda text: text.replace("[]", "[ /* nobody */ ],"),
        lambda text: text.replace("westeurope", "west\neurope"),
    ],
    ids=["json", "byte-order-mark", "comment", "trailing-comma", "line-break-in-a-text"],
)
def test_compliant_as_azure_reads_it(
    check_files: Any, text: str, spelled: Callable[[str], str]
) -> None:
    checked = check_files({"main.json": spelled(text)})
    assert checked.told(RULE) == []
    assert checked.vault.verdict == "emptied"


@pytest.mark.parametrize("paths", [(".",), ("main.json",)], ids=["folder", "named"])
@pytest.mark.parametrize(
    ("right", "wrong", "why", "span"),
    [
        (
            '"name": "kv"',
            '"name" ^"kv"',
            "expected ':' after the property name, found '\"'",
            '"',
        ),
        (
            '"name": "kv"',
            "^name: 'kv'",
            "expected a property name in double quotes, found 'name'",
            "n",
        ),
        ('"name": "kv"', '"name": ^kv', "expected a value, found a word", "k"),
        (
            '"accessPolicies": []\n      }',
            '"accessPolicies": [^}',
            "expected a value, found '}'",
            "}",
        ),
    ],
)
def test_violating(
    check_files: Any, text: str, right: str, wrong: str, why: str, span: str, paths: tuple[str, ...]
) -> None:
    """`^` stands where it stops making sense."""
    before, _, after = text.replace(right, wrong).partition("^")
    checked = check_files({"main.json": before + after}, paths=paths)
    assert checked.told(RULE) == [("error", "certain", CAN_NOT + why, span)]
    (finding,) = checked.of(RULE)
    assert (finding.location.path, finding.location.start) == ("main.json", end_of(before))
    assert checked.exit_code == 1


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ('"name": ', "expected a value, found the end of the text"),
        (
            '"westeurope",',
            "expected a property name in double quotes, found the end of the text",
        ),
    ],
)
def test_violating_file_that_breaks_off(check_files: Any, text: str, last: str, why: str) -> None:
    before = text[: text.index(last) + len(last)]
    checked = check_files({"main.json": before})
    assert checked.told(RULE) == [("error", "certain", CAN_NOT + why, "")]
    (finding,) = checked.of(RULE)
    assert finding.location.start == end_of(before)


def test_the_run_goes_on(check_files: Any, text: str) -> None:
    checked = check_files({"a.json": text + "}", "b.json": text})
    assert [(each.rule, each.location.path) for each in checked.report.findings] == [
        (RULE, "a.json"),
        ("access-policies-emptied", "b.json"),
    ]


def test_undecided_whether_it_is_meant_as_a_template(check_files: Any, text: str) -> None:
    """Broken JSON without a `$schema` that tells is skipped, and counted; naming it decides."""
    broken = '{ "resources": [ }'
    checked = check_files({"main.json": text, "notes.json": broken})
    assert checked.told(RULE) == []
    assert [(each.path, each.reason) for each in checked.report.skipped] == [
        ("notes.json", "not a deployment template")
    ]
    assert checked.report.summary.skipped == 1
    named = check_files({}, paths=("notes.json",))
    assert named.told(RULE) == [("error", "certain", f"{CAN_NOT}expected a value, found '}}'", "}")]
