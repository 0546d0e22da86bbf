"""An entry for the user-assigned identity of a workspace in the vault's own list.

What the identity gets is what Azure Machine Learning grants by itself. The identity exists before
the workspace, so the list can name it, by reference(); the vault has to wait for it where the same
template makes it. Only workspaces are added: whoever else is missing from the list stays missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from armguard.evaluation.facts import full_id, scope_id
from armguard.evaluation.identity import comparable
from armguard.evaluation.unknown import Text
from armguard.evaluation.values import member
from armguard.explaining.case import Case
from armguard.expressions.parser import is_expression
from armguard.finding import quoted
from armguard.keyvault.assessment import AssessedVault, Workspace
from armguard.keyvault.workspace_access import workspaces_without_access
from armguard.record import record
from armguard.remedies.remedy import Expected, Proposal, RefusedError, Target

if TYPE_CHECKING:
    from armguard.remedies._written import Properties
    from armguard.source.text_edits import Edit
    from armguard.templates.resource import Resource

RANK = 5
SUMMARY = "the identity of the workspace gets an entry in the list of the vault"
COST = "only the workspace is added: whoever else is not in the list still loses access"
HAZARDS = ("workspace",)

_VERSION = "2023-01-31"
_IDENTITIES = "microsoft.managedidentity/userassignedidentities"
_PERMISSIONS = {"keys": ["all"], "secrets": ["all"], "certificates": ["all"]}
"""recorded: what the service grants when it creates a workspace"""


def objection(vault: AssessedVault, case: Case) -> str | None:
    missing = workspaces_without_access(vault)
    if not missing:
        return "every workspace that uses the vault has an entry in its list"
    comparison = case.comparison_of(vault)
    names = {each.name for each, _ in missing}
    for change in () if comparison is None else comparison.changes:
        if change.is_loss and names.isdisjoint(change.workspaces):
            return "others lose access as well, whom it does not add"
    return next((reason for each, _ in missing if (reason := _hindrance(each))), None)


def in_bicep(vault: AssessedVault, case: Case) -> str:
    from armguard.remedies._bicep_values import inline_text

    names = sorted({quoted(each.name) for each, _ in workspaces_without_access(vault)})
    return (
        "add to accessPolicies, with the symbol of the identity that workspace"
        f" {', '.join(names)} has in place of identity: {{ tenantId: identity.properties.tenantId,"
        " objectId: identity.properties.principalId,"
        f" permissions: {inline_text(_PERMISSIONS)} }}"
    )


def _hindrance(workspace: Workspace) -> str | None:
    name, identity = quoted(workspace.name), workspace.identity
    if workspace.elsewhere:
        return f"workspace {name} is written by another template, which knows its identity"
    if identity is None:
        return f"which identity workspace {name} has is not known"
    if identity.system_assigned:
        return (
            f"workspace {name} uses its system-assigned identity, which does not exist before the"
            " workspace, so no list can name it"
        )
    if len(identity.user_assigned) != 1:
        return (
            f"workspace {name} has several identities; name the one that it works with as its"
            " primaryUserAssignedIdentity"
        )
    return None


@record
class _Missing:
    """An identity that the list leaves out."""

    text: str
    """its id as it is written"""
    id: Text
    workspace: Resource
    """the one that has it"""


def propose(target: Target) -> Proposal:
    from armguard.remedies._written import LIST, properties_of
    from armguard.templates.nested import is_outer

    properties = properties_of(target)
    key = properties.key(LIST)
    vaults = [each[0] for each in target.chains]
    vault = vaults[0]
    if is_outer(vault.deployment):
        raise RefusedError(
            "in a nested template of outer scope reference() is evaluated before the template is"
            " deployed; give it inner scope first"
        )
    if vault.indexed:
        raise RefusedError("it is written in a copy loop, and its workspaces are not told apart")
    missing = _missing(target, vault)
    if key is None or not missing:
        raise RefusedError("it has no list in which a workspace is missing")
    edits = [*_entries(target, properties, key, missing)]
    made, given = _made_here(vaults, missing)
    edits.extend(_waiting(target, vault, made))
    named = [*dict.fromkeys(quoted(each.name) for each in _workspaces(target))]
    names = f"workspace{'' if len(named) == 1 else 's'} {', '.join(named)}"
    return Proposal(
        tuple(edits),
        f"vault {quoted(target.vault.name)} grants the identity of {names} what Azure"
        " Machine Learning grants: all permissions on keys, secrets and certificates",
        (
            "only the workspace is added: everybody else who is in the deployed list and not in"
            " this one still loses access at every deployment",
            *(
                f"identity {quoted(each.text)} is not made in this template and has to exist before"
                for each in given
            ),
        ),
        Expected(changed=(("properties", "accesspolicies"),)),
    )


def _workspaces(target: Target) -> Iterator[Workspace]:
    for each in target.members:
        yield from (workspace for workspace, _ in workspaces_without_access(each.vault))


def _missing(target: Target, vault: Resource) -> list[_Missing]:
    from armguard.keyvault.declared import WORKSPACES

    places = {each.place: each for each in _workspaces(target)}
    written = {each.place: each for each in vault.deployment.resources((WORKSPACES,))}
    found: dict[str, _Missing] = {}
    for place, workspace in places.items():
        resource = written.get(place)
        if resource is None:
            raise RefusedError(
                f"workspace {quoted(workspace.name)} is written in another template than the vault,"
                " where its identity has another name"
            )
        if resource.indexed:
            raise RefusedError(f"workspace {quoted(workspace.name)} is written in a copy loop")
        each = _identity_of(resource, workspace)
        found.setdefault(comparable(each.id), each)
    return [*found.values()]


def _identity_of(resource: Resource, workspace: Workspace) -> _Missing:
    """Its id as it is written at the workspace."""
    identity = workspace.identity
    assert identity is not None
    properties = member(resource.written, "properties")
    primary = member(properties, "primaryUserAssignedIdentity")
    assigned = member(member(resource.written, "identity"), "userAssignedIdentities")
    written = [primary] if primary else [*assigned] if isinstance(assigned, Mapping) else []
    own = scope_id(identity.place)
    wanted = comparable(full_id(identity.user_assigned[0], own))
    for text in written:
        value = resource.computed(text) if isinstance(text, str) else None
        if comparable(value) == wanted:
            return _Missing(str(text), value, resource)  # type: ignore[arg-type]
    raise RefusedError(
        f"the id of the identity of workspace {quoted(workspace.name)} is not written out"
    )


def _entries(
    target: Target, properties: Properties, key: str, missing: Sequence[_Missing]
) -> Iterator[Edit]:
    from armguard.remedies._written import expression_of

    written = properties.members[key]
    pointer = properties.place.child(key).pointer
    tenant = member(properties.members, "tenantId")
    tenant = tenant if isinstance(tenant, str) else "[subscription().tenantId]"
    principals = [
        f"reference({expression_of(each.text)}, '{_VERSION}').principalId" for each in missing
    ]
    if isinstance(written, list):
        new = [
            {"tenantId": tenant, "objectId": f"[{principal}]", "permissions": _PERMISSIONS}
            for principal in principals
        ]
        yield from target.json_editor.insert_elements(pointer, new)
        return
    if not isinstance(written, str) or not is_expression(written):
        raise RefusedError("its list is neither written out nor an expression")
    permissions = ", ".join(f"'{kind}', createArray('all')" for kind in _PERMISSIONS)
    entries = [
        f"createObject('tenantId', {expression_of(tenant)}, 'objectId', {principal},"
        f" 'permissions', createObject({permissions}))"
        for principal in principals
    ]
    together = f"concat({expression_of(written)}, createArray({', '.join(entries)}))"
    yield target.json_editor.set_value(pointer, f"[{together}]")


def _made_here(
    vaults: Sequence[Resource], missing: Sequence[_Missing]
) -> tuple[list[tuple[_Missing, Resource]], list[_Missing]]:
    """(those that the vault's template makes and the vault does not wait for, those that it does
    not make)"""
    from armguard.templates.dependencies import Dependencies

    made, given = [], []
    deployment = vaults[0].deployment
    there = [each for each in deployment.resources((_IDENTITIES,)) if not each.existing]
    for each in missing:
        found = [one for one in there if comparable(one.id) == comparable(each.id)]
        _refuse_own_condition((*found, each.workspace)[0], vaults[0])
        if not found:
            given.append(each)
            continue
        dependencies = Dependencies(deployment)
        back = dependencies.waits(found[0], vaults[0])
        if back.for_it or back.open:
            raise RefusedError(
                f"identity {quoted(found[0].shown_name)} waits for the vault, so the vault can't"
                " wait for it"
            )
        if not dependencies.waits(vaults[0], found[0]).for_it:
            made.append((each, found[0]))
    return made, given


def _refuse_own_condition(resource: Resource, vault: Resource) -> None:
    """Raise `RefusedError` where the identity may be missing in a deployment with the vault."""
    condition = member(resource.written, "condition")
    if condition not in (None, True, member(vault.written, "condition")):
        raise RefusedError(
            f"{resource.type} {quoted(resource.shown_name)} is written under a condition that the"
            " vault does not have: where it is false, the identity may be missing, and reference()"
            " of it fails"
        )


def _waiting(
    target: Target, vault: Resource, made: Sequence[tuple[_Missing, Resource]]
) -> Iterator[Edit]:
    """Let the vault wait for the identities."""
    from armguard.evaluation.values import spellings

    new = [
        identity.symbol if identity.symbol and not identity.indexed else each.text
        for each, identity in made
    ]
    if not new:
        return
    keys = spellings(target.written, "dependsOn")
    written: Any = target.written[keys[0]] if keys else None
    if len(keys) > 1 or (keys and not isinstance(written, list)):
        raise RefusedError(
            "its dependsOn is not written out, so that it can't wait for an identity"
        )
    if keys:
        place = target.place.child(keys[0])
        yield from target.json_editor.insert_elements(place.pointer, new)
        return
    first = spellings(target.written, "properties")[0]
    place = target.place.child(first)
    yield from target.json_editor.insert_before(place.pointer, {"dependsOn": new})
