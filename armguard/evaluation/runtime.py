"""Who answers what only the running deployment knows: reference(), list*(), target(), and where a
resource group is.

In a static check nobody does; with deployed state an inventory does (`deployed/runtime.py`).
Resources of the template itself are answered before anybody is asked, except for what Azure alone
can know about them (`functions/references.py`).
"""

from __future__ import annotations

from typing import Protocol

from armguard.evaluation.unknown import Value


class Runtime(Protocol):
    def reference(self, resource_id: str, api_version: str | None, full: bool) -> Value | None:
        """The properties of a deployed resource, or all of it; None: not known."""

    def target(self) -> Value | None:
        """The whole deployed resource whose properties are evaluated; None: not known."""

    def location(self, subscription: str, group: str) -> str | None:
        """Where a resource group is, as resourceGroup().location gives it; None: not known."""


class NoRuntime:
    """Nobody answers: whatever is asked stays unknown."""

    def reference(self, resource_id: str, api_version: str | None, full: bool) -> Value | None:
        return None

    def target(self) -> Value | None:
        return None

    def location(self, subscription: str, group: str) -> str | None:
        return None


WRITTEN_HERE = "written here"
"""Marks what is left of reference() to a resource that the same template writes: a vault that
refers to itself is no list read back, since Azure may refuse the circle."""
