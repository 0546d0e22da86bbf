"""What works on strings, arrays and objects alike: length, empty, contains, first, take ..."""

from __future__ import annotations

from armguard.dotnet import utf16
from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import left_in_place
from armguard.evaluation.functions.registry import (
    ANY,
    ARRAY,
    INTEGER,
    LEAVE,
    NULL,
    OBJECT,
    STRING,
    function,
    kind_name,
    kind_of,
)
from armguard.evaluation.scope import Scope
from armguard.evaluation.text_pieces import is_empty
from armguard.evaluation.unknown import PartialObject, Unknown, Value, holds_unknown
from armguard.evaluation.values import deep_equal, find_key


@function("length", STRING | ARRAY | OBJECT, looks_through=True)
def length(value: str | list[Value] | dict[str, Value]) -> int:
    """length(value)

    Of a string in UTF-16 units; of an object the number of members.
    """
    return utf16.length(value) if isinstance(value, str) else len(value)


@function(
    "empty",
    STRING | ARRAY | OBJECT | NULL,
    looks_through=True,
    needs_scope=True,
    takes_unknown=True,
)
def empty(scope: Scope, value: str | list[Value] | dict[str, Value] | Unknown | None) -> Value:
    """empty(value)

    null is empty too; numbers and booleans are refused.
    """
    if isinstance(value, Unknown):
        known = is_empty(value, scope.session.strict)
        return LEAVE if known is None else known
    return value is None or len(value) == 0


@function("contains", ANY, ANY, needs_scope=True, takes_unknown=True)
def contains(scope: Scope, container: Value, item: Value) -> Value:
    """contains(container, itemToFind)

    A string is searched with regard to case, the names of an object without. Azure's engine takes
    an element that it does not know yet for another one; a check does not.
    """
    if isinstance(container, Unknown) or holds_unknown(item):
        return LEAVE
    if isinstance(container, list):
        results = [deep_equal(element, item) for element in container]
        if None in results and True not in results and not scope.session.strict:
            return LEAVE
        return True in results
    if not isinstance(container, (str, dict)):
        raise EvaluationError(
            f"contains() can't look into a value of type {kind_name(kind_of(container))}"
        )
    if not isinstance(item, str):
        raise EvaluationError(
            f"contains() can't look for {kind_name(kind_of(item))} in a value of type"
            f" {kind_name(kind_of(container))}"
        )
    if isinstance(container, str):
        return item in container
    found = find_key(container, item) is not None
    if not found and isinstance(container, PartialObject) and not container.closed:
        return left_in_place("contains", [container.rest, item])
    return found


@function("indexOf", STRING | ARRAY, ANY, looks_through=True)
def index_of(container: str | list[Value], item: Value) -> Value:
    """indexOf(stringOrArray, itemToFind)

    A string is searched without regard to case, an array with; -1: not found.
    """
    if isinstance(container, str):
        from armguard.dotnet import culture

        return culture.index_of(container, _text(item, "indexOf"))
    for index, element in enumerate(container):
        same = deep_equal(element, item)
        if same is None:
            return LEAVE
        if same:
            return index
    return -1


@function("lastIndexOf", STRING | ARRAY, ANY, looks_through=True)
def last_index_of(container: str | list[Value], item: Value) -> Value:
    """lastIndexOf(stringOrArray, itemToFind)

    A string is searched without regard to case, an array with; -1: not found.
    """
    if isinstance(container, str):
        from armguard.dotnet import culture

        return culture.last_index_of(container, _text(item, "lastIndexOf"))
    for index in range(len(container) - 1, -1, -1):
        same = deep_equal(container[index], item)
        if same is None:
            return LEAVE
        if same:
            return index
    return -1


def _text(item: Value, name: str) -> str:
    if isinstance(item, str):
        return item
    raise EvaluationError(f"{name}() can't look for {kind_name(kind_of(item))} in a string")


@function("first", STRING | ARRAY, looks_through=True)
def first(value: str | list[Value]) -> Value:
    """first(stringOrArray)

    '' of an empty string, null of an empty array.
    """
    if isinstance(value, str):
        return utf16.slice(value, 0, min(1, utf16.length(value)))
    return value[0] if value else None


@function("last", STRING | ARRAY, looks_through=True)
def last(value: str | list[Value]) -> Value:
    """last(stringOrArray)

    '' of an empty string, null of an empty array.
    """
    if isinstance(value, str):
        size = utf16.length(value)
        return utf16.slice(value, max(0, size - 1), min(1, size))
    return value[-1] if value else None


@function("skip", STRING | ARRAY, INTEGER, looks_through=True)
def skip(value: str | list[Value], count: int) -> Value:
    """skip(stringOrArray, numberToSkip)

    A negative number skips nothing.
    """
    count = _small("skip", count)
    if isinstance(value, str):
        size = utf16.length(value)
        start = min(max(0, count), size)
        return utf16.slice(value, start, size - start)
    return value[max(0, count) :]


@function("take", STRING | ARRAY, INTEGER, looks_through=True)
def take(value: str | list[Value], count: int) -> Value:
    """take(stringOrArray, numberToTake)

    More than there are takes all.
    """
    count = _small("take", count)
    if isinstance(value, str):
        return utf16.slice(value, 0, min(max(0, count), utf16.length(value)))
    return value[: max(0, count)]


def _small(name: str, count: int) -> int:
    if not -(2**31) <= count < 2**31:
        raise EvaluationError(f"{name}() takes a number of 32 bits, but got {count}")
    return count
