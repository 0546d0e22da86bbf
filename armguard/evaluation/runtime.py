"""Who answers what only the running deployment knows: reference(), list*(), target(), and where a
resource group is.

In a static check nobody does; with deployed state an inventory does (`deployed/runtime.py`).
Resources of the template itself are answered before anybody is asked, except for what Azure alone
can know about them (`functions/references.py`).
"""

from __future__ import annotations

from typing import Protocol

from armguard.evaluation.unknown import Value
from armguard.record import field, record


@record
class GivenIdentity:
    """What Azure has given a deployed resource, and goes on giving it when it is written again: of
    an identity the ids, and nothing else of any resource."""

    identity: dict[str, Value] = field(default_factory=dict)
    """of the member `identity`: principalId, tenantId, userAssignedIdentities"""
    properties: dict[str, Value] = field(default_factory=dict)
    """where the resource is itself an identity: principalId, clientId, tenantId"""


class Runtime(Protocol):
    def reference(self, resource_id: str, full: bool) -> Value | None:
        """The properties of a deployed resource, or all of it; None: not known."""

    def given(self, resource_id: str) -> GivenIdentity:
        """What is known of its identity, or of the identity that it is; empty: nothing."""

    def target(self) -> Value | None:
        """The whole deployed resource whose properties are evaluated; None: not known."""

    def location(self, subscription: str, group: str) -> str | None:
        """Where a resource group is, as resourceGroup().location gives it; None: not known."""


class NoRuntime:
    """Nobody answers: whatever is asked stays unknown."""

    def reference(self, resource_id: str, full: bool) -> Value | None:
        return None

    def given(self, resource_id: str) -> GivenIdentity:
        return GivenIdentity()

    def target(self) -> Value | None:
        return None

    def location(self, subscription: str, group: str) -> str | None:
        return None


WRITTEN_HERE = "written here"
"""Marks what is left of reference() to a resource that the same template writes: a vault that
refers to itself is no list read back, since Azure may refuse the circle."""
