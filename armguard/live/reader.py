"""Reads deployed state from Azure as it is asked for, each thing once.

A vault is decided by a direct request, never by a listing. Whatever can't be read is remembered as
unread: that is an answer too, and never the same as "nothing there".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from armguard.deployed.inventory import Document, FoundVault, GroupVaults, People, Unread, text
from armguard.evaluation.facts import DeploymentScope
from armguard.finding import Source
from armguard.live import resource_graph
from armguard.live.answers import (
    Check,
    about,
    below,
    named,
    wrong_deleted_vault,
    wrong_group,
    wrong_identity,
    wrong_subscription,
    wrong_vault,
    wrong_workspace,
)
from armguard.live.connection import Connection
from armguard.live.failures import ReadingError
from armguard.live.resource_ids import is_name, parse_resource_id, refuse_odd_name
from armguard.record import replace

_VAULT_VERSIONS = ("2026-02-01", "2026-05-15", "2023-07-01")
_WORKSPACE_VERSIONS = ("2024-10-01", "2024-04-01")
_IDENTITY_VERSIONS = ("2023-01-31",)
_SUBSCRIPTION_VERSION = "2022-12-01"
_GROUP_VERSION = "2021-04-01"
_SETTLED = ("", "succeeded", "registeringdns")
_VAULT = "microsoft.keyvault/vaults"
_READ: dict[str, tuple[tuple[str, ...], Check]] = {
    "microsoft.machinelearningservices/workspaces": (_WORKSPACE_VERSIONS, wrong_workspace),
    "microsoft.managedidentity/userassignedidentities": (_IDENTITY_VERSIONS, wrong_identity),
}
"""What a template may name, beside vaults, so that it is read: nothing else of a subscription is
armguard's business."""
_LONGEST_STATE = 60


class LiveReader:
    """Deployed state as Azure has it now."""

    source: Source = "live"
    taken_at: str | None = None
    taken_from = ""

    def __init__(self, connection: Connection, sleep: Callable[[float], None]) -> None:
        self._connection = connection
        self._sleep = sleep
        self._vaults: dict[str, FoundVault] = {}
        self._resources: dict[str, Document | None] = {}
        self._reasons: dict[str, str] = {}
        self._deleted: dict[str, tuple[Document, ...]] = {}
        self._tenants: dict[str, str | None] = {}
        self._groups: dict[str, Document | None] = {}
        self._people: People | None = None
        self._subscription: str | None = None
        self._unread: dict[str, Unread] = {}
        self._notices: dict[str, None] = {}

    def completed(self, scope: DeploymentScope) -> DeploymentScope:
        subscription, group = scope.subscription_id, scope.resource_group
        if subscription is None:
            return scope
        refuse_odd_name(subscription, "a subscription")
        if group is not None:
            refuse_odd_name(group, "a resource group")
        self._subscription = subscription
        tenant = scope.tenant_id or self._tenant(subscription)
        location = scope.location
        if location is None and group is not None:
            location = self.location(subscription, group)
        return replace(scope, tenant_id=tenant, location=location)

    def _tenant(self, subscription: str) -> str | None:
        if subscription not in self._tenants:
            path = f"/subscriptions/{subscription}"
            try:
                document = self._connection.get(
                    path, _SUBSCRIPTION_VERSION, check=wrong_subscription
                )
                self._tenants[subscription] = text(document, "tenantId") or None
            except ReadingError as error:
                self._missed(path, error)
                self._tenants[subscription] = None
        return self._tenants[subscription]

    def location(self, subscription: str, group: str) -> str | None:
        document = self.group(f"/subscriptions/{subscription}/resourceGroups/{group}")
        return None if document is None else text(document, "location") or None

    def group(self, path: str) -> Document | None:
        """A resource group by its id; None: it is not known."""
        key = path.lower()
        if key not in self._groups:
            try:
                self._groups[key] = self._connection.get(path, _GROUP_VERSION, check=wrong_group)
            except ReadingError as error:
                # what hangs on it stays unknown, so nothing is taken for safe
                self._groups[key] = None
                if not error.is_absence:
                    self._missed(path, error)
        return self._groups[key]

    def vault(self, vault_id: str, location: str | None) -> FoundVault:
        key = vault_id.lower()
        if key not in self._vaults:
            self._vaults[key] = self._read_vault(vault_id, location)
        return self._vaults[key]

    def _read_vault(self, vault_id: str, location: str | None) -> FoundVault:
        wanted = parse_resource_id(vault_id)
        if wanted is None or wanted.type != _VAULT:
            return FoundVault(
                "unread", note=f"'{vault_id[:200]}' can't be the id of a vault, so it is not read"
            )
        try:
            first = self._get_vault(vault_id)
        except ReadingError as error:
            if error.is_absence:
                return self._absent_or_deleted(wanted.subscription, wanted.name, location)
            return FoundVault("unread", note=str(error))
        self.people()
        return self._settled(vault_id, first)

    def _get_vault(self, vault_id: str) -> Document:
        check = about(vault_id, wrong_vault)
        return self._connection.get(vault_id, *_VAULT_VERSIONS, check=check)

    def _settled(self, vault_id: str, first: Document) -> FoundVault:
        """The vault once nobody is changing it; read again after everything around it was."""
        if text(first, "properties", "provisioningState").lower() not in _SETTLED:
            self._sleep(1)
        try:
            vault = self._get_vault(vault_id)
        except ReadingError as error:
            return FoundVault("unread", note=f"it was read once, but not again: {error}")
        note = None
        state = text(vault, "properties", "provisioningState")
        if state.lower() not in _SETTLED:
            shown = state[:_LONGEST_STATE]
            note = f"somebody is changing it now (provisioningState {shown}); compare again later"
        elif _changed_at(first) != _changed_at(vault):
            note = "it was changed while it was read; this is the later state"
        if note is not None:
            self._notices[f"vault '{text(vault, 'name')}': {note}"] = None
        return FoundVault("exists", vault, note)

    def _absent_or_deleted(self, subscription: str, name: str, location: str | None) -> FoundVault:
        try:
            deleted = self._deleted_namesake(subscription, name, location)
        except ReadingError as error:
            return FoundVault(
                "unread", note=f"it does not exist, but it may be soft-deleted: {error}"
            )
        if deleted is not None:
            return FoundVault("deleted", deleted)
        return FoundVault("absent")

    def _deleted_namesake(
        self, subscription: str, name: str, location: str | None
    ) -> Document | None:
        provider = f"/subscriptions/{subscription}/providers/Microsoft.KeyVault"
        place = "" if location is None else location.replace(" ", "").lower()
        if is_name(place):
            check = named(name, wrong_deleted_vault)
            try:
                path = f"{provider}/locations/{place}/deletedVaults/{name}"
                return self._connection.get(path, *_VAULT_VERSIONS, check=check)
            except ReadingError as error:
                if not error.is_absence_of_deleted:
                    raise
        if subscription not in self._deleted:
            path = f"{provider}/deletedVaults"
            found = self._connection.list(path, *_VAULT_VERSIONS, check=wrong_deleted_vault)
            self._deleted[subscription] = tuple(found)
        deleted = self._deleted[subscription]
        return next((one for one in deleted if text(one, "name").lower() == name.lower()), None)

    def vaults_of_group(self, subscription: str, group: str) -> GroupVaults:
        found = self.vaults_below(f"/subscriptions/{subscription}/resourceGroups/{group}")
        return GroupVaults(found or (), complete=found is not None)

    def vaults_below(self, path: str) -> tuple[Document, ...] | None:
        """All vaults of a subscription or a resource group; None: they could not be read."""
        try:
            listing = f"{path}/providers/Microsoft.KeyVault/vaults"
            check = below(path, wrong_vault)
            return tuple(self._connection.list(listing, *_VAULT_VERSIONS, check=check))
        except ReadingError as error:
            if error.is_absence_of_group:
                return ()
            self._missed(path, error)
            return None

    def resource(self, resource_id: str, api_version: str | None) -> Document | None:
        """`api_version` is not used: what armguard understands, it asks for in its own."""
        key = resource_id.lower()
        if key not in self._resources:
            self._resources[key] = self._read_resource(resource_id)
        return self._resources[key]

    def _read_resource(self, resource_id: str) -> Document | None:
        wanted = parse_resource_id(resource_id)
        if wanted is not None and wanted.type == _VAULT:
            found = self.vault(resource_id, None)
            return found.document if found.state == "exists" else None
        if wanted is None or wanted.type not in _READ:
            self._reasons[resource_id.lower()] = (
                "only vaults, workspaces and user-assigned identities are read"
            )
            return None
        versions, check = _READ[wanted.type]
        try:
            return self._connection.get(resource_id, *versions, check=about(resource_id, check))
        except ReadingError as error:
            # the value stays unknown, and with it whatever hangs on it
            if not error.is_absence:
                self._reasons[resource_id.lower()] = str(error)
            return None

    def why(self, resource_id: str) -> str | None:
        """Why a resource could not be read; None: it was read, or is not there."""
        return self._reasons.get(resource_id.lower())

    def people(self) -> People:
        if self._people is None:
            workspaces: dict[str, Document] = {}
            identities: dict[str, Document] = {}
            self._gather(workspaces, resource_graph.WORKSPACES, wrong_workspace)
            self._gather(identities, resource_graph.IDENTITIES, wrong_identity)
            if self._subscription is not None:
                path = (
                    f"/subscriptions/{self._subscription}/providers"
                    "/Microsoft.MachineLearningServices/workspaces"
                )
                try:
                    # what was made a minute ago is not in Resource Graph yet
                    listed = self._connection.list(
                        path, *_WORKSPACE_VERSIONS, check=wrong_workspace
                    )
                    for one in listed:
                        workspaces[text(one, "id").lower()] = one
                except ReadingError as error:
                    self._missed(path, error)
            self._people = People(workspaces.values(), identities.values())
        return self._people

    def _gather(self, found: dict[str, Document], query: str, check: Check) -> None:
        try:
            for row in resource_graph.rows(self._connection, query, check):
                found[text(row, "id").lower()] = row
        except ReadingError as error:
            self._missed("Azure Resource Graph", error)

    def _missed(self, what: str, error: ReadingError) -> None:
        self._unread.setdefault(what.lower(), Unread(what, str(error)))

    def unread(self) -> tuple[Unread, ...]:
        return tuple(self._unread.values())

    def notices(self) -> tuple[str, ...]:
        return tuple(self._notices)


def _changed_at(vault: Any) -> str:
    return text(vault, "systemData", "lastModifiedAt")
