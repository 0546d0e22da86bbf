"""A template with one set of parameters at one place: its resources and outputs.

Resources are declared without evaluating more than the counts of their loops; nested deployments
are opened when asked for (`nested.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import evaluate
from armguard.evaluation.facts import Facts
from armguard.evaluation.json_values import copy_count, evaluate_json, uses_copy_index
from armguard.evaluation.scope import OPENINGS, RESOURCES_INSIDE, Consulted, Scope, Session
from armguard.evaluation.unknown import Text, Unknown, Value
from armguard.evaluation.values import find_key, member
from armguard.expressions.parser import is_expression, parse_expression
from armguard.expressions.syntax import Call, Literal
from armguard.finding import Location
from armguard.record import replace
from armguard.templates.holding import with_type
from armguard.templates.names import Names
from armguard.templates.parameters import (
    Problem,
    SuppliedParameter,
    declared_parameters,
    rejections,
    user_functions,
)
from armguard.templates.resource import Linked, NestedDeployment, Resource
from armguard.templates.resource_index import ResourceIndex
from armguard.templates.template import is_symbolic
from armguard.templates.variables import declared_variables
from armguard.templates.wanted import Wanted
from armguard.templates.written import written_twice

_TOO_MANY = (
    f"after {OPENINGS:,} nested deployments, or {RESOURCES_INSIDE:,} resources in them, no more are"
    " looked into"
)
_VAULTS = "microsoft.keyvault/vaults"


class Deployment:
    """One template, root or nested.

    `key` is "" for the root. Raises `EvaluationError` where the parameters, variables or functions
    are not written as such.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        place: Location,
        supplied: Mapping[str, SuppliedParameter],
        facts: Facts,
        session: Session,
        *,
        key: str = "",
        parent: Resource | None = None,
        linked: Linked | None = None,
        inline: bool = False,
        taken: tuple[Consulted, ...] = (),
        layer: Callable[[Any], Value] | None = None,
        overridable: bool = True,
    ) -> None:
        """`inline`: the template is written inside of its parent's; `layer`: what that makes of its
        text first. `overridable`: whoever deploys it may pass other values than its defaults."""
        self.template = template
        self.place = place
        self.facts = replace(facts, file=place.path)
        self.session = session
        self.key = key
        self.parent = parent
        self.linked = linked
        self.taken = taken
        self._inline = inline
        self._layer = layer
        self.symbolic = is_symbolic(template)
        self.doubted = written_twice(template, "resources", None if session.strict else key)
        variables, variable_places = declared_variables(template, place, session.strict)
        self.names = Names(
            parameters=declared_parameters(template, place),
            supplied=supplied,
            variables=variables,
            variable_places=variable_places,
            functions=user_functions(template),
            path=key,
            overridable=overridable,
            prepare=self.prepare,
        )
        self._index = ResourceIndex(self)
        self.names.resources = self._index
        self.scope = Scope(session, self.names, self.facts)
        self.problems: list[Problem] = []
        """what kept a check from looking at a resource; a strict session raises instead"""
        self._resources: dict[str, Resource] = {}
        self._nested: dict[str, NestedDeployment] = {}

    def prepare(self, written: Any) -> Any:
        """What is written in this template, as the deployments around it have evaluated it: with
        outer scope everything is evaluated there first, all the way down."""
        if not self._inline or self.parent is None:
            return written
        written = self.parent.deployment.prepare(written)
        return written if self._layer is None else self._layer(written)

    def rejections(self) -> list[Problem]:
        """What Azure would refuse about the parameters."""
        definitions = member(self.template, "definitions")
        return list(rejections(self.names.declared, self.names.supplied, self.scope, definitions))

    def resources(
        self, types: Iterable[str] | None = None, *, towards: str | None = None
    ) -> Iterator[Resource]:
        """The resources, loops unrolled and children after their parents; those of nested
        deployments are in `nested()`.

        `types`: only these, in lower case; the loops of others are not even counted. `towards`:
        only the one with this key, and those that it stands in.
        """
        wanted = Wanted(None if types is None else frozenset(types), towards)
        key = find_key(self.template, "resources")
        if key is not None:
            if self.doubted is not None:
                message = f"'resources' of a template is not known: {self.doubted.detail}"
                self.problems.append(Problem("error", message, self.place.child(key)))
            written = self.template[key]
            if isinstance(written, str):
                written = self.prepare(written)
            if not isinstance(written, (list, Mapping)) and written is not None:
                message = "the resources of a template must be an array or an object"
                self.problems.append(Problem("error", message, self.place.child(key)))
                return
            yield from self._declare(written, self.place.child(key), None, self.scope, wanted)

    def nested(self, resource: Resource) -> NestedDeployment:
        """The nested deployment that a resource makes, or the template that it keeps."""
        opened = self._nested.get(resource.key)
        if opened is None:
            may_open = self.session.may_open()
            opened = _opened(resource) if may_open else NestedDeployment(None, _TOO_MANY)
            self._nested[resource.key] = opened
        return opened

    def with_id(self, identifier: Text) -> Resource | None:
        """The resource of this template with this id."""
        return self._index.with_id(identifier)

    def facts_inside(self, resource: Resource, content_version: Any = None) -> Facts:
        """Where the nested deployment that a resource makes goes."""
        from armguard.templates.nested_place import nested_facts

        return nested_facts(resource, content_version)

    def place_inside(self, resource: Resource) -> Facts:
        """The same without the location of the resource group, which may take a search."""
        from armguard.templates.nested_place import placed_facts

        return placed_facts(resource)

    def inside(
        self,
        resource: Resource,
        template: Mapping[str, Any],
        place: Location,
        supplied: Mapping[str, SuppliedParameter],
        *,
        inline: bool = False,
        outer: bool = False,
        taken: tuple[Consulted, ...] = (),
        layer: Callable[[Any], Value] | None = None,
        later: Facts | None = None,
    ) -> Deployment:
        """The deployment of `template` that a resource of this one makes. `outer`: this one
        evaluates its text first; `layer`: what else becomes of it first; `later`: where it goes, if
        the resource only keeps it for a later deployment."""
        if outer:
            layer = resource.evaluated
        return Deployment(
            template,
            place,
            supplied,
            later or self.facts_inside(resource, member(template, "contentVersion")),
            self.session,
            key=resource.key,
            parent=resource,
            linked=self.linked if later is None else None,
            inline=inline,
            taken=(*self.taken, *taken),
            layer=layer,
            overridable=later is not None,
        )

    def _declare(
        self,
        resources: Any,
        place: Location,
        parent: Resource | None,
        scope: Scope,
        wanted: Wanted,
    ) -> Iterator[Resource]:
        base = parent.key if parent is not None else self.key
        for key, written in wanted.entries(resources, f"{base}|{place.pointer}/"):
            if not isinstance(written, Mapping):
                if self.session.strict:
                    raise EvaluationError(f"resource {key} must be an object")
                message = f"resource {key} must be an object"
                self.problems.append(Problem("error", message, place.child(key), about=written))
                continue
            if not wanted.may_be_below(written, None if parent is None else parent.type):
                continue
            try:
                yield from self._iterations(key, written, place.child(key), parent, scope, wanted)
            except EvaluationError as error:
                if self.session.strict:
                    raise
                keys = (key, find_key(written, "copy") or find_key(written, "type") or "type")
                self._refuse(error, written, place.child(*keys), parent)

    def _refuse(
        self,
        error: EvaluationError,
        written: Mapping[str, Any],
        place: Location,
        parent: Resource | None,
    ) -> None:
        about = written if parent is None else with_type(written, _full_type(written, parent))
        self.problems.append(Problem("error", error.told, place, about=about))

    def _tell_of_language_2(self, resource: Resource) -> None:
        """Azure refuses `@options` without languageVersion 2.0, and `existing` by analogy. What
        that makes of a vault, its verdict says."""
        if resource.type.lower() == _VAULTS:
            return
        for name in ("@options", "existing"):
            key = find_key(resource.written, name)
            if key is not None and resource.written[key]:
                error = EvaluationError(
                    f"'{key}' needs languageVersion 2.0, which this template does not say"
                )
                place = resource.place.child(key)
                self._refuse(error, resource.written, place, resource.parent)

    def _iterations(
        self,
        name_or_index: str | int,
        written: Mapping[str, Any],
        place: Location,
        parent: Resource | None,
        scope: Scope,
        wanted: Wanted,
    ) -> Iterator[Resource]:
        base = parent.key if parent is not None else self.key
        symbol = name_or_index if isinstance(name_or_index, str) else None
        if symbol is not None and parent is not None and parent.symbol is not None:
            symbol = f"{parent.symbol}::{symbol}"
        loop = member(written, "copy")
        indices: Iterable[int | Unknown | None]
        if not isinstance(loop, Mapping):
            indices, name = (None,), ""
        elif parent is not None:
            raise EvaluationError("a resource inside of another one can't have a copy loop")
        else:
            members = {each.lower(): value for each, value in self.prepare(loop).items()}
            name = str(evaluate_json(members.get("name"), scope))
            doubted = written_twice(written, "copy", None if self.session.strict else base)
            try:
                count = copy_count(members, scope) if doubted is None else doubted
            except EvaluationError as error:
                if self.session.strict:
                    raise
                keys = (find_key(written, "copy") or "copy", find_key(loop, "count") or "count")
                self._refuse(error, written, place.child(*keys), parent)
                return
            if isinstance(count, Unknown):
                indices = (_any_index(name, count),)
            else:
                indices = wanted.indices(count, f"{base}|{place.pointer}")
            if count == 0 and self.session.strict:
                _evaluate_once(member(written, "dependsOn"), scope)
        for index in indices:
            shown = "" if index is None else f"[{index}]"
            # what stands for all iterations is the first one in worlds where these are known
            position = "[0]" if isinstance(index, Unknown) else shown
            key = f"{base}|{place.pointer}{position}"
            resource = self._resources.get(key)
            if resource is None:
                self.session.declared_inside += self.parent is not None
                resource = self._resources[key] = Resource(
                    self,
                    written,
                    place,
                    scope if index is None else scope.in_resource_loop(name, index),
                    parent=parent,
                    symbol=None if symbol is None else symbol + shown,
                    key=key,
                    indexed=index is not None,
                )
                if not self.session.strict and not self.symbolic:
                    self._tell_of_language_2(resource)
            if wanted.yields(resource.type):
                yield resource
            children = find_key(written, "resources")
            if children is not None:
                yield from self._declare(
                    written[children], place.child(children), resource, resource.scope, wanted
                )

    def outputs(self) -> dict[str, tuple[str, Value]]:
        """Name -> (declared type, value) of all outputs whose condition is not false."""
        from armguard.templates.outputs import evaluate_outputs

        return evaluate_outputs(self)


def _opened(resource: Resource) -> NestedDeployment:
    if resource.is_deployment:
        from armguard.templates.nested import open_nested

        return _beside(resource) or open_nested(resource)
    from armguard.templates.embedded import open_embedded

    return open_embedded(resource)


def _beside(resource: Resource) -> NestedDeployment | None:
    """What a nested deployment links of the template spec that it stands in."""
    if resource.deployment.facts.keeper is None:
        return None
    from armguard.templates.spec_links import open_beside

    return open_beside(resource)


def _full_type(written: Mapping[str, Any], parent: Resource) -> str:
    """The type of a child, as far as it is written out."""
    own = str(member(written, "type"))
    is_short = own[:1] != "[" and "." not in own.partition("/")[0]
    return f"{parent.type}/{own}" if is_short else own


def _evaluate_once(depends_on: Any, scope: Scope) -> None:
    """Azure evaluates what a loop without iterations depends on, where that is the same for all."""
    for text in depends_on if isinstance(depends_on, list) else ():
        if isinstance(text, str) and is_expression(text):
            expression = parse_expression(text)
            if not uses_copy_index(expression):
                evaluate(expression, scope)


def _any_index(name: str, count: Unknown) -> Unknown:
    """The index of a loop whose count is not known."""
    return Unknown(count.reason, Call("copyIndex", (Literal(name),)), count.detail)
