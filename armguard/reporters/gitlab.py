"""The report as GitLab's Code Quality JSON, which a merge request shows beside its changes.

An error is `critical`, a warning `major` and a note `info`; a bug in armguard is a `blocker`.
GitLab has no word for what somebody has accepted, so that is left out. Paths count from the top of
the repository.
"""

from __future__ import annotations

import posixpath
from typing import Any

from armguard.finding import Finding, Location, Severity
from armguard.finding.report import Crash, Report
from armguard.reporters._annotations import INTERNAL_ERROR
from armguard.reporters.text import crashed
from armguard.safe_text import safe_json, visible

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}


def render(report: Report) -> str:
    """An array, one line for each violation."""
    folder = report.origin.workspace_folder
    violations = [_of_finding(each, folder) for each in report.findings if each.counts]
    violations += (_of_crash(each, folder) for each in dict.fromkeys(report.crashes))
    return "[\n" + ",\n".join(map(safe_json, violations)) + "\n]\n" if violations else "[]\n"


def _of_finding(finding: Finding, folder: str) -> dict[str, Any]:
    return {
        "description": visible(f"{finding.message} ({finding.certainty.value})"),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": _location(finding.location, folder),
    }


def _of_crash(crash: Crash, folder: str) -> dict[str, Any]:
    return {
        "description": crashed(crash),
        "check_name": INTERNAL_ERROR,
        "fingerprint": f"{INTERNAL_ERROR}: {crash}",
        "severity": "blocker",
        "location": _location(Location(crash.path), folder),
    }


def _location(location: Location, folder: str) -> dict[str, Any]:
    # GitLab refuses a violation without a line: of a file without text it shows the beginning
    begin = 1 if location.start is None else location.start.line
    path = posixpath.normpath(posixpath.join(folder, location.path))
    return {"path": path, "lines": {"begin": begin}}
