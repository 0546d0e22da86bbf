"""What a rule or a policy saw, before it is stamped with what is the same for all that it sees."""

from __future__ import annotations

from typing import Literal

from armguard.finding import Certainty, Detail, Finding, Location, Related, ResourceName, Severity
from armguard.record import record


@record
class Sighting:
    """See `Finding`."""

    message: str
    location: Location
    certainty: Certainty = Certainty.CERTAIN
    severity: Severity | None = None
    """None: that of the rule"""
    related: tuple[Related, ...] = ()
    details: tuple[Detail, ...] = ()
    resource: ResourceName | None = None
    subject: str = ""
    leaves_open: Literal["vault", "template", "file", "root"] | None = None


def stamped(sighting: Sighting, rule: str, severity: Severity) -> Finding:
    """The finding; an error that is only possible is a warning."""
    return Finding(
        rule=rule,
        severity=(sighting.severity or severity).given(sighting.certainty),
        certainty=sighting.certainty,
        message=sighting.message,
        location=sighting.location,
        related=sighting.related,
        details=sighting.details,
        resource=sighting.resource,
        subject=sighting.subject,
        leaves_open=sighting.leaves_open,
    )
