"""Paths into a resource: read by jsonpath-ng, walked over evaluated values by our own walk.

What a path names but a resource lacks is null, as it is for Azure; a wildcard over nothing selects
nothing; an unknown value on the way is itself what is selected, for nobody knows what is below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from armguard.errors import UsageError
from armguard.evaluation.unknown import PartialObject, Reason, Unknown, Value, member_of
from armguard.evaluation.values import find_key
from armguard.expressions.syntax import Call, Literal
from armguard.record import record


@record
class Field:
    name: str


@record
class At:
    index: int


@record
class Every:
    """All elements of an array, all members of an object: `*` and `[*]` alike."""


@record
class Below:
    """The value and all that is in it; the next step is taken where there is something for it."""


Step = Field | At | Every | Below


@record
class Path:
    text: str
    """as it is written in the policy"""
    steps: tuple[Step, ...]


@record
class Selected:
    value: Value
    at: tuple[str | int, ...]
    """names and indices down to the value, spelled as they are there"""


MAXIMUM_LENGTH = 500
"""Characters of a path: the longest shipped one has a tenth, and each step is a step deeper."""
_MOST_BELOW = 2
_ALLOWED = "a path is made of names, [0], [*], .* and .. only"


def parse_path(text: str) -> Path:
    """The path that a policy names; `$`, the resource, may be left out.

    Raises `UsageError` for what can't be read and for filters, slices, unions and parents.
    """
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.parser import parse

    if len(text) > MAXIMUM_LENGTH:
        raise UsageError(
            f"the path has {len(text):,} characters, but at most {MAXIMUM_LENGTH} are read"
        )
    if text.count("..") > _MOST_BELOW:
        raise UsageError(
            f"path '{text}' has more than {_MOST_BELOW} times '..', which can take for ever;"
            " name what lies between"
        )
    if "?" in text:
        raise UsageError(
            f"path '{text}' has a filter; {_ALLOWED}: choose resources with 'where', and join"
            " checks with 'all', 'any' and 'not'"
        )
    if "|" in text or "&" in text:
        raise UsageError(f"path '{text}' joins paths; {_ALLOWED}: use 'all' or 'any'")
    try:
        steps = tuple(_steps(parse(text), text))
    except (JSONPathError, AttributeError) as error:
        # jsonpath-ng 1.6 stumbles over its own message where a path ends too early
        raise UsageError(f"path '{text}' can't be read: {_first_lower(str(error))}") from error
    return Path(text, steps)


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:].strip().rstrip(".")


def _steps(node: Any, text: str) -> Iterator[Step]:
    """The steps of jsonpath-ng's tree, told by class name: some versions lack some classes."""
    match type(node).__name__:
        case "Root" if text.lstrip()[:1] == "$":
            return
        case "Child":
            yield from _steps(node.left, text)
            if type(node.right).__name__ == "Root":
                raise UsageError(f"path '{text}' has a $ inside; {_ALLOWED}")
            yield from _steps(node.right, text)
        case "Descendants":
            yield from _steps(node.left, text)
            yield Below()
            yield from _steps(node.right, text)
        case "Wildcard":
            yield Every()
        case "Fields" if len(node.fields) == 1:
            yield Every() if node.fields[0] == "*" else Field(node.fields[0])
        case "Slice" if node.start is node.end is node.step is None:
            yield Every()
        case "Index" if (index := _single_index(node)) is not None:
            yield At(index)
        case _:
            raise UsageError(f"path '{text}' uses '{node}'; {_ALLOWED}")


def _single_index(node: Any) -> int | None:
    """The index of jsonpath-ng before 1.7, and the only one of those of later versions."""
    indices = getattr(node, "indices", None) or (node.index,)
    return indices[0] if len(indices) == 1 and indices[0] >= 0 else None


def select(
    value: Value, steps: tuple[Step, ...], at: tuple[str | int, ...] = ()
) -> Iterator[Selected]:
    """The values that `steps` lead to; names in any case."""
    if not steps or isinstance(value, Unknown):
        yield Selected(value, at)
        return
    step, rest = steps[0], steps[1:]
    match step:
        case Field(name):
            if isinstance(value, dict) and (key := find_key(value, name)) is not None:
                yield from select(value[key], rest, (*at, key))
            else:
                yield from select(_member_nobody_knows(value, name), rest, (*at, name))
        case At(index):
            element = value[index] if isinstance(value, list) and index < len(value) else None
            yield from select(element, rest, (*at, index))
        case Every():
            for child, each in _children(value):
                yield from select(each, rest, at if child is None else (*at, child))
        case Below():
            for found in _subtree(value, at):
                if isinstance(found.value, Unknown) or _has(found.value, rest[0]):
                    yield from select(found.value, rest, found.at)


def _member_nobody_knows(value: Value, name: str) -> Value:
    """A member that is not there: null, or unknown where an object is known in part only."""
    if isinstance(value, PartialObject):
        return member_of(value.rest, name)
    if isinstance(value, dict):
        computed = next((key for key in value if is_computed(key)), None)
        if computed is not None:
            detail = f"the name of the property {computed} is not known"
            return Unknown(Reason.RUNTIME, Call("property", (Literal(name),)), detail)
    return None


def is_computed(name: str) -> bool:
    """Whether the name of a property is an expression; evaluated, one that stayed unknown."""
    return name[:1] == "[" and name[-1:] == "]"


def _children(value: Value) -> Iterator[tuple[str | int | None, Value]]:
    if isinstance(value, list):
        yield from enumerate(value)
    elif isinstance(value, dict):
        yield from value.items()
        if isinstance(value, PartialObject):
            yield None, value.rest


def _subtree(value: Value, at: tuple[str | int, ...]) -> Iterator[Selected]:
    pending = [Selected(value, at)]
    while pending:
        found = pending.pop()
        yield found
        children = [
            Selected(each, found.at if key is None else (*found.at, key))
            for key, each in _children(found.value)
        ]
        pending.extend(reversed(children))


def _has(value: Value, step: Step) -> bool:
    match step:
        case Field(name):
            if not isinstance(value, dict):
                return False
            return find_key(value, name) is not None or (
                _member_nobody_knows(value, name) is not None
            )
        case At(index):
            return isinstance(value, list) and index < len(value)
        case Every() | Below():
            return isinstance(value, (list, dict))
