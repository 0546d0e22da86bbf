"""The report as SARIF 2.1.0, with what GitHub code scanning and Azure DevOps make use of.

Columns count characters, and the log says so. Texts for people have what is invisible spelled out;
only excerpts of a source are exactly what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from armguard.finding import Finding
from armguard.finding.report import Report
from armguard.record import as_dict
from armguard.reporters.sarif.message import message_with_links, plain
from armguard.reporters.sarif.places import ROOT, Places
from armguard.reporters.sarif.tool import NOTIFICATIONS, rule_indexes, tool
from armguard.safe_text import document_text, visible

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(report: Report) -> str:
    """A log with one run."""
    run = document_text(_run(report, Places(report)))
    return f'{{\n"$schema": "{SCHEMA}",\n"version": "2.1.0",\n"runs": [\n{run}]\n}}\n'


def _run(report: Report, places: Places) -> dict[str, Any]:
    results = _results(report, places)
    origin = report.origin
    automation: dict[str, Any] = {"id": origin.automation_id}
    if origin.automation:
        automation["properties"] = dict(origin.automation)
    run: dict[str, Any] = {
        "tool": tool(report),
        "automationDetails": automation,
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The repository, or else the working directory."}}
        },
        "invocations": [
            {
                "executionSuccessful": not report.crashes,
                "toolExecutionNotifications": list(_notifications(report, places)),
            }
        ],
        "artifacts": [
            {"location": places.artifact(path), "roles": ["analysisTarget"]}
            for path in places.indexes
        ],
        "results": results,
        "properties": {"armguard/summary": as_dict(report.summary)},
    }
    # a claim about all files of the log, so not made where one is from elsewhere
    if origin.repository is not None and places.inside_repository:
        provenance = {
            "repositoryUri": origin.repository,
            "revisionId": origin.revision,
            "branch": origin.branch,
            "mappedTo": {"uriBaseId": ROOT},
        }
        run["versionControlProvenance"] = [
            {name: value for name, value in provenance.items() if value}
        ]
    return run


def _results(report: Report, places: Places) -> list[dict[str, Any]]:
    """SARIF wants `suppressions` and `baselineState` on all results or on none."""
    indexes = rule_indexes(report)
    suppressions = any(finding.suppressed is not None for finding in report.findings)
    results = []
    for finding in report.findings:
        result = _result(finding, places)
        if finding.rule in indexes:
            result["ruleIndex"] = indexes[finding.rule]
        if suppressions:
            result["suppressions"] = _suppressions(finding)
        if report.has_baseline:
            result["baselineState"] = "unchanged" if finding.baselined else "new"
        results.append(result)
    return results


def _result(finding: Finding, places: Places) -> dict[str, Any]:
    message, related = message_with_links(finding)
    location: dict[str, Any] = {"physicalLocation": places.excerpted(finding.location)}
    if finding.resource is not None:
        name = visible(finding.resource.name)
        location["logicalLocations"] = [
            {
                "name": name,
                "fullyQualifiedName": f"{visible(finding.resource.type)}/{name}",
                "kind": "resource",
            }
        ]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": finding.severity.value,
        "message": message,
        "locations": [location],
        "partialFingerprints": places.fingerprints(finding),
        "properties": {
            "certainty": finding.certainty.value,
            "pointer": visible(finding.location.pointer),
            "parameters": [visible(path) for path in finding.parameters],
            "remedies": list(finding.remedies),
        },
    }
    if finding.repair is not None:
        result["fixes"] = [places.fix(finding.repair)]
    if related:
        result["relatedLocations"] = [
            {
                "id": link.number,
                "physicalLocation": places.physical(link.place),
                "message": {"text": link.text},
            }
            for link in related
        ]
    return result


def _suppressions(finding: Finding) -> list[dict[str, Any]]:
    suppressed = finding.suppressed
    if suppressed is None:
        return []
    until = f" (until {suppressed.until})" if suppressed.until else ""
    reason = visible(suppressed.reason + until)
    kind = "inSource" if suppressed.in_source else "external"
    return [{"kind": kind, "status": "accepted", "justification": reason}]


def _notifications(report: Report, places: Places) -> Iterator[dict[str, Any]]:
    for crash in report.crashes:
        yield _notification("internal-error", str(crash), crash.path, places)
    for finding in report.findings:
        if finding.leaves_open == "file":
            yield _notification("unreadable-file", finding.message, finding.location.path, places)
        elif finding.leaves_open == "root":
            yield _notification("skipped-file", finding.message, finding.location.path, places)
    for skipped in report.skipped:
        yield _notification("skipped-file", skipped.reason, skipped.path, places)
    for notice in report.notices:
        yield _notification("run-notice", notice, "", places)


def _notification(name: str, text: str, path: str, places: Places) -> dict[str, Any]:
    notification: dict[str, Any] = {
        "descriptor": {"id": name, "index": list(NOTIFICATIONS).index(name)},
        "level": NOTIFICATIONS[name][0].value,
        "message": {"text": plain(text)},
    }
    if path:
        notification["locations"] = [
            {"physicalLocation": {"artifactLocation": places.artifact(path)}}
        ]
    return notification
