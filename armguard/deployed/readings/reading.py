"""What one file tells about deployed vaults, whatever kind of file it is.

A vault whose list is not in the file is `unread`, and its note says how to get the list: `null` and
an absent list are the same, and neither is an empty one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from armguard.deployed.inventory import Document, FoundVault
from armguard.evaluation.unknown import PartialObject, Reason, Unknown, call_left
from armguard.evaluation.values import member
from armguard.keyvault.permissions import PERMISSIONS
from armguard.record import record

VAULT = "microsoft.keyvault/vaults"
DELETED_VAULT = "microsoft.keyvault/locations/deletedvaults"
WORKSPACE = "microsoft.machinelearningservices/workspaces"
IDENTITY = "microsoft.managedidentity/userassignedidentities"

_ID = re.compile(r"/subscriptions/([^/]+)(?:/resourcegroups/([^/]+))?(/.+)?", re.IGNORECASE)
_VAULT_NAME = re.compile(r"[A-Za-z0-9-]{1,24}")
_CUT = (
    "its list of access policies is cut off, as ConvertTo-Json does below its depth: convert with"
    " -Depth 5"
)


@record
class SeenVault:
    """What a file tells of one vault."""

    id: str
    found: FoundVault
    model_known: bool = True
    """whether the file tells if role assignments decide; else access policies are taken for it"""
    cut: bool = False
    """whether its list was there, and was cut off when it was printed"""
    display_names: bool = False
    """whether its note tells how the directory calls its principals"""


@record
class Reading:
    """What a file tells, or a part of it; workspaces and identities as Azure Resource Manager has
    them, with the members that are known."""

    vaults: tuple[SeenVault, ...] = ()
    workspaces: tuple[Document, ...] = ()
    identities: tuple[Document, ...] = ()
    gaps: tuple[str, ...] = ()
    """what a person should know about what is not in it: half a sentence each"""
    taken_at: str | None = None
    """when it was read, where the file says so itself: UTC, as in 2027-01-31T12:00:00Z"""

    @property
    def tells_something(self) -> bool:
        return bool(self.vaults or self.workspaces or self.identities)


NOTHING = Reading()
"""a part that is understood, and is not about vaults"""


def together(parts: Iterable[Reading], *gaps: str) -> Reading:
    """The parts of one file as one."""
    every = tuple(parts)
    return Reading(
        tuple(vault for each in every for vault in each.vaults),
        tuple(workspace for each in every for workspace in each.workspaces),
        tuple(identity for each in every for identity in each.identities),
        (*(gap for each in every for gap in each.gaps), *gaps),
        next((each.taken_at for each in every if each.taken_at), None),
    )


def type_of(resource_id: str) -> str:
    """The type of a resource by its id, in lower case; "": it is no id of a resource."""
    head, provider, tail = resource_id.lower().rpartition("/providers/")
    parts = tail.split("/")
    if not provider or not _ID.fullmatch(head) or len(parts) % 2 == 0 or not all(parts):
        return ""
    kind = "/".join((parts[0], *parts[1::2]))
    return "" if kind == VAULT and place_of(resource_id)[1] is None else kind


def place_of(resource_id: str) -> tuple[str, str | None]:
    """(subscription, resource group or None) of an id."""
    match = _ID.fullmatch(resource_id)
    return (match[1], match[2]) if match else ("", None)


def name_of(resource_id: str) -> str:
    return resource_id.rpartition("/")[2]


def vault_of(
    vault_id: str, properties: Any, without_list: str, location: Any = None, note: str | None = None
) -> SeenVault:
    """A vault that is there, by its properties as Azure Resource Manager has them; `without_list`
    says why the list is not among them, where it is not."""
    policies = member(properties, "accessPolicies")
    rbac = member(properties, "enableRbacAuthorization")
    if policies is None:
        return unread(vault_id, without_list)
    if not is_whole(policies) or not (rbac is None or isinstance(rbac, bool)):
        return unread(vault_id, _CUT, cut=True)
    document = {"id": vault_id, "name": name_of(vault_id), "type": "Microsoft.KeyVault/vaults"}
    if isinstance(location, str):
        document["location"] = location
    return SeenVault(
        vault_id, FoundVault("exists", {**document, "properties": sent(properties)}, note)
    )


_STRENGTH = ("exists", "unread", "deleted", "absent")


def strongest(told: Iterable[SeenVault]) -> SeenVault:
    """What counts of several things that are told of one vault: what is there is never taken for
    absent."""
    return min(told, key=lambda each: (_STRENGTH.index(each.found.state), not each.model_known))


def unread(vault_id: str, why: str, *, cut: bool = False) -> SeenVault:
    """A vault that is there, or may be, and of which the file has no list."""
    advice = "" if cut else f"; {how_to_read(vault_id)}"
    return SeenVault(vault_id, FoundVault("unread", note=f"{why}{advice}"), cut=cut)


def how_to_read(vault_id: str) -> str:
    name = name_of(vault_id)
    shown = name if _VAULT_NAME.fullmatch(name) else "NAME"
    return f"'az keyvault show --name {shown} --output json' prints it"


def is_whole(policies: Any) -> bool:
    """Whether a list has the entries that Azure had: ConvertTo-Json makes text of what lies deeper
    than it goes."""
    return isinstance(policies, list) and all(map(_is_entry, policies))


def _is_entry(entry: Any) -> bool:
    ids = (member(entry, "tenantId"), member(entry, "objectId"))
    if not isinstance(entry, Mapping) or not all(isinstance(each, str) and each for each in ids):
        return False
    application = member(entry, "applicationId")
    permissions = member(entry, "permissions")
    if permissions is not None and not isinstance(permissions, Mapping):
        return False
    lists = [member(permissions, kind) for kind in PERMISSIONS]
    return (application is None or isinstance(application, str)) and all(
        names is None or (isinstance(names, list) and all(isinstance(each, str) for each in names))
        for names in lists
    )


def sent(value: Any) -> Any:
    """The same without members that are null: the Azure CLI prints so what Azure does not send."""
    if isinstance(value, dict):
        return {name: sent(each) for name, each in value.items() if each is not None}
    return list(map(sent, value)) if isinstance(value, list) else value


def partly_known(document: Document) -> Document:
    """The same, so that what a template asks of it and the file does not have is left open: what is
    printed is seldom all that Azure has."""
    resource_id = str(document["id"])
    parts = {
        name: PartialObject(dict(value), _left(resource_id, *path))
        for name, *path in (("properties",), ("identity", "Full"))
        if isinstance(value := document.get(name), Mapping)
    }
    return PartialObject({**document, **parts}, _left(resource_id, "Full"))


def _left(resource_id: str, *mode: str) -> Unknown:
    return call_left(
        "reference",
        resource_id,
        *mode,
        reason=Reason.RUNTIME,
        detail="the files that it is compared with do not hold it",
    )
