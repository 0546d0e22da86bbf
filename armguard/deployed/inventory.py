"""What is deployed: vaults, the workspaces and identities that use them, and what was not read.

Resource ids compare without case. A vault that is not in here is never taken for absent unless
somebody looked: `covers` says where.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

from armguard.deployed.documents import Document as Document
from armguard.deployed.documents import members
from armguard.deployed.documents import text as text
from armguard.deployed.identities import Identities
from armguard.evaluation.facts import DeploymentScope
from armguard.evaluation.runtime import GivenIdentity
from armguard.finding.report import Source
from armguard.record import record, replace

State = Literal["exists", "absent", "deleted", "unread"]

_MOST_NAMES = 5
_WORKSPACE = "microsoft.machinelearningservices/workspaces"
_MAY_BE_DELETED = (
    "the snapshot does not tell whether a soft-deleted vault has this name; if one has, the"
    " deployment fails"
)


@record
class Unread:
    """Something that could not be read, and why: one sentence."""

    id: str
    reason: str


def in_sentences(unread: Iterable[Unread]) -> list[str]:
    """What was not read, and why; a reason that several have is said once."""
    by_reason: dict[str, dict[str, None]] = {}
    for each in unread:
        by_reason.setdefault(each.reason, {})[each.id] = None
    return [f"{_enumerated(list(ids))}: {reason}" for reason, ids in by_reason.items()]


def _enumerated(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


@record
class FoundVault:
    state: State
    document: Document | None = None
    """the vault, where it exists; the deleted one, where that is known"""
    note: str | None = None
    """why it is unread, or what a person should know about how it was read"""

    @property
    def purged_at(self) -> str:
        """When a deleted one is gone for good; "": not known."""
        return text(self.document, "properties", "scheduledPurgeDate")


@record
class GroupVaults:
    """Vaults of one resource group."""

    vaults: tuple[Document, ...] = ()
    complete: bool = False
    """whether there are no others"""


class DeployedState(Protocol):
    """Who answers what is deployed: a reader that is online, or an inventory."""

    @property
    def source(self) -> Source:
        """How reports call it."""

    @property
    def taken_from(self) -> str:
        """When it was read and where from, in words; "": from Azure itself, now."""

    def ages(self) -> tuple[tuple[str, str], ...]:
        """(when it was read from Azure, UTC, as in 2027-01-31T12:00:00Z; the same in words), for
        each of its parts that says so."""

    def completed(self, scope: DeploymentScope) -> DeploymentScope:
        """The place of a deployment with what is known about it filled in."""

    def read_ahead(self, vault_ids: Iterable[str]) -> None:
        """Told which vaults will be asked for, so that they can be read together with what is
        around them; the answers are the same without."""

    def vault(self, vault_id: str, location: str | None) -> FoundVault:
        """A vault by its id; `location` is where the template puts it."""

    def vaults_of_group(self, subscription: str, group: str) -> GroupVaults:
        """The vaults of a resource group, as far as they are known."""

    def namesake(self, vault_id: str) -> str | None:
        """The id of a vault elsewhere with the name of one that is not there; None: none is known
        of."""

    def location(self, subscription: str, group: str) -> str | None:
        """Where a resource group is; None: it is not known."""

    def people(self) -> People:
        """Whose identities the ids in access policies are."""

    def unread(self) -> tuple[Unread, ...]:
        """What could not be read up to now."""

    def notices(self) -> tuple[str, ...]:
        """What a person should know about the reading, one sentence each."""


@record
class Principal:
    """Who a principal id is, as far as the identities that are known tell."""

    name: str | None = None
    kind: Literal["system", "user"] | None = None
    workspaces: tuple[Document, ...] = ()
    """all that use the identity"""
    type: str | None = None
    """`Microsoft.Web/sites`: of the resource that has the system-assigned identity, where that is
    no workspace"""


@record
class WorkspaceUse:
    """A workspace, the vault that it uses, and the principal ids of which one needs access."""

    workspace: Document
    vault: str
    principals: tuple[str, ...]
    """empty: they are not all known"""


class People:
    """Whose principal ids are whose, and which workspace uses which vault."""

    def __init__(
        self,
        workspaces: Iterable[Document],
        identities: Iterable[Document],
        resources: Iterable[Document] = (),
    ) -> None:
        """`resources`: id, type and identity of whatever has an identity."""
        self.workspaces = tuple(sorted(workspaces, key=_id))
        self.identities = tuple(identities)
        # a workspace that was read by itself is newer than its row in Resource Graph
        self._identities = Identities((*resources, *self.workspaces), self.identities)
        self._by_id = {_id(each): each for each in self.workspaces}
        self._assigned = {_id(each): each for each in self.identities}
        self._principal_ids = dict(self._told_principal_ids())
        self._users: dict[str, list[Document]] = {}
        for workspace in self.workspaces:
            for principal in self.principals_of(workspace):
                self._users.setdefault(principal, []).append(workspace)

    def _told_principal_ids(self) -> Iterator[tuple[str, str]]:
        """(id, principal id) of user-assigned identities in lower case; what an identity says
        itself comes last and counts."""
        for workspace in self.workspaces:
            for name, assigned in members(workspace, "identity", "userAssignedIdentities"):
                if text(assigned, "principalId"):
                    yield name.lower(), text(assigned, "principalId").lower()
        for name, identity in self._assigned.items():
            if text(identity, "properties", "principalId"):
                yield name, text(identity, "properties", "principalId").lower()

    def principals_of(self, workspace: Document) -> set[str]:
        """The principal ids of all identities of a workspace, in lower case."""
        found = {text(workspace, "identity", "principalId").lower()}
        for name, assigned in members(workspace, "identity", "userAssignedIdentities"):
            found.add(text(assigned, "principalId").lower() or self.principal_of(name))
        found.add(self.principal_of(text(workspace, "properties", "primaryUserAssignedIdentity")))
        return found - {""}

    def principal_of(self, identity_id: str) -> str:
        """The principal id of a user-assigned identity, in lower case; "": not known."""
        return self._principal_ids.get(identity_id.lower(), "")

    def principal(self, principal_id: str) -> Principal:
        """Who has this principal id; ids that match nothing known have no name."""
        users = tuple(self._users.get(principal_id.lower(), ()))
        owner = self._identities.owner(principal_id)
        if owner is None:
            return Principal(workspaces=users)
        is_other = owner.kind == "system" and owner.type.lower() != _WORKSPACE
        return Principal(owner.name, owner.kind, users, owner.type if is_other else None)

    def given(self, resource_id: str) -> GivenIdentity:
        """What Azure tells of the identity of a resource, or of the identity that it is."""
        return self._identities.given(resource_id)

    def uses(self, vault_id: str) -> tuple[WorkspaceUse, ...]:
        """The workspaces that use a vault; a project uses its hub's."""
        wanted = vault_id.lower()
        return tuple(
            WorkspaceUse(each, wanted, self._needed(each))
            for each in self.workspaces
            if self.vault_of(each) == wanted
        )

    def encrypted_by(self, vault_id: str) -> tuple[Document, ...]:
        """The workspaces that are encrypted with a key of a vault."""
        path = ("properties", "encryption", "keyVaultProperties", "keyVaultArmId")
        wanted = vault_id.lower()
        return tuple(each for each in self.workspaces if text(each, *path).lower() == wanted)

    def vault_of(self, workspace: Document) -> str:
        """The id of the vault that a workspace uses, in lower case; "": not known."""
        hub = self._by_id.get(text(workspace, "properties", "hubResourceId").lower())
        vault = "" if hub is None else text(hub, "properties", "keyVault")
        return (vault or text(workspace, "properties", "keyVault")).lower()

    def _needed(self, workspace: Document) -> tuple[str, ...]:
        """Those of which one has to have access to the vault of the workspace."""
        primary = text(workspace, "properties", "primaryUserAssignedIdentity")
        if primary:
            known = self.principal_of(primary)
            return (known,) if known else ()
        system = text(workspace, "identity", "principalId").lower()
        if system:
            return (system,)
        assigned = members(workspace, "identity", "userAssignedIdentities")
        are_known = all(self.principal_of(name) for name, _ in assigned)
        return tuple(sorted(self.principals_of(workspace))) if are_known else ()


@record
class Inventory:
    """Deployed state as it was written down."""

    tenant: str
    subscription: str
    resource_group: str | None
    """None: the whole subscription was looked at"""
    names: tuple[str, ...] | None
    """the only vaults that were looked at; None: all"""
    vaults: tuple[Document, ...]
    workspaces: tuple[Document, ...]
    identities: tuple[Document, ...]
    groups: tuple[Document, ...]
    """the resource groups of the vaults, as far as they could be read"""
    unread_items: tuple[Unread, ...]
    resources: tuple[Document, ...] | None = None
    """id, type and identity of what has an identity; None: it does not tell"""
    deleted: tuple[Document, ...] | None = None
    """the soft-deleted vaults of the subscription; None: it does not tell"""

    @property
    def source(self) -> Source:
        return "snapshot"

    @property
    def taken_from(self) -> str:
        return ""

    def ages(self) -> tuple[tuple[str, str], ...]:
        return ()

    def completed(self, scope: DeploymentScope) -> DeploymentScope:
        subscription = scope.subscription_id or self.subscription
        group = scope.resource_group
        if group is None and subscription.lower() == self.subscription.lower():
            group = self.resource_group
        location = scope.location
        if location is None and group is not None:
            location = self.location(subscription, group)
        return replace(
            scope,
            tenant_id=scope.tenant_id or self.tenant or None,
            subscription_id=subscription,
            resource_group=group,
            location=location,
        )

    def read_ahead(self, vault_ids: Iterable[str]) -> None:
        """All is read."""

    def vault(self, vault_id: str, location: str | None) -> FoundVault:
        document = self._vault_at(vault_id)
        if document is not None:
            return FoundVault("exists", document)
        unread = self._unread_at(vault_id)
        if unread is not None:
            return FoundVault("unread", note=f"the snapshot lacks it: {unread.reason}")
        deleted = self._deleted_namesake(vault_id)
        if deleted is not None:
            return FoundVault("deleted", deleted)
        if self.covers(vault_id):
            return FoundVault("absent", note=_MAY_BE_DELETED if self.deleted is None else None)
        return FoundVault("unread", note="the snapshot does not cover the place of this vault")

    def _vault_at(self, vault_id: str) -> Document | None:
        wanted = vault_id.lower()
        return next((each for each in self.vaults if _id(each) == wanted), None)

    def _unread_at(self, vault_id: str) -> Unread | None:
        wanted = vault_id.lower()
        for unread in self.unread_items:
            if unread.id.lower() == wanted or wanted.startswith(f"{unread.id.lower()}/"):
                return unread
        return None

    def tells_of(self, vault_id: str) -> bool:
        """Whether it says anything of a vault, be it that it is absent or could not be read."""
        return self.covers(vault_id) or self._unread_at(vault_id) is not None

    def lacks(self, vault_id: str) -> bool:
        """Whether it says that a vault is absent."""
        is_absent = self.covers(vault_id) and self._unread_at(vault_id) is None
        return is_absent and self._vault_at(vault_id) is None

    def covers(self, vault_id: str) -> bool:
        """Whether a vault would be in here if it had existed."""
        parts = vault_id.lower().strip("/").split("/")
        if parts[:2] != ["subscriptions", self.subscription.lower()]:
            return False
        if self.resource_group is not None and parts[3:4] != [self.resource_group.lower()]:
            return False
        return self.names is None or parts[-1] in {name.lower() for name in self.names}

    def _deleted_namesake(self, vault_id: str) -> Document | None:
        below, name = f"/subscriptions/{self.subscription}/", vault_id.lower().rpartition("/")[2]
        if not vault_id.lower().startswith(below.lower()):
            return None
        return next((one for one in self.deleted or () if text(one, "name").lower() == name), None)

    def vaults_of_group(self, subscription: str, group: str) -> GroupVaults:
        below = f"/subscriptions/{subscription}/resourcegroups/{group}/".lower()
        whole = self.names is None and not self.unread_items
        complete = whole and self.covers(f"{below}providers/microsoft.keyvault/vaults/any")
        found = (each for each in self.vaults if _id(each).startswith(below))
        return GroupVaults(tuple(found), complete)

    def namesake(self, vault_id: str) -> str | None:
        return namesake_in(self.vaults, vault_id)

    def location(self, subscription: str, group: str) -> str | None:
        wanted = f"/subscriptions/{subscription}/resourceGroups/{group}".lower()
        found = (text(each, "location") for each in self.groups if _id(each) == wanted)
        return next(found, "") or None

    def people(self) -> People:
        return People(self.workspaces, self.identities, self.resources or ())

    def unread(self) -> tuple[Unread, ...]:
        """Vaults are told one by one as they are asked for."""
        return tuple(each for each in self.unread_items if "/vaults/" not in each.id.lower())

    def notices(self) -> tuple[str, ...]:
        return ()


def namesake_in(vaults: Iterable[Document], vault_id: str) -> str | None:
    """The id of the vault among these that has the name."""
    name = vault_id.lower().rpartition("/")[2]
    found = (text(each, "id") for each in vaults if text(each, "name").lower() == name)
    return next(found, None)


def _id(document: Document) -> str:
    return text(document, "id").lower()
