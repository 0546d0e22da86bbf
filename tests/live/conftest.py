"""Commands run as processes against the loopback fake of Azure Resource Manager.

A run is held to what must always be so: no token is sent, nothing is written, no stack trace.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fake_arm import FakeArm, Serving
from training import SUBSCRIPTION, USER, template

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
    project = Path(__file__).resolve().parents[2]
    path = f"{project}{os.pathsep}{project / 'tests' / 'only_loopback'}"
    started = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-m", "armguard", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": path, **variables},
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
def serving() -> Callable[..., Any]:
    """`with serving(fake) as url`: afterwards the fake has seen no write, and no token in the
    open."""

    @contextmanager
    def serve(fake: FakeArm, tls: tuple[Path, Path] | None = None) -> Iterator[str]:
        with Serving(fake, tls) as url:
            yield url
        hold_to_promises(fake)
        if tls is None:
            sent = {name.lower() for request in fake.requests for name in request.headers}
            assert "authorization" not in sent

    return serve


def hold_to_promises(fake: FakeArm) -> None:
    assert fake.writes == []
    repeated: dict[tuple[str, str, str], tuple[float, float]] = {}
    for request in fake.requests:
        key = (request.method, request.path, json.dumps([request.query, request.body]))
        if key in repeated:
            since, pause = repeated.pop(key)
            assert request.moment - since >= pause, f"{key} was repeated too soon"
        if request.status == 429 and request.retry_after is not None:
            repeated[key] = (request.moment, float(request.retry_after))


@pytest.fixture
def check(
    tmp_path: Path, armguard: Callable[..., Ran], serving: Callable[..., Any]
) -> Callable[..., Ran]:
    """Check a template against a fake; text goes to standard output.

    `within`: seconds; `tls`: a certificate and its key, the fake then speaks https.
    """

    def run(
        fake: FakeArm,
        written: Any = None,
        *options: str,
        within: float = 30,
        tls: tuple[Path, Path] | None = None,
        **variables: str,
    ) -> Ran:
        path = tmp_path / "main.json"
        path.write_text(json.dumps(written or template(USER), indent=2), encoding="utf-8")
        place = ["--subscription", SUBSCRIPTION, "--resource-group", "rg-train", "--live"]
        format_ = ["--format", "text", "--output", "json=report.json"]
        with serving(fake, tls) as url:
            endpoint = [] if "--arm-endpoint" in options else ["--arm-endpoint", url]
            ran = armguard("check", "main.json", *place, *endpoint, *options, *format_, **variables)
        assert ran.seconds <= within
        return ran

    return run


@pytest.fixture
def hanging_up() -> Iterator[str]:
    """An endpoint that accepts and hangs up without a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        stopped = threading.Event()

        def serve() -> None:
            while not stopped.is_set():
                try:
                    listener.accept()[0].close()
                except TimeoutError:
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        stopped.set()
        thread.join()


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.exists():
        pytest.skip("the scenarios and recordings (../shared) are not here")
    return SHARED
