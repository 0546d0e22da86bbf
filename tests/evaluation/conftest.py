"""Small templates expanded at a known place, down to the one value that a test asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import armguard

PLACE = armguard.DeploymentScope(
    tenant_id="00000000-0000-0000-0000-0000000000aa",
    subscription_id="00000000-0000-0000-0000-0000000000bb",
    resource_group="rg-one",
    location="westeurope",
    deployment_name="run-1",
    utc_now="2025-01-02T03:04:05Z",
    new_guid="00000000-0000-4000-8000-0000000000cc",
)


@pytest.fixture(scope="session")
def place() -> armguard.DeploymentScope:
    return PLACE


@pytest.fixture(scope="session")
def thing() -> Callable[..., dict[str, Any]]:
    """A resource of no interest of its own; `properties` are the keyword arguments."""

    def make(name: Any = "thing", type: str = "My.Own/things", **properties: Any) -> dict[str, Any]:  # noqa: A002
        return {"type": type, "apiVersion": "2024-01-01", "name": name, "properties": properties}

    return make


@pytest.fixture(scope="session")
def expanded() -> Callable[..., armguard.Expansion]:
    """The expansion of a template that Azure would accept."""

    def expand(template: Any, parameters: Any = None, **changes: Any) -> armguard.Expansion:
        from dataclasses import replace

        expansion = armguard.expand(template, given(parameters), scope=replace(PLACE, **changes))
        assert [p for p in expansion.problems if p.severity == "error"] == []
        return expansion

    return expand


@pytest.fixture(scope="session")
def refused() -> Callable[..., str]:
    """Why Azure would not accept a template."""

    def expand(template: Any, parameters: Any = None) -> str:
        expansion = armguard.expand(template, given(parameters), scope=PLACE)
        messages = [p.message for p in expansion.problems if p.severity == "error"]
        assert len(messages) == 1
        assert expansion.resources == ()
        return messages[0]

    return expand


@pytest.fixture(scope="session")
def value_of(
    template: Callable[..., dict[str, Any]],
    thing: Callable[..., dict[str, Any]],
    expanded: Callable[..., armguard.Expansion],
) -> Callable[..., Any]:
    """What a value comes to as a property, in a template with the given other members."""

    def evaluate(value: Any, supplied: Any = None, **members: Any) -> Any:
        document = template([thing(asked=value)], **members)
        return expanded(document, supplied).resources[0]["properties"]["asked"]

    return evaluate


@pytest.fixture(scope="session")
def error_of(
    template: Callable[..., dict[str, Any]],
    thing: Callable[..., dict[str, Any]],
    refused: Callable[..., str],
) -> Callable[..., str]:
    """Why a value is refused as a property."""

    def evaluate(value: Any, supplied: Any = None, **members: Any) -> str:
        return refused(template([thing(asked=value)], **members), supplied)

    return evaluate


def given(parameters: Any) -> Any:
    """`{name: value}` as in a parameter file."""
    return parameters and {name: {"value": value} for name, value in parameters.items()}
