"""The parameters of the root template that decide something, and the values they may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from armguard.evaluation.scope import Consulted
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import member
from armguard.keyvault.examination import Examination
from armguard.templates.parameters import DeclaredParameter

_Asked = TypeVar("_Asked")

_MOST_VALUES = 8
"""Of more values than these nobody asks what each would do."""


def of_root(examination: Examination, asked: Iterable[Consulted]) -> Iterator[DeclaredParameter]:
    """The declarations of those parameters of the root template that were consulted, and whose
    values may be spoken of."""
    declared = examination.run().deployment.names.declared
    names = (
        each.name.lower()
        for each in asked
        if each.kind == "parameter" and each.origin in ("default", "supplied", "nowhere")
    )
    for name in dict.fromkeys(names):
        if name in declared and not declared[name].secure:
            yield declared[name]


def allowed_values(declared: DeclaredParameter) -> list[Value]:
    """Its allowedValues, where it is one of these; none where there are too many to ask."""
    allowed: Value = member(declared.declaration, "allowedValues")
    if not isinstance(allowed, list) or type_of(declared) in ("array", "object"):
        return []
    return allowed if len(allowed) <= _MOST_VALUES else []


def possible_values(declared: DeclaredParameter) -> list[Value]:
    """The values that it may have, where they are few."""
    if type_of(declared) == "bool" and member(declared.declaration, "allowedValues") is None:
        return [True, False]
    return allowed_values(declared)


def type_of(declared: DeclaredParameter) -> str:
    """The declared type in lower case."""
    return str(member(declared.declaration, "type")).lower()


def that_matter(
    asked: Sequence[_Asked], is_same_without: Callable[[Sequence[_Asked]], bool]
) -> list[_Asked]:
    """Those without the value of which the answer is another one, each taken by itself. What is
    the same without many of them is the same without each: few questions are needed for many that
    do not matter."""
    if not asked or is_same_without(asked):
        return []
    if len(asked) == 1:
        return [*asked]
    half = len(asked) // 2
    return [
        *that_matter(asked[:half], is_same_without),
        *that_matter(asked[half:], is_same_without),
    ]
