"""The parts of a template as they are written: members in any casing, level, language version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from armguard.evaluation.facts import Level
from armguard.evaluation.values import member

_LEVELS: tuple[tuple[str, Level], ...] = (
    ("subscriptiondeploymenttemplate", "subscription"),
    ("managementgroupdeploymenttemplate", "managementGroup"),
    ("tenantdeploymenttemplate", "tenant"),
)


def level_of(template: Mapping[str, Any]) -> Level:
    """Where a template is deployed to, by its `$schema`."""
    schema = member(template, "$schema")
    if isinstance(schema, str):
        lower = schema.lower()
        for text, level in _LEVELS:
            if text in lower:
                return level
    return "resourceGroup"


def is_symbolic(template: Mapping[str, Any]) -> bool:
    """Whether the template is written in languageVersion 2.0, or in an experimental version such as
    `1.9-experimental`, which is the same."""
    version = member(template, "languageVersion")
    return isinstance(version, str) and (
        version.startswith("2.") or "experimental" in version.lower()
    )


def resource_entries(resources: Any) -> Iterator[tuple[str | int, Any]]:
    """(key below `resources`, resource) for both forms: a list, or an object by symbolic names."""
    if isinstance(resources, list):
        yield from enumerate(resources)
    elif isinstance(resources, Mapping):
        yield from resources.items()
