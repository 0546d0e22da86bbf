"""Fakes of Azure that are wrong on purpose, as some emulators are: tests must tell them apart."""

from __future__ import annotations

from typing import Any

from fake_arm import FakeArm


class KeepsOnEmptyList(FakeArm):
    """Wrong on purpose, as some emulators are: an empty list leaves the old one."""

    def list_after_put(self, old: list[Any], new: list[Any]) -> list[Any]:
        return new or old


class KeysByObjectIdAlone(FakeArm):
    """Wrong on purpose: an applicationId makes no other entry."""

    def key(self, entry: Any) -> tuple[str, ...]:
        return (entry["objectId"].lower(),)

    def list_after_put(self, old: list[Any], new: list[Any]) -> list[Any]:
        return list({self.key(entry): entry for entry in new}.values())


class ReplacesTheWholeList(FakeArm):
    """Wrong on purpose, as what-if is: a child `replace` is taken for the whole list."""

    def list_after_change(self, operation: str, old: list[Any], given: list[Any]) -> list[Any]:
        if operation == "replace":
            return given
        return super().list_after_change(operation, old, given)
