"""What is known of a list that is not known: entries that it surely has, and those it may have.

Azure's engine leaves such an expression in place, so the value stays an `Unknown`; this stands in
it. Emptiness and the known entries count, whatever functions the list went through. A function that
is not named here makes a value of which nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from math import inf

from armguard.errors import EvaluationError
from armguard.evaluation.identity import is_another_each_time, value_text
from armguard.evaluation.text_pieces import compose_text, is_plain_text, text_pieces
from armguard.evaluation.unknown import (
    PartlyKnownList,
    Reason,
    Unknown,
    Value,
    as_expression,
    holds_unknown,
)
from armguard.evaluation.values import value_key
from armguard.expressions.syntax import Call, Expression, Literal, parts_of
from armguard.record import replace


def known_of(value: Value) -> PartlyKnownList | None:
    """What is known of a value as a list; None: it may be something else."""
    if isinstance(value, list):
        return PartlyKnownList(tuple(value), least=len(value))
    return value.list if isinstance(value, Unknown) else None


def lists_of(values: Iterable[Value]) -> list[PartlyKnownList] | None:
    """The same of several that are lists if one of them is; None: none is known to be."""
    found = [known_of(value) for value in values]
    if all(each is None for each in found):
        return None
    return [PartlyKnownList((), open=True) if each is None else each for each in found]


def chained(lists: Sequence[PartlyKnownList]) -> PartlyKnownList:
    """concat(): all entries of all of them."""
    return PartlyKnownList(
        tuple(entry for each in lists for entry in each.sure),
        tuple(entry for each in lists for entry in each.perhaps),
        open=any(each.open for each in lists),
        least=sum(each.least for each in lists),
    )


def united(lists: Sequence[PartlyKnownList]) -> PartlyKnownList:
    """union(), distinct(): each entry once."""
    every = chained(lists)
    sure, perhaps = _once(every.sure), _once(every.perhaps)
    others = [value for key, value in perhaps.items() if key not in sure]
    return _of(list(sure.values()), others, open_=every.open, least=min(every.least, 1))


def common(lists: Sequence[PartlyKnownList]) -> PartlyKnownList:
    """intersection(): what stands in all of them."""
    # of a list that may have anything nothing can be told, of its partners as much as ever
    base = min(lists, key=lambda each: each.open)
    others = [_Holder(each) for each in lists if each is not base]

    def in_all(entry: Value) -> bool | None:
        answers = {other.holds(entry) for other in others}
        return False if False in answers else None if None in answers else True

    return united([chosen(base, in_all)])


def chosen(known: PartlyKnownList, fits: Callable[[Value], bool | None]) -> PartlyKnownList:
    """filter(): `fits` says None where that is not known."""
    sure: list[Value] = []
    perhaps: list[Value] = []
    for entry in known.sure:
        answer = fits(entry)
        if answer is not False:
            (sure if answer else perhaps).append(entry)
    perhaps.extend(entry for entry in known.perhaps if fits(entry) is not False)
    return _of(sure, perhaps, open_=known.open)


def changed(known: PartlyKnownList, change: Callable[[Value], Value]) -> PartlyKnownList:
    """map(): each entry by itself."""
    return PartlyKnownList(
        tuple(map(change, known.sure)), tuple(map(change, known.perhaps)), known.open, known.least
    )


def some(known: PartlyKnownList, count: int, *, skipped: bool) -> PartlyKnownList:
    """take() and skip(): in which order the entries stand is not known."""
    count = max(0, count)
    is_all = count == 0 if skipped else not known.open and count >= len(known.entries)
    if is_all:
        return known
    is_none = not known.open and count >= len(known.entries) if skipped else count == 0
    if is_none:
        return PartlyKnownList(())
    least = max(0, known.least - count) if skipped else min(known.least, count)
    return PartlyKnownList((), known.entries, known.open, least)


def either(lists: Sequence[PartlyKnownList]) -> PartlyKnownList:
    """if(): one of these."""
    once = [_once(each.sure) for each in lists]
    entries = _once([entry for each in lists for entry in each.entries])
    sure = {key: value for key, value in entries.items() if all(key in each for each in once)}
    return PartlyKnownList(
        tuple(sure.values()),
        tuple(value for key, value in entries.items() if key not in sure),
        open=any(each.open for each in lists),
        least=min(each.least for each in lists),
    )


def _of(sure: list[Value], perhaps: list[Value], *, open_: bool, least: int = 0) -> PartlyKnownList:
    """Known entries that differ are as many; those that are open may be one and the same."""
    known = sum(not holds_unknown(entry) for entry in sure)
    return PartlyKnownList(tuple(sure), tuple(perhaps), open_, max(known, min(len(sure), 1), least))


def _once(values: Iterable[Value]) -> dict[Hashable, Value]:
    first: dict[Hashable, Value] = {}
    for value in values:
        first.setdefault(_key(value), value)
    return first


def _key(value: Value) -> Hashable:
    return value_text(as_expression(value)) if holds_unknown(value) else value_key(value)


class _Holder:
    """A list that is asked what it holds."""

    def __init__(self, known: PartlyKnownList) -> None:
        self._sure = _once(known.sure)
        self._perhaps = _once(known.perhaps)
        entries = known.entries
        self._may_hold_any = known.open or any(map(holds_unknown, entries))
        self._is_empty = not entries and not known.open

    def holds(self, entry: Value) -> bool | None:
        """None: that is not known."""
        key = _key(entry)
        if key in self._sure:
            return True
        if self._may_hold_any or key in self._perhaps or holds_unknown(entry):
            return False if self._is_empty else None
        return False


MOST = 1_024
"""Entries that are told apart: as many access policies as a vault can have."""


def result_of(name: str, arguments: Sequence[Value], left: Unknown) -> Value:
    """What a check makes of a call that Azure's engine leaves in place as `left`."""
    function = _FUNCTIONS.get(name.lower())
    result = None if function is None else function(*arguments)
    if isinstance(result, PartlyKnownList):
        return with_list(left, result)
    return left if result is None else result


def with_list(left: Unknown, known: PartlyKnownList | None) -> Value:
    """The same unknown value, of which this is known. A list that can have no entry is known,
    unless only Azure computes it."""
    if known is None:
        return left
    if len(known.entries) > MOST:
        known = PartlyKnownList(known.sure[:MOST], open=True, least=known.least)
    is_empty = not known.entries and not known.open
    return [] if is_empty and left.reason is not Reason.RUNTIME else replace(left, list=known)


Result = PartlyKnownList | Value
"""None: nothing"""


def _of_lists(combine: Callable[[Sequence[PartlyKnownList]], PartlyKnownList]) -> _Function:
    """A function of arrays alone, or of something else alone."""

    def function(*values: Value) -> Result:
        if not all(isinstance(value, (list, Unknown)) for value in values):
            return None
        lists = lists_of(values)
        return None if lists is None else combine(lists)

    return function


def _flatten(value: Value) -> Result:
    return _of_lists(chained)(*value) if isinstance(value, list) else None


def _array(value: Value) -> Result:
    return value if known_of(value) is not None else None


def _part(*, skipped: bool) -> _Function:
    def function(value: Value, count: Value) -> Result:
        known = known_of(value)
        if known is None:
            return None
        if not isinstance(count, int):
            return PartlyKnownList((), known.entries, known.open)
        return some(known, count, skipped=skipped)

    return function


def _empty(value: Value) -> Result:
    known = known_of(value)
    if known is None or (known.least == 0 and (known.entries or known.open)):
        return None
    return known.least == 0


def _length(value: Value) -> Result:
    known = known_of(value)
    is_exact = known is not None and not known.open and known.least == len(known.entries)
    return known.least if known is not None and is_exact else None


def _contains(container: Value, item: Value) -> Result:
    known = known_of(container)
    if known is None:
        return None
    if any(_is_same(entry, item) for entry in known.sure):
        return True
    return _Holder(known).holds(item) if isinstance(container, Unknown) else None


def _is_same(first: Value, second: Value) -> bool:
    """Whether two values that are not known are surely one and the same."""
    one, other = as_expression(first), as_expression(second)
    text = value_text(one)
    return (
        text == value_text(other)
        and not is_another_each_time(text)
        # names have no case, but texts have
        and _texts(one) == _texts(other)
    )


def _texts(residual: Expression) -> list[Value]:
    literals = (part for part in parts_of(residual) if isinstance(part, Literal))
    return [each.value for each in literals]


def _equals(first: Value, second: Value) -> Result:
    if _is_same(first, second):
        return True
    lists = lists_of((first, second))
    if lists is None:
        (lower, upper), (other_lower, other_upper) = _limits(first), _limits(second)
    else:
        (lower, upper), (other_lower, other_upper) = map(_lengths, lists)
    return False if lower > other_upper or other_lower > upper else None


def _greater(first: Value, second: Value) -> Result:
    (lower, upper), (other_lower, other_upper) = _limits(first), _limits(second)
    return True if lower > other_upper else False if upper <= other_lower else None


def _at_least(first: Value, second: Value) -> Result:
    (lower, upper), (other_lower, other_upper) = _limits(first), _limits(second)
    return True if lower >= other_upper else False if upper < other_lower else None


def _limits(number: Value) -> tuple[float, float]:
    """Between which numbers a number is, if it is the length of a list."""
    match number:
        case int():
            return number, number
        case Unknown(_, Call(name, (of,))) if name.lower() == "length":
            known = known_of(_value_of(of, number))
            return (0, inf) if known is None else _lengths(known)
    return -inf, inf


def _lengths(known: PartlyKnownList) -> tuple[float, float]:
    return known.least, inf if known.open else len(known.entries)


def _json(text: Value) -> Result:
    """json(string(x)) is x, and so in a text that is put together around it, as
    `concat('[', string(x), ']')`."""
    if not isinstance(text, Unknown):
        return None
    inside: dict[str, Value] = {}
    parts: list[str] = []
    for number, piece in enumerate(text_pieces(text.residual)):
        mark = f"\ue000{number}\ue001"
        match piece:
            case Literal(str(written)):
                parts.append(written)
                continue
            case Call(name, (of,)) if name.lower() == "string":
                inside[mark] = _value_of(of, text)
                if known_of(inside[mark]) is None and not isinstance(inside[mark], dict):
                    return None  # a text that may hold quotes and brackets of its own
                parts.append(f'"{mark}"')
            case _ if is_plain_text(piece):
                inside[mark] = Unknown(text.reason, piece, text.detail)
                parts.append(mark)
            case _:
                return None
    from armguard.dotnet.json_net import parse

    try:
        return _filled(parse("".join(parts)), inside)
    except EvaluationError:
        return None


def _filled(made: Value, inside: dict[str, Value]) -> Value:
    """What was parsed, with the values in place of their marks."""
    if isinstance(made, list):
        return [_filled(each, inside) for each in made]
    if isinstance(made, dict):
        if any("\ue000" in name for name in made):
            raise EvaluationError("the name of a member is not known")
        return {name: _filled(value, inside) for name, value in made.items()}
    if not isinstance(made, str) or "\ue000" not in made:
        return made
    if made in inside:
        return inside[made]
    texts = re.split("(\ue000[0-9]+\ue001)", made)
    pieces = [inside.get(each, each) for each in texts if each]
    return compose_text(*(each for each in pieces if isinstance(each, (str, Unknown))))


def _value_of(node: Expression, cause: Unknown) -> Value:
    """A residual as the value that it is what is left of."""
    match node:
        case Literal(value):
            written: Value = value
            return written
        case Call(name, arguments) if name.lower() in _FUNCTIONS:
            left = Unknown(cause.reason, node, cause.detail)
            return result_of(name, [_value_of(each, cause) for each in arguments], left)
    return Unknown(cause.reason, node, cause.detail)


_Function = Callable[..., Result]

_FUNCTIONS: dict[str, _Function] = {
    "union": _of_lists(united),
    "concat": _of_lists(chained),
    "intersection": _of_lists(common),
    "distinct": _of_lists(united),
    "flatten": _flatten,
    "array": _array,
    "take": _part(skipped=False),
    "skip": _part(skipped=True),
    "empty": _empty,
    "length": _length,
    "contains": _contains,
    "equals": _equals,
    "greater": _greater,
    "greaterorequals": _at_least,
    "less": lambda first, second: _greater(second, first),
    "lessorequals": lambda first, second: _at_least(second, first),
    "json": _json,
}
