"""Azure Resource Graph: finds workspaces and identities wherever they are.

It lags behind by minutes, so nothing is decided by what it says about a vault. What may not be read
is silently absent from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from armguard.live.connection import Connection
from armguard.live.failures import ReadingError

_PATH = "/providers/Microsoft.ResourceGraph/resources"
_VERSION = "2021-03-01"
_ROWS = 1000

WORKSPACES = (
    "resources | where type =~ 'microsoft.machinelearningservices/workspaces'"
    " | project id, name, type, kind, location, identity, properties | order by id asc"
)
IDENTITIES = (
    "resources | where type =~ 'microsoft.managedidentity/userassignedidentities'"
    " | project id, name, type, location, properties | order by id asc"
)


def rows(connection: Connection, query: str) -> Iterator[dict[str, Any]]:
    """All rows of a query over everything that may be read."""
    options: dict[str, Any] = {"resultFormat": "objectArray", "$top": _ROWS}
    seen: set[str] = set()
    while True:
        answer = connection.post(_PATH, _VERSION, {"query": query, "options": options})
        data = answer.get("data")
        if not isinstance(data, list):
            raise ReadingError("Resource Graph answered without rows")
        yield from (row for row in data if isinstance(row, dict))
        token = answer.get("$skipToken")
        if not isinstance(token, str) or not token:
            return
        if token in seen:
            raise ReadingError("the pages of Resource Graph never end")
        seen.add(token)
        options = {**options, "$skipToken": token}
