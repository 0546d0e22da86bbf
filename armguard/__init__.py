"""armguard: who loses access to a Key Vault if this Azure template is deployed again?

The names below are the public API; each is imported when it is first used, so that the command
line starts fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from armguard.version import __version__

if TYPE_CHECKING:
    from armguard.api import check, evaluate, expand
    from armguard.errors import EvaluationError
    from armguard.evaluation.facts import DeploymentScope
    from armguard.evaluation.unknown import Unknown
    from armguard.finding import Finding
    from armguard.finding.report import Report
    from armguard.templates.expansion import Expansion


__all__ = [
    "DeploymentScope",
    "EvaluationError",
    "Expansion",
    "Finding",
    "Report",
    "Unknown",
    "__version__",
    "check",
    "evaluate",
    "expand",
]

_HOMES = {
    "check": "armguard.api",
    "evaluate": "armguard.api",
    "expand": "armguard.api",
    "EvaluationError": "armguard.errors",
    "Expansion": "armguard.templates.expansion",
    "DeploymentScope": "armguard.evaluation.facts",
    "Unknown": "armguard.evaluation.unknown",
    "Finding": "armguard.finding",
    "Report": "armguard.finding",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'armguard' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
