"""Refuses every connection that leaves this machine, in whichever Python starts with this folder on
its path.

An audit hook can't be removed again, so nothing that a test imports can undo it.
"""

from __future__ import annotations

import ipaddress
import sys
from typing import Any


def _is_here(host: str) -> bool:
    if host.lower() in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False  # a name that would have to be looked up


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if isinstance(host, str) and not _is_here(host):
        raise ConnectionRefusedError(f"tests reach nothing but loopback, and this is '{host}'")


sys.addaudithook(_refuse)
