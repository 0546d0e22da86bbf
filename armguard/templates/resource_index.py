"""The resources of one template by symbolic name, id and name."""

from __future__ import annotations

from armguard.errors import EvaluationError
from armguard.evaluation.identity import comparable
from armguard.evaluation.text_pieces import unknown_segments
from armguard.evaluation.unknown import Text
from armguard.templates.resource import Resource, Surroundings


class ResourceIndex:
    """The resources of one template by symbolic name, id and name, built when first needed."""

    def __init__(self, deployment: Surroundings) -> None:
        self._deployment = deployment
        self._built = False
        self._symbols: dict[str, Resource] = {}
        self._ids: dict[str, list[Resource]] = {}
        self._names: dict[str, list[Resource]] = {}
        self._last_segments: dict[str, list[Resource]] = {}
        self._loops: dict[str, list[str]] = {}

    def find(self, target: Text) -> Resource | None:
        """The resource that reference(target) means, by an equal expression where that is not
        known; a child also by its own name. None: none of this template, or several."""
        self._build()
        if self._deployment.symbolic and isinstance(target, str) and target in self._symbols:
            return self._symbols[target]
        found = self.with_id(target)
        if found is not None:
            return found
        key = comparable(target)
        named = self._names.get(key) or self._last_segments.get(key, [])
        return named[0] if len(named) == 1 else None

    def with_id(self, identifier: Text) -> Resource | None:
        """The resource of this template with this id."""
        self._build()
        key = comparable(identifier)
        found = self._ids.get(key, [])
        # what two parameters that default to newGuid() leave looks the same and is not
        return found[-1] if found and (len(found) == 1 or "newguid(" not in key) else None

    def around(self, identifier: Text) -> Resource | None:
        """The resource with this id that a deployment around this one writes."""
        parent = self._deployment.parent
        while parent is not None:
            found = parent.deployment.with_id(identifier)
            if found is not None:
                return found
            parent = parent.deployment.parent
        return None

    def loop(self, symbol: str) -> list[str] | None:
        """The symbols of the resources of a loop."""
        self._build()
        return self._loops.get(symbol)

    def _build(self) -> None:
        if self._built:
            return
        self._built = True
        session = self._deployment.session
        # who looks for one resource does not depend on the names of all the others
        trail, session.trail = session.trail, None
        try:
            for resource in self._deployment.resources():
                self._add(resource)
        finally:
            session.trail = trail

    def _add(self, resource: Resource) -> None:
        if resource.symbol is not None:
            self._symbols[resource.symbol] = resource
            if resource.indexed:
                loop = self._loops.setdefault(resource.symbol.rpartition("[")[0], [])
                loop.append(resource.symbol)
        try:
            if resource.existing or resource.condition is False:
                return
            name, identifier = resource.name, resource.id
        except EvaluationError:
            return  # a broken header is reported where the resource itself is evaluated
        self._names.setdefault(comparable(name), []).append(resource)
        segments = name.split("/") if isinstance(name, str) else unknown_segments(name) or ()
        if len(segments) > 1:
            self._last_segments.setdefault(comparable(segments[-1]), []).append(resource)
        self._ids.setdefault(comparable(identifier), []).append(resource)
