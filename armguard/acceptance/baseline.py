"""A baseline: the findings that were there when somebody began, so that only new ones count.

It knows findings by their fingerprints, which hold the path from the working directory: write and
use it from the same folder. Rule, path and message are in the file for people and for reviews.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from armguard.errors import UnreadableFileError, UsageError
from armguard.finding import Finding
from armguard.finding.report import Report
from armguard.record import record, replace
from armguard.source.json_text import parse_json, read_text

VERSION = 1
_MEMBERS = ("fingerprint", "rule", "path", "message")


@record
class Entry:
    fingerprint: str
    rule: str
    path: str
    message: str


@record
class Baseline:
    file: str
    entries: tuple[Entry, ...]

    def marked(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings, with `baselined` where they are known; suppressed ones stay as they are."""
        known = {entry.fingerprint for entry in self.entries}
        return [
            replace(finding, baselined=True)
            if finding.suppressed is None and finding.fingerprint in known
            else finding
            for finding in findings
        ]

    def gone(
        self, findings: Iterable[Finding], checked: Collection[str], rules: Collection[str]
    ) -> int:
        """How many of its findings are no longer there, as far as this run could have found them.

        `checked` are the files that were looked at, `rules` those that were looked for. A file
        that does not exist any more has none of its old findings.
        """
        from os.path import lexists

        found = {finding.fingerprint for finding in findings}
        return sum(
            entry.rule in rules and (entry.path in checked or not lexists(entry.path))
            for entry in self.entries
            if entry.fingerprint not in found
        )


def read_baseline(path: str) -> Baseline:
    """The baseline in a file. Raises `UsageError` for what is missing or no baseline."""
    try:
        document = parse_json(read_text(path))
    except UnreadableFileError as error:
        raise UsageError(
            f"baseline '{path}': {error}; armguard check --write-baseline {path} writes one"
        ) from error
    entries = document.get("findings") if isinstance(document, Mapping) else None
    if not isinstance(entries, list) or not all(map(_is_entry, entries)):
        raise UsageError(
            f"'{path}' is no baseline; armguard check --write-baseline FILE writes one"
        )
    if document.get("version") != VERSION:
        raise UsageError(
            f"baseline '{path}' has version {document.get('version')!r}, but this armguard reads"
            f" version {VERSION}; write it anew with --write-baseline"
        )
    return Baseline(path, tuple(Entry(*(each[name] for name in _MEMBERS)) for each in entries))


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, Mapping) and all(isinstance(entry.get(n), str) for n in _MEMBERS)


def baseline_text(report: Report) -> str:
    """The findings of a report as a baseline, one a line, sorted; without the suppressed ones."""
    from armguard.safe_text import document_text

    findings = sorted(
        (finding for finding in report.findings if finding.suppressed is None),
        key=lambda finding: (finding.location.path, finding.rule, finding.fingerprint),
    )
    return document_text(
        {
            "version": VERSION,
            "findings": [
                {
                    "fingerprint": finding.fingerprint,
                    "rule": finding.rule,
                    "path": finding.location.path,
                    "message": finding.message,
                }
                for finding in findings
            ],
        }
    )
