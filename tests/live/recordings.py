"""Recorded traffic of real Azure: its interactions, and a transport that replays them in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from support import SHARED

FOLDER = SHARED / "recordings"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


@dataclass
class Interaction:
    method: str
    host: str
    path: str
    query: dict[str, str]
    request: Any
    status: int
    headers: dict[str, str]
    response: Any


def load(name: str) -> list[Interaction]:
    """The interactions, those that repeat as often as they did."""
    document = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    found = []
    for each in document["interactions"]:
        times = each.pop("repeat", None) or 1
        found += [Interaction(**each)] * times
    return found


def make_transport(interactions: list[Interaction]) -> Any:
    """A transport of azure-core that answers each request with the next recorded answer to it.

    Raises AssertionError for a request that was not recorded.
    """
    from io import BytesIO

    from azure.core.pipeline.transport import HttpTransport, RequestsTransportResponse
    from azure.core.rest._requests_basic import RestRequestsTransportResponse
    from requests import Response
    from urllib3 import HTTPResponse

    left = list(interactions)
    one_by_one = Lock()

    class Replay(HttpTransport[Any, Any]):
        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: Any) -> None:
            self.close()

        def open(self) -> None:
            return

        def close(self) -> None:
            return

        def send(self, request: Any, **_: Any) -> Any:
            target = urlsplit(request.url)
            query = {name: values[-1] for name, values in parse_qs(target.query).items()}
            path = unquote(target.path)
            with one_by_one:
                for interaction in left:
                    same = (interaction.method, interaction.path.lower()) == (
                        request.method,
                        path.lower(),
                    )
                    token = "$skiptoken"
                    if same and interaction.query.get(token) == query.get(token):
                        left.remove(interaction)
                        return self._answer(request, interaction)
            raise AssertionError(f"{request.method} {path} was not recorded")

        @staticmethod
        def _answer(request: Any, interaction: Interaction) -> Any:
            response = Response()
            response.status_code = interaction.status
            response.headers.update(interaction.headers)
            body = interaction.response
            data = BytesIO(b"" if body is None else json.dumps(body).encode())
            response.raw = HTTPResponse(data, preload_content=False)
            if "rest" not in type(request).__module__:
                return RequestsTransportResponse(request, response)
            return RestRequestsTransportResponse(request=request, internal_response=response)

    return Replay()
