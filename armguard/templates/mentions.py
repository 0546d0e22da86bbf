"""Where a template speaks of one of its resources, in whatever spelling: for those who change it.

A mention is a place in the text. Templates of inner scope and linked ones speak of what is passed
to them, and not of the resources of the template around them; those of outer scope are a part of
it. In a template of outer scope an expression means what it would mean around it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

from armguard.errors import EvaluationError, ExpressionSyntaxError
from armguard.evaluation.evaluator import evaluate
from armguard.evaluation.identity import comparable, may_be_same
from armguard.evaluation.scope import Scope
from armguard.evaluation.unknown import Unknown
from armguard.evaluation.values import find_key, member
from armguard.expressions.parser import is_expression, parse_expression
from armguard.expressions.spans import CallSpan, calls_in
from armguard.finding import Location
from armguard.record import record
from armguard.templates.dependencies import below_provider, is_inner, names_of
from armguard.templates.nested import is_outer
from armguard.templates.resource import Resource, Surroundings

_COPY_INDEX = re.compile("copyindex", re.IGNORECASE)
_READING = ("reference", "references", "resourceinfo")


@record
class Mention:
    """One text in which a resource is spoken of."""

    kind: Literal["depends-on", "reference", "id"]
    """an element of dependsOn, or all of it where it is an expression; a call of reference(),
    references() or resourceInfo(); an expression whose value is its id"""
    place: Location
    text: str
    """as it is written at the place"""
    call: CallSpan | None
    """the call, for a reference and for an id that a call makes; None: all of the text"""
    by_symbol: bool
    """whether its symbolic name is used, or another name that is no id"""
    resource: Resource | None
    """the resource that speaks of it; None: an output"""


def mentions_of(resources: Collection[Resource]) -> list[Mention]:
    """All mentions of resources of one template: one, or all iterations of a loop. What a resource
    says of itself is none, but for what it waits for; those written inside of it are others."""
    names = {name for each in resources for name in names_of(each)}
    ids = {comparable(each.id) for each in resources}
    finder = _Finder(names, ids)
    first = next(iter(resources))
    own = f"{first.place.pointer}/"
    inside = f"{own}{find_key(first.written, 'resources') or 'resources'}/"
    found: list[Mention] = []
    for deployment in _of_one_meaning(first.deployment):
        seen = {each.place for each in found}
        for mention in finder.in_deployment(deployment):
            pointer = f"{mention.place.pointer}/"
            is_own = pointer.startswith(own) and not pointer.startswith(inside)
            if mention.place not in seen and (mention.kind == "depends-on" or not is_own):
                found.append(mention)
    return found


def _of_one_meaning(deployment: Surroundings) -> Iterator[Surroundings]:
    """A template, and those around it whose names its expressions mean, from the inside out."""
    yield deployment
    while deployment.parent is not None and is_outer(deployment):
        deployment = deployment.parent.deployment
        yield deployment


def _meant_scope(resource: Resource) -> Scope:
    """The scope in which its expressions are evaluated."""
    while resource.deployment.parent is not None and is_outer(resource.deployment):
        resource = resource.deployment.parent
    return resource.scope


def _each_written_once(deployment: Surroundings) -> Iterator[list[Resource]]:
    """The resources of a template; of a loop all iterations together."""
    found: dict[Location, list[Resource]] = {}
    for each in deployment.resources():
        found.setdefault(each.place, []).append(each)
    yield from found.values()


class _Finder:
    def __init__(self, names: Collection[str], ids: Collection[str]) -> None:
        self._names = names
        self._ids = ids

    def in_deployment(self, deployment: Surroundings) -> Iterator[Mention]:
        for each in _each_written_once(deployment):
            yield from self._in_resource(each)
        key = find_key(deployment.template, "outputs")
        if key is not None:
            around = deployment.parent if is_outer(deployment) else None
            scope = deployment.scope if around is None else _meant_scope(around)
            for place, text in texts_in(deployment.place.child(key), deployment.template[key]):
                yield from self._in_text(place, text, scope, None)

    def _in_resource(self, iterations: Sequence[Resource]) -> Iterator[Mention]:
        """Each once; of a loop also those of later iterations only."""
        seen = set[tuple[Location, str, int]]()
        for number, resource in enumerate(iterations):
            scope = _meant_scope(resource)
            for place, text, in_dependencies in _texts_of(resource):
                if number and not _COPY_INDEX.search(text):
                    continue
                found = (
                    self._in_dependency(place, text, scope, resource)
                    if in_dependencies
                    else self._in_text(place, text, scope, resource)
                )
                for each in found:
                    key = (place, each.kind, each.call.start if each.call is not None else 0)
                    if key not in seen:
                        seen.add(key)
                        yield each

    def _in_dependency(
        self, place: Location, text: str, scope: Scope, resource: Resource
    ) -> Iterator[Mention]:
        found = _value_of(text, scope)
        if any(map(self._is_named, found if isinstance(found, list) else (found,))):
            yield Mention("depends-on", place, text, None, not is_expression(text), resource)

    def _in_text(
        self, place: Location, text: str, scope: Scope, resource: Resource | None
    ) -> Iterator[Mention]:
        if not is_expression(text):
            if comparable(text) in self._ids:
                yield Mention("id", place, text, None, False, resource)
            return
        try:
            calls = calls_in(text)
        except ExpressionSyntaxError:
            return
        found: list[Mention] = []
        for call in calls:
            if call.node.name.lower() in _READING and call.arguments:
                target = _evaluated(call.arguments[0].node, scope)
                if self._is_named(target):
                    by_symbol = comparable(target) not in self._ids
                    found.append(Mention("reference", place, text, call, by_symbol, resource))
            elif self._is_id(_evaluated(call.node, scope)):
                found.append(Mention("id", place, text, call, False, resource))
        yield from _innermost(found)

    def _is_id(self, value: Any) -> bool:
        return isinstance(value, (str, Unknown)) and comparable(value) in self._ids

    def _is_named(self, target: Any) -> bool:
        if not isinstance(target, (str, Unknown)):
            return False
        text = comparable(target)
        if text in self._names:
            return True
        # not one of the same name somewhere else
        return below_provider(text) in self._names and any(may_be_same(text, i) for i in self._ids)


def _innermost(found: list[Mention]) -> Iterator[Mention]:
    """Without ids around ids: of `if(parameters('new'), variables('id'), '')` what is chosen."""
    ids = [each.call for each in found if each.kind == "id" and each.call is not None]
    for each in found:
        call = each.call
        is_around = each.kind == "id" and any(
            other is not call and call.start <= other.start and other.end <= call.end
            for other in ids
            if call is not None
        )
        if not is_around:
            yield each


def _value_of(text: str, scope: Scope) -> Any:
    if not is_expression(text):
        return text
    try:
        return _evaluated(parse_expression(text), scope)
    except ExpressionSyntaxError:
        return None


def _evaluated(node: Any, scope: Scope) -> Any:
    """None where it can't be evaluated here: it hangs on a property loop, or is wrong."""
    try:
        return evaluate(node, scope)
    except EvaluationError:
        return None


def _texts_of(resource: Resource) -> Iterator[tuple[Location, str, bool]]:
    """(place, text, whether it is a dependency) of all texts that a resource has for itself."""
    for name, value in resource.written.items():
        lower = name.lower()
        place = resource.place.child(name)
        if lower == "dependson":
            yield from ((at, text, True) for at, text in texts_in(place, value))
        elif lower == "properties" and resource.is_deployment and isinstance(value, Mapping):
            for inner, each in value.items():
                if inner.lower() != "template" or not is_inner(resource):
                    yield from ((at, t, False) for at, t in texts_in(place.child(inner), each))
        elif lower != "resources":
            yield from ((at, text, False) for at, text in texts_in(place, value))


def texts_in(place: Location, written: Any) -> Iterator[tuple[Location, str]]:
    """All texts at and below a place, but for the names of members."""
    pending = [(place, written)]
    while pending:
        at, value = pending.pop()
        if isinstance(value, Mapping):
            pending.extend((at.child(name), each) for name, each in value.items())
        elif isinstance(value, list):
            pending.extend((at.child(index), each) for index, each in enumerate(value))
        elif isinstance(value, str):
            yield at, value


def depends_on(resource: Resource, names: Collection[str]) -> bool:
    """Whether an element of its dependsOn is one of these names; see `names_of`."""
    written = member(resource.written, "dependsOn")
    scope = _meant_scope(resource)
    return any(
        isinstance(value := _value_of(text, scope), (str, Unknown))
        and (comparable(value) in names or below_provider(comparable(value)) in names)
        for text in (written if isinstance(written, list) else ())
        if isinstance(text, str)
    )
