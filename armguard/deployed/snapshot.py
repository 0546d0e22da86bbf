"""The file that `armguard snapshot` writes: deployed state with a checksum.

The checksum is over the document without its own member, as canonical JSON, so reformatting a file
does no harm and changing anything in it does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from armguard.deployed.access_list import deployed_list
from armguard.deployed.inventory import Inventory, Unread, text
from armguard.deployed.permission_sets import missing
from armguard.errors import UnreadableFileError, UsageError
from armguard.evaluation.values import member
from armguard.record import record
from armguard.source.json_text import read_text

FORMAT = "armguard-snapshot"
VERSION = 1
MAXIMUM_BYTES = 1024 * 1024 * 1024
"""A subscription may hold thousands of vaults: a snapshot is no template, whose limit is lower."""


@record
class Snapshot:
    path: str
    taken_at: str
    """UTC, as in 2027-01-31T12:00:00Z"""
    inventory: Inventory

    @property
    def size(self) -> tuple[int, int, int]:
        """How many vaults, entries of access policies and workspaces it holds."""
        vaults = self.inventory.vaults
        entries = sum(len(_policies(vault)) for vault in vaults)
        return len(vaults), entries, len(self.inventory.workspaces)


def checksum(document: Mapping[str, Any]) -> str:
    """The `sha256` of a snapshot: 64 hexadecimal digits."""
    import hashlib

    content = {name: value for name, value in document.items() if name != "sha256"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def snapshot_document(
    inventory: Inventory, *, taken_at: str, cloud: str, endpoint: str, version: str
) -> dict[str, Any]:
    """The document of a snapshot; `version` is that of armguard."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "takenAt": taken_at,
        "tenant": inventory.tenant,
        "cloud": cloud,
        "endpoint": endpoint,
        "armguard": version,
        "scope": {
            "subscription": inventory.subscription,
            "resourceGroup": inventory.resource_group,
            "vaults": None if inventory.names is None else list(inventory.names),
        },
        "vaults": list(inventory.vaults),
        "workspaces": list(inventory.workspaces),
        "identities": list(inventory.identities),
        "resourceGroups": list(inventory.groups),
        "unread": [{"id": each.id, "reason": each.reason} for each in inventory.unread_items],
    }
    # what was not read has no member: an empty list would say that there is nothing
    told = {"resources": inventory.resources, "deletedVaults": inventory.deleted}
    document |= {name: list(listed) for name, listed in told.items() if listed is not None}
    return {**document, "sha256": checksum(document)}


def read_snapshot(path: str) -> Snapshot:
    """A snapshot file. Raises `UsageError` for a file that can't be read or trusted."""
    try:
        document = strict_json(read_text(path, MAXIMUM_BYTES))
    except (UnreadableFileError, ValueError, RecursionError) as error:
        raise UsageError(f"can't read the snapshot '{path}': {error}") from error
    return snapshot_of(document, path)


def snapshot_of(document: Any, path: str) -> Snapshot:
    """The snapshot that a file holds. Raises `UsageError` for what can't be trusted."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UsageError(f"'{path}' is no snapshot; 'armguard snapshot' writes one")
    if type(document.get("version")) is not int or document["version"] != VERSION:
        raise UsageError(
            f"the snapshot '{path}' has version {document.get('version')!r}; this armguard reads"
            f" version {VERSION}"
        )
    if document.get("sha256") != _checksum_of_file(document):
        raise UsageError(
            f"the checksum of the snapshot '{path}' is wrong: the file was changed or cut off; take"
            " a new one with 'armguard snapshot'"
        )
    return Snapshot(path, _text(document, "takenAt", path), _inventory(document, path))


def strict_json(text: str) -> Any:
    """The value of a JSON text without NaN and Infinity. Raises `ValueError`, `RecursionError`."""
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _checksum_of_file(document: Mapping[str, Any]) -> str:
    """ "" for what is nested so deeply that it can be read and not written: armguard writes no
    such snapshot."""
    try:
        return checksum(document)
    except RecursionError:
        return ""


def _inventory(document: Mapping[str, Any], path: str) -> Inventory:
    scope = document.get("scope")
    if not isinstance(scope, dict):
        raise _broken(path, "scope")
    names = scope.get("vaults")
    group = scope.get("resourceGroup")
    return Inventory(
        tenant=_text(document, "tenant", path),
        subscription=_text(scope, "subscription", path),
        resource_group=group if isinstance(group, str) else None,
        names=tuple(map(str, names)) if isinstance(names, list) else None,
        vaults=_objects(document, "vaults", path),
        workspaces=_objects(document, "workspaces", path),
        identities=_objects(document, "identities", path),
        groups=_objects({"resourceGroups": [], **document}, "resourceGroups", path),
        resources=_known_objects(document, "resources", path),
        deleted=_known_objects(document, "deletedVaults", path),
        unread_items=tuple(
            Unread(_text(each, "id", path), _text(each, "reason", path))
            for each in _objects(document, "unread", path)
        ),
    )


def _objects(document: Mapping[str, Any], name: str, path: str) -> tuple[dict[str, Any], ...]:
    value = document.get(name)
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise _broken(path, name)
    return tuple(value)


def _known_objects(
    document: Mapping[str, Any], name: str, path: str
) -> tuple[dict[str, Any], ...] | None:
    """None: the file does not tell, as those of earlier versions."""
    return _objects(document, name, path) if name in document else None


def _text(document: Mapping[str, Any], name: str, path: str) -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise _broken(path, name)
    return value


def _broken(path: str, name: str) -> UsageError:
    return UsageError(f"the snapshot '{path}' has no proper '{name}'; take a new one")


def _policies(vault: Mapping[str, Any]) -> list[Any]:
    properties = vault.get("properties")
    policies = properties.get("accessPolicies") if isinstance(properties, dict) else None
    return policies if isinstance(policies, list) else []


def lacks(new: Inventory, old: Inventory) -> str | None:
    """The first thing that `old` holds and `new` does not, in words; None: nothing."""
    by_id = {text(vault, "id").lower(): vault for vault in new.vaults}
    for vault in old.vaults:
        name = text(vault, "name")
        other = by_id.get(text(vault, "id").lower())
        if other is None:
            return f"vault '{name}'"
        had = deployed_list(member(member(vault, "properties"), "accessPolicies"))
        has = deployed_list(member(member(other, "properties"), "accessPolicies"))
        for key, permissions in had.items():
            if key not in has:
                return f"the access policy of {key[1]} on vault '{name}'"
            if missing(permissions, has[key])[0]:
                return f"some permissions of {key[1]} on vault '{name}'"
    known = {text(each, "id").lower() for each in (*new.workspaces, *new.identities)}
    for one in (*old.workspaces, *old.identities):
        if text(one, "id").lower() not in known:
            return f"'{text(one, 'name')}'"
    return None
