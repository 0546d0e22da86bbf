"""Templates inside other things than nested deployments: stacks, template specs, policies ...

What stands in a resource is evaluated by the deployment around it like any other property, so the
expressions of a template that is kept there are escaped, `[[...]`, once for each layer around.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from armguard.errors import EvaluationError, ExpressionSyntaxError, UnreadableFileError
from armguard.evaluation.facts import Keeper, facts_of_later
from armguard.evaluation.scope import refuse_depth
from armguard.evaluation.unknown import Reason, Unknown, Value, call_left
from armguard.evaluation.values import find_key, member
from armguard.expressions.parser import is_expression, parse_expression
from armguard.expressions.syntax import Call, Property
from armguard.finding import Location
from armguard.safe_text import shown_address
from armguard.source.json_text import parse_json
from armguard.templates.embedding import EMBEDDINGS, POLICY_DEFINITIONS, Embedding, Path
from armguard.templates.nested import open_nested
from armguard.templates.parameters import GivenParameter, SuppliedParameter, given_value
from armguard.templates.resource import NestedDeployment, Resource
from armguard.templates.structure import UnknownStructureError, with_known_resources
from armguard.templates.template import level_of
from armguard.templates.written import (
    computed_members,
    nearest_place,
    unescaped,
    value_at,
    written_twice,
)

Layer = Callable[[Any], Value]
"""what becomes of something written before the template is kept"""


def open_embedded(resource: Resource) -> NestedDeployment:
    """The template that a resource holds, of one of the types of `EMBEDDINGS`.

    Raises `EvaluationError` where Azure would refuse it.
    """
    embedding = EMBEDDINGS[resource.type.lower()]
    if embedding.deployed:
        return open_nested(resource)
    layer = _layer(resource)
    if embedding.only_if is not None:
        path, wanted = embedding.only_if
        value, _ = _found(resource, path, layer)
        if isinstance(value, str) and not is_expression(value) and value.lower() != wanted:
            return NestedDeployment(None)
    for path in embedding.templates:
        template, is_written = _found(resource, path, layer)
        if template is not None:
            return _opened(resource, embedding, path, template, layer if is_written else None)
    return _elsewhere(resource, embedding, layer)


def _opened(
    resource: Resource, embedding: Embedding, path: Path, template: Value, layer: Layer | None
) -> NestedDeployment:
    """`layer`: what becomes of the text of the template first; None: it is the result of that."""
    parent = resource.deployment
    if isinstance(template, Unknown):
        return NestedDeployment(
            None, f"its template is not known: {template.detail}", open=template
        )
    if isinstance(template, str):
        try:
            template = parse_json(template)
        except UnreadableFileError:
            return NestedDeployment(None, "its template is a text that is no JSON")

    def first(written: Any) -> Value:
        return written if layer is None else layer(parent.prepare(written))

    try:
        template = with_known_resources(template, first)
    except UnknownStructureError as error:
        reason = f"which resources it has is not known: {error}"
        return NestedDeployment(None, reason, open=error.unknown)
    if not isinstance(template, Mapping):
        raise EvaluationError(f"the template of a {embedding.called} must be an object")
    deployment = parent.inside(
        resource,
        template,
        resource.member_place(*path),
        _passed(resource, embedding, template),
        inline=layer is not None,
        layer=layer,
        later=facts_of_later(level_of(template), Keeper(embedding.called, resource.key)),
    )
    return NestedDeployment(deployment)


def _elsewhere(resource: Resource, embedding: Embedding, layer: Layer) -> NestedDeployment:
    if embedding.elsewhere is None:
        return NestedDeployment(None)
    value, _ = _found(resource, embedding.elsewhere, layer)
    if value is None or value == "":
        return NestedDeployment(None)
    address = value if isinstance(value, str) else member(value, "uri") or member(value, "id")
    if not isinstance(address, str):
        return NestedDeployment(None, f"its {embedding.elsewhere[-1]} is not known")
    shown = shown_address(address)
    return NestedDeployment(None, f"its template is elsewhere, at {shown}")


def _layer(resource: Resource) -> Layer:
    """languageVersion 2.0 leaves the rule of a policy definition alone, but for its escapes."""
    is_policy = resource.type.lower().startswith(POLICY_DEFINITIONS)
    if not (is_policy and resource.deployment.symbolic):
        return resource.evaluated

    def layer(written: Any) -> Value:
        kept: Value = unescaped(written)
        return kept

    return layer


def _found(resource: Resource, path: Path, layer: Layer) -> tuple[Any, bool]:
    """What stands at a path below a resource, None where nothing does; and whether that is still as
    it is written, which holds for an object that is written out."""
    written: Any = resource.written
    for name in path:
        doubted = written_twice(written, name, resource.key)
        if doubted is not None:
            return doubted, False
        key = find_key(written, name)
        if key is None:
            if isinstance(written, str) or (
                isinstance(written, Mapping) and computed_members(written, name)
            ):
                return value_at(resource.written, path, resource.computed, resource.key), False
            return None, False
        written = written[key]
    if isinstance(written, str):
        return layer(resource.deployment.prepare(written)), False
    return written, True


def _passed(
    resource: Resource, embedding: Embedding, template: Mapping[str, Any]
) -> dict[str, SuppliedParameter]:
    """What the keeper passes to its template when that is deployed."""
    if embedding.parameters is None:
        return {}
    layer = _layer(resource)
    entries, is_written = _found(resource, embedding.parameters, layer)
    place = nearest_place(resource.place, resource.written, embedding.parameters)
    if isinstance(entries, (str, Unknown)):
        declared = member(template, "parameters")
        names = declared if isinstance(declared, Mapping) else {}
        entries, is_written = dict.fromkeys(names, entries), False

    def first(entry: Any) -> Value:
        return layer(resource.deployment.prepare(entry)) if is_written else entry

    return passed_later(entries, place, Keeper(embedding.called, resource.key), first)


def passed_later(
    entries: Any,
    place: Location,
    keeper: Keeper,
    first: Layer = lambda entry: entry,
) -> dict[str, SuppliedParameter]:
    """Parameters, by lower-case name, that are passed when a kept template is deployed: what is
    written out is known, what the keeper computes then is not. `first`: what becomes of an entry
    before it is kept."""

    def supplied(name: str, entry: Any) -> SuppliedParameter:
        def value() -> Value:
            kept = first(entry)
            refuse_depth(kept)
            kept = _computed_later(kept, keeper)
            if isinstance(kept, Unknown):
                return Unknown(kept.reason, Property(kept.residual, "value"), kept.detail)
            if find_key(kept, "reference") is None and find_key(kept, "value") is None:
                raise EvaluationError(f"the {keeper.called} passes no value for parameter '{name}'")
            return given_value(GivenParameter(name, kept))

        return SuppliedParameter(value, "passed", place.child(name))

    if not isinstance(entries, Mapping):
        return {}
    return {name.lower(): supplied(name, entry) for name, entry in entries.items()}


def _computed_later(value: Value, keeper: Keeper) -> Value:
    """A value in which the expressions of the keeper's own language are unknown."""
    if isinstance(value, str) and is_expression(value):
        detail = f"the {keeper.called} computes it when the template is deployed"
        origin = keeper.origin
        try:
            residual = parse_expression(value)
        except ExpressionSyntaxError:
            return call_left("later", value, reason=Reason.RUNTIME, detail=detail, origin=origin)
        if isinstance(residual, Call):
            residual = Call(residual.name, residual.arguments, origin)
        return Unknown(Reason.RUNTIME, residual, detail)
    if isinstance(value, dict):
        return {name: _computed_later(each, keeper) for name, each in value.items()}
    if isinstance(value, list):
        return [_computed_later(each, keeper) for each in value]
    return value
