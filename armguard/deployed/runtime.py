"""Answers reference() and target() of a template with what is deployed.

What the template itself writes wins over what is deployed; only what Azure alone can know, as the
principal id of an identity, is taken from there (`evaluation/functions/references.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from armguard.deployed.inventory import DeployedState
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import member
from armguard.keyvault.access import SYSTEM_ASSIGNED


class DeployedRuntime:
    def __init__(self, state: DeployedState) -> None:
        self._state = state
        self._target: Mapping[str, Value] | None = None

    def reference(self, resource_id: str, api_version: str | None, full: bool) -> Value | None:
        if not resource_id.lower().startswith("/subscriptions/"):
            return None
        owner = _without(SYSTEM_ASSIGNED, resource_id)
        document = self._state.resource(owner, api_version)
        if document is None:
            return None
        if owner != resource_id:
            document = {"id": resource_id, "properties": member(document, "identity")}
        return _object(document) if full else member(document, "properties")

    def target(self) -> Value | None:
        return None if self._target is None else _object(self._target)

    def location(self, subscription: str, group: str) -> str | None:
        return self._state.location(subscription, group)

    @contextmanager
    def writing(self, deployed: Mapping[str, Value]) -> Iterator[None]:
        """While properties of this deployed resource are evaluated, target() is what it is now."""
        self._target = deployed
        try:
            yield
        finally:
            self._target = None


def _object(document: Mapping[str, Value]) -> Value:
    """As it is: of one that was read from a file not every member may be known."""
    return document if isinstance(document, dict) else dict(document)


def _without(ending: str, identifier: str) -> str:
    """An id without this ending, which is in lower case."""
    has_it = identifier.lower().endswith(ending)
    return identifier[: -len(ending)] if has_it else identifier
