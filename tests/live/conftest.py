"""Commands run against the loopback fake of Azure Resource Manager, with a clock that they don't
have to wait for.

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
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fake_arm import FakeArm, Serving
from support import SHARED, Ran, process_environment, run_armguard, run_process
from training import SUBSCRIPTION, USER, template


@pytest.fixture(scope="session")
def needs_azure() -> None:
    """Skips where the packages of Azure are not installed."""
    pytest.importorskip("azure.mgmt.keyvault", reason="armguard[azure] is not installed")
    pytest.importorskip("azure.mgmt.resource", reason="armguard[azure] is not installed")
    pytest.importorskip("azure.identity", reason="armguard[azure] is not installed")


class Clock:
    """A clock that goes forward at once where armguard asks to wait; `pauses` has each of them.
    `passed` is what the other side has taken its time for."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.passed = 0.0

    @property
    def waited(self) -> float:
        return sum(self.pauses)

    def now(self) -> float:
        return time.monotonic() + self.waited + self.passed

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def pass_by(self, seconds: float) -> None:
        self.passed += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, needs_azure: None) -> Clock:
    """The clock of every command that runs in this process."""
    from armguard.live import connection, reader, transport

    clock = Clock()
    live_reader = reader.LiveReader
    monkeypatch.setattr(transport, "Deadline", partial(transport.Deadline, clock=clock.now))
    monkeypatch.setattr(connection, "Patience", partial(transport.Patience, sleep=clock.sleep))
    monkeypatch.setattr(reader, "LiveReader", lambda asked, _: live_reader(asked, clock.sleep))
    return clock


@pytest.fixture
def armguard(tmp_path: Path, clock: Clock) -> Callable[..., Ran]:
    """Run armguard in an empty folder."""
    return partial(run_armguard, folder=tmp_path)


@pytest.fixture
def armguard_process(tmp_path: Path, needs_azure: None) -> Callable[..., Ran]:
    """Run armguard in an empty folder, as a process that really waits."""
    return partial(run_process, folder=tmp_path)


@pytest.fixture
def armguard_in_memory(tmp_path: Path, needs_azure: None) -> Callable[..., Ran]:
    """The same with no more than so many MiB of address space."""
    if sys.platform == "win32":
        pytest.skip("there is no ulimit on Windows")

    def run(mebibytes: int, *arguments: str, **variables: str) -> Ran:
        limited = f'ulimit -v {mebibytes * 1024} && exec "$@"'
        done = subprocess.run(
            ["/bin/sh", "-c", limited, "sh", sys.executable, "-m", "armguard", *arguments],
            cwd=tmp_path,
            env=process_environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def serving(clock: Clock) -> Callable[..., Any]:
    """`with serving(fake) as url`: afterwards the fake has seen no write, and no token in the
    open."""

    @contextmanager
    def serve(fake: FakeArm, tls: tuple[Path, Path] | None = None) -> Iterator[str]:
        fake.waited = lambda: clock.waited
        fake.pause = clock.pass_by
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
            assert request.waited - since >= pause, f"{key} was repeated too soon"
        wanted = request.retry_after or ""
        # what is no number is no wish
        if request.status == 429 and wanted.isascii() and wanted.isdigit():
            repeated[key] = (request.waited, float(wanted))


@pytest.fixture
def check(
    tmp_path: Path, armguard: Callable[..., Ran], serving: Callable[..., Any]
) -> Callable[..., Ran]:
    """Check a template against a fake; text goes to standard output.

    `tls`: a certificate and its key, the fake then speaks https.
    """
    return partial(_check, tmp_path, armguard, serving)


@pytest.fixture
def check_process(
    tmp_path: Path, armguard_process: Callable[..., Ran], serving: Callable[..., Any]
) -> Callable[..., Ran]:
    """The same in a process, for what is about one: its exit code, its streams, its imports."""
    return partial(_check, tmp_path, armguard_process, serving)


def _check(
    folder: Path,
    run: Callable[..., Ran],
    serving: Callable[..., Any],
    fake: FakeArm,
    written: Any = None,
    *options: str,
    tls: tuple[Path, Path] | None = None,
    **variables: str,
) -> Ran:
    path = folder / "main.json"
    path.write_text(json.dumps(written or template(USER), indent=2), encoding="utf-8")
    place = ["--subscription", SUBSCRIPTION, "--resource-group", "rg-train", "--live"]
    format_ = ["--format", "text", "--output", "json=report.json"]
    with serving(fake, tls) as url:
        endpoint = [] if "--arm-endpoint" in options else ["--arm-endpoint", url]
        return run("check", "main.json", *place, *endpoint, *options, *format_, **variables)


@pytest.fixture
def signed_in(tmp_path: Path) -> str:
    """A PATH on which `az` hands out a token, as after `az login`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    token = {"accessToken": "secret-token", "expiresOn": "2099-01-01 00:00:00.000000"}
    az = folder / "az"
    az.write_text(f"#!/bin/sh\necho '{json.dumps(token)}'\n", encoding="utf-8")
    az.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def hanging_up() -> Iterator[str]:
    """An endpoint that accepts and hangs up without a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.01)
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
