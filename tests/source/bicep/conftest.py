"""Bicep CLIs to run: small programs in Python that do what a test says."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from time import monotonic, sleep

import pytest

PRELUDE = f"""\
#!{sys.executable} -IS
import json, os, signal, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
TEMPLATE = '{{"resources": []}}'

def note(name, text):
    with open(os.path.join(HERE, name), "a") as file:
        file.write(text + "\\n")

def read():
    size = 0
    for line in iter(sys.stdin.buffer.readline, b"\\r\\n"):
        if not line:
            sys.exit(0)
        size = int(line.split(b":")[1])
    return json.loads(sys.stdin.buffer.read(size))

def send(identity, result=None, **members):
    if result is not None:
        members["result"] = result
    content = json.dumps({{"jsonrpc": "2.0", "id": identity, **members}}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(content) + content)
    sys.stdout.buffer.flush()

def compiled(request):
    send(request["id"], {{"success": True, "diagnostics": [], "contents": TEMPLATE}})

def shake_hands():
    request = read()
    assert request["method"] == "bicep/version"
    send(request["id"], {{"version": "9.9.9"}})

def receive():
    request = read()
    while request["method"] == "bicep/version":
        send(request["id"], {{"version": "9.9.9"}})
        request = read()
    return request

note("pids", str(os.getpid()))
note("calls", json.dumps(sys.argv[1:]))
IS_RPC = sys.argv[1:] == ["jsonrpc", "--stdio"]
"""

OLD = """
if IS_RPC:
    sys.stderr.write("Unrecognized command or argument 'jsonrpc'.\\n")
    sys.exit(1)
"""
"""The beginning of a CLI that has no JSON-RPC."""


class FakeCli:
    """A program, what it was called with, and which processes it was."""

    def __init__(self, folder: Path, body: str) -> None:
        self.folder = folder
        self.program = str(folder / "bicep")
        Path(self.program).write_text(PRELUDE + dedent(body), encoding="utf-8")
        Path(self.program).chmod(0o755)

    def noted(self, name: str) -> list[str]:
        file = self.folder / name
        return file.read_text("utf-8").splitlines() if file.exists() else []

    def has_ended(self) -> bool:
        """Whether none of its processes is left; what was killed takes a moment to go."""
        until = monotonic() + 5
        while any(is_running(int(pid)) for pid in self.noted("pids")):
            if monotonic() > until:
                return False
            sleep(0.02)
        return True


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:  # an orphan that nobody collects is no process any more
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return os.path.isdir(f"/proc/{pid}") or not os.path.isdir("/proc/self")


@pytest.fixture
def fake(tmp_path: Path) -> Callable[..., FakeCli]:
    """A CLI with JSON-RPC; `old=True`: without."""

    def make(body: str, *, old: bool = False) -> FakeCli:
        folder = tmp_path / "program"
        folder.mkdir()
        return FakeCli(folder, (OLD if old else "") + dedent(body))

    return make


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[str]]:
    """Bicep files with these names, as paths."""

    def make(*names: str) -> list[str]:
        folder = tmp_path / "sources"
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / name).write_text("", encoding="utf-8")
        return [str(folder / name) for name in names]

    return make
