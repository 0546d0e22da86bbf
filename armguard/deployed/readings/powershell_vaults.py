"""Vaults as `Get-AzKeyVault | ConvertTo-Json` prints them: PascalCase, permissions joined to text.

At its default depth ConvertTo-Json makes text of lists, and class names of the entries of several
vaults: `PermissionsTo...Str` is right at any depth, and a class name is no entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from armguard.deployed.inventory import text
from armguard.deployed.readings.reading import VAULT, Reading, SeenVault, type_of, unread, vault_of
from armguard.evaluation.values import find_key, member
from armguard.record import replace

_KINDS = ("Keys", "Secrets", "Certificates", "Storage")
_MOST_NAMES = 20
_NO_LIST = "Get-AzKeyVault prints access policies only with -VaultName"
_OLD_MODULE = (
    "the module that printed it does not know EnableRbacAuthorization, so whether access policies"
    " decide is not known: update Az.KeyVault"
)


def read(row: Mapping[str, Any]) -> Reading | None:
    """One vault; None: it is something else, or was printed with -InRemovedState."""
    vault_id = text(row, "ResourceId")
    named = find_key(row, "VaultName") is not None
    if not named or type_of(vault_id) != VAULT or is_removed(row):
        return None
    return Reading(vaults=(_vault(vault_id, row),))


def is_removed(row: Mapping[str, Any]) -> bool:
    """Whether it is a soft-deleted vault, which looks like one without access policies."""
    return "deletedvaults" in text(row, "Id").lower() or (
        find_key(row, "ScheduledPurgeDate") is not None
    )


def _vault(vault_id: str, row: Mapping[str, Any]) -> SeenVault:
    entries = member(row, "AccessPolicies")
    if isinstance(entries, list) and find_key(row, "EnableRbacAuthorization") is None:
        return unread(vault_id, _OLD_MODULE)
    properties = {
        "tenantId": text(row, "TenantId") or None,
        "vaultUri": text(row, "VaultUri") or None,
        "accessPolicies": list(map(_entry, entries)) if isinstance(entries, list) else entries,
        "enableRbacAuthorization": member(row, "EnableRbacAuthorization"),
        "enableSoftDelete": member(row, "EnableSoftDelete"),
        "softDeleteRetentionInDays": member(row, "SoftDeleteRetentionInDays"),
    }
    note = _names(entries) if isinstance(entries, list) else None
    vault = vault_of(vault_id, properties, _NO_LIST, member(row, "Location"), note)
    return replace(vault, display_names=note is not None)


def _entry(written: Any) -> Any:
    """An entry of Azure Resource Manager; what is cut off stays what it is."""
    permissions = {kind.lower(): _permissions(written, kind) for kind in _KINDS}
    if not isinstance(written, Mapping) or all(each is None for each in permissions.values()):
        return None
    return {
        "tenantId": text(written, "TenantId"),
        "objectId": text(written, "ObjectId"),
        "applicationId": text(written, "ApplicationId") or None,
        "permissions": permissions,
    }


def _permissions(entry: Any, kind: str) -> Any:
    """The names of one kind; None: the entry has no such member."""
    for name in (f"PermissionsTo{kind}Str", f"PermissionsTo{kind}"):
        value = member(entry, name)
        if isinstance(value, str):
            return re.findall(r"[^\s,]+", value)
        if value is not None:
            return value
    return [] if find_key(entry, f"PermissionsTo{kind}") is not None else None


def _names(entries: list[Any]) -> str | None:
    """Whose the ids are by the directory, which is not what a workspace or identity is called."""
    named = list(dict.fromkeys(_named(entries)))
    more = f" and {len(named) - _MOST_NAMES} more" if len(named) > _MOST_NAMES else ""
    if not named:
        return None
    return f"display names by Get-AzKeyVault: {', '.join(named[:_MOST_NAMES])}{more}"


def _named(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        name = " ".join(text(entry, "DisplayName").split())
        if name:
            yield f"{text(entry, 'ObjectId').lower()} is '{name[:100]}'"
