"""Objects: createObject, items, objectKeys, shallowMerge, tryGet; names merge without case."""

from __future__ import annotations

from armguard.dotnet import ordinal
from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import access
from armguard.evaluation.functions.registry import (
    ANY,
    ARRAY,
    INTEGER,
    LEAVE,
    OBJECT,
    STRING,
    function,
    kind_name,
    kind_of,
)
from armguard.evaluation.unknown import PartialObject, Unknown, Value, member_of
from armguard.evaluation.values import deep_equal


@function("createObject", rest=ANY, takes_unknown=True)
def create_object(*values: Value) -> Value:
    """createObject(name, value, ...)

    Names that differ in case stay two members, and the same name twice is refused.
    """
    names = values[::2]
    if len(values) % 2:
        raise EvaluationError(
            f"createObject() takes names and values in turn, but got {len(values)} arguments"
        )
    known: list[str] = []
    for name in names:
        if isinstance(name, str):
            known.append(name)
        elif not isinstance(name, Unknown):
            raise EvaluationError(
                f"a name of createObject() must be String, but is {kind_name(kind_of(name))}"
            )
    if len(set(known)) < len(known):
        name = next(name for name in known if known.count(name) > 1)
        raise EvaluationError(f"createObject() got the name '{name}' twice")
    if len(known) != len(names):
        return LEAVE
    return dict(zip(known, values[1::2], strict=True))


def merge_objects(first: dict[str, Value], second: dict[str, Value]) -> dict[str, Value] | None:
    """Both objects merged at all levels; None: that hangs on something unknown."""
    names: list[str | None] = [*first]
    values = [*first.values()]
    positions = {name: position for position, name in enumerate(first)}
    by_any_case: dict[str, int] = {}
    for position, name in enumerate(first):
        by_any_case.setdefault(ordinal.fold(name), position)
    for name, value in second.items():
        position = by_any_case.setdefault(ordinal.fold(name), len(names))
        if position == len(names):
            names.append(name)
            values.append(value)
        else:
            merged = _merge(values[position], value)
            if merged is LEAVE:
                return None
            values[position] = merged
            if (other := positions.get(name, position)) != position:
                names[other] = None  # one spelling takes the place of both
            names[position] = name
        positions[name] = position
    return {name: value for name, value in zip(names, values, strict=True) if name is not None}


def _merge(first: Value, second: Value) -> Value:
    if second is None:
        return first
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        known = second if isinstance(first, Unknown) else first
        return LEAVE if isinstance(known, (dict, Unknown)) else second
    if isinstance(first, dict) and isinstance(second, dict):
        merged = merge_objects(first, second)
        return LEAVE if merged is None else merged
    kinds = kind_of(first) | kind_of(second)
    if first is not None and kinds & (ARRAY | OBJECT) and kind_of(first) is not kind_of(second):
        raise EvaluationError(
            f"union() can't merge {kind_name(kind_of(first))} with {kind_name(kind_of(second))}"
        )
    return second


def intersect_objects(first: dict[str, Value], others: list[dict[str, Value]]) -> dict[str, Value]:
    """The members that all objects have, with equal names and values."""
    return {
        name: value
        for name, value in first.items()
        if all(name in other and deep_equal(value, other[name]) for other in others)
    }


@function("shallowMerge", ARRAY, looks_through=True)
def shallow_merge(objects: list[Value]) -> Value:
    """shallowMerge(arrayOfObjects)

    The later value wins, under the earlier spelling of its name.
    """
    result: dict[str, Value] = {}
    spellings: dict[str, str] = {}
    for index, each in enumerate(objects):
        if isinstance(each, Unknown):
            return LEAVE
        if not isinstance(each, dict):
            raise EvaluationError(
                f"shallowMerge() takes an array of objects, but element {index} is"
                f" {kind_name(kind_of(each))}"
            )
        for name, value in each.items():
            result[spellings.setdefault(ordinal.fold(name), name)] = value
    return result


def sorted_names(value: dict[str, Value]) -> list[str]:
    """The names of an object ordinally without case, as .NET's OrdinalIgnoreCase has them."""
    return sorted(value, key=ordinal.rank)


@function("items", OBJECT, looks_through=True)
def items(value: dict[str, Value]) -> list[Value]:
    """items(inputObject)

    `{"key", "value"}` of each member, sorted by key without regard to case.
    """
    return [{"key": name, "value": value[name]} for name in sorted_names(value)]


@function("objectKeys", OBJECT, looks_through=True)
def object_keys(value: dict[str, Value]) -> list[Value]:
    """objectKeys(object)

    Sorted without regard to case.
    """
    return [*sorted_names(value)]


@function("tryGet", ANY, STRING | INTEGER, rest=ANY, looks_through=True)
def try_get(value: Value, first: Value, *rest: Value) -> Value:
    """tryGet(itemToTest, keyOrIndex, ...)

    null where the first key or index is missing, or where there is null on the way; of the further
    ones a missing one is an error. `{"value": 1, "fromEnd": true}` counts from the end.
    """
    if isinstance(value, PartialObject) and value.closed:
        value = dict(value)
    return select(access(value, first, safe=True) if _selectable(value, first) else None, rest)


def select(value: Value, path: tuple[Value, ...]) -> Value:
    """A value further down: null where there is null on the way, an error where a member lacks."""
    for key in path:
        if value is None:
            return None
        if isinstance(value, Unknown):
            value = member_of(value, key)
        else:
            value = access(value, _from_start(value, key))
    return value


def _from_start(value: Value, key: Value) -> Value:
    """The index that an index from the end stands for."""
    if not isinstance(key, dict) or not isinstance(value, list):
        return key
    index = key.get("value")
    if type(index) is not int:
        raise EvaluationError("an index from the end needs an integer value")
    return len(value) - index if key.get("fromEnd") is True else index


def _selectable(value: Value, key: Value) -> bool:
    return (isinstance(value, dict) and isinstance(key, str)) or (
        isinstance(value, list) and isinstance(key, int)
    )
