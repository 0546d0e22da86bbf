"""Links between the templates of one template spec: a path leads to one that is kept beside.

The spec has them all in its own resource, each under the path that its main template links it by.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from armguard.evaluation.values import find_key, member
from armguard.finding import Location
from armguard.pointer import keys_of
from armguard.templates.embedding import TEMPLATE_SPECS
from armguard.templates.nested import passed_parameters
from armguard.templates.resource import NestedDeployment, Resource

_BESIDE = ("linkedTemplates", "artifacts")
"""2019-06-01-preview called them artifacts"""


def open_beside(resource: Resource) -> NestedDeployment | None:
    """The nested deployment of a template that its template spec keeps beside; None: it links none
    of those. Raises `EvaluationError` where Azure would refuse it."""
    spec = _spec_around(resource)
    relative = None if spec is None else resource.read("templateLink", "relativePath").value
    if spec is None or not isinstance(relative, str):
        return None
    beside = _beside(spec)
    own = beside.path_around(resource.place)
    found = beside.by_path.get(_plain(posixpath.join(posixpath.dirname(own), relative)))
    return None if found is None else _opened(resource, spec, *found)


def _opened(
    resource: Resource, spec: Resource, written: Any, place: Location
) -> NestedDeployment | None:
    if any(_is_in(each.place, place) for each in resource.gates):
        return NestedDeployment(None, "its template links itself in a circle")
    template = spec.computed(written)
    if not isinstance(template, dict):
        return NestedDeployment(None, "its template in the template spec is no object")
    properties = member(resource.written, "properties")
    supplied = passed_parameters(properties, resource, template)
    return NestedDeployment(resource.deployment.inside(resource, template, place, supplied))


def _spec_around(resource: Resource) -> Resource | None:
    """The template spec that keeps what a resource stands in."""
    around = resource.deployment.parent
    while around is not None and around.is_deployment:
        around = around.deployment.parent
    return around if around is not None and around.type.lower() == TEMPLATE_SPECS else None


class _Beside:
    """The templates that a template spec keeps beside its main one."""

    def __init__(self, spec: Resource) -> None:
        self.by_path: dict[str, tuple[Any, Location]] = {}
        """plain path -> template as it is written, place of that; of equal paths the first"""
        self._by_place: dict[Location, str] = {}
        for path, written, place in _written_out(spec):
            self.by_path.setdefault(_plain(path), (written, place))
            self._by_place[place] = path

    def path_around(self, place: Location) -> str:
        """The path of the template in which something stands; empty: it is the main one."""
        keys = keys_of(place.pointer)
        places = (Location(place.path).child(*keys[:length]) for length in range(len(keys)))
        return next((self._by_place[each] for each in places if each in self._by_place), "")


@lru_cache(maxsize=1)
def _beside(spec: Resource) -> _Beside:
    """The links of a template spec are asked for one after the other."""
    return _Beside(spec)


def _written_out(spec: Resource) -> Iterator[tuple[str, Any, Location]]:
    """(path, template as it is written, place of that) of all that are written out."""
    properties = member(spec.written, "properties")
    for name in _BESIDE:
        entries = member(properties, name)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            path, key = member(entry, "path"), find_key(entry, "template")
            if isinstance(path, str) and key is not None:
                yield path, entry[key], spec.property_place(name).child(index, key)


def _is_in(place: Location, around: Location) -> bool:
    return place.path == around.path and f"{place.pointer}/".startswith(f"{around.pointer}/")


def _plain(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/")).lower()
