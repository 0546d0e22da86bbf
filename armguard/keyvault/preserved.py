"""Whether an unknown list of access policies is the vault's own live list, written back.

`target('full')` (Bicep: `this.existingResource()`) is the vault as it is deployed, if it stands in
that vault and not among the parameters of a module; reference() of an existing resource is the same
vault if the ids are equal. A list that only adds to it keeps it.
"""

from __future__ import annotations

from armguard.evaluation.identity import stands_for
from armguard.evaluation.runtime import WRITTEN_HERE
from armguard.expressions.syntax import Call, Expression, Index, Literal, Property
from armguard.keyvault.declared import safe_id
from armguard.templates.resource import Resource


def is_live_list(residual: Expression, vault: Resource) -> bool:
    """Whether `residual` surely holds every access policy that the vault has now."""
    if isinstance(residual, Call):
        name = residual.name.lower()
        if name == "coalesce":
            return bool(residual.arguments) and is_live_list(residual.arguments[0], vault)
        if name in ("union", "concat"):
            return any(is_live_list(argument, vault) for argument in residual.arguments)
    start, path = _path_of(residual)
    if not isinstance(start, Call):
        return False
    if start.name.lower() == "target":
        return start.origin == vault.key and path == ["properties", "accesspolicies"]
    if start.name.lower() != "reference" or start.origin == WRITTEN_HERE or not start.arguments:
        return False
    full = len(start.arguments) == 3
    if path != (["properties", "accesspolicies"] if full else ["accesspolicies"]):
        return False
    return stands_for(start.arguments[0], safe_id(vault))


def is_own_list(residual: Expression, vault: Resource) -> bool:
    """Whether `residual` is what reference() gives of the vault that the same template writes: a
    circle, which Azure may refuse."""
    start, _ = _path_of(residual)
    if not isinstance(start, Call):
        return False
    if start.origin == WRITTEN_HERE:
        return stands_for(start.arguments[0], safe_id(vault))
    return any(is_own_list(argument, vault) for argument in start.arguments)


def _path_of(node: Expression) -> tuple[Expression, list[str]]:
    """Where a chain of accesses starts, and its names in lower case; tryGet() is one as well."""
    path: list[str] = []
    while True:
        match node:
            case Property(target, name):
                path.insert(0, name.lower())
                node = target
            case Index(target, Literal(index)):
                path.insert(0, str(index).lower())
                node = target
            case Call(name, (target, *keys)) if name.lower() == "tryget":
                if not all(isinstance(key, Literal) for key in keys):
                    return node, path
                path[:0] = [str(key.value).lower() for key in keys if isinstance(key, Literal)]
                node = target
            case _:
                return node, path
