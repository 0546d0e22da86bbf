"""A new parameter of the root template, passed down to where a resource is written.

In a nested template of outer scope expressions mean the parameters of the template around it; those
of inner scope and linked ones get the parameter passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from armguard.evaluation.values import find_key, member
from armguard.finding import Location
from armguard.remedies.remedy import Files, RefusedError
from armguard.source.text_edits import Edit
from armguard.templates.nested import is_outer
from armguard.templates.resource import Resource, Surroundings


def owners_of(resource: Resource) -> list[Surroundings]:
    """The deployments that need a parameter which an expression at `resource` names: the one whose
    parameters it means, and those that it is passed through, the root last."""
    owners = []
    at: Resource | None = resource
    while at is not None:
        owner = at.deployment
        while owner.parent is not None and owner.place.path == at.place.path and is_outer(owner):
            owner = owner.parent.deployment
        owners.append(owner)
        at = owner.parent
    return owners


def free_name(wanted: str, owners: Sequence[Surroundings]) -> str:
    """`wanted`, or the first of `wanted2`, `wanted3` ... that no template has a parameter of."""
    taken = {name for each in owners for name in each.names.declared}
    number, name = 1, wanted
    while name.lower() in taken:
        number += 1
        name = f"{wanted}{number}"
    return name


class Passing:
    """The edits that declare a parameter and pass it; each file and place once."""

    def __init__(self, name: str, declaration: Mapping[str, Any], files: Files) -> None:
        self._name = name
        self._declaration = declaration
        self._files = files
        self._done: set[Location] = set()

    def through(self, owners: Sequence[Surroundings]) -> Iterator[Edit]:
        """Declare it in each of these, and pass it from each to the one inside."""
        for owner in owners:
            if owner.place not in self._done:
                self._done.add(owner.place)
                yield from self._declared(owner)
            if owner.parent is not None and owner.parent.place not in self._done:
                self._done.add(owner.parent.place)
                yield from self._passed(owner.parent)

    def given(self, path: str, value: Any) -> Iterator[Edit]:
        """Write its value into a parameter file."""
        place = Location(path)
        if place in self._done:
            return
        self._done.add(place)
        document, editor = self._files.document(path), self._files.editor(path)
        key = find_key(document, "parameters")
        new = {self._name: {"value": value}}
        if key is None:
            yield from editor.insert_members("", {"parameters": new}, last=True)
        elif not isinstance(document[key], Mapping):
            raise RefusedError(f"the parameters of '{path}' are no object")
        elif find_key(document[key], self._name) is None:
            yield from editor.insert_members(place.child(key).pointer, new, last=True)

    def _declared(self, owner: Surroundings) -> Iterator[Edit]:
        editor, template = self._files.editor(owner.place.path), owner.template
        new = {self._name: self._declaration}
        key = find_key(template, "parameters")
        if key is not None:
            if not isinstance(template[key], Mapping):
                raise RefusedError("the parameters of the template are no object")
            place = owner.place.child(key)
            yield from editor.insert_members(place.pointer, new, last=True)
            return
        following = find_key(template, "variables") or find_key(template, "resources")
        place = owner.place.child(following or "resources")
        yield from editor.insert_before(place.pointer, {"parameters": new})

    def _passed(self, nested: Resource) -> Iterator[Edit]:
        key = find_key(nested.written, "properties")
        properties = nested.written[key] if key is not None else None
        if key is None or not isinstance(properties, Mapping):
            raise RefusedError("the properties of the deployment around it are an expression")
        if member(properties, "parametersLink") is not None:
            raise RefusedError(
                "the deployment around it takes its parameters from a parametersLink; add it there"
            )
        editor, place = self._files.editor(nested.place.path), nested.place.child(key)
        new = {self._name: {"value": f"[parameters('{self._name}')]"}}
        given = find_key(properties, "parameters")
        if given is None:
            first = next(iter(properties))
            yield from editor.insert_before(place.child(first).pointer, {"parameters": new})
        elif isinstance(properties[given], Mapping):
            yield from editor.insert_members(place.child(given).pointer, new, last=True)
        else:
            raise RefusedError(
                "the deployment around it is passed its parameters as one expression"
            )
