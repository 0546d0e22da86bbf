"""Access policies as they are written: entries, and whose identity an entry can be.

An entry's key is (tenantId, objectId, applicationId); GUIDs have no case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from armguard.evaluation.facts import Facts, full_id, scope_id
from armguard.evaluation.identity import (
    SAME_ID,
    canonical_text,
    comparable,
    is_another_each_time,
    may_be_same,
)
from armguard.evaluation.partly_known import known_of
from armguard.evaluation.text_pieces import text_pieces
from armguard.evaluation.unknown import PartialObject, Reason, Text, Unknown, Value, as_expression
from armguard.evaluation.values import member
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property
from armguard.keyvault.declared import safe_id, safe_member, safe_read
from armguard.keyvault.permissions import PERMISSIONS
from armguard.record import record
from armguard.templates.resource import Resource


@record
class AccessPolicy:
    """One entry of a list; members that are not known are `Unknown`, absent ones None."""

    tenant_id: Value
    object_id: Value
    application_id: Value
    permissions: Value
    sure: bool = True
    """whether it surely stands in the list"""

    @property
    def permits(self) -> bool:
        """Whether it grants anything, or may."""
        if not isinstance(self.permissions, Mapping):
            return isinstance(self.permissions, Unknown)
        return any(_names_one(member(self.permissions, kind)) for kind in PERMISSIONS)

    @property
    def is_open(self) -> bool:
        """Whether nothing of it is known, not even whether it has an applicationId."""
        return isinstance(self.object_id, Unknown) and self.tenant_id is self.object_id


def policies_of(written: Value) -> tuple[AccessPolicy, ...]:
    """The entries of an evaluated list, as far as they are known; an entry that is unknown as a
    whole is one of unknowns, and so are all that it may have besides."""
    known = known_of(written)
    if known is None:
        return ()
    others = [*known.perhaps, *([written] if known.open else [])]
    return (*map(_policy, known.sure), *(_policy(each, sure=False) for each in others))


def _policy(entry: Value, *, sure: bool = True) -> AccessPolicy:
    if isinstance(entry, Unknown):
        return AccessPolicy(entry, entry, None, entry, sure)
    return AccessPolicy(
        member(entry, "tenantId"),
        member(entry, "objectId"),
        None if member(entry, "applicationId") == "" else member(entry, "applicationId"),
        member(entry, "permissions"),
        sure,
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
    if any(map(is_another_each_time, texts)):
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

    workspace: tuple[Text, ...]
    """what reference() may call the workspace: its id, its symbolic name, its name"""
    user_assigned: tuple[Text, ...]
    """ids of the user-assigned identities of which it may be one"""
    system_assigned: bool
    """whether it may be the system-assigned one"""
    place: Facts
    """where relative ids are"""


def identity_of(workspace: Resource) -> Identity | None:
    """The identity of a workspace; None: it is not known which kind it has. Of several it works
    with the primary user-assigned one."""
    identity = safe_member(workspace, "identity")
    if isinstance(identity, Unknown):
        return None
    kind = member(identity, "type") if isinstance(identity, Mapping) else "SystemAssigned"
    if isinstance(kind, Unknown):
        return None
    symbol = (workspace.symbol,) if isinstance(workspace.symbol, str) else ()
    names = (safe_id(workspace), *symbol, workspace.shown_name)
    place = workspace.deployment.facts
    if not isinstance(kind, str) or "userassigned" not in kind.lower():
        return Identity(names, (), True, place)
    primary = safe_read(workspace, "primaryUserAssignedIdentity")
    if isinstance(primary, (str, Unknown)) and primary != "":
        return Identity(names, (primary,), False, place)
    assigned = _names(member(identity, "userAssignedIdentities"))
    if not assigned:
        return None
    return Identity(names, assigned, "systemassigned" in kind.lower(), place)


def _names(written: Value) -> tuple[Text, ...] | None:
    """The names of an object's members, some of which may be unknown; None: they are not all known
    of."""
    found = _names_in(as_expression(written))
    if found is None:
        return None
    return tuple(
        str(each.value) if isinstance(each, Literal) else Unknown(Reason.RUNTIME, each, "")
        for each in found
    )


def _names_in(node: Expression) -> list[Expression] | None:
    match node:
        case Literal(PartialObject()):
            return None
        case Literal(value) if isinstance(value, Mapping):
            return [Literal(name) for name in value]
        case Call(name, arguments) if name.lower() == "createobject":
            return [*arguments[::2]]
        case Call(name, arguments) if name.lower() == "union":
            parts = [_names_in(each) for each in arguments]
            known = [each for each in parts if each is not None]
            return None if len(known) < len(parts) else [one for each in known for one in each]
        case Call(name, (Literal(list() as values), Lambda((own,), body), *_)) if (
            name.lower() == "toobject"
        ):
            itself = Call("lambdaVariables", (Literal(own),))
            return [as_expression(each) for each in values] if body == itself else None
    return None


def matches(policies: Iterable[AccessPolicy], identity: Identity) -> list[Match]:
    """Whether each entry can be the identity; an object id that is written out can be anybody's."""
    compared = _compared(identity)
    return [_match(policy, compared) for policy in policies]


def _match(policy: AccessPolicy, identity: _Compared) -> Match:
    if policy.application_id is not None or not policy.permits:
        return Match.NO
    object_id = policy.object_id
    if not isinstance(object_id, Unknown) or object_id.failed:
        return Match.PERHAPS
    found = _match_residual(object_id.residual, identity)
    return found if policy.sure or found is not Match.YES else Match.PERHAPS


def _names_one(names: Value) -> bool:
    if isinstance(names, list):
        return any(isinstance(each, Unknown) or each not in ("", None) for each in names)
    return names is not None


@record
class _Compared:
    """An identity as `comparable` makes its ids."""

    workspace: tuple[str, ...]
    user_assigned: tuple[str, ...]
    system_assigned: bool
    scope: Text
    """the id of the place in which relative ids are"""


def _compared(identity: Identity) -> _Compared:
    scope = scope_id(identity.place)
    return _Compared(
        tuple(map(comparable, identity.workspace)),
        tuple(comparable(full_id(each, scope)) for each in identity.user_assigned),
        identity.system_assigned,
        scope,
    )


def _match_residual(residual: Expression, identity: _Compared) -> Match:
    pieces = text_pieces(residual)
    if len(pieces) == 1 and pieces[0] is not residual:
        return _match_residual(pieces[0], identity)
    match residual:
        case Call(name, (inner,)) if name.lower() in SAME_ID:
            return _match_residual(inner, identity)
        case Call(name, values) if name.lower() == "coalesce":
            return _any_of([each for each in values if each != Literal("")], identity)
        case Call(name, (_, *values)) if name.lower() == "if":
            return _any_of(values, identity)
        case Property(Call(name), _) if name.lower() == "deployer":
            return Match.NO
    target, path = _reference(residual)
    match [canonical_text(each) for each in path]:
        case ["identity", "principalid"]:
            return _match_resource(target, identity)
        case ["identity", "userassignedidentities", _, "principalid"]:
            named = path[2]
            text = (
                str(named.value)
                if isinstance(named, Literal)
                else Unknown(Reason.RUNTIME, named, "")
            )
            return _match_identity(comparable(full_id(text, identity.scope)), identity)
        case ["principalid"] | ["properties", "principalid"]:
            return _match_identity(target, identity)
    # what a script, or a deployment that is not looked into, puts out can be anybody
    return Match.PERHAPS


def _any_of(values: Sequence[Expression], identity: _Compared) -> Match:
    """Whether one of these, no matter which, is the identity."""
    every = {_match_residual(each, identity) for each in values}
    return every.pop() if len(every) == 1 else Match.PERHAPS


def _reference(node: Expression) -> tuple[str, list[Expression]]:
    """What `reference(target...)...` refers to, as `comparable` makes it, and the path behind it;
    no path where it is no such expression."""
    path: list[Expression] = []
    while True:
        match node:
            case Property(target, name):
                path.insert(0, Literal(name))
            case Index(target, index):
                path.insert(0, index)
            case Call(name, (target, *keys)) if name.lower() == "tryget":
                path[:0] = keys
            case Call(name, (called, *_)) if name.lower() == "reference":
                return canonical_text(called), path
            case _:
                return "", []
        node = target


def _match_resource(target: str, identity: _Compared) -> Match:
    """Whether the system-assigned identity of a resource is the one."""
    own, *_ = identity.workspace
    # a name alone that nothing in the template has may be the symbol of what stands elsewhere
    may_be = "/" not in target or may_be_same(target, own)
    if not identity.system_assigned:
        # a primary identity that may turn out to be none
        may_be = may_be and any(may_be_same("", each) for each in identity.user_assigned)
    elif target in identity.workspace and not identity.user_assigned:
        return Match.YES
    return Match.PERHAPS if may_be else Match.NO


SYSTEM_ASSIGNED = "/providers/microsoft.managedidentity/identities/default"
"""the system-assigned identity of a resource as something of its own, below that resource"""
_USER_ASSIGNED = "/providers/microsoft.managedidentity/userassignedidentities/"


def _match_identity(target: str, identity: _Compared) -> Match:
    """Whether the managed identity that has this id is the one."""
    if target.endswith(SYSTEM_ASSIGNED):
        return _match_resource(target.removesuffix(SYSTEM_ASSIGNED), identity)
    if target in identity.user_assigned:
        only = len(identity.user_assigned) == 1 and not identity.system_assigned
        return Match.YES if only else Match.PERHAPS
    is_another = _USER_ASSIGNED in target and not any(
        may_be_same(target, each) for each in identity.user_assigned
    )
    return Match.NO if is_another else Match.PERHAPS
