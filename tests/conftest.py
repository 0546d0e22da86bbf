"""What all tests share: hypothesis profiles, no network, and the builders of `support`.

`ARMGUARD_HYPOTHESIS=deep` makes every property test try fifty times as many examples.
"""

from __future__ import annotations

import os
import runpy
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from support import PROJECT, make_template, make_vault

import armguard

# `support.run_process` does the same to the processes that it starts
runpy.run_path(str(Path(__file__).parent / "only_loopback" / "sitecustomize.py"))

# a Bicep CLI of this machine would compile what tests mean to be without one
os.environ["PATH"] = os.pathsep.join(
    folder
    for folder in os.environ["PATH"].split(os.pathsep)
    if not any(Path(folder, name).exists() for name in ("bicep", "bicep.exe", "bicep.cmd"))
)
if Path("~/.azure/bin").expanduser().is_dir():
    os.environ["AZURE_CONFIG_DIR"] = str(Path(__file__).parent / "no-azure-cli")

settings.register_profile(
    "quick",
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("deep", settings.get_profile("quick"), max_examples=3000)
settings.load_profile(os.environ.get("ARMGUARD_HYPOTHESIS", "quick"))


@pytest.fixture
def ends() -> Iterator[None]:
    """For hostile input: a hang becomes a failure. A minute is hundreds of times what is needed, so
    this says nothing about speed; benchmarks/growth.py does."""

    def stop(*_: object) -> None:
        raise TimeoutError("this does not end, or its time grows with the square of its size")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session")
def template() -> Callable[..., dict[str, Any]]:
    """`make_template` with the resources as one list, or as an object by symbolic names."""

    def make(resources: Any = (), **members: Any) -> dict[str, Any]:
        written = resources if isinstance(resources, dict) else list(resources)
        return make_template(resources=written, **members)

    return make


@pytest.fixture(scope="session")
def vault() -> Callable[..., dict[str, Any]]:
    """`make_vault` with properties as keyword arguments."""

    def make(name: str = "kv", **properties: Any) -> dict[str, Any]:
        return make_vault(name, properties=properties)

    return make


@pytest.fixture(scope="session")
def project() -> Path:
    """The top folder of the project."""
    return PROJECT


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write what armguard prints now into the golden files",
    )


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
