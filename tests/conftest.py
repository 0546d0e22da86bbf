"""What all tests share: hypothesis profiles and small templates in memory.

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

# tests/live does the same to the processes that it starts
runpy.run_path(str(Path(__file__).parent / "only_loopback" / "sitecustomize.py"))

settings.register_profile(
    "quick",
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("deep", settings.get_profile("quick"), max_examples=3000)
settings.load_profile(os.environ.get("ARMGUARD_HYPOTHESIS", "quick"))

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def make_template(resources: Any = (), **members: Any) -> dict[str, Any]:
    """A deployment template to a resource group, complete but for what the test is about."""
    written = resources if isinstance(resources, dict) else list(resources)
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **members, "resources": written}


def make_vault(name: str = "kv", **properties: Any) -> dict[str, Any]:
    """A vault on access policies; without the argument `accessPolicies` it has no list."""
    return {
        "type": "Microsoft.KeyVault/vaults",
        "apiVersion": "2026-02-01",
        "name": name,
        "location": "westeurope",
        "properties": {
            "tenantId": "[subscription().tenantId]",
            "sku": {"family": "A", "name": "standard"},
            "enableRbacAuthorization": False,
            **properties,
        },
    }


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
    return make_template


@pytest.fixture(scope="session")
def vault() -> Callable[..., dict[str, Any]]:
    return make_vault


@pytest.fixture(scope="session")
def project() -> Path:
    """The top folder of the project."""
    return Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write what armguard prints now into the golden files",
    )
