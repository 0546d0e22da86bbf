"""The questions that Azure is asked, each of them once: later on its answer is remembered.

Several threads may ask different questions. A refusal is an answer too, which is given again to
whoever asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from armguard.deployed.documents import Document, kind_of, part, text
from armguard.live import resource_graph
from armguard.live.answers import (
    Check,
    about,
    below,
    named,
    wrong_deleted_vault,
    wrong_group,
    wrong_holder,
    wrong_identity,
    wrong_subscription,
    wrong_vault,
    wrong_workspace,
)
from armguard.live.connection import Connection
from armguard.live.failures import ReadingError, not_asked_for
from armguard.live.resource_ids import parse_resource_id

_VAULT_VERSIONS = ("2026-02-01", "2026-05-15", "2023-07-01")
_WORKSPACE_VERSIONS = ("2024-10-01", "2024-04-01")
_IDENTITY_VERSIONS = ("2023-01-31",)
_SUBSCRIPTION_VERSION = "2022-12-01"
_GROUP_VERSION = "2021-04-01"
_FULL: dict[str, tuple[tuple[str, ...], Check]] = {
    "microsoft.machinelearningservices/workspaces": (_WORKSPACE_VERSIONS, wrong_workspace),
    "microsoft.managedidentity/userassignedidentities": (_IDENTITY_VERSIONS, wrong_identity),
}

Documents = tuple[Document, ...]
Result = TypeVar("Result")


class Questions:
    """Each raises `ReadingError` where Azure does not answer as it should."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._documents: dict[str, Document | ReadingError] = {}
        self._listings: dict[str, Documents | ReadingError] = {}

    def subscription(self, subscription: str) -> Document:
        return self._document(
            f"/subscriptions/{subscription}", (_SUBSCRIPTION_VERSION,), wrong_subscription
        )

    def group(self, path: str) -> Document:
        return self._document(path, (_GROUP_VERSION,), wrong_group)

    def vault(self, vault_id: str) -> Document:
        """The first look at a vault."""
        return self._document(vault_id, _VAULT_VERSIONS, about(vault_id, wrong_vault))

    def vault_again(self, vault_id: str) -> Document:
        """The vault that counts: it is asked for when everything around it was read."""
        check = about(vault_id, wrong_vault)
        return _once(
            self._documents,
            f"{vault_id} again",
            lambda: self._connection.get(vault_id, *_VAULT_VERSIONS, check=check),
        )

    def looked_at(self, vault_id: str) -> Document | ReadingError | None:
        """What came of the first look at a vault; None: there was none."""
        return self._documents.get(vault_id.lower())

    def vaults_below(self, path: str) -> Documents:
        """All vaults of a subscription or a resource group."""
        listing = f"{path}/providers/Microsoft.KeyVault/vaults"
        return self._listing(listing, _VAULT_VERSIONS, below(path, wrong_vault))

    def look_at_all(self, path: str) -> None:
        """A first look at all vaults of a subscription or a resource group."""
        for vault in self.vaults_below(path):
            self._documents.setdefault(text(vault, "id").lower(), vault)

    def deleted_at(self, subscription: str, location: str, name: str) -> Document:
        """The soft-deleted vault of a location that has the name."""
        path = f"{_provider(subscription)}/locations/{location}/deletedVaults/{name}"
        return self._document(path, _VAULT_VERSIONS, named(name, wrong_deleted_vault))

    def deleted_in(self, subscription: str) -> Documents:
        """The soft-deleted vaults of a subscription."""
        path = f"{_provider(subscription)}/deletedVaults"
        return self._listing(path, _VAULT_VERSIONS, wrong_deleted_vault)

    def knows_deleted(self, subscription: str) -> bool:
        """Whether the listing of soft-deleted vaults was asked for, and answered."""
        listing = self._listings.get(f"{_provider(subscription)}/deletedVaults".lower())
        return isinstance(listing, tuple)

    def full(self, resource_id: str) -> Document:
        """A workspace or user-assigned identity that Azure has listed, with all that it has."""
        wanted = parse_resource_id(resource_id)
        if wanted is None or wanted.type not in _FULL:
            raise not_asked_for(resource_id)
        versions, check = _FULL[wanted.type]
        return self._document(resource_id, versions, about(resource_id, check))

    def workspaces_in(self, subscription: str) -> Documents:
        path = f"/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices"
        return self._listing(f"{path}/workspaces", _WORKSPACE_VERSIONS, wrong_workspace)

    def workspaces(self) -> Documents:
        """All that may be read, by Resource Graph."""
        return self._rows(resource_graph.WORKSPACES, wrong_workspace)

    def identities(self) -> Documents:
        """All user-assigned identities that may be read, by Resource Graph."""
        return self._rows(resource_graph.IDENTITIES, wrong_identity)

    def holders(self, subscriptions: tuple[str, ...]) -> Documents:
        """Id, type and identity of all resources of these subscriptions that have an identity."""
        rows = self._rows(resource_graph.HOLDERS, wrong_holder, subscriptions)
        return tuple(
            {
                "id": text(row, "id"),
                # Resource Graph gives it in lower case
                "type": kind_of(text(row, "id")),
                "identity": part(row, "identity"),
            }
            for row in rows
        )

    def _document(self, path: str, versions: tuple[str, ...], check: Check) -> Document:
        return _once(
            self._documents, path, lambda: self._connection.get(path, *versions, check=check)
        )

    def _listing(self, path: str, versions: tuple[str, ...], check: Check) -> Documents:
        return _once(
            self._listings,
            path,
            lambda: tuple(self._connection.list(path, *versions, check=check)),
        )

    def _rows(self, query: str, check: Check, subscriptions: Iterable[str] = ()) -> Documents:
        places = tuple(subscriptions)
        return _once(
            self._listings,
            " ".join((query, *places)),
            lambda: tuple(resource_graph.rows(self._connection, query, check, places)),
        )


def _once(known: dict[str, Result | ReadingError], key: str, ask: Callable[[], Result]) -> Result:
    key = key.lower()
    if key not in known:
        try:
            known[key] = ask()
        except ReadingError as error:
            known[key] = error
    answer = known[key]
    if isinstance(answer, ReadingError):
        raise answer
    return answer


def _provider(subscription: str) -> str:
    return f"/subscriptions/{subscription}/providers/Microsoft.KeyVault"
