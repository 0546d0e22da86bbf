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

# `support.run_process` does the same to the processes that it starts
runpy.run_path(str(Path(__file__).parent / "only_loopback" / "sitecustomize.py"))

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
