"""Answers reference() and target() of a template with what is deployed.

What the template itself writes wins over what is deployed; only what Azure alone can know, as the
principal id of an identity, is taken from there (`evaluation/functions/references.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from armguard.deployed.documents import is_vault_id, part
from armguard.deployed.inventory import DeployedState, People
from armguard.evaluation.runtime import GivenIdentity
from armguard.evaluation.unknown import Value


class DeployedRuntime:
    def __init__(self, state: DeployedState) -> None:
        self._state = state
        self._target: Mapping[str, Value] | None = None
        self._people: People | None = None

    def reference(self, resource_id: str, full: bool) -> Value | None:
        """Of vaults only: nothing else of a subscription is armguard's business."""
        if not is_vault_id(resource_id):
            return None
        found = self._state.vault(resource_id, None)
        if found.state != "exists" or found.document is None:
            return None
        return _object(found.document) if full else part(found.document, "properties")

    def given(self, resource_id: str) -> GivenIdentity:
        """Of what is listed; no resource is read because a template names it."""
        is_id = resource_id.lower().startswith("/subscriptions/")
        return self.people().given(resource_id) if is_id else GivenIdentity()

    def people(self) -> People:
        """Whose identities there are, asked for once."""
        if self._people is None:
            self._people = self._state.people()
        return self._people

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
