"""When two residual expressions surely stand for the same value.

Names of functions and properties have no case, and what is composed of the same pieces is the same:
`resourceGroup().id`, `resourceId(...)` and their spellings with concat() or format().
"""

from __future__ import annotations

from armguard.evaluation.text_pieces import text_pieces
from armguard.evaluation.unknown import Unknown, Value
from armguard.expressions.syntax import Call, Expression, Index, Lambda, Literal, Property

_SUBSCRIPTION = Property(Call("subscription", ()), "subscriptionId")
_GROUP = Property(Call("resourceGroup", ()), "name")
_TENANT = Property(Call("tenant", ()), "tenantId")


def canonical_text(expression: Expression) -> str:
    """A text in lower case that is equal for residuals of the same value; only for comparing."""
    return _canonical(expression).lower()


def value_text(expression: Expression) -> str:
    """A text that tells values apart where `canonical_text` compares names: toLower(x) and
    string(x) are not x itself."""
    return _structure(expression).lower()


def same_value(first: Value, second: Value) -> bool:
    """Whether two texts, known or unknown, are surely equal as Azure compares names and ids."""
    return comparable(first) == comparable(second)


def id_key(identifier: Value) -> str | None:
    """What is equal for ids that are the same: for looking one up among thousands."""
    return comparable(identifier) if isinstance(identifier, (str, Unknown)) else None


def stands_for(residual: Expression, value: Value) -> bool:
    """Whether a residual surely comes to a value, as names and ids compare."""
    if isinstance(residual, Literal):
        return same_value(residual.value, value)
    if isinstance(value, Unknown):
        return canonical_text(residual) == canonical_text(value.residual)
    return False


def comparable(value: Value) -> str:
    """A text that is equal for what `same_value` calls equal."""
    if isinstance(value, str):
        return value.lower()
    return canonical_text(value.residual) if isinstance(value, Unknown) else repr(value)


def _canonical(node: Expression) -> str:
    match node:
        case Literal(value):
            return _canonical_value(value)
        case Property(Call("resourceGroup", (), ""), "id"):
            subscription, group = _structure(_SUBSCRIPTION), _structure(_GROUP)
            return f"/subscriptions/{{{subscription}}}/resourceGroups/{{{group}}}"
        case Property(Call("subscription", (), ""), "id"):
            return f"/subscriptions/{{{_structure(_SUBSCRIPTION)}}}"
        case Property(Call("subscription", (), ""), "tenantId"):
            return "{" + _structure(_TENANT) + "}"
        case Call(name, (argument,)) if name.lower() in ("string", "tolower"):
            return _canonical(argument)
        case Call():
            pieces = text_pieces(node)
            if pieces != (node,):
                return "".join(map(_canonical, pieces))
    return "{" + _structure(node) + "}"


def _structure(node: Expression) -> str:
    match node:
        case Literal(value):
            return f"'{_canonical_value(value)}'"
        case Call(name, arguments, origin):
            tag = f"<{origin}>" if origin else ""
            return f"{name}{tag}({','.join(map(_canonical, arguments))})"
        case Property(target, name):
            return f"{_canonical(target)}.{name}"
        case Index(target, index):
            return f"{_canonical(target)}[{_canonical(index)}]"
        case Lambda(parameters, body):
            return f"lambda({','.join(parameters)}:{_canonical(body)})"


def _canonical_value(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical_value, value)) + "]"
    if isinstance(value, dict):
        members = (f"{name}:{_canonical_value(member)}" for name, member in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, Unknown):
        return _canonical(value.residual)
    return repr(value)
