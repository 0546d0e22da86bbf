"""The properties of a vault as they are written, for remedies that change its list in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.evaluation.values import spellings
from armguard.expressions.parser import is_expression, plain_text
from armguard.finding import Location
from armguard.record import record
from armguard.remedies.remedy import RefusedError, Target
from armguard.templates.written import computed_members

LIST = "accessPolicies"


@record
class Properties:
    place: Location
    members: Mapping[str, Any]

    def key(self, name: str) -> str | None:
        """As the only member of a name is spelled; None: there is none.

        Raises `RefusedError` where it may come from somewhere else.
        """
        found = spellings(self.members, name)
        if len(found) > 1:
            raise RefusedError(f"its {name} is written twice, and which one counts is not known")
        if computed_members(self.members, name):
            raise RefusedError(
                f"its {name} may come from a property loop or from a member with a computed name;"
                " write it out first"
            )
        return found[0] if found else None


def properties_of(target: Target) -> Properties:
    """Raises `RefusedError` where they are not written out."""
    found = spellings(target.written, "properties")
    if len(found) > 1:
        raise RefusedError("its properties are written twice, and which ones count is not known")
    members = target.written[found[0]] if found else None
    if not isinstance(members, Mapping):
        raise RefusedError("its properties are not written out as an object")
    return Properties(target.place.child(found[0]), members)


def expression_of(text: str) -> str:
    """A text of a template as a part of an expression."""
    if is_expression(text):
        return text[1:-1].strip()
    return "'" + plain_text(text).replace("'", "''") + "'"
