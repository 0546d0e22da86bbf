"""Access policies as they are written: entries, and whose identity an entry can be.

An entry's key is (tenantId, objectId, applicationId); GUIDs have no case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from armguard.evaluation.identity import canonical_text, stands_for
from armguard.evaluation.unknown import Reason, Unknown, Value, as_expression
from armguard.evaluation.values import member
from armguard.expressions.syntax import Call, Expression, Index, Literal, Property
from armguard.keyvault.declared import safe_id, safe_member, safe_read
from armguard.record import record
from armguard.templates.resource import Resource


@record
class AccessPolicy:
    """One entry of a list; members that are not known are `Unknown`, absent ones None."""

    tenant_id: Value
    object_id: Value
    application_id: Value
    permissions: Value


def policies_of(written: Value) -> tuple[AccessPolicy, ...]:
    """The entries of an evaluated list; an entry that is unknown as a whole is one of unknowns."""
    if not isinstance(written, list):
        return ()
    return tuple(map(_policy, written))


def _policy(entry: Value) -> AccessPolicy:
    if isinstance(entry, Unknown):
        return AccessPolicy(entry, entry, None, entry)
    return AccessPolicy(
        member(entry, "tenantId"),
        member(entry, "objectId"),
        None if member(entry, "applicationId") == "" else member(entry, "applicationId"),
        member(entry, "permissions"),
    )


_TENANT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def tenant_of(value: Value) -> str | None:
    """A known tenant in lower case; a placeholder that something else fills in is none."""
    text = value.lower() if isinstance(value, str) else ""
    return text if _TENANT.fullmatch(text) else None


def key_of(policy: AccessPolicy) -> tuple[str, str, str] | None:
    """What tells an entry from others of a list: equal keys are surely the same principal. None:
    the principal is another one at each deployment, not written, or can't be evaluated."""
    if not isinstance(policy.object_id, (str, Unknown)) or policy.object_id == "":
        return None
    parts = (policy.tenant_id, policy.object_id, policy.application_id)
    if any(isinstance(each, Unknown) and each.failed for each in parts):
        return None
    texts = [canonical_text(as_expression(each)) for each in parts]
    if any(word in text for text in texts for word in ("newguid(", "utcnow(")):
        return None
    return texts[0], texts[1], texts[2]


class Match(Enum):
    """Whether an entry is for the identity of a workspace."""

    YES = "yes"
    NO = "no"
    PERHAPS = "perhaps"


@record
class Identity:
    """The identity with which a workspace reads its vault."""

    workspace: tuple[Value, ...]
    """what reference() may call the workspace: its id, its symbolic name, its name"""
    user_assigned: tuple[Value, ...]
    """ids of the user-assigned identities of which it may be one; empty: it is the system-assigned
    one"""


def identity_of(workspace: Resource) -> Identity | None:
    """The identity of a workspace; None: it is not known which kind it has. Of several it works
    with the primary user-assigned one."""
    identity = safe_member(workspace, "identity")
    if isinstance(identity, Unknown):
        return None
    kind = member(identity, "type") if isinstance(identity, Mapping) else "SystemAssigned"
    if isinstance(kind, Unknown):
        return None
    if not isinstance(kind, str) or "userassigned" not in kind.lower():
        return Identity(_names_of(workspace), ())
    primary = safe_read(workspace, "primaryUserAssignedIdentity")
    if isinstance(primary, (str, Unknown)) and primary != "":
        return Identity(_names_of(workspace), (primary,))
    assigned = _names(member(identity, "userAssignedIdentities"))
    if not assigned or "systemassigned" in kind.lower():
        return None
    return Identity(_names_of(workspace), assigned)


def _names_of(workspace: Resource) -> tuple[Value, ...]:
    symbol = (workspace.symbol,) if isinstance(workspace.symbol, str) else ()
    return (safe_id(workspace), *symbol, workspace.shown_name)


def _names(written: Value) -> tuple[Value, ...]:
    """The names of an object's members, some of which may be unknown."""
    if isinstance(written, Mapping):
        return tuple(written)
    match written:
        case Unknown(reason, Call("createObject", arguments), detail):
            return tuple(
                name.value if isinstance(name, Literal) else Unknown(reason, name, detail)
                for name in arguments[::2]
            )
    return ()


def match(policy: AccessPolicy, identity: Identity) -> Match:
    """Whether an entry can be the identity; an object id that is written out can be anybody's."""
    if policy.application_id is not None or not _permits(policy.permissions):
        return Match.NO
    object_id = policy.object_id
    if not isinstance(object_id, Unknown):
        return Match.PERHAPS
    if object_id.failed:
        return Match.PERHAPS
    return _match_residual(object_id.residual, identity)


_KINDS = ("keys", "secrets", "certificates", "storage")


def _permits(permissions: Value) -> bool:
    """Whether an entry lets its principal do anything, or may."""
    if not isinstance(permissions, Mapping):
        return isinstance(permissions, Unknown)
    return any(_names_one(member(permissions, kind)) for kind in _KINDS)


def _names_one(names: Value) -> bool:
    if isinstance(names, list):
        return any(isinstance(each, Unknown) or each not in ("", None) for each in names)
    return names is not None


def _match_residual(residual: Expression, identity: Identity) -> Match:
    target, path = _reference(residual)
    if target is None:
        return Match.NO if _is_deployer(residual) else Match.PERHAPS
    if any(stands_for(target, each) for each in identity.user_assigned or identity.workspace):
        return Match.YES
    if any(stands_for(target, each) for each in identity.workspace):
        names = [canonical_text(each) for each in path]
        if "userassignedidentities" not in names:
            return Match.NO if "principalid" in names else Match.YES
        position = names.index("userassignedidentities") + 1
        for named in path[position : position + 1]:
            if any(stands_for(named, each) for each in identity.user_assigned):
                return Match.YES
    # what only hangs on the place of the deployment has a name of its own
    may_be_any = any(
        isinstance(each, Unknown) and each.reason is not Reason.CONTEXT
        for each in identity.user_assigned
    )
    return Match.PERHAPS if may_be_any else Match.NO


def _reference(node: Expression) -> tuple[Expression | None, list[Expression]]:
    """What `reference(target...)...` refers to, and the path behind it."""
    path: list[Expression] = []
    while isinstance(node, (Property, Index)):
        path.insert(0, Literal(node.name) if isinstance(node, Property) else node.index)
        node = node.target
    if isinstance(node, Call) and node.name.lower() == "reference" and node.arguments:
        return node.arguments[0], path
    return None, []


def _is_deployer(node: Expression) -> bool:
    return (
        isinstance(node, Property)
        and isinstance(node.target, Call)
        and node.target.name.lower() == "deployer"
    )
