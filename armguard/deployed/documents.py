"""Resources as Azure Resource Manager returns them, and what their ids tell.

Any part of them may be missing or of another shape, and names of members have no case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from armguard.evaluation.values import member

Document = Mapping[str, Any]
"""a resource as Azure Resource Manager returns it"""


def text(document: Any, *path: str) -> str:
    """A text somewhere in a document; "" where there is none."""
    value = part(document, *path)
    return value if isinstance(value, str) else ""


def members(document: Any, *path: str) -> Iterable[tuple[str, Any]]:
    """The members of an object somewhere in a document; none where there is no object."""
    value = part(document, *path)
    return value.items() if isinstance(value, Mapping) else ()


def part(document: Any, *path: str) -> Any:
    """What stands somewhere in a document; None where there is nothing."""
    value = document
    for name in path:
        value = member(value, name) if isinstance(value, Mapping) else None
    return value


def kind_of(resource_id: str) -> str:
    """`Microsoft.Web/sites/slots` of the id of a slot, as the id spells it: Resource Graph gives
    types in lower case. "": it is no id of a resource."""
    return "/".join(_below_provider(resource_id)[0])


def name_of(resource_id: str) -> str:
    """`func-orders/staging` of the id of a slot. "": it is no id of a resource."""
    return "/".join(_below_provider(resource_id)[1])


def _below_provider(resource_id: str) -> tuple[list[str], list[str]]:
    """(namespace and types, names) of the last part of an id that begins with `/providers/`."""
    segments = resource_id.split("/")
    starts = [at for at, each in enumerate(segments) if each.lower() == "providers"]
    if not starts or len(segments) - starts[-1] < 4:
        return [], []
    namespace, *rest = segments[starts[-1] + 1 :]
    return [namespace, *rest[::2]], rest[1::2]


def is_vault_id(resource_id: str) -> bool:
    """Whether it is the id of a vault of a resource group."""
    parts = resource_id.lower().split("/")
    return len(parts) == 9 and parts[5:8] == ["providers", "microsoft.keyvault", "vaults"]
