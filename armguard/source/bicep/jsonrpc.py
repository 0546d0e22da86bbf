"""Asks one long-lived `bicep jsonrpc --stdio` for all files: starting the CLI is what takes long.

A process that hangs or dies takes other requests with it. Each of those is sent to a new process
once more: together after a time-out, where the oldest request is the one to blame, and each to a
process of its own after a death, so that only the one that kills a process fails.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import IO, Any

from armguard.record import record
from armguard.source.bicep import wording
from armguard.source.bicep.frames import NoFrameError, frame, read_frame
from armguard.source.bicep.outcome import Failure
from armguard.source.bicep.processes import Child, Children

_POLL = 0.2
"""Seconds after which a wait looks up: whether the process is alive, or Ctrl-C was pressed."""

_GRACE = 1.0
_MOST_ERRORS = 64 * 1024


@record
class Request:
    method: str
    params: Mapping[str, Any]


@record
class Refused:
    """The CLI answers with an error, which is not the same as a file with errors."""


Answer = dict[str, Any] | Refused | Failure
"""`result` of a response, or what there is in its place."""


def connect(
    program: str, children: Children, timeout: float, most_in_flight: int
) -> Server | Failure | None:
    """A CLI that answers over JSON-RPC; None where it is too old for that.

    A Failure is final: it can't be started, or does not say a word within `timeout` seconds.
    """
    session = _start(program, children)
    if isinstance(session, Failure):
        return session
    session.send(0, Request("bicep/version", {}))
    deadline = monotonic() + timeout
    while True:
        event = session.next(deadline - monotonic())
        match event:
            case dict() if event.get("id") == 0 and "result" in event:
                return Server(program, children, timeout, most_in_flight, session)
            case dict() if event.get("id") != 0 and monotonic() < deadline:
                continue
            case None if monotonic() < deadline:
                continue
        session.end()
        return wording.timed_out(timeout) if monotonic() >= deadline else None


def _start(program: str, children: Children) -> _Session | Failure:
    child = children.start((program, "jsonrpc", "--stdio"), listens=True)
    return child if isinstance(child, Failure) else _Session(child, children)


class Server:
    """The running CLI, started anew when it hangs or dies. For one thread at a time."""

    def __init__(
        self,
        program: str,
        children: Children,
        timeout: float,
        most_in_flight: int,
        session: _Session,
    ) -> None:
        self._program = program
        self._children = children
        self._timeout = timeout
        self._most_in_flight = most_in_flight
        self._session: _Session | None = session
        self._ids = count(1)

    def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """The answers in the order of the requests. Each has `timeout` seconds once it is sent, and
        again after every other answer: a CLI that does one after the other is not late."""
        way = _UnderWay(len(requests), self._most_in_flight)
        while not way.is_done():
            if self._session is None:
                session = _start(self._program, self._children)
                if isinstance(session, Failure):
                    way.give_up(session)
                    break
                self._session = session
            for number in way.to_send():
                identity = next(self._ids)
                self._session.send(identity, requests[number])
                way.sent(number, identity, monotonic() + self._timeout)
            event = self._session.next(way.deadline - monotonic())
            if isinstance(event, dict) and way.takes(event):
                way.goes_on(monotonic() + self._timeout)
                if way.has_suspects():
                    self._end()  # it may still die of what it has answered
                continue
            if isinstance(event, Failure):
                self._end()
                way.lost_by_death(event)
            elif monotonic() >= way.deadline:
                self._end()
                way.lost_by_time_out(wording.timed_out(self._timeout))
        return way.all_answers()

    def _end(self) -> None:
        if self._session is not None:
            self._session.end()
            self._session = None


class _UnderWay:
    """Which requests, by number, still wait, which are in flight, and which have their answer."""

    def __init__(self, requests: int, most_in_flight: int) -> None:
        self._requests = requests
        self._most_in_flight = most_in_flight
        self._waiting = deque(range(requests))
        self._suspects: deque[int] = deque()
        """Were in flight when a process died: sent before all others, and alone."""
        self._in_flight: dict[int, tuple[int, float]] = {}
        """Identity of what was sent -> number and deadline, in the order of sending."""
        self._suspected: set[int] = set()
        self._sent_again: set[int] = set()
        self._answers: dict[int, Answer] = {}
        self._earliest = 0.0
        """No request is late before."""

    def is_done(self) -> bool:
        return len(self._answers) == self._requests

    def all_answers(self) -> list[Answer]:
        return [self._answers[number] for number in range(self._requests)]

    @property
    def deadline(self) -> float:
        """Of the request that was sent first."""
        return max(self._earliest, next(iter(self._in_flight.values()))[1])

    def goes_on(self, deadline: float) -> None:
        """There was an answer, so that the next one may take until then."""
        self._earliest = deadline

    def has_suspects(self) -> bool:
        return bool(self._suspects)

    def to_send(self) -> Iterator[int]:
        if self._suspects:
            if not self._in_flight:
                yield self._suspects.popleft()
            return
        if self._suspected.intersection(number for number, _ in self._in_flight.values()):
            return
        while self._waiting and len(self._in_flight) < self._most_in_flight:
            yield self._waiting.popleft()

    def sent(self, number: int, identity: int, deadline: float) -> None:
        self._in_flight[identity] = number, deadline

    def takes(self, response: Mapping[str, Any]) -> bool:
        """Whether it is the response to a request in flight, which then has its answer."""
        identity = response.get("id")
        if not isinstance(identity, int) or identity not in self._in_flight:
            return False
        number, _ = self._in_flight.pop(identity)
        result = response.get("result")
        self._answers[number] = result if isinstance(result, dict) else Refused()
        return True

    def lost_by_death(self, failure: Failure) -> None:
        for number in self._numbers_lost():
            if number in self._suspected:
                self._answers[number] = failure
            else:
                self._suspected.add(number)
                self._suspects.append(number)

    def lost_by_time_out(self, failure: Failure) -> None:
        oldest, *others = self._numbers_lost()
        self._answers[oldest] = failure
        for number in reversed(others):
            if number in self._sent_again:
                self._answers[number] = failure
            else:
                self._sent_again.add(number)
                self._waiting.appendleft(number)

    def give_up(self, failure: Failure) -> None:
        for number in range(self._requests):
            self._answers.setdefault(number, failure)

    def _numbers_lost(self) -> list[int]:
        lost = [number for number, _ in self._in_flight.values()]
        self._in_flight.clear()
        return lost


class _Session:
    """One process, with a thread for each of its pipes."""

    def __init__(self, child: Child, children: Children) -> None:
        self._child = child
        self._children = children
        self._to_send: SimpleQueue[bytes | None] = SimpleQueue()
        self._arrived: SimpleQueue[dict[str, Any] | NoFrameError | None] = SimpleQueue()
        self._last_errors = b""
        self._writer = Thread(target=self._write, args=(child.input,), daemon=True)
        self._reader = Thread(target=self._read, args=(child.output,), daemon=True)
        self._drain = Thread(target=self._keep_last, args=(child.errors,), daemon=True)
        for thread in (self._writer, self._reader, self._drain):
            thread.start()

    def send(self, identity: int, request: Request) -> None:
        """Never waits, whether or not the process reads."""
        message = {"jsonrpc": "2.0", "id": identity, "method": request.method}
        self._to_send.put(frame({**message, "params": request.params}))

    def next(self, seconds: float) -> dict[str, Any] | Failure | None:
        """The next message. A Failure: there will be none any more; None: look again later."""
        try:
            event = self._arrived.get(timeout=max(0.0, min(seconds, _POLL)))
        except Empty:
            if self._child.wait(0) is None:
                return None
            # What the process has started may hold the pipe open.
            self._child.kill()
            self._reader.join(_GRACE)
            event = None if self._arrived.empty() else self._arrived.get()
        match event:
            case None:
                return self._ended()
            case NoFrameError():
                return Failure(f"the Bicep CLI answered with {event}")
        return event

    def end(self) -> None:
        self._to_send.put(None)
        self._children.end(self._child)

    def _ended(self) -> Failure:
        code = self._child.wait(_GRACE)
        self._child.kill()
        self._drain.join(_GRACE)
        if code is None:
            return Failure("the Bicep CLI stopped answering")
        lines = wording.telling_lines(self._last_errors.decode("utf-8", "replace"))
        return wording.ended(code, lines[-1] if lines else None)

    def _write(self, pipe: IO[bytes]) -> None:
        try:
            with pipe:
                while message := self._to_send.get():
                    pipe.write(message)
                    pipe.flush()
        except (OSError, ValueError):
            pass  # the reader tells how it ended

    def _read(self, pipe: IO[bytes]) -> None:
        event: dict[str, Any] | NoFrameError | None
        with pipe:
            while True:
                try:
                    event = read_frame(pipe)
                except NoFrameError as error:
                    event = error
                except (OSError, ValueError):
                    event = None
                self._arrived.put(event)
                if not isinstance(event, dict):
                    return

    def _keep_last(self, pipe: IO[bytes]) -> None:
        with pipe:
            while chunk := _some(pipe):
                self._last_errors = (self._last_errors + chunk)[-_MOST_ERRORS:]


def _some(pipe: IO[bytes]) -> bytes:
    assert isinstance(pipe, io.BufferedReader)
    return pipe.read1(io.DEFAULT_BUFFER_SIZE)
