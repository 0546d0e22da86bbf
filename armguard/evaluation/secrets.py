"""Secrets inside of given values: members that a type declares as secure become unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.evaluation.types import is_secure, resolve_type, tagged
from armguard.evaluation.unknown import Unknown, Value, member_of
from armguard.evaluation.values import member


def hide_secrets(
    value: Value,
    declaration: Mapping[str, Any],
    definitions: Mapping[str, Any] | None,
    whole: Unknown,
) -> Value:
    """`value` with what its declaration calls secure replaced; `whole` stands for all of it."""
    if value is None or not isinstance(value, (dict, list)):
        return whole if is_secure(declaration) and isinstance(value, str) else value
    if is_secure(declaration):
        return whole
    if isinstance(value, dict):
        return _members(value, declaration, definitions, whole)
    prefix, items = member(declaration, "prefixItems"), member(declaration, "items")
    types = [*(prefix if isinstance(prefix, list) else []), *[items] * len(value)]
    return [
        _one(element, each, definitions, member_of(whole, index))
        for index, (element, each) in enumerate(zip(value, types, strict=False))
    ]


def _members(
    value: dict[str, Value],
    declaration: Mapping[str, Any],
    definitions: Mapping[str, Any] | None,
    whole: Unknown,
) -> dict[str, Value]:
    properties = member(declaration, "properties")
    additional = member(declaration, "additionalProperties")
    shown = {
        name: _one(
            each, member(properties, name) or additional, definitions, member_of(whole, name)
        )
        for name, each in value.items()
    }
    name, variants = tagged(member(declaration, "discriminator"))
    chosen = member(value, name)
    # where the tag names no type, what any of them calls secure may be a secret
    among = (
        [variants[chosen]] if isinstance(chosen, str) and chosen in variants else variants.values()
    )
    for variant in among:
        shown = _members(shown, resolve_type(variant, definitions), definitions, whole)
    return shown


def _one(
    value: Value, declaration: Any, definitions: Mapping[str, Any] | None, whole: Unknown
) -> Value:
    if not isinstance(declaration, Mapping):
        return value
    return hide_secrets(value, resolve_type(declaration, definitions), definitions, whole)
