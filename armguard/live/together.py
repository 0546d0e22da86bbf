"""Requests beside the thread that waits for them: one that must end in time, or many at once.

A pool of the standard library waits for its threads when the process ends, so an answer that never
ends would hold it. These threads are left behind when time is up, and when somebody interrupts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from http.client import HTTPException
from queue import Empty, SimpleQueue
from threading import Event, Thread, current_thread
from typing import Generic, TypeVar

from azure.core.exceptions import AzureError

from armguard.errors import ArmguardError
from armguard.live.failures import out_of_time
from armguard.live.transport import Deadline, Say

THREADS = 8
_LOOK_UP_SECONDS = 0.1
"""A thread that waits for long could not be interrupted on Windows, and clocks may be set."""
_FAILURES = (AzureError, ArmguardError, OSError, ValueError, HTTPException)

Result = TypeVar("Result")
Question = Callable[[], object]
"""asks, and remembers what was answered"""


class _Beside(Thread):
    """Does something for a thread that goes on without it when time is up."""

    def __init__(self, action: Callable[[], None]) -> None:
        super().__init__(name="armguard-reading", target=action, daemon=True)


class Together:
    """Asks many questions at once. The order in which the answers come means nothing, since each is
    remembered by its question."""

    def __init__(self, deadline: Deadline, progress: Say) -> None:
        """`progress` is told every now and then what is being read."""
        self._deadline = deadline
        self._progress = progress

    def ask(self, questions: Iterable[Question], what: str) -> None:
        """All of them, each another one, or those that are answered in time. What fails is told to
        whoever asks again."""
        waiting = deque(questions)
        total = len(waiting)
        answered: SimpleQueue[None] = SimpleQueue()

        def work() -> None:
            while True:
                try:
                    question = waiting.popleft()
                except IndexError:
                    return
                try:
                    question()
                except (*_FAILURES, MemoryError):
                    continue
                finally:
                    answered.put(None)

        threads = [_Beside(work) for _ in range(min(THREADS, total))]
        try:
            for thread in threads:
                thread.start()
            while total > 0 and self._deadline.left > 0:
                self._progress(what)
                try:
                    answered.get(timeout=_LOOK_UP_SECONDS)
                    total -= 1
                except Empty:
                    if not any(thread.is_alive() for thread in threads):
                        break  # a bug in armguard ended them, which asking again brings to light
        finally:
            waiting.clear()


def within(deadline: Deadline, action: Callable[[], Result], what: str = "it") -> Result:
    """What an action gives or raises, if it does so in time; `what` it reads. Whatever it does
    later has no effect."""
    if isinstance(current_thread(), _Beside):
        return action()  # whoever waits for this thread keeps the time
    asking = _Asking(action)
    _Beside(asking.run).start()
    while not asking.done.wait(min(_LOOK_UP_SECONDS, max(deadline.left, 0))):
        if deadline.left <= 0:
            raise out_of_time(deadline.seconds, what)
    return asking.result()


class _Asking(Generic[Result]):
    def __init__(self, action: Callable[[], Result]) -> None:
        self.done = Event()
        self._action = action
        self._results: list[Result] = []
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            self._results.append(self._action())
        except _FAILURES as error:
            self._error = error
        finally:
            self.done.set()

    def result(self) -> Result:
        if self._error is not None:
            raise self._error
        if not self._results:
            raise RuntimeError("a request ended with neither an answer nor an error")
        return self._results[0]
