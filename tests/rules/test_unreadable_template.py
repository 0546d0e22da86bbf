"""A template that can't be read is a finding at the place where it stops making sense."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from armguard.analysis import Request, check_paths
from armguard.finding import Finding

Ask = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def findings(*paths: str) -> tuple[Finding, ...]:
    report = check_paths(Request(paths=paths), lambda: b"")
    assert report.crashes == ()
    return report.findings


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda text: text[: len(text) // 2], None),
        (
            lambda text: text.replace('"contentVersion": "1.0.0.0",', '"contentVersion": 1.0.0.0,'),
            3,
        ),
        (lambda text: text.replace('"contentVersion": "1.0.0.0",', '"contentVersion" "1",'), 3),
        (lambda text: text.replace('"contentVersion":', "contentVersion:"), 3),
        (lambda text: text + "}", None),
    ],
)
def test_broken_json_is_a_finding_where_it_breaks(
    damage: Callable[[str], str], line: int | None, folder: Path, template: Ask, vault: Ask
) -> None:
    text = damage(json.dumps(template([vault(accessPolicies=[])]), indent=2))
    (folder / "main.json").write_text(text, "utf-8")
    for path in ("main.json", "."):
        (finding,) = findings(path)
        assert (finding.rule, finding.severity, finding.certainty) == (
            "unreadable-template",
            "error",
            "certain",
        )
        assert finding.location.path == "main.json"
        assert finding.location.start is not None
        assert finding.location.start.line == (line or text.count("\n") + 1)


def test_the_run_goes_on(folder: Path, template: Ask, vault: Ask) -> None:
    (folder / "a.json").write_text('{"$schema": "' + template()["$schema"] + '", ', "utf-8")
    (folder / "b.json").write_text(json.dumps(template([vault(accessPolicies=[])])), "utf-8")
    assert [finding.rule for finding in findings(".")] == [
        "unreadable-template",
        "access-policies-emptied",
    ]


def test_a_good_template_is_no_finding(folder: Path, template: Ask) -> None:
    (folder / "main.json").write_text(json.dumps(template()), "utf-8")
    assert findings("main.json") == ()
