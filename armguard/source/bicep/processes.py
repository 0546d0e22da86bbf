"""Processes of the Bicep CLI, none of which hangs, floods the memory or outlives its run.

Each is the leader of its own process group, so that killing it also reaches the programs that it
has started; a Ctrl-C of the terminal therefore reaches none, and `Children.kill_all` must follow.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Lock, Thread
from time import monotonic
from typing import IO

from armguard.record import record
from armguard.source.bicep import wording
from armguard.source.bicep.outcome import Failure

MOST_OUTPUT = 64 * 1024**2
MOST_ERRORS = 1024**2
"""Bytes of standard output, beyond which a process is killed, and of standard error, of which no
more is kept."""

_GRACE = 1.0
"""Seconds for what takes no time: the end of a process that was killed, and of its pipes."""

_SPOILED_BY_CMD = frozenset('&|<>^%!"')


@record
class Ended:
    """What a process left behind; `code` is negative where a signal ended it."""

    code: int
    output: bytes
    errors: str


class Child:
    """One running process. Its standard input is empty, unless it `listens`."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None, listens: bool
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if listens else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )

    @property
    def input(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def output(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def errors(self) -> IO[bytes]:
        assert self._process.stderr is not None
        return self._process.stderr

    def wait(self, seconds: float) -> int | None:
        """The exit code; None: it has not ended by then."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """End the process and what it has started, also where it has ended itself."""
        with suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self.wait(_GRACE)


class Collector:
    """Reads a pipe in a thread, so that the process behind it never waits for us."""

    def __init__(
        self, pipe: IO[bytes], most: int, overflows: Callable[[], None] | None = None
    ) -> None:
        """Keeps the first `most` bytes; at one more `overflows` is called, if given."""
        self._pipe = pipe
        self._most = most
        self._overflows = overflows
        self._kept = bytearray()
        self.has_overflowed = False
        self._thread = Thread(target=self._collect, daemon=True)
        self._thread.start()

    def await_end(self, seconds: float) -> None:
        """Return when the other end is closed, or when the time is over."""
        self._thread.join(max(0.0, seconds))

    def kept(self) -> bytes:
        return bytes(self._kept)

    def _collect(self) -> None:
        with suppress(OSError, ValueError), self._pipe as pipe:
            while chunk := os.read(pipe.fileno(), 65536):
                room = self._most - len(self._kept)
                self._kept += chunk[:room]
                if len(chunk) > room and not self.has_overflowed:
                    self.has_overflowed = True
                    if self._overflows is not None:
                        self._overflows()


class Children:
    """All processes of one run; safe to use from several threads."""

    def __init__(self) -> None:
        self._alive: set[Child] = set()
        self._lock = Lock()
        self._closed = False

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        listens: bool = False,
    ) -> Child | Failure:
        """`environment` None is our own; so is the working directory."""
        if os.name == "nt" and _spoiled(command):
            return Failure("cmd.exe, which runs this Bicep CLI, can't be given such a path")
        with self._lock:
            if self._closed:
                return Failure("the Bicep CLI was stopped")
            try:
                child = Child(command, environment, listens)
            except (OSError, ValueError) as error:
                return wording.not_started(error)
            self._alive.add(child)
            return child

    def end(self, child: Child) -> None:
        child.kill()
        with self._lock:
            self._alive.discard(child)

    def kill_all(self) -> None:
        """End all that is left; nothing can be started any more."""
        with self._lock:
            self._closed = True
            left = list(self._alive)
        for child in left:
            self.end(child)

    def run(
        self,
        command: Sequence[str],
        timeout: float,
        environment: Mapping[str, str] | None = None,
    ) -> Ended | Failure:
        """Start a program and wait for its end, at most `timeout` seconds."""
        child = self.start(command, environment)
        if isinstance(child, Failure):
            return child
        output = Collector(child.output, MOST_OUTPUT, child.kill)
        errors = Collector(child.errors, MOST_ERRORS)
        code = child.wait(timeout)
        if code is not None:
            # What the process has started may hold the pipes open for as long as it likes.
            _await_end(output, errors)
        self.end(child)
        _await_end(output, errors)
        if output.has_overflowed:
            return wording.printed_too_much(MOST_OUTPUT)
        if code is None:
            return wording.timed_out(timeout)
        return Ended(code, output.kept(), errors.kept().decode("utf-8", "replace"))


def _await_end(*collectors: Collector) -> None:
    deadline = monotonic() + _GRACE
    for each in collectors:
        each.await_end(deadline - monotonic())


def _spoiled(command: Sequence[str]) -> bool:
    """Whether cmd.exe would take a part of an argument for its own: a file could be named so that
    another program is run."""
    is_batch = command[0].lower().endswith((".cmd", ".bat"))
    return is_batch and any(_SPOILED_BY_CMD.intersection(each) for each in command[1:])
