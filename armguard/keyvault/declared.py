"""What a deployment says about vaults: vaults, changes of their access policies, workspaces.

Found by type in the root and in all nested deployments, whatever their conditions.
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.errors import EvaluationError
from armguard.evaluation.facts import id_below, scope_id
from armguard.evaluation.identity import same_value
from armguard.evaluation.text_pieces import unknown_segments
from armguard.evaluation.unknown import Reason, Unknown, Value
from armguard.finding import Location
from armguard.record import record
from armguard.templates.parameters import Problem
from armguard.templates.resource import DEPLOYMENTS, Resource, Surroundings

VAULTS = "microsoft.keyvault/vaults"
POLICY_CHANGES = "microsoft.keyvault/vaults/accesspolicies"
WORKSPACES = "microsoft.machinelearningservices/workspaces"
_WANTED = (VAULTS, POLICY_CHANGES, WORKSPACES, DEPLOYMENTS)


@record
class Declared:
    """A resource and the nested deployments around it, from the outside in."""

    resource: Resource
    around: tuple[Resource, ...]

    @property
    def gates(self) -> tuple[Resource, ...]:
        """All whose condition decides whether the resource is written."""
        return (*self.around, self.resource)


@record
class Closed:
    """A nested deployment that can't be looked into, and why."""

    resource: Resource
    reason: str
    open: Unknown | None = None
    """the unknown value that is the reason, where it is one"""


@record
class Inventory:
    """All that a deployment declares about vaults."""

    vaults: tuple[Declared, ...]
    changes: tuple[Declared, ...]
    workspaces: tuple[Declared, ...]
    closed: tuple[Closed, ...]
    problems: tuple[Problem, ...]
    skipped: tuple[Declared, ...] = ()
    """nested deployments whose condition is false; nothing in them is listed above"""


def declared_in(deployment: Surroundings) -> Inventory:
    """Walk a deployment and everything nested in it."""
    found: dict[str, list[Declared]] = {VAULTS: [], POLICY_CHANGES: [], WORKSPACES: []}
    closed: list[Closed] = []
    problems: list[Problem] = []
    skipped: list[Declared] = []
    for declared in _walk(deployment, (), closed, problems, skipped):
        found[declared.resource.type.lower()].append(declared)
    return Inventory(
        tuple(found[VAULTS]),
        tuple(found[POLICY_CHANGES]),
        tuple(found[WORKSPACES]),
        tuple(closed),
        tuple(problems),
        tuple(skipped),
    )


def find_declared(deployment: Surroundings, key: str) -> Declared | None:
    """The resource with this key, found without looking into any deployment that can't hold it."""
    around: list[Resource] = []
    inside: Surroundings | None = deployment
    while inside is not None:
        resource = _towards(inside, key)
        if resource is None or resource.key == key:
            return None if resource is None else Declared(resource, tuple(around))
        try:
            if resource.condition is False:
                return None
            around.append(resource)
            inside = inside.nested(resource).deployment
        except EvaluationError:
            return None
    return None


def _towards(deployment: Surroundings, key: str) -> Resource | None:
    """The resource with this key, or the nested deployment that holds it."""
    for resource in deployment.resources(_WANTED, towards=key):
        if resource.key == key or (resource.is_deployment and key.startswith(f"{resource.key}|")):
            return resource
    return None


def _walk(
    deployment: Surroundings,
    around: tuple[Resource, ...],
    closed: list[Closed],
    problems: list[Problem],
    skipped: list[Declared],
) -> Iterator[Declared]:
    for resource in deployment.resources(_WANTED):
        if not resource.is_deployment:
            yield Declared(resource, around)
            continue
        if resource.existing:
            continue
        try:
            if resource.condition is False:
                skipped.append(Declared(resource, around))
                continue
            nested = deployment.nested(resource)
        except EvaluationError as error:
            problems.append(Problem("error", str(error), resource.place))
            continue
        if nested.deployment is None:
            closed.append(Closed(resource, nested.closed or "", nested.open))
            continue
        yield from _walk(nested.deployment, (*around, resource), closed, problems, skipped)
    problems.extend(deployment.problems)


def safe_id(resource: Resource) -> Value:
    """The id of a resource; unknown with its reason where it can't be evaluated."""
    try:
        return resource.id
    except EvaluationError as error:
        return _failed(resource, "id", error)


def safe_read(resource: Resource, *path: str) -> Value:
    """A property of a resource; unknown with its reason where it can't be evaluated."""
    try:
        return resource.read(*path).value
    except EvaluationError as error:
        return _failed(resource, ".".join(path), error)


def safe_member(resource: Resource, name: str) -> Value:
    """A top-level member of a resource; unknown with its reason where it can't be evaluated."""
    try:
        return resource.evaluate(name)
    except EvaluationError as error:
        return _failed(resource, name, error)


def _failed(resource: Resource, what: str, error: EvaluationError) -> Unknown:
    from armguard.expressions.syntax import Call, Literal

    residual = Call("invalid", (Literal(resource.key), Literal(what)))
    return Unknown(Reason.FAILED, residual, str(error))


def is_written(declared: Declared) -> bool:
    """Whether a resource is written, or may be."""
    if declared.resource.existing:
        return False
    try:
        return all(gate.condition is not False for gate in declared.gates)
    except EvaluationError:
        return True


def vault_of_change(change: Resource) -> Value:
    """The id of the vault whose policies a child `vault/add` changes."""
    identifier = safe_id(change)
    if isinstance(identifier, str):
        return identifier.rsplit("/", 2)[0]
    if change.parent is not None:
        return safe_id(change.parent)
    return _parent_id(change)


def _parent_id(change: Resource) -> Value:
    name = vault_name_of_change(change)
    return id_below(scope_id(change.deployment.facts), "Microsoft.KeyVault/vaults", [name])


def vault_name_of_change(change: Resource) -> Value:
    """The name of the vault whose policies a child changes."""
    try:
        name = change.parent.name if change.parent is not None else change.name
    except EvaluationError as error:
        return _failed(change, "name", error)
    if isinstance(name, str):
        return name.partition("/")[0]
    segments = unknown_segments(name)
    return name if segments is None else segments[0]


def operation_of(change: Resource) -> str | None:
    """add, replace or remove, in lower case; None: not known."""
    try:
        name = change.name
    except EvaluationError:
        return None
    if isinstance(name, str):
        return name.rpartition("/")[2].lower()
    segments = unknown_segments(name)
    last = segments[-1] if segments else None
    return last.lower() if isinstance(last, str) else None


def vault_of_workspace(workspace: Declared, workspaces: tuple[Declared, ...]) -> Value:
    """The id of the vault that a workspace uses; a project uses its hub's. None: none is named."""
    resource = workspace.resource
    vault = safe_read(resource, "keyVault")
    if vault is not None:
        return vault
    hub = safe_read(resource, "hubResourceId")
    if hub is None:
        return None
    for other in workspaces:
        if other is not workspace and same_value(safe_id(other.resource), hub):
            return safe_read(other.resource, "keyVault")
    return None


def property_place(resource: Resource, name: str) -> Location:
    """Where a property of a vault is written, or its `properties`, or the vault."""
    return resource.property_place(name)
