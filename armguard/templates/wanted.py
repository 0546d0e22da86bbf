"""Which resources somebody asks a deployment for: all, some types, or the one with a key.

Whoever wants one resource goes straight to it, since a template may have thousands of them, and
each of a thousand vaults is looked up again in every world.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from armguard.evaluation.values import find_key, member
from armguard.record import record
from armguard.templates.template import resource_entries

_TOKEN = re.compile(r"[^/|\[]*")
_INDEX = re.compile(r"\[(\d+)\]")


@record
class Wanted:
    types: frozenset[str] | None = None
    """in lower case; None: all, also those of no interest"""
    towards: str | None = None
    """a resource key: only that resource, and what it stands in"""

    def entries(self, resources: Any, below: str) -> Iterable[tuple[str | int, Any]]:
        """Those of `resources` that can be wanted; the keys of all begin with `below`."""
        if self.towards is None:
            return resource_entries(resources)
        if not self.towards.startswith(below):
            return ()
        match = _TOKEN.match(self.towards, len(below))
        token = match[0] if match is not None else ""
        if isinstance(resources, list):
            number = int(token) if token.isdigit() else len(resources)
            return ((number, resources[number]),) if number < len(resources) else ()
        if not isinstance(resources, Mapping):
            return ()
        if "~" in token:
            return resource_entries(resources)
        # a symbolic name may go on with what ends one elsewhere
        longer = (f"{token}|", f"{token}[")
        names = [name for name in resources if name == token or name.startswith(longer)]
        return ((name, resources[name]) for name in names)

    def indices(self, count: int, begins: str) -> Iterable[int]:
        """The iterations of a loop that can be wanted; their keys begin with `begins`."""
        if self.towards is None or not self.towards.startswith(begins):
            return range(count)
        match = _INDEX.match(self.towards, len(begins))
        number = int(match[1]) if match is not None else count
        return (number,) if number < count else ()

    def may_be_below(self, written: Mapping[str, Any], parent_type: str | None) -> bool:
        """Whether a resource, or a child somewhere below it, may be of a wanted type."""
        if self.types is None:
            return True
        own = member(written, "type")
        if isinstance(own, str):
            if own[:1] == "[":
                return True
            full = own.lower()
            if parent_type is not None and "." not in full.partition("/")[0]:
                full = f"{parent_type.lower()}/{full}"
            if full in self.types:
                return True
        return find_key(written, "resources") is not None

    def yields(self, resource_type: str) -> bool:
        return self.types is None or resource_type.lower() in self.types
