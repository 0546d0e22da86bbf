"""Whether a deployment in Complete mode deletes a vault that it does not write.

A nested deployment to the same resource group counts as part of a Complete one around it; one to
another group is Incremental.
"""

from __future__ import annotations

from typing import Literal

from armguard.evaluation.deployment import Deployment
from armguard.evaluation.identity import same_value
from armguard.evaluation.resource import Resource
from armguard.evaluation.unknown import Unknown, Value

Answer = Literal["yes", "no", "perhaps"]


def is_complete(resource: Resource, root_mode: str) -> Answer:
    """Whether one of the deployments around a resource takes its group for its own."""
    answers = set(_answers(resource.deployment, root_mode))
    return "yes" if "yes" in answers else "perhaps" if "perhaps" in answers else "no"


def _answers(deployment: Deployment, root_mode: str) -> list[Answer]:
    found: list[Answer] = []
    while True:
        parent = deployment.parent
        mode = root_mode if parent is None else parent.deployment.nested(parent).mode
        found.append(_answer(mode))
        if parent is None or not _same_group(deployment, parent.deployment):
            return found
        deployment = parent.deployment


def _answer(mode: Value) -> Answer:
    if isinstance(mode, Unknown):
        return "perhaps"
    return "yes" if isinstance(mode, str) and mode.lower() == "complete" else "no"


def _same_group(first: Deployment, second: Deployment) -> bool:
    return (
        first.facts.level == second.facts.level
        and same_value(first.facts.subscription_id, second.facts.subscription_id)
        and same_value(first.facts.resource_group, second.facts.resource_group)
    )
