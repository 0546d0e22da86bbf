"""How `dependsOn` names a resource, and one more name in the `dependsOn` of another resource."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armguard.evaluation.values import find_key
from armguard.finding import quoted
from armguard.remedies.remedy import Files, RefusedError
from armguard.source.text_edits import Edit
from armguard.templates.resource import Resource


def let_wait(resource: Resource, entries: Sequence[str], files: Files) -> Iterator[Edit]:
    """Let a resource wait for what `entries` name, as elements of its dependsOn."""
    editor, place = files.json_editor(resource.place.path), resource.place
    key = find_key(resource.written, "dependsOn")
    if key is None:
        before = find_key(resource.written, "properties") or next(iter(resource.written))
        yield from editor.insert_before(place.child(before).pointer, {"dependsOn": [*entries]})
    elif isinstance(resource.written[key], list):
        yield from editor.insert_elements(place.child(key).pointer, entries)
    else:
        raise RefusedError(
            f"the dependsOn of {resource.type} {quoted(resource.shown_name)}, which has to wait for"
            " it, is an expression; write it out as a list first"
        )


def id_entry(resource_type: str, name: str, *more: str, outer: bool) -> str:
    """An element of dependsOn in a template without symbolic names. `name`: an expression; `more`:
    the names of children; `outer`: whether it stands in a nested template of outer scope, where
    resourceId() means the resource group of the template around it."""
    if not outer:
        names = ", ".join((name, *(f"'{each}'" for each in more)))
        return f"[resourceId('{resource_type}', {names})]"
    provider, first, *others = resource_type.split("/")
    below = "".join(f"/{kind}/{each}" for kind, each in zip(others, more, strict=True))
    ending = f", '{below}'" if below else ""
    return f"[concat('{provider}/{first}/', {name}{ending})]"
