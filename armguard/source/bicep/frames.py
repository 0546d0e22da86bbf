"""Messages of JSON-RPC on a pipe: `Content-Length: N`, an empty line, N bytes of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

MOST_CONTENT = 64 * 1024**2
_LONGEST_LINE = 1024
_MOST_LINES = 16


class NoFrameError(Exception):
    """What came is no message; `str()` goes on after "the Bicep CLI answered with"."""


def frame(message: Mapping[str, Any]) -> bytes:
    content = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(content), content)


def read_frame(pipe: IO[bytes]) -> dict[str, Any] | None:
    """The next message; None at the end, also where it comes in the middle of a message."""
    size = _announced(pipe)
    if size is None:
        return None
    content = pipe.read(size)
    if len(content) < size:
        return None
    try:
        message = json.loads(content)
    except (ValueError, RecursionError):
        raise NoFrameError("a message that is no JSON") from None
    if not isinstance(message, dict):
        raise NoFrameError("a message that is no JSON object")
    return message


def _announced(pipe: IO[bytes]) -> int | None:
    """The size in the header of a message."""
    size: bytes | None = None
    for _ in range(_MOST_LINES):
        line = pipe.readline(_LONGEST_LINE)
        if line in (b"\r\n", b"\n") and size is not None:
            if int(size) > MOST_CONTENT:
                raise NoFrameError(f"a message of more than {MOST_CONTENT // 1024**2} MiB")
            return int(size)
        name, colon, value = line.partition(b":")
        if not line.endswith(b"\n"):
            if len(line) < _LONGEST_LINE:
                return None
            break
        if not colon:
            break
        if name.strip().lower() == b"content-length":
            size = value.strip()
            if not size.isdigit() or len(size) > 12:
                break
    raise NoFrameError("something that is no message of JSON-RPC")
