"""What several remedies have against a vault."""

from __future__ import annotations

from armguard.finding import Certainty
from armguard.keyvault.assessment import AssessedVault
from armguard.source.bicep_paths import is_bicep_template


def without_symbolic_names(vault: AssessedVault) -> str | None:
    if vault.symbolic or is_bicep_template(vault.place.path):
        return None  # where Bicep needs them, its compiler gives resources symbolic names
    return "it needs languageVersion 2.0, where resources have symbolic names"


def open_already(vault: AssessedVault) -> str | None:
    """That somebody has to say already whether the vault is written."""
    if vault.written is None or vault.written.certainty is not Certainty.POSSIBLE:
        return None
    return (
        "whether it is written hangs on a value already that nobody has given here; give the one"
        " with which it is not, such as with --set NAME=VALUE"
    )
