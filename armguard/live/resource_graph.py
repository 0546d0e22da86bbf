"""Azure Resource Graph: finds workspaces and identities wherever they are, and who has which.

It lags behind by minutes, so nothing is decided by what it says about a vault. What may not be read
is silently absent from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from armguard.live.answers import Check
from armguard.live.connection import MOST_PAGES, Connection, elements
from armguard.live.failures import ReadingError, unexpected

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
HOLDERS = (
    "resources | where tostring(identity.principalId) != ''"
    " or tostring(identity.userAssignedIdentities) != ''"
    " | project id, type, identity | order by id asc"
)
"""Whatever has an identity, and nothing of it but that."""


def rows(
    connection: Connection, query: str, check: Check, subscriptions: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """All rows of a query over these subscriptions, or over everything that may be read; `check`
    says what each has to be."""
    places = {"subscriptions": list(subscriptions)} if subscriptions else {}
    options: dict[str, Any] = {"resultFormat": "objectArray", "$top": _ROWS}
    seen: set[str] = set()
    while True:
        answer = connection.post(_PATH, _VERSION, {**places, "query": query, "options": options})
        yield from elements(answer.get("data"), _PATH, check)
        token = answer.get("$skipToken")
        if token is None or token == "":
            if str(answer.get("resultTruncated")).lower() == "true":
                raise unexpected(_PATH, "a part of the rows and no way to the others")
            return
        if not isinstance(token, str):
            raise unexpected(_PATH, "a next page that has no address")
        if token in seen or len(seen) > MOST_PAGES:
            raise ReadingError("the pages of Resource Graph never end")
        seen.add(token)
        options = {**options, "$skipToken": token}
