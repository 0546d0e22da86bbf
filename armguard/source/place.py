"""A place in a file: the file and the JSON pointer (RFC 6901) of a value in it."""

from __future__ import annotations

from armguard.record import record


@record
class Place:
    path: str
    pointer: str = ""

    def child(self, *keys: str | int) -> Place:
        """The place of a member or an element further down."""
        steps = (str(key).replace("~", "~0").replace("/", "~1") for key in keys)
        return Place(self.path, "/".join((self.pointer, *steps)))
