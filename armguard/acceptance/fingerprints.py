"""What identifies a finding across edits: the key of a baseline, and of reports that are compared.

It is made of what somebody wrote, never of lines, indices or evaluated values: it survives moved
lines, reformatting, resources inserted above and other parameter files. Findings that are alike in
all of it are told apart by their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from armguard.dotnet.murmur import murmur_hash_64
from armguard.evaluation.values import member
from armguard.finding import Finding
from armguard.pointer import keys_of
from armguard.record import record, replace

_PRINCIPAL = ("tenantId", "objectId", "applicationId")


@record
class WrittenPlace:
    """A pointer without its indices: the innermost resource, and the way from there.

    `type` and `name` are as they are written, those of a child joined with its parents'; both are
    empty outside of resources. `inner` holds keys in lower case and principals as written.
    """

    type: str = ""
    name: str = ""
    inner: tuple[str, ...] = ()


def with_fingerprints(
    findings: Iterable[Finding], document_of: Callable[[str], Any]
) -> list[Finding]:
    """Sorted findings with their fingerprints, 32 hexadecimal digits each.

    `document_of` gives the parsed JSON of a path, None where there is none.
    """
    seen: dict[str, int] = {}
    result = []
    path, document = "", None
    for finding in findings:
        if finding.location.pointed != path:
            path = finding.location.pointed
            document = document_of(path)
        text = "\0".join(_identity(finding, document))
        ordinal = seen[text] = seen.get(text, -1) + 1
        result.append(replace(finding, fingerprint=_digest(f"{text}\0{ordinal}")))
    return result


def _digest(text: str) -> str:
    """128 bits in hexadecimal. Nobody has to be kept from forging one, so Azure's own hash, which
    is loaded anyway, does; the standard library's would cost more than all else here."""
    data = text.encode("utf-8", "surrogatepass")
    return f"{murmur_hash_64(data):016x}{murmur_hash_64(data[::-1]):016x}"


def _identity(finding: Finding, document: Any) -> tuple[str, ...]:
    location = finding.location
    place = written_place(document, location.pointer)
    type_, name = place.type, place.name
    if not type_ and finding.resource is not None:
        type_, name = finding.resource.type, finding.resource.written
    inner = "/".join(place.inner)
    return (finding.rule, location.path, type_.lower(), name, inner, finding.subject)


def written_place(document: Any, pointer: str) -> WrittenPlace:
    """What stands at a JSON pointer, said without counting.

    A nested deployment's template starts anew: its resources are identified by themselves.
    """
    types: list[str] = []
    names: list[str] = []
    inner: list[str] = []
    value = document
    container = ""
    """the key of the list or object that `value` is"""
    nested = True
    """whether the next resource has no parent but that of its template"""
    for token in keys_of(pointer):
        parent, value = value, _child(value, token)
        if container == "resources" and _is_resource(value):
            if nested:
                types, names, nested = [], [], False
            types.append(str(member(value, "type")))
            names.append(str(member(value, "name")))
            inner = []
        elif isinstance(parent, list):
            inner.extend(_said_by(value))
        else:
            inner.append(token.lower())
        if inner[-2:] == ["properties", "template"]:
            nested = True
        container = token.lower()
    return WrittenPlace("/".join(types), "/".join(names), tuple(inner))


def _child(value: Any, token: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(token)
    if isinstance(value, list) and token.isdecimal() and len(token) < 10:
        return value[int(token)] if int(token) < len(value) else None
    return None


def _is_resource(value: Any) -> bool:
    return isinstance(member(value, "type"), str)


def _said_by(element: Any) -> list[str]:
    """What tells an element of an array from others: a principal, the name of a loop, a text."""
    if isinstance(element, str):
        return [element]
    if not isinstance(element, Mapping):
        return []
    if member(element, "objectId") is not None:
        return [str(member(element, name) or "") for name in _PRINCIPAL]
    name = member(element, "name")
    return [name] if isinstance(name, str) else []
