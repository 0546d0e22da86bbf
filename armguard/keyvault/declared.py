"""What a deployment says about vaults: vaults, changes of their access policies, workspaces.

Found by type in the root and in all nested deployments, whatever their conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.facts import full_id, id_below, scope_id
from armguard.evaluation.identity import id_key
from armguard.evaluation.text_pieces import unknown_segments
from armguard.evaluation.unknown import Text, Unknown, Value, refused
from armguard.evaluation.values import member
from armguard.finding import Location, ResourceName
from armguard.record import record, replace
from armguard.templates.embedding import DEPLOYMENTS, EMBEDDINGS
from armguard.templates.holding import resource_may_hold, with_type
from armguard.templates.parameters import Problem
from armguard.templates.resource import NestedDeployment, Resource, Surroundings
from armguard.templates.written import place_of_text

VAULTS = "microsoft.keyvault/vaults"
POLICY_CHANGES = "microsoft.keyvault/vaults/accesspolicies"
WORKSPACES = "microsoft.machinelearningservices/workspaces"
SOUGHT = (VAULTS, POLICY_CHANGES, WORKSPACES)
"""what the question is about"""
_WANTED = (*SOUGHT, DEPLOYMENTS, *EMBEDDINGS)


@record
class Closed:
    """A nested deployment or an embedded template that can't be looked into, and why."""

    what: str
    """for people: `nested deployment`, `template spec` ..."""
    resource: ResourceName
    place: Location
    reason: str
    open: Unknown | None = None
    """the unknown value that is the reason, where it is one"""
    is_link: bool = False
    """whether its template is another file"""
    elsewhere: str | None = None
    """the address at which that is, where it is known"""


@record
class DeclaredResources:
    """All that a deployment declares about vaults."""

    vaults: tuple[Resource, ...]
    changes: tuple[Resource, ...]
    workspaces: tuple[Resource, ...]
    closed: tuple[Closed, ...]
    problems: tuple[Problem, ...]
    opened: tuple[Mapping[str, Any], ...]
    """the templates of all that was looked into"""


def declared_in(deployment: Surroundings) -> DeclaredResources:
    """Walk a deployment and everything nested in it. What Azure would refuse about a resource that
    holds no vault is nobody's business here."""
    found: dict[str, list[Resource]] = {VAULTS: [], POLICY_CHANGES: [], WORKSPACES: []}
    heard = _Heard([], [], [])
    for resource in _walk(deployment, heard):
        found[resource.type.lower()].append(resource)
    return DeclaredResources(
        tuple(found[VAULTS]),
        tuple(found[POLICY_CHANGES]),
        tuple(found[WORKSPACES]),
        tuple(heard.closed),
        tuple(each for each in heard.problems if resource_may_hold(each.about, SOUGHT)),
        tuple(heard.opened),
    )


def find_declared(deployment: Surroundings, key: str) -> Resource | None:
    """The resource with this key, found without looking into any deployment that can't hold it."""
    inside: Surroundings | None = deployment
    while inside is not None:
        resource = _towards(inside, key)
        if resource is None or resource.key == key:
            return resource
        try:
            inside = inside.nested(resource).deployment
        except EvaluationError:
            return None
    return None


def _towards(deployment: Surroundings, key: str) -> Resource | None:
    """The resource with this key, or the one whose template holds it."""
    for resource in deployment.resources(_WANTED, towards=key):
        if resource.key == key or (resource.holds_template and key.startswith(f"{resource.key}|")):
            return resource
    return None


@record
class _Heard:
    """What was met on the way."""

    closed: list[Closed]
    problems: list[Problem]
    opened: list[Mapping[str, Any]]


def _walk(deployment: Surroundings, heard: _Heard) -> Iterator[Resource]:
    for resource in deployment.resources(_WANTED):
        if not resource.holds_template:
            yield resource
        elif not resource.existing and resource_may_hold(_typed(resource), SOUGHT):
            yield from _walk_nested(resource, heard)
    heard.problems.extend(replace(each, files=deployment.taken) for each in deployment.problems)


def _walk_nested(resource: Resource, heard: _Heard) -> Iterator[Resource]:
    try:
        if resource.condition is False:
            # Azure evaluates nothing in it: what is there is listed, and no trouble is told of
            heard = replace(heard, closed=[], problems=[])
        nested = resource.deployment.nested(resource)
    except EvaluationError as error:
        heard.problems.append(_problem(resource, error))
        return
    if nested.deployment is not None:
        heard.opened.append(nested.deployment.template)
        yield from _walk(nested.deployment, heard)
    elif nested.closed is not None:
        heard.closed.append(_closed(resource, nested))


def _problem(resource: Resource, error: EvaluationError) -> Problem:
    """Why a nested deployment can't be looked into, at the expression that is refused."""
    files = resource.deployment.taken
    place = _place_of(error, resource)
    return Problem("error", error.told, place, files=files, about=_typed(resource), is_closed=True)


def _typed(resource: Resource) -> Mapping[str, Any]:
    return with_type(resource.written, resource.type)


def _place_of(error: EvaluationError, resource: Resource) -> Location:
    if error.expression is None:
        return resource.place
    found = place_of_text(resource.place, resource.written, error.expression)
    around: Surroundings | None = resource.deployment
    while found is None and around is not None:
        names = {key: each for key, each in around.template.items() if key.lower() != "resources"}
        found = place_of_text(around.place, names, error.expression)
        around = around.parent.deployment if around.parent is not None else None
    return found or resource.place


def _closed(resource: Resource, nested: NestedDeployment) -> Closed:
    embedding = EMBEDDINGS.get(resource.type.lower())
    return Closed(
        "nested deployment" if embedding is None else embedding.called,
        name_of(resource),
        resource.place,
        nested.closed or "",
        nested.open,
        nested.is_link,
        nested.elsewhere,
    )


def safe_id(resource: Resource) -> Text:
    """The id of a resource; unknown with its reason where it can't be evaluated."""
    try:
        return resource.id
    except EvaluationError as error:
        return refused(error, resource.key, "id")


def safe_read(resource: Resource, *path: str) -> Value:
    """A property of a resource; unknown with its reason where it can't be evaluated."""
    try:
        return resource.read(*path).value
    except EvaluationError as error:
        return refused(error, resource.key, ".".join(path))


def safe_member(resource: Resource, name: str) -> Value:
    """A top-level member of a resource; unknown with its reason where it can't be evaluated."""
    try:
        return resource.evaluate(name)
    except EvaluationError as error:
        return refused(error, resource.key, name)


def name_of(resource: Resource) -> ResourceName:
    """A resource as findings name it."""
    written = str(member(resource.written, "name"))
    return ResourceName(resource.type, resource.shown_name, written)


def is_written(resource: Resource) -> bool:
    """Whether a resource is written, or may be."""
    if resource.existing:
        return False
    try:
        return all(gate.condition is not False for gate in resource.gates)
    except EvaluationError:
        return True


def vault_of_change(change: Resource) -> Text:
    """The id of the vault whose policies a child `vault/add` changes."""
    identifier = safe_id(change)
    if isinstance(identifier, str):
        return identifier.rsplit("/", 2)[0]
    if change.parent is not None:
        return safe_id(change.parent)
    name = vault_name_of_change(change)
    return id_below(scope_id(change.deployment.facts), "Microsoft.KeyVault/vaults", [name])


def vault_name_of_change(change: Resource) -> Text:
    """The name of the vault whose policies a child changes."""
    try:
        return _segments(change.parent.name if change.parent is not None else change.name)[0]
    except EvaluationError as error:
        return refused(error, change.key, "name")


def operation_of(change: Resource) -> str | None:
    """add, replace or remove, in lower case; None: not known."""
    last = named_operation(change)
    return last.lower() if isinstance(last, str) else None


def named_operation(change: Resource) -> Text:
    """The last segment of the name of a child, as it is written."""
    try:
        return _segments(change.name)[-1]
    except EvaluationError as error:
        return refused(error, change.key, "name")


def _segments(name: Text) -> Sequence[Text]:
    return name.split("/") if isinstance(name, str) else unknown_segments(name) or [name]


def workspaces_by_id(workspaces: Iterable[Resource]) -> dict[str, list[Resource]]:
    """`id_key` of each workspace -> those that have it."""
    found: dict[str, list[Resource]] = {}
    for each in workspaces:
        key = id_key(safe_id(each))
        if key is not None:
            found.setdefault(key, []).append(each)
    return found


def vault_of_workspace(workspace: Resource, by_id: Mapping[str, Sequence[Resource]]) -> Value:
    """The id of the vault that a workspace uses; a project uses its hub's. None: none is named."""
    vault = _id_in(workspace, "keyVault")
    if vault is not None:
        return vault
    hub = _id_in(workspace, "hubResourceId")
    if hub is None:
        return None
    others = (each for each in by_id.get(id_key(hub) or "", ()) if each is not workspace)
    other = next(others, None)
    return None if other is None else _id_in(other, "keyVault")


def vault_of_encryption(workspace: Resource) -> Value:
    """The id of the vault with the customer-managed key of a workspace; None: none is used."""
    status = safe_read(workspace, "encryption", "status")
    if isinstance(status, str) and status.lower() == "disabled":
        return None
    return _id_in(workspace, "encryption", "keyVaultProperties", "keyVaultArmId")


def _id_in(resource: Resource, *path: str) -> Value:
    """A property that is an id, written out."""
    value = safe_read(resource, *path)
    if isinstance(value, (str, Unknown)):
        return full_id(value, scope_id(resource.deployment.facts))
    return value
