"""What other programs make of armguard's lines: GitHub's problem matcher, and Vim's errorformat."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support import make_template, make_vault, run_armguard

ROOT = Path(__file__).resolve().parents[2]
MATCHERS = json.loads((ROOT / "integrations" / "github" / "problem-matcher.json").read_text())
PAGE = (ROOT / "docs" / "installation.md").read_text("utf-8")
Place = tuple[str, int | None, int | None, str]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Place]]:
    """Text output with findings of all severities, odd names, and one without a place; and file,
    line, column and severity of each, as the JSON output has them."""
    folder = tmp_path_factory.mktemp("sources")
    for name in ("with blanks [x].json", "odd-1:2.json"):
        text = json.dumps(make_template(make_vault("kv", [])), indent=2)
        (folder / name).write_text(text, "utf-8")
    undecided = ROOT / "fixtures" / "undecided" / "list-not-supplied.json"
    shutil.copy(undecided, folder / "undecided.json")
    shutil.copy(ROOT / "fixtures" / "hazards" / "branch-not-supplied.json", folder / "doubt.json")
    (folder / "bytes.json").write_bytes(b'{"$schema": "\xff\xfe\xfd"')
    named = ("check", ".", "bytes.json")
    text = run_armguard(*named, "--format", "text", folder=folder).stdout
    report = json.loads(run_armguard(*named, "--format", "json", folder=folder).stdout)
    places = [
        (
            each["path"],
            None if each["start"] is None else each["start"]["line"],
            None if each["start"] is None else each["start"]["column"],
            each["severity"],
        )
        for each in report["findings"]
    ]
    assert {place[0] for place in places} >= {"with blanks [x].json", "odd-1:2.json"}
    assert {place[3] for place in places} == {"error", "warning", "note"}
    assert any(place[1] is None for place in places)
    return text, places


def number(text: str | None) -> int | None:
    return None if text is None else int(text)


def test_the_problem_matcher_of_github(output: tuple[str, list[Place]]) -> None:
    text, places = output
    found = []
    for line in text.splitlines():
        for matcher in MATCHERS["problemMatcher"]:
            (pattern,) = matcher["pattern"]
            if match := re.fullmatch(pattern["regexp"], line):
                severity = match[pattern["severity"]] if "severity" in pattern else "note"
                at = number(match[pattern["line"]]), number(match[pattern["column"]])
                found.append((match[pattern["file"]], *at, severity))
                assert re.fullmatch("[a-z-]+", match[pattern["code"]])
                assert re.search(r" \((certain|default|possible)\)$", match[pattern["message"]])
    assert found == places


def test_the_severities_are_those_of_github() -> None:
    assert [each.get("severity") for each in MATCHERS["problemMatcher"]] == [None, "notice"]
    owners = [each["owner"] for each in MATCHERS["problemMatcher"]]
    for owner in owners:
        assert f"::remove-matcher owner={owner}::" in (ROOT / "docs" / "ci.md").read_text("utf-8")


def option(name: str) -> str:
    """What the page sets an option of Vim to."""
    (value,) = re.findall(rf"^setlocal {name}=(.*)$", PAGE, re.MULTILINE)
    return str(re.sub(r"\\(.)", r"\1", value))


def as_expression(errorformat: str) -> str:
    """The regular expression of one pattern of an errorformat, as far as ours use it."""
    items = {"%f": "(?P<file>.+?)", "%l": r"(?P<line>\d+)", "%c": r"(?P<column>\d+)"}
    items |= {"%t": "(?P<type>.)", "%m": "(?P<message>.+)", "%*[a-z]": "[a-z]+"}
    parts = re.split(r"(%\*\[a-z\]|%[a-z])", errorformat)
    return "".join(items.get(part) or re.escape(part) for part in parts)


def test_the_errorformat_of_vim(output: tuple[str, list[Place]]) -> None:
    text, places = output
    *patterns, rest = option("errorformat").split(",")
    assert rest == "%-G%.%#", "all other lines are left out"
    found = []
    for line in text.splitlines():
        for pattern in patterns:
            if match := re.fullmatch(as_expression(pattern), line):
                given = match.groupdict()
                at = number(given.get("line")), number(given.get("column"))
                found.append((match["file"], *at, match["type"]))
                break
    assert found == [(*place, severity[0]) for *place, severity in places]


def test_vim_itself(output: tuple[str, list[Place]], tmp_path: Path) -> None:
    vim = shutil.which("vim") or shutil.which("nvim")
    if vim is None:
        pytest.skip("Vim is not installed, so it was not asked")
    text, places = output
    (tmp_path / "output.txt").write_text(text, "utf-8")
    (tmp_path / "script.vim").write_text(
        "".join(f"{line}\n" for line in re.findall(r"^setlocal errorformat.*$", PAGE, re.MULTILINE))
        + "cgetfile output.txt\n"
        "let found = map(getqflist(),"
        " '[bufname(v:val.bufnr), v:val.lnum, v:val.col, v:val.type, v:val.text]')\n"
        "call writefile([json_encode(found)], 'found.json')\nqall!\n",
        "utf-8",
    )
    start = [vim, "-N", "-u", "NONE", "-i", "NONE", "-n", "-es", "-S", "script.vim"]
    subprocess.run(start, cwd=tmp_path, timeout=60, check=False, stdin=subprocess.DEVNULL)
    listed: list[Any] = json.loads((tmp_path / "found.json").read_text("utf-8"))
    found = [tuple(each[:4]) for each in listed]
    assert found == [
        (path, line or 0, column or 0, severity[0]) for path, line, column, severity in places
    ]
    assert all(re.match(r"\[?[a-z-]+\]: ", each[4]) for each in listed)
