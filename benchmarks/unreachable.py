"""How long `armguard check --live` takes where Azure can't be reached: somebody waits for it.

    python benchmarks/unreachable.py

At most 15 seconds is the gate for an endpoint that nobody listens at or that hangs up; one that
never answers may take what --timeout allows, and 5 seconds more.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
TIMEOUT = 5


@contextmanager
def nobody_listens() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    yield port


@contextmanager
def hangs_up() -> Iterator[int]:
    with _accepting(lambda connection: connection.close()) as port:
        yield port


@contextmanager
def never_answers() -> Iterator[int]:
    kept: list[socket.socket] = []
    with _accepting(kept.append) as port:
        yield port
    for connection in kept:
        connection.close()


@contextmanager
def _accepting(receive: Callable[[socket.socket], None]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection = listener.accept()[0]
                except OSError:  # it is closed
                    return
                receive(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def seconds(port: int) -> float:
    """Wall time of one whole process, which has to say that nothing could be read."""
    place = ["--subscription", SUBSCRIPTION, "--resource-group", "rg", "--live"]
    endpoint = ["--arm-endpoint", f"http://127.0.0.1:{port}", "--timeout", str(TIMEOUT)]
    check = [sys.executable, "-m", "armguard", "check", "fixtures/workspace.json"]
    start = time.perf_counter()
    done = subprocess.run(
        [*check, *place, *endpoint],
        cwd=PROJECT,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )
    if "live state not checked" not in done.stdout:
        sys.exit(done.stdout + done.stderr)
    return time.perf_counter() - start


def main() -> int:
    passed = True
    for case, most in ((nobody_listens, 15), (hangs_up, 15), (never_answers, TIMEOUT + 5)):
        with case() as port:
            spent = seconds(port)
        passed = passed and spent <= most
        print(f"{case.__name__:<15} {spent:6.1f} s (at most {most})")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
