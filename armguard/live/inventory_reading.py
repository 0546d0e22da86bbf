"""Reads everything that a snapshot holds: vaults, and the workspaces and identities that use them.

All objects are full ones, read one by one, so that a snapshot can stand for Azure later on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from armguard.deployed.access_list import deployed_list
from armguard.deployed.documents import members, part
from armguard.deployed.inventory import Document, Inventory, People, Unread, text
from armguard.evaluation.facts import DeploymentScope
from armguard.evaluation.values import member
from armguard.live.reader import LiveReader
from armguard.live.resource_ids import refuse_odd_name, refuse_odd_subscription


def read_inventory(
    reader: LiveReader, subscription: str, group: str | None, names: tuple[str, ...]
) -> Inventory:
    """The vaults of a subscription or a group, or only those with these names.

    Raises `UsageError` for what can't be a name.
    """
    refuse_odd_subscription(subscription)
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
        ids = [f"{below}/providers/Microsoft.KeyVault/vaults/{name}" for name in names]
        reader.read_ahead(ids)
        for vault_id in ids:
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
    people = reader.people()
    allowed = _allowed(vaults)
    workspaces, unread_workspaces = reader.full(_using(people, vaults))
    named = [*_identities_of(workspaces), *_with_access(people.identities, allowed)]
    identities, unread_identities = reader.full({each.lower(): each for each in named}.values())
    holders = reader.holders()
    deleted = reader.deleted_below(subscription)
    groups = reader.groups(_groups_of(vaults, None if group is None else below))
    return Inventory(
        tenant=scope.tenant_id or "",
        subscription=subscription,
        resource_group=group,
        names=names or None,
        vaults=_sorted(vaults),
        workspaces=_sorted(workspaces),
        identities=_sorted(identities),
        groups=_sorted(_places(groups)),
        unread_items=(*reader.unread(), *unread, *unread_workspaces, *unread_identities),
        resources=None if holders is None else _sorted(_told(holders, below, allowed)),
        deleted=None if deleted is None else _sorted(deleted),
    )


def _allowed(vaults: Iterable[Document]) -> set[str]:
    """The principal ids in the access policies of vaults, in lower case."""
    lists = (deployed_list(part(vault, "properties", "accessPolicies")) for vault in vaults)
    return {principal for each in lists for _, principal, _ in each}


def _with_access(identities: Iterable[Document], allowed: set[str]) -> Iterator[str]:
    """The ids of the user-assigned identities that have an access policy."""
    for each in identities:
        if text(each, "properties", "principalId").lower() in allowed:
            yield text(each, "id")


def _told(holders: Iterable[Document], below: str, allowed: set[str]) -> Iterator[Document]:
    """Those of the place that the snapshot is of, and those elsewhere that have access."""
    for each in holders:
        assigned = (ids for _, ids in members(each, "identity", "userAssignedIdentities"))
        principals = {
            text(ids, "principalId").lower() for ids in (part(each, "identity"), *assigned)
        }
        is_there = text(each, "id").lower().startswith(f"{below}/".lower())
        if is_there or not allowed.isdisjoint(principals):
            yield each


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


def _identities_of(workspaces: Iterable[Document]) -> Iterator[str]:
    for workspace in workspaces:
        yield from _named_identities(workspace)


def _named_identities(workspace: Document) -> Iterator[str]:
    assigned = member(member(workspace, "identity"), "userAssignedIdentities")
    yield from assigned if isinstance(assigned, dict) else ()
    primary = text(workspace, "properties", "primaryUserAssignedIdentity")
    if primary:
        yield primary


def _groups_of(vaults: Iterable[Document], group: str | None) -> list[str]:
    """The ids of the resource groups of vaults, and of the one that was asked for."""
    paths = [text(each, "id").lower().partition("/providers/")[0] for each in vaults]
    return sorted({*paths, *([] if group is None else [group.lower()])})


def _places(groups: Iterable[Document]) -> Iterator[Document]:
    """Id and location of resource groups: tags may hold what is nobody's business."""
    for group in groups:
        yield {"id": text(group, "id"), "location": text(group, "location")}


def _sorted(documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple(sorted(documents, key=lambda each: text(each, "id").lower()))
