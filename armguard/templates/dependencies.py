"""Which resource of a template waits for which: dependsOn in any spelling, and what reference() and
list...() name, which Azure takes for a dependency as well.

Dependencies on what is not deployed do not count, and a serial loop is a chain of batches. What is
asked is asked of one template; nested deployments are resources like others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from armguard.errors import EvaluationError, ExpressionSyntaxError
from armguard.evaluation.evaluator import evaluate
from armguard.evaluation.identity import comparable
from armguard.evaluation.json_values import evaluate_json
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import find_key, member
from armguard.expressions.parser import is_expression, parse_expression
from armguard.expressions.syntax import Call, parts_of
from armguard.record import record
from armguard.templates.resource import Resource, Surroundings

_NO_DEPENDENCIES = ("dependson", "condition", "copy", "type", "apiversion", "metadata", "resources")
_NAMING = re.compile(r"\b(?:references?|list\w*)\s*\(", re.IGNORECASE)


@record
class Waits:
    """Whether one resource is deployed only after another one."""

    for_it: bool
    open: bool = False
    """whether something among its dependencies is not known, so that it may wait all the same"""


class Dependencies:
    """Those between the resources of one template."""

    def __init__(self, deployment: Surroundings) -> None:
        self._deployment = deployment
        self._by_name: dict[str, list[Resource]] = {}
        self._loops: dict[str, list[Resource]] = {}
        self._direct: dict[str, tuple[tuple[Resource, ...], bool]] = {}
        for each in deployment.resources():
            for name in names_of(each):
                self._by_name.setdefault(name, []).append(each)
            if each.indexed:
                self._loops.setdefault(_loop_of(each), []).append(each)

    def waits(self, resource: Resource, other: Resource) -> Waits:
        """Whether `resource` waits for `other`, directly or not."""
        seen = {resource.key}
        pending = [resource]
        is_open = False
        while pending:
            direct, unclear = self._direct_ones(pending.pop())
            is_open |= unclear
            for each in direct:
                if each.key == other.key:
                    return Waits(True)
                if each.key not in seen:
                    seen.add(each.key)
                    pending.append(each)
        return Waits(False, is_open)

    def _direct_ones(self, resource: Resource) -> tuple[tuple[Resource, ...], bool]:
        """What it waits for itself, and whether there may be more."""
        if resource.key not in self._direct:
            found: dict[str, Resource] = {}
            is_open = False
            for target in _written_ones(resource):
                named = self._named(target)
                found.update((each.key, each) for each in named)
                is_open |= isinstance(target, Unknown) and not named
            for target in _implicit_ones(resource):
                found.update((each.key, each) for each in self._named(target))
            before, unclear = self._batch_before(resource)
            found.update((each.key, each) for each in before)
            found.pop(resource.key, None)
            deployed = tuple(each for each in found.values() if _is_deployed(each))
            self._direct[resource.key] = deployed, is_open or unclear
        return self._direct[resource.key]

    def _named(self, target: Value) -> list[Resource]:
        if not isinstance(target, (str, Unknown)):
            return []
        text = comparable(target)
        return self._by_name.get(text) or self._by_name.get(below_provider(text)) or []

    def _batch_before(self, resource: Resource) -> tuple[list[Resource], bool]:
        """The batch of a serial loop before that of this iteration."""
        size = batch_size(resource)
        index = resource.scope.copy_index
        if isinstance(size, Unknown) or isinstance(index, Unknown):
            return [], size is not None
        if size is None or index is None or index < size:
            return [], False
        first = (index // size - 1) * size
        return self._loops[_loop_of(resource)][first : first + size], False


def batch_size(resource: Resource) -> int | Unknown | None:
    """How many iterations of its loop are deployed at the same time; None: all, or it has none."""
    if not resource.indexed:
        return None
    deployment = resource.deployment
    loop = deployment.prepare(member(resource.written, "copy"))

    def asked(name: str) -> Value:
        return evaluate_json(deployment.prepare(member(loop, name)), deployment.scope)

    try:
        mode, size = asked("mode"), asked("batchSize")
    except EvaluationError:
        return None
    if isinstance(mode, Unknown):
        return mode
    if not isinstance(mode, str) or mode.lower() != "serial":
        return None
    if isinstance(size, Unknown):
        return size
    return size if isinstance(size, int) and size > 0 else 1


def _loop_of(resource: Resource) -> str:
    return resource.key.rpartition("[")[0]


def _is_deployed(resource: Resource) -> bool:
    """What is referred to as existing is there already, and nobody waits for what is left out."""
    try:
        return not resource.existing and resource.condition is not False
    except EvaluationError:
        return True


def names_of(resource: Resource) -> Iterator[str]:
    """All by which a dependency can name a resource, as `comparable` spells it."""
    if resource.symbol is not None:
        yield resource.symbol.lower()
    if resource.indexed:
        if resource.symbol is not None:
            yield resource.symbol.rpartition("[")[0].lower()
        yield from _loop_names(resource)
    try:
        name, identifier = comparable(resource.name), comparable(resource.id)
    except EvaluationError:
        return  # a broken header is reported where the resource itself is evaluated
    yield name
    yield identifier
    yield below_provider(identifier)
    yield f"{resource.type.lower()}/{name}"


def _loop_names(resource: Resource) -> Iterator[str]:
    loop = resource.deployment.prepare(member(resource.written, "copy"))
    try:
        name = evaluate_json(member(loop, "name"), resource.deployment.scope)
    except EvaluationError:
        return
    yield comparable(name)


def below_provider(identifier: str) -> str:
    """`microsoft.keyvault/vaults/kv` of an id; a scope below another resource is left out too."""
    return identifier.rpartition("/providers/")[2]


def _written_ones(resource: Resource) -> Iterator[Value]:
    if find_key(resource.written, "dependsOn") is None:
        return
    try:
        targets = resource.evaluate("dependsOn")
    except EvaluationError:
        return
    yield from targets if isinstance(targets, list) else (targets,)


def _implicit_ones(resource: Resource) -> Iterator[Value]:
    """What reference() and list...() name. With inner scope those of a nested template are no
    dependencies of its deployment, but those of what is passed to it are."""
    written = {
        name: value
        for name, value in resource.written.items()
        if name.lower() not in _NO_DEPENDENCIES
    }
    properties = find_key(written, "properties")
    if properties is not None and resource.is_deployment and is_inner(resource):
        written[properties] = _without_template(written[properties])
    for text in _texts(written):
        for call in _calls(text):
            try:
                target = evaluate(call.arguments[0], resource.scope)
            except EvaluationError:
                continue  # it hangs on a property loop, or is reported where it is evaluated
            if isinstance(target, (str, Unknown)):
                yield target


def is_inner(resource: Resource) -> bool:
    properties = member(resource.written, "properties")
    scope = member(member(properties, "expressionEvaluationOptions"), "scope")
    return resource.deployment.symbolic or (isinstance(scope, str) and scope.lower() == "inner")


def _without_template(properties: Any) -> Any:
    if not isinstance(properties, Mapping):
        return properties
    return {name: value for name, value in properties.items() if name.lower() != "template"}


def _texts(written: Any) -> Iterator[str]:
    """All texts in what is written that may name another resource."""
    pending = [written]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str) and is_expression(value) and _NAMING.search(value):
            yield value


def _calls(text: str) -> Iterator[Call]:
    try:
        parts = parts_of(parse_expression(text))
    except ExpressionSyntaxError:
        return
    for part in parts:
        if isinstance(part, Call) and part.arguments and _NAMING.match(f"{part.name}("):
            yield part
