"""A resource as the paths of policies see it: what it has at a path, and where that is written.

`$` is the resource with its members, all evaluated; `type` and `name` are full, with those of its
parents. `ownName` is added: the last segment of the name, which is often known where the site or
the vault before it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from armguard.errors import BudgetSpentError, EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.json_values import evaluate_json
from armguard.evaluation.scope import Consulted, Scope
from armguard.evaluation.text_pieces import unknown_segments
from armguard.evaluation.unknown import Text, Unknown, Value, refused
from armguard.evaluation.values import find_key
from armguard.policy.selector import Field, Path, Selected, Step, is_computed, select
from armguard.templates.resource import Resource

_HEADERS = ("type", "name", "ownName", "apiVersion")
_NOT_IN_WHOLE = ("type", "name", "resources", "copy", "condition", "dependson")


def select_in(resource: Resource, path: Path) -> tuple[tuple[Selected, ...], tuple[Consulted, ...]]:
    """The values at a path, and all that they depended on; only what lies on the way is evaluated.

    What can't be evaluated is unknown, its reason being FAILED.
    """
    selected: list[Selected] = []

    def question(scope: Scope) -> Value:
        selected.extend(_selected(resource, path.steps, scope))
        return None

    consulted = ask(resource.scope, question).consulted
    return tuple(selected), consulted


def _selected(resource: Resource, steps: tuple[Step, ...], scope: Scope) -> list[Selected]:
    first = steps[0] if steps else None
    if not isinstance(first, Field):
        return list(select(_whole(resource, scope), steps))
    header = next((each for each in _HEADERS if each.lower() == first.name.lower()), None)
    if header is not None:
        at = "name" if header == "ownName" else header
        return list(select(_header(resource, header), steps[1:], (at,)))
    names, value, rest = _descend(resource.written, steps)
    return list(select(_evaluated(value, scope), rest, names))


def _descend(
    written: Mapping[str, Any], steps: tuple[Step, ...]
) -> tuple[tuple[str, ...], Any, tuple[Step, ...]]:
    """As far as plain members are written: their names, what is there, and the steps left."""
    names: list[str] = []
    value: Any = written
    for step in steps:
        if not isinstance(step, Field) or not isinstance(value, Mapping):
            break
        key = find_key(value, step.name)
        if key is None and value is not written and _is_computed(value):
            break
        names.append(key or step.name)
        value = None if key is None else value[key]
    return tuple(names), value, steps[len(names) :]


def _is_computed(value: Mapping[str, Any]) -> bool:
    """Whether an object may have members that are not written out: loops, computed names."""
    return any(key.lower() == "copy" or is_computed(key) for key in value)


def _evaluated(written: Any, scope: Scope) -> Value:
    """Of an object or array in which something can't be evaluated, the rest is."""
    try:
        return evaluate_json(written, scope, loops=True)
    except EvaluationError as error:
        if isinstance(error, BudgetSpentError):
            return refused(error)
        if isinstance(written, list):
            return [_evaluated(each, scope) for each in written]
        if isinstance(written, dict) and not _is_computed(written):
            return {name: _evaluated(each, scope) for name, each in written.items()}
        return refused(error)


def _header(resource: Resource, name: str) -> Text:
    try:
        match name:
            case "type":
                return resource.type
            case "apiVersion":
                return resource.api_version
            case "name":
                return resource.name
            case _:
                return _last_segment(resource.name)
    except EvaluationError as error:
        return refused(error)


def _last_segment(name: Text) -> Text:
    if not isinstance(name, Unknown):
        return name.rpartition("/")[2]
    segments = unknown_segments(name)
    return segments[-1] if segments else name


def _whole(resource: Resource, scope: Scope) -> dict[str, Value]:
    headers = {name: _header(resource, name) for name in ("type", "name")}
    others = {
        key: _evaluated(value, scope)
        for key, value in resource.written.items()
        if key.lower() not in _NOT_IN_WHOLE
    }
    return {**headers, **others}
