"""Workspaces and identities as several files tell of them, each once.

One kind of output has the principal ids of a workspace and another the vault that it uses, so what
is known of one workspace is put together; nothing that a file tells is lost by that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from armguard.deployed.inventory import Document, People, text
from armguard.deployed.readings.reading import WORKSPACE, name_of, type_of
from armguard.evaluation.values import find_key, member


def known_workspaces(told: Iterable[Iterable[Document]]) -> tuple[Document, ...]:
    """All workspaces; a hub tells which projects are its own."""
    every = [each for documents in told for each in documents]
    return _once((*every, *(project for hub in every for project in _projects(hub))))


def known_identities(told: Iterable[Iterable[Document]]) -> tuple[Document, ...]:
    return _once(each for documents in told for each in documents)


def _projects(hub: Document) -> Iterator[Document]:
    projects = member(member(hub, "properties"), "associatedWorkspaces")
    for project in projects if isinstance(projects, list) else ():
        if isinstance(project, str) and type_of(project) == WORKSPACE:
            yield {
                "id": project,
                "name": name_of(project),
                "properties": {"hubResourceId": text(hub, "id")},
            }


def _once(documents: Iterable[Document]) -> tuple[Document, ...]:
    by_id: dict[str, Document] = {}
    for document in documents:
        key = text(document, "id").lower()
        by_id[key] = _filled(by_id[key], document) if key in by_id else document
    return tuple(by_id.values())


def _filled(one: Any, other: Any) -> Any:
    """The first, with what only the second has."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return other if one in (None, "") else one
    result = dict(one)
    for name, value in other.items():
        own = find_key(result, name)
        result[own or name] = value if own is None else _filled(result[own], value)
    return result


def without_vault(people: People) -> list[str]:
    """The names of workspaces of which no file tells which vault they use."""
    return [text(each, "name") for each in people.workspaces if not people.vault_of(each)]


def without_principal(people: People, identities: Iterable[Document]) -> list[str]:
    """The names of user-assigned identities of which no file tells the principal id."""
    ids = {text(each, "id").lower(): text(each, "name") for each in identities}
    for workspace in people.workspaces:
        assigned = member(member(workspace, "identity"), "userAssignedIdentities")
        for identity_id in assigned if isinstance(assigned, Mapping) else ():
            ids.setdefault(identity_id.lower(), name_of(identity_id))
    return [name for identity_id, name in ids.items() if not people.principal_of(identity_id)]
