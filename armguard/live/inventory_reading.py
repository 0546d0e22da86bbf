"""Reads everything that a snapshot holds: vaults, and the workspaces and identities that use them.

All objects are full ones, read one by one, so that a snapshot can stand for Azure later on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from armguard.deployed.inventory import Document, Inventory, People, Unread, text
from armguard.evaluation.facts import DeploymentScope
from armguard.evaluation.values import member
from armguard.live.reader import LiveReader
from armguard.live.resource_ids import refuse_odd_name


def read_inventory(
    reader: LiveReader, subscription: str, group: str | None, names: tuple[str, ...]
) -> Inventory:
    """The vaults of a subscription or a group, or only those with these names.

    Raises `UsageError` for what can't be a name.
    """
    if group is not None:
        refuse_odd_name(group, "a resource group")
    for name in names:
        refuse_odd_name(name, "a vault")
    scope = reader.completed(DeploymentScope(subscription_id=subscription))
    below = f"/subscriptions/{subscription}"
    if group is not None:
        below = f"{below}/resourceGroups/{group}"
    vaults: list[Document] = []
    unread: list[Unread] = []
    if group is not None and names:
        for name in names:
            vault_id = f"{below}/providers/Microsoft.KeyVault/vaults/{name}"
            found = reader.vault(vault_id, None)
            if found.document is not None and found.state == "exists":
                vaults.append(found.document)
            elif found.state == "unread":
                unread.append(Unread(vault_id, found.note or "not read"))
    else:
        wanted = {name.lower() for name in names}
        for vault in reader.vaults_below(below) or ():
            if not wanted or text(vault, "name").lower() in wanted:
                vaults.append(vault)
    workspaces = _full(_using(reader.people(), vaults), reader, unread)
    identities = _full(_identities_of(workspaces), reader, unread)
    return Inventory(
        tenant=scope.tenant_id or "",
        subscription=subscription,
        resource_group=group,
        names=names or None,
        vaults=_sorted(vaults),
        workspaces=_sorted(workspaces),
        identities=_sorted(identities),
        groups=_sorted(_groups_of(vaults, reader)),
        unread_items=(*reader.unread(), *unread),
    )


def _using(people: People, vaults: list[Document]) -> list[str]:
    """The ids of the workspaces that use one of the vaults, and of their hubs; some may be gone,
    since Resource Graph lags behind."""
    wanted = {text(vault, "id").lower() for vault in vaults}
    found: dict[str, str] = {}
    for workspace in people.workspaces:
        if people.vault_of(workspace) in wanted:
            for one in (text(workspace, "id"), text(workspace, "properties", "hubResourceId")):
                if one:
                    found.setdefault(one.lower(), one)
    return list(found.values())


def _identities_of(workspaces: Iterable[Document]) -> list[str]:
    found: dict[str, str] = {}
    for workspace in workspaces:
        for one in _named_identities(workspace):
            found.setdefault(one.lower(), one)
    return list(found.values())


def _named_identities(workspace: Document) -> Iterator[str]:
    assigned = member(member(workspace, "identity"), "userAssignedIdentities")
    yield from assigned if isinstance(assigned, dict) else ()
    primary = text(workspace, "properties", "primaryUserAssignedIdentity")
    if primary:
        yield primary


def _groups_of(vaults: Iterable[Document], reader: LiveReader) -> Iterator[Document]:
    """Id and location of the resource groups of vaults: tags may hold what is nobody's business."""
    for path in sorted({text(each, "id").lower().partition("/providers/")[0] for each in vaults}):
        group = reader.group(path)
        if group is not None:
            yield {"id": text(group, "id") or path, "location": text(group, "location")}


def _full(ids: list[str], reader: LiveReader, unread: list[Unread]) -> list[Document]:
    documents = []
    for resource_id in ids:
        document, reason = reader.resource(resource_id, None), reader.why(resource_id)
        if document is not None:
            documents.append(document)
        elif reason is not None:
            unread.append(Unread(resource_id, reason))
    return documents


def _sorted(documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple(sorted(documents, key=lambda each: text(each, "id").lower()))
