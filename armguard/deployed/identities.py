"""Which identities resources have: what reference() of a template is answered with, and who stands
behind the principal ids of access policies.

Ids of identities are all that is in here, so a template can't have anything else of a subscription
read and printed. What is not listed stays open: Azure Resource Graph lags behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from armguard.deployed.documents import Document, kind_of, members, name_of, part, text
from armguard.evaluation.runtime import GivenIdentity
from armguard.evaluation.unknown import Value
from armguard.keyvault.access import SYSTEM_ASSIGNED
from armguard.record import record

Ids = dict[str, Value]
"""principalId, clientId and tenantId of an identity, as far as they are known; texts"""

_IDS = ("principalId", "clientId", "tenantId")


@record
class Owner:
    """Whose principal id it is."""

    name: str
    kind: Literal["system", "user"]
    """`system`: of a resource that has this identity; `user`: of a user-assigned identity"""
    type: str
    """`Microsoft.Web/sites`"""


class Identities:
    """What is known of identities, by the ids of resources and by principal ids."""

    def __init__(self, resources: Iterable[Document], identities: Iterable[Document]) -> None:
        """`resources`: whatever has a member `identity`, of the same resource the last one counts;
        `identities`: user-assigned identities."""
        self._held = {text(each, "id").lower(): each for each in resources}
        self._user_assigned: dict[str, Ids] = {}
        self._owners: dict[str, Owner] = {}
        for each in sorted(identities, key=lambda one: text(one, "id").lower()):
            self._add(text(each, "id"), _ids(part(each, "properties")))
        for _, each in sorted(self._held.items()):
            for name, ids in members(each, "identity", "userAssignedIdentities"):
                self._add(name, _ids(ids))
        for _, each in sorted(self._held.items()):
            principal = text(each, "identity", "principalId").lower()
            if principal and name_of(text(each, "id")):
                own = Owner(name_of(text(each, "id")), "system", kind_of(text(each, "id")))
                self._owners.setdefault(principal, own)

    def _add(self, identity_id: str, ids: Ids) -> None:
        """A user-assigned identity; of what is told twice the first counts."""
        key = identity_id.lower()
        self._user_assigned[key] = {**ids, **self._user_assigned.get(key, {})}
        principal = text(ids, "principalId").lower()
        if principal:
            owner = Owner(identity_id.rpartition("/")[2], "user", kind_of(identity_id))
            self._owners.setdefault(principal, owner)

    def given(self, resource_id: str) -> GivenIdentity:
        """What reference() tells of the identity of a resource, or of the identity that it is."""
        key = resource_id.lower()
        if key.endswith(SYSTEM_ASSIGNED):
            owner = self._held.get(key.removesuffix(SYSTEM_ASSIGNED))
            return GivenIdentity(properties=_ids(part(owner, "identity")))
        return GivenIdentity(
            identity=self._identity(self._held.get(key)),
            properties=self._user_assigned.get(key, {}),
        )

    def _identity(self, holder: Document | None) -> dict[str, Value]:
        found = _ids(part(holder, "identity"))
        assigned = members(holder, "identity", "userAssignedIdentities")
        named: Value = {name: self._user_assigned[name.lower()] for name, _ in assigned}
        return {**found, "userAssignedIdentities": named} if named else found

    def owner(self, principal_id: str) -> Owner | None:
        """None: it is not known."""
        return self._owners.get(principal_id.lower())


def _ids(document: Any) -> Ids:
    return {name: text(document, name) for name in _IDS if text(document, name)}
