"""How requests travel: read only, to one host, with pauses that are shown, until time is up.

These policies replace the default ones of azure-core, which register resource providers (a write),
retry for days and wait five minutes for an answer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from math import ceil
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy, SansIOHTTPPolicy

from armguard.errors import ArmguardError
from armguard.live.failures import ReadingError, out_of_time
from armguard.live.pauses import wanted_pause
from armguard.live.resource_ids import host_of

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
_NETWORK_SECONDS = 4.0
"""A failure of the network that comes later than this is not tried again: with the time to connect
it stays below 15 seconds."""
_TRIES = 3
_TRIES_WHEN_THROTTLED = 8
_LONGEST_OWN_PAUSE = 60.0
_WHY = {429: "Azure throttles requests"}
_AGAIN = (408, 429, 500, 502, 503, 504)
_READING_POSTS = re.compile(
    r"/providers/microsoft\.(?:resourcegraph/resources|keyvault/checknameavailability)$",
    re.IGNORECASE,
)

Say = Callable[[str], None]


class Deadline:
    """When all reading ends."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    @property
    def left(self) -> float:
        return self._end - self._clock()


class OnlyReading(SansIOHTTPPolicy[Any, Any]):
    """Lets nothing out that could write, and nothing to another host: a link in an answer must not
    carry a token away."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._host = host_of(url)

    def on_request(self, request: PipelineRequest[Any]) -> None:
        http = request.http_request
        target = urlsplit(http.url)
        reads = http.method in ("GET", "HEAD") or (
            http.method == "POST" and _READING_POSTS.search(target.path) is not None
        )
        if not reads:
            raise ArmguardError(f"armguard only reads, so {http.method} {target.path} is not sent")
        if host_of(http.url) != self._host:
            raise ReadingError(f"an answer leads to another host, '{target.netloc}'")


class Patience(HTTPPolicy[Any, Any]):
    """Asks again where that helps, never sooner than Azure wants, and never past the deadline.

    Who is throttled is so everywhere: one thread finds out when it ends, and the others wait.
    """

    def __init__(
        self, deadline: Deadline, say: Say, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        super().__init__()
        self._deadline = deadline
        self._say = say
        self._sleep = sleep
        self._throttled = Lock()
        """held by whoever was throttled, until there is another answer"""
        self._given_up = False
        """whether the last one who was throttled was so to the end"""

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        with self._throttled:
            is_alone = False
        tries = 0
        try:
            while True:
                tries += 1
                response = self._sent(request, tries)
                if response is None:
                    continue
                status = response.http_response.status_code
                waited = 0.0
                if status == 429 and not is_alone:
                    waited, is_alone = self._alone(), True
                pause = self._pause_before_another(response.http_response, tries)
                if pause is None:
                    return response
                if waited:
                    # whole seconds, since Azure counts from another moment
                    pause = max(0.0, float(ceil(pause - waited)))
                if pause >= self._deadline.left:
                    return response
                if pause:
                    self._wait(pause, _WHY.get(status, f"Azure answered {status}"))
        finally:
            if is_alone:
                self._throttled.release()

    def _sent(self, request: PipelineRequest[Any], tries: int) -> PipelineResponse[Any, Any] | None:
        """None: the network failed, and may not another time."""
        left = self._deadline.left
        if left <= 0:
            raise out_of_time(self._deadline.seconds)
        options = request.context.options
        options["connection_timeout"] = min(CONNECT_SECONDS, left)
        options["read_timeout"] = min(READ_SECONDS, left)
        started = self._deadline.left
        try:
            return self.next.send(request)
        except (ServiceRequestError, ServiceResponseError) as error:
            if self._deadline.left <= 0:
                raise out_of_time(self._deadline.seconds) from error
            took = started - self._deadline.left
            if tries > 1 or took > _NETWORK_SECONDS or self._deadline.left <= 1:
                raise
        self._wait(1, "the network failed")
        return None

    def _alone(self) -> float:
        """The seconds that it took until nobody else was throttled."""
        if self._throttled.acquire(blocking=False):
            return 0.0
        before = self._deadline.left
        self._throttled.acquire()
        return before - self._deadline.left

    def _pause_before_another(self, response: Any, tries: int) -> float | None:
        """Seconds; None: asking again would not help.

        A wish for no pause at all, as Retry-After: 0, does not hold: the pauses grow.
        """
        is_throttled = response.status_code == 429
        if not is_throttled:
            self._given_up = False
        if response.status_code not in _AGAIN or self._given_up:
            return None
        if tries >= (_TRIES_WHEN_THROTTLED if is_throttled else _TRIES):
            self._given_up = is_throttled
            return None
        own = min(float(2 ** (tries - 1)), _LONGEST_OWN_PAUSE)
        return max(wanted_pause(response.headers) or 0.0, own)

    def _wait(self, seconds: float, why: str) -> None:
        self._say(f"{why}: waiting {seconds:g} s ({self._deadline.left:.0f} s left)")
        self._sleep(seconds)
