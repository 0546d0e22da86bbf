"""The pieces that an expression puts together to a text, whether with concat() or with format().

Bicep compiles `'${name}/add'` to format(), people write concat(): both name the same resource.
"""

from __future__ import annotations

from armguard.evaluation.unknown import Text, Unknown, Value, as_expression
from armguard.expressions.syntax import Call, Expression, Literal, Property, short_text


def text_pieces(node: Expression) -> tuple[Expression, ...]:
    """The pieces in their order, literals among them; of what is not composed, it alone."""
    match node:
        case Call(name, arguments) if name.lower() == "concat":
            return tuple(piece for each in arguments for piece in text_pieces(each))
        case Call(name, (items, Literal(str(between)))) if name.lower() == "join":
            joined = _joined(items, between)
            return (node,) if joined is None else joined
        case Call(name, (Literal(str() as pattern), *arguments)) if name.lower() == "format":
            pieces = _of_format(pattern, arguments)
            return (node,) if pieces is None else pieces
    return (node,)


def _joined(items: Expression, between: str) -> tuple[Expression, ...] | None:
    """None: it is not all known what is joined."""
    match items:
        case Call(name, written) if name.lower() == "createarray":
            parts = written
        case Literal(list() as values):
            parts = tuple(map(as_expression, values))
        case _:
            return None
    pieces: list[Expression] = []
    for part in parts:
        pieces += [Literal(between), *text_pieces(part)] if pieces else text_pieces(part)
    return tuple(pieces)


def _of_format(pattern: str, arguments: list[Expression]) -> tuple[Expression, ...] | None:
    """None: the pattern holds more than plain places, as in `{0:D3}`."""
    import re

    pieces: list[Expression] = []
    end = 0
    for match in re.finditer(r"\{\{|\}\}|\{([0-9]{1,9})\}|[{}]", pattern):
        pieces.append(Literal(pattern[end : match.start()]))
        end = match.end()
        if match[1] is not None:
            if int(match[1]) >= len(arguments):
                return None
            pieces.extend(text_pieces(arguments[int(match[1])]))
        elif len(match[0]) == 2:
            pieces.append(Literal(match[0][0]))
        else:
            return None
    pieces.append(Literal(pattern[end:]))
    return tuple(piece for piece in pieces if piece != Literal(""))


def compose_text(*parts: Text) -> Text:
    """The concatenation of texts, as far as they are known."""
    known = [part for part in parts if isinstance(part, str)]
    if len(known) == len(parts):
        return "".join(known)
    cause = next(part for part in parts if isinstance(part, Unknown))
    pieces: list[Expression] = []
    for part in parts:
        for piece in _pieces(part):
            last = pieces[-1] if pieces else None
            if isinstance(last, Literal) and isinstance(piece, Literal):
                pieces[-1] = Literal(f"{last.value}{piece.value}")
            else:
                pieces.append(piece)
    whole = pieces[0] if len(pieces) == 1 else Call("concat", tuple(pieces))
    return Unknown(cause.reason, whole, cause.detail)


def _pieces(part: Text) -> tuple[Expression, ...]:
    if not isinstance(part, Unknown):
        return (Literal(part),)
    residual = part.residual
    if isinstance(residual, Call) and residual.name == "concat":
        return residual.arguments
    return (residual,)


_NEVER_EMPTY = frozenset(
    {
        *("resourceid", "subscriptionresourceid", "tenantresourceid", "extensionresourceid"),
        *("managementgroupresourceid", "guid", "newguid", "uniquestring", "utcnow"),
    }
)
_PLACES = {
    "deployment": ("location", "name"),
    "managementgroup": ("id", "name"),
    "resourcegroup": ("id", "location", "name"),
    "subscription": ("id", "subscriptionid", "tenantid"),
    "tenant": ("tenantid",),
}
"""function -> its members that every deployment has, in lower case"""


def is_empty(value: Unknown, strict: bool) -> bool | None:
    """Whether it is an empty text, array or object; None: not known. The engine, which `strict`
    follows, does not look into a text that it does not know yet."""
    if value.is_empty is None and not strict and _is_never_empty(value.residual):
        return False
    return value.is_empty


def is_plain_text(node: Expression) -> bool:
    """Whether it is the name or the id of a place, which has no quotes, brackets or blanks."""
    match node:
        case Property(Call(function, ()), name):
            return name.lower() in _PLACES.get(function.lower(), ())
        case Call(name) if name.lower() in ("guid", "uniquestring"):
            return True
    return False


def _is_never_empty(node: Expression) -> bool:
    match node:
        case Literal(str() | dict() | list() as value):
            return bool(value)
        case Property(Call(function, ()), name):
            return name.lower() in _PLACES.get(function.lower(), ())
        case Call(name, (text,)) if name.lower() in ("tolower", "toupper"):
            return _is_never_empty(text)
        case Call(name) if name.lower() in _NEVER_EMPTY:
            return True
        case Call(name, arguments) if name.lower() == "createobject":
            return bool(arguments)
        case Call(name, arguments) if name.lower() == "union":
            return any(map(_is_never_empty, arguments))
        case Call(name, (Literal(list() as values), *_)) if name.lower() == "toobject":
            return bool(values)
    pieces = text_pieces(node)
    return len(pieces) > 1 and any(map(_is_never_empty, pieces))


def shown(value: Value) -> str:
    """A text for people: an unknown one is its expression in brackets, cut off if it is long."""
    return f"[{short_text(value.residual)}]" if isinstance(value, Unknown) else str(value)


def unknown_segments(name: Unknown) -> list[Text] | None:
    """The segments of a name of which some are unknown, where the slashes are known."""
    pieces = text_pieces(name.residual)
    if pieces == (name.residual,):
        return None
    segments: list[list[Text]] = [[]]
    for piece in pieces:
        if isinstance(piece, Literal):
            first, *rest = str(piece.value).split("/")
            segments[-1].append(first)
            segments.extend([part] for part in rest)
        else:
            segments[-1].append(Unknown(name.reason, piece, name.detail))
    return [compose_text(*(part for part in each if part != "")) for each in segments]
