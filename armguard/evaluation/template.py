"""The parts of a template as they are written: members in any casing, level, language version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from armguard.evaluation.scope import Level

_LEVELS: tuple[tuple[str, Level], ...] = (
    ("subscriptiondeploymenttemplate", "subscription"),
    ("managementgroupdeploymenttemplate", "managementGroup"),
    ("tenantdeploymenttemplate", "tenant"),
)


def find_key(value: Any, name: str) -> str | None:
    """The spelling of the member `name`, in whatever case; the exact one before any other."""
    if not isinstance(value, Mapping):
        return None
    if name in value:
        return name
    lower = name.lower()
    return next((key for key in value if key.lower() == lower), None)


def member(value: Any, name: str) -> Any:
    """The member `name` of an object, in whatever case; None: there is none."""
    key = find_key(value, name)
    return None if key is None else value[key]


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
    """Whether the template is written in languageVersion 2.0 (also as experimental)."""
    version = member(template, "languageVersion")
    return isinstance(version, str) and version.startswith("2.")


def resource_entries(resources: Any) -> Iterator[tuple[str | int, Any]]:
    """(key below `resources`, resource) for both forms: a list, or an object by symbolic names."""
    if isinstance(resources, list):
        yield from enumerate(resources)
    elif isinstance(resources, Mapping):
        yield from resources.items()
