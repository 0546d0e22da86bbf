"""The ways to make a template safe, one file each, found by being here.

A remedy file has a docstring, which says what it does and what could go wrong; `RANK`, its place in
the order in which they are tried; `SUMMARY` and `COST`, one line each; `HAZARDS`, what it is for;
`objection(vault, case)`, why it can't be applied, from what is known of a vault that is written;
and `propose(target)`, the edits. `UNSAFE` marks one that takes access away, `COMPANION` one that is
of no use alone but beside one that `SHIELDS` the vault from being written again. One with
`in_bicep(vault, case)` makes no edits of Bicep sources: it says what is to be written there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from types import ModuleType

from armguard.explaining.case import Case
from armguard.explaining.sighting import Offers
from armguard.finding import Hazard
from armguard.keyvault.assessment import AssessedVault
from armguard.remedies.remedy import Objection, Remedy
from armguard.source.bicep_paths import is_bicep_template

_NO_REMEDIES = ("remedy",)
"""modules here that are none, besides those with a leading underscore"""


@cache
def all_remedies() -> tuple[Remedy, ...]:
    """Every remedy, in the order in which they are tried."""
    from importlib import import_module
    from pkgutil import iter_modules

    found = []
    for entry in iter_modules(__path__):
        if entry.name in _NO_REMEDIES or entry.name[:1] == "_":
            continue
        module = import_module(f"{__name__}.{entry.name}")
        remedy = Remedy(
            entry.name.replace("_", "-"),
            module.SUMMARY,
            module.COST,
            module.HAZARDS,
            getattr(module, "UNSAFE", False),
            getattr(module, "COMPANION", False),
            getattr(module, "SHIELDS", False),
            _objection(module),
            module.propose,
        )
        found.append((module.RANK, remedy))
    return tuple(remedy for _, remedy in sorted(found, key=lambda each: each[0]))


def _objection(module: ModuleType) -> Objection:
    """What a remedy has against a vault; about API versions it is asked of children as well."""
    own: Objection = module.objection
    if "version" in module.HAZARDS:
        return own
    return partial(_against_a_written_vault, own, getattr(module, "in_bicep", None))


def _against_a_written_vault(
    own: Objection,
    in_bicep: Callable[[AssessedVault, Case], str] | None,
    vault: AssessedVault | None,
    case: Case,
) -> str | None:
    if vault is None or vault.by_children:
        return "the vault is not written by this template"
    reason = own(vault, case)
    if reason is None and in_bicep is not None and is_bicep_template(vault.place.path):
        return f"edit the Bicep source: {in_bicep(vault, case)}"
    return reason


def possible(hazard: Hazard, vault: AssessedVault | None, case: Case) -> Offers:
    """Those that may be applied, as far as that is known without trying, the first choice first.
    `vault`: None where it is about a child or a file."""
    found = [
        each
        for each in all_remedies()
        if hazard in each.hazards and not each.companion and each.objection(vault, case) is None
    ]
    return Offers(tuple(each.name for each in found), any(not each.unsafe for each in found))
