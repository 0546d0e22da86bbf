"""Sightings on a single setting of a vault, such as enableSoftDelete or its location.

They do not hang on what happens to the access policies, so their certainty is not the verdict's: it
is that of the setting itself and of the conditions around the vault.
"""

from __future__ import annotations

from armguard.evaluation.unknown import Unknown
from armguard.explaining.because import because_of, only_if
from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Detail
from armguard.keyvault.assessment import AssessedVault, Setting
from armguard.keyvault.outcome import Step
from armguard.keyvault.sureness import least, sureness_of


def written_setting(vault: AssessedVault, name: str) -> Setting | None:
    """A property of a vault, or its `location`; None: the vault is not written, or nobody can
    evaluate it."""
    setting = vault.settings[name]
    return None if vault.written is None or setting.failed else setting


def setting_sighting(
    message: str,
    vault: AssessedVault,
    name: str,
    case: Case,
    *,
    certainty: Certainty | None = None,
    extra: tuple[Detail, ...] = (),
    subject: str = "",
) -> Sighting:
    """What was seen about a `written_setting`. `certainty`: as the comparison with what is deployed
    has it, which says in its own words what it hangs on."""
    setting = vault.settings[name]
    assert vault.written is not None
    step = Step(name, vault.key, setting.place, setting.evaluated)
    details, related = because_of([step], case)
    world = ""
    if certainty is None:
        certainty = least(vault.written.certainty, sureness_of(setting.evaluated))
        # the vault is that of the worst world, where an open condition is assumed
        is_open = isinstance(setting.value, Unknown)
        assumed = certainty is Certainty.POSSIBLE and not is_open
        world = only_if(*(vault.verdict.world.said if assumed else ()), *vault.written.said)
    return Sighting(
        message + world,
        setting.place,
        certainty,
        related=related,
        details=(*details, *extra),
        resource=vault.resource,
        subject=subject,
    )
