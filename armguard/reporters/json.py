"""The report as JSON, version 1: members may be added, none is ever renamed, retyped or removed.

Every deployment and every finding is one line of the document: it can be searched by line, and the
encoder that is written in C, which knows no indentation, does the work. Template text may be
hostile here too, so what could harm a terminal or a CI log is written as an escape that reads back
as the same text.
"""

from __future__ import annotations

from typing import Any

from armguard.finding import Finding, Location, Position, Suppression
from armguard.finding.report import (
    DeploymentReport,
    LiveState,
    PrincipalChange,
    Report,
    VaultReport,
)
from armguard.record import as_dict
from armguard.safe_text import document_text
from armguard.version import __version__

TOOL = {"name": "armguard", "version": __version__}


def render(report: Report) -> str:
    """The document of the contract, with `notices`, `crashes` and `skipped` files added."""
    return document_text(
        {
            "version": 1,
            "tool": TOOL,
            "summary": as_dict(report.summary),
            "deployments": [_deployment(deployment) for deployment in report.deployments],
            "findings": [_finding(finding) for finding in report.findings],
            "skipped": [as_dict(skipped) for skipped in report.skipped],
            "notices": list(report.notices),
            "crashes": list(map(str, report.crashes)),
        }
    )


def _deployment(deployment: DeploymentReport) -> dict[str, Any]:
    return {
        "template": deployment.template,
        "parameters": list(deployment.parameters),
        "vaults": [_vault(vault) for vault in deployment.vaults],
    }


def _vault(vault: VaultReport) -> dict[str, Any]:
    start = vault.location.start
    return {
        "name": vault.name,
        "id": vault.id,
        "path": vault.location.path,
        "pointer": vault.location.pointer,
        "line": None if start is None else start.line,
        "verdict": vault.verdict,
        "certainty": None if vault.certainty is None else vault.certainty.value,
        "reason": vault.reason,
        "workspaces": list(vault.workspaces),
        "live": None if vault.live is None else _live(vault.live),
    }


def _live(live: LiveState) -> dict[str, Any]:
    return {
        "source": live.source,
        "state": live.state,
        "rbac": live.rbac,
        "changes": [_change(change) for change in live.changes],
        "note": live.note,
    }


def _change(change: PrincipalChange) -> dict[str, Any]:
    application = change.application_id
    return {
        "objectId": change.object_id,
        **({} if application is None else {"applicationId": application}),
        "tenantId": change.tenant_id,
        "name": change.name,
        "workspaces": list(change.workspaces),
        "change": change.change,
        "lost": dict(change.lost),
        "gained": dict(change.gained),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    resource = finding.resource
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "certainty": finding.certainty.value,
        "message": finding.message,
        **_location(finding.location),
        "resource": None if resource is None else {"type": resource.type, "name": resource.name},
        "parameters": list(finding.parameters),
        "related": [
            {"message": related.message, **_location(related.location)}
            for related in finding.related
        ],
        "remedies": list(finding.remedies),
        "fingerprint": finding.fingerprint,
        "suppressed": _suppression(finding.suppressed),
        "baselined": finding.baselined,
    }


def _location(location: Location) -> dict[str, Any]:
    return {
        "path": location.path,
        "pointer": location.pointer,
        "start": _position(location.start),
        "end": _position(location.end),
    }


def _position(position: Position | None) -> dict[str, int] | None:
    return None if position is None else {"line": position.line, "column": position.column}


def _suppression(suppression: Suppression | None) -> dict[str, str | None] | None:
    if suppression is None:
        return None
    return {"reason": suppression.reason, "until": suppression.until}
