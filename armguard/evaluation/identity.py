"""When two residual expressions surely stand for the same value.

Names of functions and properties have no case, and what is composed of the same pieces is the same:
`resourceGroup().id`, `resourceId(...)` and their spellings with concat() or format(). Two that are
not surely the same can still be: `may_be_same`.
"""

from __future__ import annotations

from armguard.evaluation.text_pieces import compose_text, text_pieces, unknown_segments
from armguard.evaluation.unknown import Reason, Text, Unknown, Value
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


SAME_ID = ("string", "tolower", "toupper", "trim")
"""what makes no other id of an id, which has no case and no blanks"""


def same_value(first: Value, second: Value) -> bool:
    """Whether two texts, known or unknown, are surely equal as Azure compares names and ids."""
    return comparable(first) == comparable(second)


def is_another_each_time(text: str) -> bool:
    """Whether a text of `comparable`, `canonical_text` or `value_text` holds a function that gives
    something else at each deployment: two parameters that both default to newGuid() leave the same
    text, but are not the same value."""
    return "newguid(" in text or "utcnow(" in text


def id_key(identifier: Value) -> str | None:
    """What is equal for ids that are the same: for looking one up among thousands."""
    return comparable(identifier) if isinstance(identifier, (str, Unknown)) else None


def id_segments(identifier: Unknown) -> list[Text] | None:
    """What stands between the slashes of the id of something in a resource group. None: it is not
    surely such an id, so that what is not known in it may hold slashes as well."""
    pieces: list[Text] = []
    for piece in text_pieces(identifier.residual):
        match piece:
            case Literal(value):
                pieces.append(str(value))
            case Property(Call("resourceGroup" | "subscription" as place, (), ""), "id"):
                pieces += ["/subscriptions/", Unknown(Reason.CONTEXT, _SUBSCRIPTION, "")]
                if place == "resourceGroup":
                    pieces += ["/resourceGroups/", Unknown(Reason.CONTEXT, _GROUP, "")]
            case _:
                pieces.append(Unknown(identifier.reason, piece, identifier.detail))
    whole = compose_text(*pieces)
    segments = unknown_segments(whole) if isinstance(whole, Unknown) else None
    if segments is None or len(segments) < len(_SHAPE):
        return None
    shaped = (
        word is None or (isinstance(segment, str) and segment.lower() == word)
        for word, segment in zip(_SHAPE, segments, strict=False)
    )
    return segments if all(shaped) else None


_SHAPE = ("", "subscriptions", None, "resourcegroups", None, "providers", None, None, None)


def may_be_same(first: str, second: str) -> bool:
    """Whether two texts of `comparable` can be of the same value: all that is not known in them can
    be anything that its function gives."""
    ones, others = _items(first), _items(second)
    for _ in ("from the start", "from the end"):
        same = 0
        while same < min(len(ones), len(others)) and ones[same] == others[same]:
            same += 1
        ones, others = ones[same:], others[same:]
        if ones and others and len(ones[0]) == len(others[0]) == 1:
            return False  # two characters that differ
        ones.reverse()
        others.reverse()
    for some, rest in ((ones, others), (others, ones)):
        if all(len(each) == 1 for each in some):
            return _can_give(rest, "".join(some))
    return True


def _items(text: str) -> list[str]:
    """The characters of a text; what is not known, in its braces, is one item."""
    items: list[str] = []
    depth = 0
    for character in text:
        if depth:
            items[-1] += character
        else:
            items.append(character)
        depth += (character == "{") - (character == "}" and depth > 0)
    return items


_GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PATTERNS = {
    "{uniquestring(": "[a-z2-7]{13}",
    "{guid(": _GUID,
    "{{subscription()}.subscriptionid}": _GUID,
    "{{tenant()}.tenantid}": _GUID,
}
"""how the item of a function whose results all have one length begins -> its results"""


def _can_give(items: list[str], text: str) -> bool:
    """Whether the items can be this text. Where the first place that fits is taken for each part
    between two that can be anything, no other has to be tried."""
    import re

    parts = [""]
    for item in items:
        known = (pattern for start, pattern in _PATTERNS.items() if item.startswith(start))
        pattern = re.escape(item) if len(item) == 1 else next(known, None)
        if pattern is None:
            parts.append("")
        else:
            parts[-1] += pattern
    first, *others = parts
    *middle, last = others or [""]
    gaps = "".join(f"(?>.*?{part})" for part in middle if part)
    return re.fullmatch(f"{first}{gaps}{'.*' if others else ''}{last}", text, re.DOTALL) is not None


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
        case Call(name, (argument,)) if name.lower() in SAME_ID:
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
