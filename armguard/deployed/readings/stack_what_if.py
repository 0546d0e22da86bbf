"""What-if results of deployment stacks: `az stack-whatif group|sub|mg create` and `show`.

A plain `show` has no property changes, and those that there are leave out what has not changed
since the stack was last deployed: only a `before` with a list tells anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from armguard.deployed.inventory import text
from armguard.deployed.readings.reading import Reading, together
from armguard.deployed.readings.what_if import read_change
from armguard.evaluation.values import member
from armguard.record import replace

_TYPE = "microsoft.resources/deploymentstackswhatifresults"


def read(document: Any) -> Reading | None:
    """One result with its changes; None: it is something else."""
    if not is_result(document):
        return None
    changes = member(member(member(document, "properties"), "changes"), "resourceChanges")
    parts = [
        read_change(
            text(change, "id"),
            text(change, "changeType"),
            member(member(change, "resourceConfigurationChanges"), "before"),
        )
        for change in (changes if isinstance(changes, list) else ())
        if isinstance(change, Mapping)
    ]
    gaps = () if any(each.vaults for each in parts) else ("the stack's what-if shows no vault",)
    return replace(
        together(parts, *gaps), taken_at=_utc(text(document, "systemData", "lastModifiedAt"))
    )


def is_result(document: Any) -> bool:
    in_id = f"/providers/{_TYPE}/" in text(document, "id").lower()
    return in_id or text(document, "type").lower() == _TYPE


def _utc(written: str) -> str | None:
    """2027-01-31T12:00:00Z; None: it is no time."""
    try:
        moment = datetime.fromisoformat(written)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
