"""Whether a document is what was asked for; a proxy may answer 200 with anything.

Each check takes a document and says what is wrong with it, or None. Whatever somebody's access
hangs on must be there: a vault without a list is unread, never a vault without policies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from armguard.deployed.documents import name_of, text
from armguard.evaluation.values import member
from armguard.live.resource_ids import parse_resource_id

Wrong = str | None
Check = Callable[[Any], Wrong]


def wrong_subscription(document: Any) -> Wrong:
    return None if text(document, "tenantId") else "a subscription without a 'tenantId'"


def wrong_group(document: Any) -> Wrong:
    return None if text(document, "location") else "a resource group without a 'location'"


def wrong_vault(document: Any) -> Wrong:
    wrong = _wrong_resource(document, "a vault")
    if wrong is not None:
        return wrong
    properties = member(document, "properties")
    rbac = member(properties, "enableRbacAuthorization")
    if rbac is not None and not isinstance(rbac, bool):
        return "a vault whose 'enableRbacAuthorization' is neither true nor false"
    policies = member(properties, "accessPolicies")
    if policies is None and rbac is True:
        return None
    if not isinstance(policies, list) or not all(map(_is_policy, policies)):
        return "a vault without a proper list 'accessPolicies'"
    return None


def wrong_deleted_vault(document: Any) -> Wrong:
    return _wrong_resource(document, "a soft-deleted vault")


def wrong_workspace(document: Any) -> Wrong:
    wrong = _wrong_resource(document, "a workspace")
    if wrong is not None:
        return wrong
    properties, identity = member(document, "properties"), member(document, "identity")
    names = ("keyVault", "hubResourceId", "primaryUserAssignedIdentity")
    if not _are_texts(member(properties, name) for name in names):
        return f"a workspace that has no text as one of {', '.join(names)}"
    if identity is not None and not _is_identity(identity):
        return "a workspace without a proper 'identity'"
    return None


def wrong_identity(document: Any) -> Wrong:
    wrong = _wrong_resource(document, "an identity")
    if wrong is None and not text(document, "properties", "principalId"):
        return "an identity without a 'principalId'"
    return wrong


def wrong_holder(document: Any) -> Wrong:
    """Of what an identity holds nothing is asked: resources of any type have one."""
    if not name_of(text(document, "id")):
        return "a resource without a proper 'id'"
    is_object = isinstance(member(document, "identity"), Mapping)
    return None if is_object else "a resource without an 'identity'"


def about(resource_id: str, check: Check) -> Check:
    """The check, and that it is the very resource."""

    def checked(document: Any) -> Wrong:
        if text(document, "id").lower() != resource_id.lower():
            return "something that does not have its id"
        return check(document)

    return checked


def below(path: str, check: Check) -> Check:
    """The check, and that it is a resource of this subscription or group."""

    def checked(document: Any) -> Wrong:
        resource_id = text(document, "id")
        is_there = resource_id.lower().startswith(f"{path.lower()}/")
        if not is_there or parse_resource_id(resource_id) is None:
            return "something that is elsewhere"
        return check(document)

    return checked


def named(name: str, check: Check) -> Check:
    """The check, and that it has the name; for what has its id elsewhere."""

    def checked(document: Any) -> Wrong:
        if text(document, "name").lower() != name.lower():
            return "something that does not have its name"
        return check(document)

    return checked


def _wrong_resource(document: Any, what: str) -> Wrong:
    for name in ("id", "name"):
        if not text(document, name):
            return f"{what} without '{name}'"
    if not isinstance(member(document, "properties"), Mapping):
        return f"{what} without 'properties'"
    return None


def _is_policy(policy: Any) -> bool:
    if not isinstance(policy, Mapping) or not text(policy, "objectId"):
        return False
    permissions = member(policy, "permissions")
    return (
        bool(text(policy, "tenantId"))
        and _are_texts([member(policy, "applicationId")])
        and isinstance(permissions, Mapping)
        and all(map(_is_list_of_names, permissions.values()))
    )


def _is_list_of_names(names: Any) -> bool:
    is_list = isinstance(names, list) and all(isinstance(each, str) for each in names)
    return names is None or is_list


def _is_identity(identity: Any) -> bool:
    if not isinstance(identity, Mapping) or not _are_texts([member(identity, "principalId")]):
        return False
    assigned = member(identity, "userAssignedIdentities")
    if assigned is None:
        return True
    return isinstance(assigned, Mapping) and all(
        each is None or (isinstance(each, Mapping) and _are_texts([member(each, "principalId")]))
        for each in assigned.values()
    )


def _are_texts(values: Iterable[Any]) -> bool:
    return all(value is None or isinstance(value, str) for value in values)
