"""What reads a vault with reference() made to read one that the template does not write.

Azure takes reference() of a name, or without an API version, for one of a resource of the same
template; of all others it wants the full id and the version.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from armguard.evaluation.values import member
from armguard.remedies._written import expression_of
from armguard.remedies.remedy import RefusedError

if TYPE_CHECKING:
    from armguard.templates.mentions import Mention
    from armguard.templates.resource import Resource


def read_from_outside(
    mention: Mention, vaults: Sequence[Resource], identifier: str | None = None
) -> tuple[int, int, str] | None:
    """(start, end, text): what is to change in the text of a reference; None: nothing.

    A name becomes the id, or the expression `identifier`; an id is a mention of its own.
    """
    assert mention.call is not None
    if mention.call.node.name.lower() != "reference":
        return None  # what the others name has to be a resource of the template
    target, *others = mention.call.arguments
    version = "" if others else f", {_member(vaults[0].written, 'apiVersion')}"
    if mention.by_symbol:
        return target.start, target.end, f"{identifier or id_text(vaults)}{version}"
    return (target.end, target.end, version) if version else None


def id_text(vaults: Sequence[Resource]) -> str:
    """The id of the vault as an expression, which holds where the vault is written."""
    vault = vaults[0]
    if vault.indexed:
        raise RefusedError("other resources read a vault of its loop by name, not by id")
    return f"resourceId('{vault.type}', {_member(vault.written, 'name')})"


def _member(written: Any, name: str) -> str:
    """A member as a part of an expression."""
    value = member(written, name)
    if not isinstance(value, str):
        raise RefusedError(f"it has no {name}")
    return expression_of(value)
