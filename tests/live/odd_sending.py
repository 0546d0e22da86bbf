"""Answers that are not sent at once: byte by byte, without end, or packed to a thousandth.

A fault names one of `drip`, `drip_headers` (seconds between two blanks), `endless` and
`inflates_to` (MiB of blanks), as the scenarios beside the project do; `chunked`: in chunks.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

_KINDS = ("drip", "drip_headers", "endless", "inflates_to")
_MIB = 1024 * 1024


def is_odd(fault: Any) -> bool:
    return any(kind in fault for kind in _KINDS)


def send(
    handler: BaseHTTPRequestHandler, fault: Any, pause: Callable[[float], None], stopped: Event
) -> None:
    """Send until the reader has gone away, or `stopped`; `pause` waits between two blanks."""
    handler.close_connection = True
    begin = f"HTTP/1.1 {fault['status']} OK\r\nContent-Type: application/json\r\n"
    for name, value in fault.get("headers", {}).items():
        begin += f"{name}: {value}\r\n"
    if "inflates_to" in fault:
        packed = _bomb(fault["inflates_to"])
        begin += f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
        handler.wfile.write(begin.encode() + packed)
        return
    is_chunked = fault.get("chunked", False)
    kept = "Transfer-Encoding: chunked" if is_chunked else "Connection: close"
    begin += "X-Slow: " if "drip_headers" in fault else f"{kept}\r\n\r\n"
    handler.wfile.write(begin.encode())
    handler.wfile.flush()
    seconds = fault.get("drip", fault.get("drip_headers"))
    blanks = b" " * (_MIB if seconds is None else 1)
    piece = b"%x\r\n%b\r\n" % (len(blanks), blanks) if is_chunked else blanks
    while not stopped.is_set():
        handler.wfile.write(piece)
        handler.wfile.flush()
        if seconds is not None:
            pause(seconds)
            time.sleep(0.001)  # so that a clock which needs no time leaves some to the reader


def _bomb(mebibytes: int) -> bytes:
    """Several members, one after the other: so it is made in no time."""
    return gzip.compress(b" " * _MIB) * mebibytes
