"""Progress of a long check, for somebody who waits at a terminal: one line that rewrites itself.

It is drawn from the calls of the check and of who reads for it, without a thread, so a single slow
template holds it; a run that is done within half a second shows none.
"""

from __future__ import annotations

import time
from _thread import allocate_lock
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

PATIENCE = 0.5
"""Seconds until the first line."""

_PAUSE = 0.1
"""Seconds between two lines: a terminal may be slower than the check."""


class Progress:
    """Told of each template; leaves nothing on the terminal at the end of its `with` block."""

    def __init__(
        self, stream: TextIO | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`stream`: where to draw; nothing is drawn where that is None or no terminal."""
        self._stream = stream if stream is not None and stream.isatty() else None
        self._clock = clock
        self._next = clock() + PATIENCE
        self._drawn = 0
        self._lock = allocate_lock()

    def __enter__(self) -> Progress:
        return self

    def __call__(self, number: int, total: int) -> None:
        """The check begins with template `number` of `total`, from 1."""
        self.tell(f"checking {number} of {total} files")

    def tell(self, what: str) -> None:
        """What is done now; it may be told as often as one likes."""
        if self._stream is None or (now := self._clock()) < self._next:
            return
        self._next = now + _PAUSE
        with self._lock:
            self._draw(what)

    def leave(self, write: Callable[[], None] = lambda: None) -> None:
        """Takes the line away, since something else is to be written: what `write` does, while
        nobody draws."""
        with self._lock:
            if self._drawn:
                self._draw("")
            write()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.leave()

    def _draw(self, text: str) -> None:
        if self._stream is None:
            return
        # blanks instead of an escape sequence: not every terminal knows those
        over = text.ljust(self._drawn)
        try:
            self._stream.write(f"\r{over}\r" if not text else f"\r{over}")
            self._stream.flush()
        except OSError:
            self._stream = None  # the terminal is gone, which is no reason to stop
        self._drawn = len(text)
