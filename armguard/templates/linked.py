"""Which template a `templateLink` leads to, as far as its address is written out.

Nobody knows where the root template will lie when it is deployed, but what is relative to its own
address, `deployment().properties.templateLink.uri`, is relative to its file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.json_values import evaluate_json
from armguard.evaluation.scope import Consulted
from armguard.evaluation.text_pieces import text_pieces
from armguard.evaluation.unknown import Unknown, Value, as_expression
from armguard.evaluation.values import find_key, member
from armguard.expressions.syntax import Call, Expression, Literal, Property
from armguard.record import record
from armguard.safe_text import shown_address
from armguard.source.linking import LONGEST_SHOWN, Address, LinkedFile, short_address
from armguard.templates.resource import NestedDeployment, Resource


@record
class LinkedTemplate:
    document: Mapping[str, Any]
    path: str
    taken: tuple[Consulted, ...] = ()
    """the assumption that the link leads to this file, where it is one"""


def linked_template(
    properties: Mapping[str, Any], resource: Resource, mode: Value
) -> LinkedTemplate | NestedDeployment:
    """The template that the `templateLink` of a nested deployment leads to, or why it can't be
    looked into. Raises `EvaluationError` where Azure would refuse it."""
    parent = resource.deployment
    key = find_key(properties, "templateLink")
    evaluated = ask(
        resource.scope,
        lambda scope: evaluate_json(parent.prepare(member(properties, "templateLink")), scope),
    )
    link = evaluated.value
    if parent.session.strict:
        evaluate_json(member(properties, "parameters"), resource.scope, loops=True)
    if link is None:
        raise EvaluationError("a nested deployment needs a template or a templateLink")
    if isinstance(link, Unknown):
        reason = f"its templateLink is not known: {link.detail}"
        return NestedDeployment(None, reason, mode, link, is_link=True)
    sure = all(each.origin != "default" for each in evaluated.consulted)
    found = _found(link, resource, sure)
    if isinstance(found, str):
        return NestedDeployment(None, found, mode, is_link=True)
    if found is None:
        return _not_here(link, mode, parent.session.strict)
    if found.path in _files_around(resource):
        reason = f"its template '{found.path}' links itself in a circle"
        return NestedDeployment(None, reason, mode, is_link=True)
    place = resource.property_place().child(str(key))
    taken = (Consulted("file", found.path, "default", place),) if found.assumed else ()
    return LinkedTemplate(found.document, found.path, taken)


def _found(link: Value, resource: Resource, sure: bool) -> LinkedFile | str | None:
    find = resource.deployment.linked
    relative, uri = member(link, "relativePath"), member(link, "uri")
    if find is None:
        return None
    files = _files_around(resource)
    address: Address | None
    if isinstance(relative, str) and relative:
        address = Address(relative, beside=files[0], sure=sure)
    elif isinstance(relative, Unknown):
        address = _address(relative, sure)
    elif isinstance(uri, (str, Unknown)):
        address = _address(uri, sure)
    else:
        address = None
    return None if address is None else find(address, files)


def _not_here(link: Value, mode: Value, strict: bool) -> NestedDeployment:
    for kind, name in (("uri", "uri"), ("template spec", "id"), ("path", "relativePath")):
        value = member(link, name)
        if isinstance(value, Unknown):
            reason = f"the {kind} of its template is not known: {value.detail}"
            return NestedDeployment(None, reason, mode, value, is_link=True)
        if kind == "path" and strict:
            continue
        if isinstance(value, str) and value:
            shown = shown_address(value)
            elsewhere = shown if kind == "uri" and len(shown) <= LONGEST_SHOWN else None
            reason = f"its template is elsewhere, at {short_address(shown)}"
            return NestedDeployment(None, reason, mode, is_link=True, elsewhere=elsewhere)
    raise EvaluationError("the templateLink of a nested deployment needs a uri or an id")


def _files_around(resource: Resource) -> tuple[str, ...]:
    """The file of a resource and those of all deployments around it, from the inside out."""
    paths: dict[str, None] = {}
    around: Resource | None = resource
    while around is not None:
        paths[around.place.path] = None
        around = around.deployment.parent
    return tuple(paths)


@record
class _File:
    """The address of a file, of which nothing else is known."""

    path: str


@record
class _Folder:
    """The address of the folder of a file."""

    file: str


_Piece = str | _File | _Folder | None
"""of an address; None: not known"""

_ABSOLUTE = r"\s*[A-Za-z][A-Za-z0-9+.-]+:"


def _address(value: str | Unknown, sure: bool) -> Address | None:
    """None: it does not end in a path that is written out."""
    pieces = _merged(_pieces(as_expression(value)))
    query = ""
    for index, piece in enumerate(pieces):
        if isinstance(piece, str) and "?" in piece:
            path, _, query = piece.partition("?")
            pieces[index:] = [path]
            break
    whole = len(pieces)
    while pieces and (pieces[-1] is None or pieces[-1] == ""):
        pieces.pop()  # a token that gives access
    sure = sure and len(pieces) == whole
    match pieces:
        case [str() as text]:
            return Address(text, query, sure=sure)
        case [_Folder(file), str() as text]:
            return Address(text, query, beside=file, sure=sure)
        case [first, *_, str() as text]:
            begins = first if isinstance(first, str) else ""
            return Address(text, query, begins=begins, sure=False)
    return None


def _pieces(node: Expression) -> list[_Piece]:
    match node:
        case Literal(str() as text):
            return [text]
        case Call(name, (base, relative)) if name.lower() == "uri":
            return _resolved(_pieces(base), _pieces(relative))
        case Call(name, (_, _, Literal(str() as text))) if name.lower() == "replace":
            return [None, text]  # as of the name of the linking file by a path
        case Property(Property(Property(Call(name, (), file), properties), link), member_name) if (
            file and name.lower() == "deployment"
        ):
            written = (properties.lower(), link.lower(), member_name.lower())
            return [_File(file) if written == ("properties", "templatelink", "uri") else None]
        case Call():
            composed = text_pieces(node)
            if composed != (node,):
                return [piece for each in composed for piece in _pieces(each)]
    return [None]


def _resolved(base: list[_Piece], relative: list[_Piece]) -> list[_Piece]:
    """What uri() makes of a base and what is relative to it."""
    base, relative = _merged(base), _merged(relative)
    first, last = relative[0], relative[-1]
    if isinstance(first, str):
        if re.match(_ABSOLUTE, first):
            return relative
        if first[:1] in ("/", "\\"):  # relative to a server, or another one
            return [None, *relative]
    if isinstance(last, str) and last.rpartition("/")[2] in (".", ".."):
        relative = [*relative, "/"]
    return [*_folder_of(base), *relative]


def _folder_of(base: list[_Piece]) -> list[_Piece]:
    """What is left of an address when all behind its last slash is taken away."""
    match base:
        case [_File(path)]:
            return [_Folder(path)]
        case [*before, str() as text]:
            folder = text[: text.rfind("/") + 1]
            return [*before, folder] if folder or before else [None]
    return base


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    """The same, what is known put together."""
    merged: list[_Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, str) and isinstance(last, str):
            merged[-1] = last + piece
        else:
            merged.append(piece)
    return merged or [""]
