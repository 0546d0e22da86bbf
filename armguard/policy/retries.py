"""How often Python's engine may have to try a regular expression again, by how it is written.

Two repetitions that can match the same text share it in every way there is: `a*a*b` takes time with
the square of the length, each further one multiplies that by the length again. What stands between
them keeps them apart where one of them can't match it, as in `[^/]+/[^/]+`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from armguard.record import record

_SAMPLES = frozenset([*map(chr, range(128)), "\u00e9", "\u4e00"])
"""Characters that stand for all: sets that share none of them are taken to share none."""

_FEW = 3


@record
class _Element:
    characters: frozenset[str]
    freedom: float
    """1: any number of times; less: there are a few ways; 0: there is only one"""
    needed: bool


@cache
def retries(pattern: str) -> float:
    """How many repetitions share a text at most; a choice between a few ways counts as half."""
    elements = [*_elements(_parser.parse(pattern))]
    # what comes last is never tried again
    while elements and elements[-1].freedom and not elements[-1].needed:
        elements.pop()
    worst = [0.0] * len(elements)
    for here, element in enumerate(elements):
        if not element.freedom:
            continue
        worst[here] = element.freedom
        for before in _sharing(elements, here):
            worst[here] = max(worst[here], worst[before] + element.freedom)
    return max(worst, default=0.0)


def _sharing(elements: list[_Element], here: int) -> Iterator[int]:
    """The repetitions before this one that can match the same text."""
    between: list[frozenset[str]] = []
    for before in range(here - 1, -1, -1):
        element = elements[before]
        if (
            element.freedom
            and not element.characters.isdisjoint(elements[here].characters)
            and not any(map(element.characters.isdisjoint, between))
        ):
            yield before
        if element.needed:
            between.append(element.characters)


def _elements(parsed: Any) -> Iterator[_Element]:
    for code, argument in parsed:
        match code.name:
            case "AT":
                continue
            case "SUBPATTERN":
                yield from _elements(argument[-1])
            case "ASSERT" | "ASSERT_NOT":
                yield from _elements(argument[1])
            case "MAX_REPEAT" | "MIN_REPEAT":
                yield from _repeated(*argument)
            case "BRANCH":
                yield _Element(_SAMPLES, 0.5, True)
                for each in argument[1]:
                    yield from _elements(each)
            case _:
                yield _Element(_characters(code.name, argument), 0, True)


def _repeated(least: int, most: int, inner: Any) -> Iterator[_Element]:
    if least == most:
        elements = [*_elements(inner)]
        yield from elements * min(least, 8) if any(e.freedom for e in elements) else elements
        return
    freedom = 0.5 if most - least <= _FEW else 1.0
    if len(inner) == 1 and inner[0][0].name in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
        yield _Element(_characters(inner[0][0].name, inner[0][1]), freedom, least > 0)
        return
    yield _Element(_SAMPLES, freedom, least > 0)
    yield from _elements(inner)


def _characters(name: str, argument: Any) -> frozenset[str]:
    """Which of the samples a single place can match, in any case."""
    match name:
        case "LITERAL":
            found = {chr(argument)}
        case "NOT_LITERAL":
            found = {*_SAMPLES} - {chr(argument)}
        case "IN":
            found = set()
            for code, each in argument:
                if code.name == "RANGE":
                    found.update(map(chr, range(each[0], min(each[1], 127) + 1)))
                    found.update(_SAMPLES - {*map(chr, range(128))})
                elif code.name == "CATEGORY":
                    found.update(_of_category(each.name))
                elif code.name == "LITERAL":
                    found.add(chr(each))
            if argument[0][0].name == "NEGATE":
                found = {*_SAMPLES} - found
        case _:
            return _SAMPLES
    return frozenset(found | {c.lower() for c in found} | {c.upper() for c in found})


def _of_category(name: str) -> set[str]:
    letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[name.rpartition("_")[2]]
    negated = "_NOT_" in name
    return {c for c in _SAMPLES if (re.match(rf"\{letter}", c) is None) is negated}
