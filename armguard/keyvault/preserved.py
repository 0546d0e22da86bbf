"""Whether an unknown list of access policies is the vault's own live list, written back.

`target('full')` (Bicep: `this.existingResource()`) is the vault as it is deployed; reference() of
an existing resource is the same vault if the ids are equal. A list that only adds to it keeps it.
"""

from __future__ import annotations

from armguard.evaluation.identity import canonical_text, same_value
from armguard.evaluation.unknown import Unknown, Value
from armguard.expressions.syntax import Call, Expression, Index, Literal, Property


def is_live_list(residual: Expression, vault_id: Value) -> bool:
    """Whether `residual` surely holds every access policy that the vault has now."""
    match residual:
        case Call(name, arguments):
            if name.lower() == "coalesce":
                return bool(arguments) and is_live_list(arguments[0], vault_id)
            if name.lower() in ("union", "concat"):
                return any(is_live_list(argument, vault_id) for argument in arguments)
            if name.lower() == "tryget" and arguments:
                names = [a.value for a in arguments[1:] if isinstance(a, Literal)]
                return _is_list_path([str(n).lower() for n in names], arguments[0], vault_id)
    path: list[str] = []
    node = residual
    while isinstance(node, (Property, Index)):
        if isinstance(node, Property):
            path.insert(0, node.name.lower())
        elif isinstance(node.index, Literal):
            path.insert(0, str(node.index.value).lower())
        else:
            return False
        node = node.target
    return _is_list_path(path, node, vault_id)


def _is_list_path(path: list[str], node: Expression, vault_id: Value) -> bool:
    if not isinstance(node, Call):
        return False
    name = node.name.lower()
    if name == "target":
        return path == ["properties", "accesspolicies"]
    if name != "reference" or not node.arguments:
        return False
    full = len(node.arguments) == 3
    if path != (["properties", "accesspolicies"] if full else ["accesspolicies"]):
        return False
    return _same_vault(node.arguments[0], vault_id)


def _same_vault(target: Expression, vault_id: Value) -> bool:
    if isinstance(target, Literal):
        return same_value(target.value, vault_id)
    if isinstance(vault_id, Unknown):
        return canonical_text(target) == canonical_text(vault_id.residual)
    return False
