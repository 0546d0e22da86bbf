"""What a rule or a policy saw, before it is stamped with what is the same for all that it sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from armguard.explaining.remedies import with_command
from armguard.finding import (
    Certainty,
    Detail,
    Finding,
    Hazard,
    Location,
    Related,
    ResourceName,
    Severity,
)
from armguard.keyvault.assessment import AssessedVault
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
    hazard: Hazard | None = None
    """what a remedy of it has to be for; None: there is none"""
    vault: AssessedVault | None = None
    """the one that a remedy would change"""


@record
class Offers:
    """The remedies that may be applied, by name, the first choice first."""

    names: tuple[str, ...] = ()
    safe: bool = False
    """whether nobody may lose access by the first one"""


Offered = Callable[[Hazard, AssessedVault | None], Offers]


def stamped(
    sighting: Sighting,
    rule: str,
    severity: Severity,
    template: str = "",
    offered: Offered | None = None,
) -> Finding:
    """The finding; an error that is only possible is a warning. `template`: the root in which it
    was seen; `offered` tells what can be done about it."""
    offers, details = Offers(), sighting.details
    if offered is not None and sighting.hazard is not None:
        offers = offered(sighting.hazard, sighting.vault)
    if offers.safe:
        details = with_command(details, template, offers.names)
    return Finding(
        rule=rule,
        severity=(sighting.severity or severity).given(sighting.certainty),
        certainty=sighting.certainty,
        message=sighting.message,
        location=sighting.location,
        related=sighting.related,
        details=details,
        resource=sighting.resource,
        subject=sighting.subject,
        remedies=offers.names,
        hazard=sighting.hazard,
        vault=None if sighting.vault is None else sighting.vault.place,
        leaves_open=sighting.leaves_open,
    )
