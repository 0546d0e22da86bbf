"""The structure of an inline template as the deployments around it make it.

With outer scope a parent evaluates the whole text of a nested template, its keys included, before
anyone looks for resources in it; so which resources there are, and what they are, may stand in
expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import find_key, member
from armguard.templates.written import twice

Evaluated = Callable[[Any], Value]
"""what the deployments around make of something written; as it is where they leave it alone"""


class UnknownStructureError(EvaluationError):
    """Which resources a template has can't be told before the deployment."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.detail)
        self.unknown = unknown


def with_known_keys(written: Mapping[str, Any], evaluated: Evaluated) -> Mapping[str, Any]:
    """An object with the names of its members evaluated, not what they hold.

    Raises `UnknownStructureError` where a name is not known, or there twice.
    """
    if not any(name[:1] == "[" for name in written):
        return written
    known: dict[str, Any] = {}
    for written_name, each in written.items():
        name = _name(written_name, evaluated)
        if name in known:
            raise UnknownStructureError(twice(name, (name, written_name), ""))
        known[name] = each
    return known


def _name(written: str, evaluated: Evaluated) -> str:
    name = _known(written, evaluated)
    # what looks like an expression now is one for the nested template
    return name if isinstance(name, str) and name[:1] != "[" else written


def with_known_resources(written: Any, evaluated: Evaluated) -> Any:
    """A template, or a resource in it, with its keys, its type and its resources evaluated, and
    theirs; everything else as it is written.

    Raises `UnknownStructureError` where that is not known.
    """
    holder = _known(written, evaluated)
    if not isinstance(holder, Mapping):
        return holder
    holder = with_known_keys(holder, evaluated)
    _known(member(holder, "type"), evaluated)
    key = find_key(holder, "resources")
    if key is None:
        return holder
    resources: Any = _known(holder[key], evaluated)
    if isinstance(resources, list):
        resources = [with_known_resources(each, evaluated) for each in resources]
    elif isinstance(resources, Mapping):
        resources = {
            name: with_known_resources(each, evaluated)
            for name, each in with_known_keys(resources, evaluated).items()
        }
    return {**holder, key: resources}


def _known(written: Any, evaluated: Evaluated) -> Any:
    value = evaluated(written) if isinstance(written, str) and written[:1] == "[" else written
    if isinstance(value, Unknown):
        raise UnknownStructureError(value)
    return value
