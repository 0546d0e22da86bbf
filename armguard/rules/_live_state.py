"""Deployed vaults as reports show them, and their principals in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from armguard.deployed.changes import Change
from armguard.deployed.comparison import Compared, Comparison, PrincipalChange, Unlisted
from armguard.deployed.inventory import text
from armguard.deployed.permission_sets import Permissions, spelled
from armguard.finding import Certainty, LiveState, Location, VaultReport
from armguard.finding import PrincipalChange as ReportedChange
from armguard.record import replace

Source = Literal["live", "snapshot"]


def with_live_states(
    reports: list[VaultReport], path: str, compared: Compared, source: Source
) -> list[VaultReport]:
    """The reports with the deployed state of their vaults, which stand in the same order, and those
    of the vaults that the template at `path` lacks."""
    states = (live_state_of(each, source) for each in compared.vaults)
    return [
        *(each if each.id is None else replace(each, live=next(states)) for each in reports),
        *(unlisted_report(each, path, source) for each in compared.unlisted),
    ]


def live_state_of(comparison: Comparison, source: Source) -> LiveState:
    return LiveState(
        source,
        comparison.found.state,
        comparison.rbac,
        tuple(map(_reported, comparison.changes)),
        comparison.note,
    )


def unlisted_report(vault: Unlisted, path: str, source: Source) -> VaultReport:
    """A vault that Complete mode deletes because the template does not mention it."""
    note = "the template does not mention it, so a deployment in Complete mode deletes it"
    changes = tuple(map(_reported, vault.changes))
    return VaultReport(
        name=text(vault.document, "name"),
        id=text(vault.document, "id"),
        location=Location(path, ""),
        verdict="not-written",
        certainty=Certainty.CERTAIN,
        reason=None,
        workspaces=(),
        live=LiveState(source, "exists", vault.rbac, changes, note),
    )


def unanswered_by(compared: Compared) -> Iterator[str]:
    """What of a comparison stayed open because it could not be read."""
    yield from compared.unanswered
    for comparison in compared.vaults:
        if comparison.found.state == "unread":
            yield f"vault '{comparison.vault.name}': {comparison.note or 'not read'}"


def _reported(each: PrincipalChange) -> ReportedChange:
    tenant, principal, application = each.change.key
    return ReportedChange(
        principal,
        tenant,
        application or None,
        each.principal.name,
        workspaces_of(each),
        each.change.kind,
        spelled(each.change.lost),
        spelled(each.change.gained),
    )


def workspaces_of(each: PrincipalChange) -> tuple[str, ...]:
    return tuple(sorted(text(workspace, "name") for workspace in each.principal.workspaces))


def who(each: PrincipalChange) -> str:
    """`identity 'id-train' (1234...)`; an id that matches nothing known stands alone."""
    _, principal, application = each.change.key
    through = f" through application {application}" if application else ""
    match each.principal.kind:
        case "system":
            return f"workspace '{each.principal.name}' (identity {principal}){through}"
        case "user":
            return f"identity '{each.principal.name}' ({principal}){through}"
        case None:
            return f"principal {principal}{through}"


def in_words(permissions: Permissions) -> str:
    """`keys get, list; secrets all`."""
    parts = (f"{kind} {', '.join(names)}" for kind, names in spelled(permissions).items())
    return "; ".join(parts) or "nothing"


def is_loss(change: Change) -> bool:
    """Whether a change takes something away, or may."""
    if change.kind == "undecided":
        return bool(change.lost)
    return change.kind in ("lost", "narrowed")
