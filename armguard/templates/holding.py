"""Whether what is written may hold a resource of some type, told without evaluating anything.

On the safe side: what is an expression, or stands in another file, may hold everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from armguard.errors import UnreadableFileError
from armguard.evaluation.values import occurrences
from armguard.source.json_text import parse_json
from armguard.templates.embedding import DEPLOYMENTS, EMBEDDINGS, Embedding, Path

_NESTED = Embedding(
    "nested deployment",
    (("properties", "template"),),
    elsewhere=("properties", "templateLink"),
)
_HOLDERS = {DEPLOYMENTS: _NESTED, **EMBEDDINGS}


def may_hold(template: Any, types: Collection[str] = ()) -> bool:
    """Whether a template may have a resource of one of `types` (in lower case), at any depth;
    without types: whether which resources it has is not all written out."""
    if not isinstance(template, Mapping) or _has_open_name(template):
        return True
    return any(_any_may_be(each, types, None) for each in _spelled(template, "resources"))


def resource_may_hold(written: Any, types: Collection[str] = (), around: str | None = None) -> bool:
    """The same for a resource, which may itself be of such a type. `around`: the type of the
    resource that it is a child of."""
    if not isinstance(written, Mapping) or _has_open_name(written):
        return True
    own = next(iter(_spelled(written, "type")), None)
    if own is not None and (not isinstance(own, str) or own[:1] == "["):
        return True
    full = (own or "").lower()
    if around is not None and "." not in full.partition("/")[0]:
        full = f"{around}/{full}"
    if full in types or any(
        _any_may_be(each, types, full) for each in _spelled(written, "resources")
    ):
        return True
    holder = _HOLDERS.get(full)
    return holder is not None and _may_be_inside(written, holder, types)


def with_type(written: Mapping[str, Any], full: str) -> dict[str, Any]:
    """A resource as it is written, with its full type."""
    others = {name: each for name, each in written.items() if name.lower() != "type"}
    return {**others, "type": full}


def _any_may_be(resources: Any, types: Collection[str], around: str | None) -> bool:
    if isinstance(resources, Mapping):
        if _has_open_name(resources):
            return True
        resources = [*resources.values()]
    if resources is None:
        return False
    return not isinstance(resources, list) or any(
        resource_may_hold(each, types, around) for each in resources
    )


def _may_be_inside(written: Mapping[str, Any], holder: Embedding, types: Collection[str]) -> bool:
    if holder.only_if is not None:
        path, wanted = holder.only_if
        found = _values_at(written, path)
        said = [each.lower() for each in found if isinstance(each, str) and each[:1] != "["]
        if found and len(said) == len(found) and wanted not in said:
            return False
    if holder.elsewhere is not None and _values_at(written, holder.elsewhere):
        return True
    inside = [each for path in holder.templates for each in _values_at(written, path)]
    return any(may_hold(_parsed(each), types) for each in inside)


def _parsed(template: Any) -> Any:
    """A template that is given as a text is what the text says."""
    if not isinstance(template, str) or template[:1] == "[":
        return template
    try:
        return parse_json(template)
    except UnreadableFileError:
        return template


def _values_at(written: Any, path: Path) -> list[Any]:
    """What may be meant by a path: in all spellings, and what it may be computed from."""
    found = [written]
    for name in path:
        below: list[Any] = []
        for each in found:
            if not isinstance(each, Mapping) or _has_open_name(each):
                below.append("[]")
            else:
                below.extend(value for value in _spelled(each, name) if value is not None)
        found = below
    return found


def _has_open_name(value: Mapping[str, Any]) -> bool:
    return any(name[:1] == "[" for name in value)


def _spelled(value: Mapping[str, Any], name: str) -> list[Any]:
    """The members of this name in every spelling: which one counts is not established."""
    return [each for _, each in occurrences(value, name)]
