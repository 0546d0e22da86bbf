"""Places of a report as places of SARIF: uris, regions, excerpts and fingerprints.

Every uri is relative to the repository, not to the working directory as elsewhere in armguard:
code scanning knows no other place. What is outside of it stays as it is.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from armguard.finding import Finding, Location, Repair
from armguard.finding.report import Report
from armguard.reporters._excerpts.lines import SourceLines
from armguard.reporters.sarif.line_hash import line_hashes
from armguard.reporters.sarif.message import plain
from armguard.source.location import Lines

ROOT = "%SRCROOT%"
"""What stands for the top of the repository, or for the working directory where there is none."""

_REGION = ("startLine", "startColumn", "endLine", "endColumn")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:/")


class Places:
    """Locations of armguard as locations of SARIF, in one repository."""

    def __init__(self, report: Report) -> None:
        self._folder = report.origin.folder
        self._sources = report.sources
        self._lines: dict[str, SourceLines] = {}
        self._artifacts: dict[str, dict[str, Any]] = {}
        self._hashes = _hashes(report)
        self.indexes = {path: index for index, path in enumerate(_analysed(report))}

    @property
    def inside_repository(self) -> bool:
        """Whether all files that were analysed are below the top of the repository."""
        return all("uriBaseId" in self.artifact(path) for path in self.indexes)

    def artifact(self, path: str) -> dict[str, Any]:
        location = self._artifacts.get(path)
        if location is None:
            location = self._artifacts[path] = self._artifact(path)
        return location

    def _artifact(self, path: str) -> dict[str, Any]:
        location: dict[str, Any] = {"uri": self._uri(path)}
        if not _ABSOLUTE.match(path) and not location["uri"].startswith("../"):
            location["uriBaseId"] = ROOT
        if path in self.indexes:
            location["index"] = self.indexes[path]
        return location

    def _uri(self, path: str) -> str:
        if _ABSOLUTE.match(path):
            return "file:///" + _encoded(path.lstrip("/"))
        return _encoded(posixpath.normpath(posixpath.join(self._folder, path)))

    def physical(self, location: Location) -> dict[str, Any]:
        physical: dict[str, Any] = {"artifactLocation": self.artifact(location.path)}
        lines = self._source(location.path)
        start, end = location.start, location.end or location.start
        if start is None or end is None:
            # SARIF's form for the whole file
            physical["region"] = {"startLine": 1, "endLine": lines.count if lines else 1}
            return physical
        physical["region"] = {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        }
        return physical

    def excerpted(self, location: Location) -> dict[str, Any]:
        """The same as `physical` with an excerpt of the source, where there is one to show."""
        physical = self.physical(location)
        lines = self._source(location.path)
        snippet = lines.region(location) if lines is not None else None
        if lines is None or snippet is None:
            return physical
        physical["region"]["snippet"] = {"text": snippet}
        around = lines.around(location)
        if around is not None:
            physical["contextRegion"] = {
                "startLine": around.first,
                "endLine": around.last,
                "snippet": {"text": around.text},
            }
        return physical

    def fix(self, repair: Repair) -> dict[str, Any]:
        """A repair as the `fix` object of SARIF: a change for each file that it touches."""
        changes: dict[str, list[dict[str, Any]]] = {}
        lines = {each.path: Lines(self._sources[each.path]) for each in repair.replacements}
        for each in repair.replacements:
            start, end = map(lines[each.path].position, (each.start, each.end))
            region = dict(zip(_REGION, (*start, *end), strict=True))
            replacement = {"deletedRegion": region, "insertedContent": {"text": each.text}}
            changes.setdefault(each.path, []).append(replacement)
        return {
            "description": {"text": plain(f"{repair.remedy}: {repair.does}")},
            "artifactChanges": [
                {"artifactLocation": self.artifact(path), "replacements": replacements}
                for path, replacements in changes.items()
            ],
        }

    def fingerprints(self, finding: Finding) -> dict[str, str]:
        fingerprints = {"armguard/v1": finding.fingerprint}
        location = finding.location
        if location.start is not None:
            value = self._hashes.get(location.path, {}).get(location.start.line)
            if value is not None:
                fingerprints["primaryLocationLineHash"] = value
        return fingerprints

    def _source(self, path: str) -> SourceLines | None:
        if path not in self._lines and path in self._sources:
            self._lines[path] = SourceLines(path, self._sources[path])
        return self._lines.get(path)


def _encoded(path: str) -> str:
    return quote(path, safe="/", errors="backslashreplace")


def _analysed(report: Report) -> Iterable[str]:
    paths = {path for each in report.deployments for path in (each.template, *each.parameters)}
    paths.update(finding.location.path for finding in report.findings)
    return sorted(paths)


def _hashes(report: Report) -> dict[str, dict[int, str]]:
    wanted: dict[str, set[int]] = {}
    for finding in report.findings:
        start = finding.location.start
        if start is not None and finding.location.path in report.sources:
            wanted.setdefault(finding.location.path, set()).add(start.line)
    return {path: line_hashes(report.sources[path], lines) for path, lines in wanted.items()}
