"""Commands run as processes against the loopback fake of Azure Resource Manager.

A run is held to what must always be so: no token is sent, nothing is written, no stack trace.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_arm import FakeArm, Serving

SHARED = Path(__file__).resolve().parents[3] / "shared"
_LEFT_OUT = ("TF_BUILD", "GITHUB_ACTIONS", "ARMGUARD_DEBUG", "ARMGUARD_ARM_ENDPOINT")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process said."""

    exit: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def document(self) -> Any:
        return json.loads(self.stdout)

    def vault(self, name: str) -> Any:
        vaults = [v for d in self.document["deployments"] for v in d["vaults"]]
        return next(each for each in vaults if each["name"] == name)

    def rules(self) -> set[str]:
        return {finding["rule"] for finding in self.document["findings"]}


def run_armguard(*arguments: str, folder: Path, **variables: str) -> Ran:
    environment = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    for name in [name for name in environment if name.startswith(("AZURE", "SYSTEM_"))]:
        del environment[name]
    project = str(Path(__file__).resolve().parents[2])
    started = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-m", "armguard", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": project, **variables},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    seconds = time.monotonic() - started
    assert "Traceback" not in result.stdout + result.stderr, result.stderr
    return Ran(result.returncode, result.stdout, result.stderr, seconds)


@pytest.fixture(scope="session")
def needs_azure() -> None:
    """Skips where the packages of Azure are not installed."""
    pytest.importorskip("azure.mgmt.keyvault", reason="armguard[azure] is not installed")
    pytest.importorskip("azure.mgmt.resource", reason="armguard[azure] is not installed")
    pytest.importorskip("azure.identity", reason="armguard[azure] is not installed")


@pytest.fixture
def armguard(tmp_path: Path, needs_azure: None) -> Callable[..., Ran]:
    """Run armguard in an empty folder."""

    def run(*arguments: str, **variables: str) -> Ran:
        return run_armguard(*arguments, folder=tmp_path, **variables)

    return run


@pytest.fixture(scope="session")
def serving() -> Callable[[FakeArm], Any]:
    """`with serving(fake) as url`: afterwards the fake has seen neither a token nor a write."""

    @contextmanager
    def serve(fake: FakeArm) -> Iterator[str]:
        with Serving(fake) as url:
            yield url
        hold_to_promises(fake)

    return serve


def hold_to_promises(fake: FakeArm) -> None:
    assert fake.writes == []
    repeated: dict[tuple[str, str, str], tuple[float, float]] = {}
    for request in fake.requests:
        assert "authorization" not in {name.lower() for name in request.headers}
        key = (request.method, request.path, json.dumps([request.query, request.body]))
        if key in repeated:
            since, pause = repeated.pop(key)
            assert request.moment - since >= pause, f"{key} was repeated too soon"
        if request.status == 429 and request.retry_after is not None:
            repeated[key] = (request.moment, float(request.retry_after))


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.exists():
        pytest.skip("the scenarios and recordings (../shared) are not here")
    return SHARED
