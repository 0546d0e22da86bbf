"""The bounds of one answer: how long it may take as a whole, and how large it may be unpacked.

Time-outs of sockets are for one read, so a body that comes byte by byte would never end. That is
why each request runs beside the thread that waits for it, which goes on when time is up.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline.transport import HttpTransport

from armguard.live.failures import too_large, unintelligible, unreachable
from armguard.live.together import within
from armguard.live.transport import Deadline
from armguard.record import record

MOST_BYTES = 64 * 1024 * 1024
"""Of an answer, packed or not; a page of a thousand vaults has a few millions."""
MOST_BYTES_OF_AN_ERROR = 1024 * 1024
PIECE = 64 * 1024
_ANY_HEADER = 32 + zlib.MAX_WBITS
"""zlib or gzip, whichever the data begin with"""


@record
class Answer:
    """What came back, read to its end."""

    status_code: int
    headers: Any
    """a mapping that ignores case"""
    body: bytearray
    reason: str = ""
    """for azure-core, which puts it into an error of its own"""


class BoundedTransport(HttpTransport[Any, Any]):
    """Another transport within bounds: an answer is read here, whole or not at all."""

    def __init__(self, transport: HttpTransport[Any, Any], deadline: Deadline) -> None:
        self._transport = transport
        self._deadline = deadline

    def __enter__(self) -> BoundedTransport:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        self._transport.open()

    def close(self) -> None:
        self._transport.close()

    def send(self, request: Any, **options: Any) -> Any:
        # other packings, which would be offered, can't be unpacked piece by piece here
        request.headers["Accept-Encoding"] = "gzip"
        streamed = {**options, "stream": True}
        return within(self._deadline, lambda: self._whole(request, streamed))

    def _whole(self, request: Any, options: dict[str, Any]) -> Answer:
        target = urlsplit(request.url)
        try:
            response = self._transport.send(request, **options)
        except (OSError, ValueError, HTTPException) as error:
            # certificates in a file that is not there, a proxy's host name that can't be
            raise unreachable(target.netloc, error) from error
        status, headers = response.status_code, response.headers
        try:
            body = _body(response, target.path)
        except (zlib.error, ValueError, HTTPException) as error:
            raise unintelligible(status, headers, target.path) from error
        except MemoryError as error:
            # several answers may come at once where there is little of it
            raise too_large(target.path, status, None) from error
        finally:
            response.close()
        return Answer(status, headers, body)


def _body(response: Any, path: str) -> bytearray:
    """The body, unpacked. Raises `ReadingError` for one that is too large, ValueError and
    zlib.error for one that is packed in a way that can't be undone."""
    status = response.status_code
    most = MOST_BYTES if status == 200 else MOST_BYTES_OF_AN_ERROR
    packing = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    unpacker = None if packing == "identity" else _Unpacker(packing)
    received = 0
    body = bytearray()
    for piece in response.iter_raw():
        received += len(piece)
        for part in (piece,) if unpacker is None else unpacker.parts(piece):
            body += part
            if max(len(body), received) > most:
                raise too_large(path, status, most)
    if unpacker is not None:
        body += unpacker.rest()
    return body


class _Unpacker:
    """Unpacks piece by piece, so that never more than one piece too much is in memory."""

    def __init__(self, packing: str) -> None:
        if packing not in ("gzip", "x-gzip", "deflate"):
            raise ValueError(f"packed as {packing}")
        self._stream: Any = None

    def parts(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream is None:
                self._stream = zlib.decompressobj(_ANY_HEADER)
            yield self._stream.decompress(data, PIECE)
            data = self._stream.unconsumed_tail
            if self._stream.eof:
                # a gzip file may have several members
                data, self._stream = self._stream.unused_data, None

    def rest(self) -> bytes:
        if self._stream is None:
            return b""
        left: bytes = self._stream.flush()
        if not self._stream.eof:
            raise ValueError("cut off")
        return left
