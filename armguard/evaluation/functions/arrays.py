"""Arrays: createArray, flatten, distinct, union and intersection, indexing from the end."""

from __future__ import annotations

from collections.abc import Hashable

from armguard.errors import EvaluationError
from armguard.evaluation.functions.objects import intersect_objects, merge_objects, select
from armguard.evaluation.functions.registry import (
    ANY,
    ARRAY,
    INTEGER,
    LEAVE,
    OBJECT,
    function,
    kind_name,
    kind_of,
)
from armguard.evaluation.functions.strings import checked_length
from armguard.evaluation.unknown import Value, holds_unknown
from armguard.evaluation.values import value_key

_SET = ARRAY | OBJECT


@function("createArray", rest=ANY, takes_unknown=True)
def create_array(*values: Value) -> list[Value]:
    """createArray(first, second, ...)"""
    return list(values)


@function("array", ANY, looks_through=True)
def array(value: Value) -> list[Value]:
    """array(convertToArray)

    An array stays as it is, anything else becomes its only element.
    """
    return value if isinstance(value, list) else [value]


@function("flatten", ARRAY, looks_through=True)
def flatten(arrays: list[Value]) -> Value:
    """flatten(arrayOfArrays)

    By one level.
    """
    if any(map(_is_unknown, arrays)):
        return LEAVE
    lists: list[list[Value]] = []
    for index, element in enumerate(arrays):
        if not isinstance(element, list):
            raise EvaluationError(
                f"flatten() takes an array of arrays, but element {index} is"
                f" {kind_name(kind_of(element))}"
            )
        lists.append(element)
    checked_length(sum(map(len, lists)))
    return [element for each in lists for element in each]


def _is_unknown(value: Value) -> bool:
    return not isinstance(value, (list, dict)) and holds_unknown(value)


@function("distinct", ARRAY)
def distinct(values: list[Value]) -> list[Value]:
    """distinct(array)

    With regard to case; 1 and 1.0 are two values.
    """
    return _distinct(values)


def _distinct(values: list[Value]) -> list[Value]:
    """The first of equal values. Compared by a key, so that it takes no quadratic time."""
    first: dict[Hashable, Value] = {}
    for value in values:
        first.setdefault(value_key(value), value)
    return [*first.values()]


@function("union", _SET, _SET, rest=_SET, looks_through=True)
def union(*values: Value) -> Value:
    """union(first, second, ...)

    Arrays: each value once. Objects: merged at all levels without regard to case, the later value
    and spelling wins; an object and something else under one name are refused.
    """
    arrays, objects = _arrays_or_objects("union", values)
    if arrays:
        if any(map(holds_unknown, values)):
            return LEAVE
        return _distinct([element for each in arrays for element in each])
    result, *others = objects
    for other in others:
        merged = merge_objects(result, other)
        if merged is None:
            return LEAVE
        result = merged
    return result


@function("intersection", _SET, _SET, rest=_SET, looks_through=True)
def intersection(*values: Value) -> Value:
    """intersection(first, second, ...)

    With regard to case, also of the names of members.
    """
    arrays, objects = _arrays_or_objects("intersection", values)
    if any(map(holds_unknown, values)):
        return LEAVE
    if objects:
        return intersect_objects(objects[0], objects[1:])
    first, *others = arrays
    common = [{value_key(element) for element in other} for other in others]
    return _distinct([e for e in first if all(value_key(e) in other for other in common)])


def _arrays_or_objects(
    name: str, values: tuple[Value, ...]
) -> tuple[list[list[Value]], list[dict[str, Value]]]:
    """All values, in the first list if they are arrays, in the second if they are objects."""
    arrays = [value for value in values if isinstance(value, list)]
    objects = [value for value in values if isinstance(value, dict)]
    if len(values) in (len(arrays), len(objects)):
        return arrays, objects
    kinds = sorted({kind_name(kind_of(value)) for value in values})
    raise EvaluationError(
        f"{name}() takes arrays only or objects only, but got {' and '.join(kinds)}"
    )


@function("indexFromEnd", ARRAY, INTEGER, looks_through=True)
def index_from_end(values: list[Value], index: int) -> Value:
    """indexFromEnd(sourceArray, reverseIndex)

    1 is the last element.
    """
    if not 1 <= index <= len(values):
        raise EvaluationError(
            f"indexFromEnd() takes an index from 1 to {len(values)}, but got {index}"
        )
    return values[-index]


@function("tryIndexFromEnd", ANY, INTEGER, rest=ANY, looks_through=True)
def try_index_from_end(values: Value, index: int, *path: Value) -> Value:
    """tryIndexFromEnd(sourceArray, reverseIndex, [keyOrIndex, ...])

    null where there is no such element.
    """
    if not -(2**31) <= index < 2**31:
        raise EvaluationError(f"tryIndexFromEnd() takes an index of 32 bits, but got {index}")
    if not isinstance(values, list) or not 1 <= index <= len(values):
        return None
    return select(values[-index], path)
