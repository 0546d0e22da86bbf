"""Sightings on a list of access policies, or on an entry of it.

An entry has a place of its own only where the list is written out; else its place is that of the
property.
"""

from __future__ import annotations

from armguard.evaluation.unknown import Unknown, Value
from armguard.explaining.because import only_if
from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import vault_sighting
from armguard.explaining.written_at import written_at
from armguard.finding import Certainty, Location, Related, Severity
from armguard.keyvault.assessment import PolicyChange
from armguard.keyvault.written_lists import WrittenList
from armguard.record import replace
from armguard.templates.written import nearest_place


def entry_place(listed: WrittenList, case: Case, index: int, *path: str | int) -> Location:
    """Where a part of an entry is written, or the nearest that there is around it."""
    return place_in(listed.place, case, index, *path)


def place_in(place: Location, case: Case, *path: str | int) -> Location:
    """Where a part of the list at `place` is written, or the nearest that there is around it."""
    return nearest_place(place, written_at(place, case.assessment.documents), path)


def list_sighting(
    message: str,
    listed: WrittenList,
    case: Case,
    place: Location,
    *,
    severity: Severity | None = None,
    certainty: Certainty | None = None,
    related: tuple[Related, ...] = (),
    subject: str = "",
) -> Sighting:
    """What was seen at `place` in a list. `certainty`: another one than that of the list;
    `subject`: which of several, where entries share its place."""
    if listed.change is not None:
        return change_sighting(message, listed.change, place, related=related, subject=subject)
    assert listed.vault is not None
    seen = vault_sighting(message, listed.vault, case, severity=severity, related=related)
    return replace(seen, location=place, certainty=certainty or seen.certainty, subject=subject)


def change_sighting(
    message: str,
    change: PolicyChange,
    place: Location,
    *,
    related: tuple[Related, ...] = (),
    subject: str = "",
) -> Sighting:
    """What was seen at a child; of one whose condition is open it is only possible."""
    written = change.written
    return Sighting(
        message + only_if(*(() if written is None else written.said)),
        place,
        Certainty.POSSIBLE if written is None else written.certainty,
        related=related,
        resource=change.resource,
        subject=subject,
    )


def shown_id(value: Value) -> str:
    """An object id in a message: quoted, or its expression where it is not known."""
    return str(value) if isinstance(value, Unknown) else f"'{value}'"
