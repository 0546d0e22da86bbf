"""Whether an unknown list of access policies is the vault's own live list, written back.

`target('full')` (Bicep: `this.existingResource()`) is the vault as it is deployed, if it stands in
that vault and not among the parameters of a module; reference() of an existing resource is the same
vault if the ids are equal. A list that only adds to it keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence

from armguard.evaluation.identity import stands_for
from armguard.evaluation.runtime import WRITTEN_HERE
from armguard.evaluation.unknown import Unknown, as_expression
from armguard.expressions.syntax import Call, Expression, Index, Literal, Property
from armguard.keyvault.declared import safe_id
from armguard.templates.resource import Resource


def is_live_list(residual: Expression, vault: Resource) -> bool:
    """Whether `residual` surely holds every access policy that the vault has now."""
    match residual:
        case Call(name, (first, *_)) if name.lower() == "coalesce":
            return is_live_list(first, vault)
        case Call(name, arguments) if name.lower() in ("union", "concat"):
            return any(is_live_list(argument, vault) for argument in arguments)
        case Call(name, (lists,)) if name.lower() == "flatten":
            return any(is_live_list(each, vault) for each in _elements(lists))
        case Call(name, (Call(inner, (same,)),)) if (name.lower(), inner.lower()) == _COPIED:
            return is_live_list(same, vault)
        case Call(name, (test, first, second)) if name.lower() == "if":
            # with an empty list there is nothing to lose
            empty = _where_empty(test, vault)
            return (empty is True or is_live_list(first, vault)) and (
                empty is False or is_live_list(second, vault)
            )
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


_COPIED = ("json", "string")


def _elements(lists: Expression) -> Sequence[Expression]:
    """The elements of an array that is written out."""
    match lists:
        case Call(name, elements) if name.lower() == "createarray":
            return elements
        case Literal(list() as elements):
            return [as_expression(each) for each in elements]
    return ()


def _where_empty(test: Expression, vault: Resource) -> bool | None:
    """What a test for an empty live list says where it is empty, or not there; None: it is no such
    test."""
    match test:
        case Call(name, (negated,)) if name.lower() == "not":
            opposite = _where_empty(negated, vault)
            return None if opposite is None else not opposite
        case Call(name, (subject,)) if name.lower() == "empty":
            return True if is_live_list(subject, vault) else None
        case Call(name, (Call(counted, (subject,)), Literal(0))) if counted.lower() == "length":
            known = {"equals": True, "lessorequals": True, "greater": False}.get(name.lower())
            return known if is_live_list(subject, vault) else None
        case Call(name, (subject, Literal(None))) if name.lower() == "equals":
            return True if is_live_list(subject, vault) else None
    return None


def is_own_list(residual: Expression, vault: Resource) -> bool:
    """Whether `residual` hangs on what reference() gives of the vault that the same template
    writes: a circle, which Azure may refuse."""
    start, _ = _path_of(residual)
    match start:
        case Call(_, arguments, origin):
            if origin == WRITTEN_HERE:
                return stands_for(arguments[0], safe_id(vault))
            return any(is_own_list(argument, vault) for argument in arguments)
        case Literal(list() as elements):
            rest = (each.residual for each in elements if isinstance(each, Unknown))
            return any(is_own_list(each, vault) for each in rest)
    return False


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
