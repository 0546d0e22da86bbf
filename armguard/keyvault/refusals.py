"""Values of a vault, or of a child `accessPolicies`, that the service refuses.

The write that is refused takes nothing away, and nothing else of its deployment is rolled back.
Only what is known counts: something unknown may turn out to be right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import member
from armguard.keyvault.api_versions import most_entries
from armguard.keyvault.permissions import PERMISSIONS
from armguard.record import record

OPERATIONS = ("add", "replace", "remove")
_MODES = ("default", "recover")


@record
class Refusal:
    """One value that the service refuses."""

    what: Literal["name", "createMode", "accessPolicies"]
    """the member that has it"""
    path: tuple[int | str, ...]
    """where in the value of the member, as far as it is written there"""
    why: str
    """what is wrong with it, as the end of a sentence"""


def refusals(
    policies: Value,
    *,
    mode: Value = None,
    version: Value = None,
    operation: Value = None,
) -> Iterator[Refusal]:
    """What is wrong with one write: the evaluated accessPolicies and createMode, the API version,
    and of a child its operation in lower case."""
    if isinstance(operation, str) and operation not in OPERATIONS:
        known = ", ".join(OPERATIONS)
        why = f"the last part of its name is '{_cut(operation)}', and there are only {known}"
        yield Refusal("name", (), why)
    if mode is not None and not isinstance(mode, Unknown):
        if not isinstance(mode, str):
            yield Refusal("createMode", (), f"createMode is {_kind(mode)} and not a text")
        elif mode.lower() not in _MODES:
            why = f"createMode is '{_cut(mode)}', and there are only default and recover"
            yield Refusal("createMode", (), why)
    yield from _of_list(policies, version)


def _of_list(policies: Value, version: Value) -> Iterator[Refusal]:
    if policies is None or isinstance(policies, Unknown):
        return
    if not isinstance(policies, list):
        yield Refusal("accessPolicies", (), f"accessPolicies is {_kind(policies)} and not an array")
        return
    most = most_entries(version)
    if len(policies) > most:
        why = f"accessPolicies has {len(policies)} entries, and there may be {most}"
        yield Refusal("accessPolicies", (), why)
    for index, entry in enumerate(policies):
        for path, why in _of_entry(entry):
            said = f"entry {index} of accessPolicies {why}"
            yield Refusal("accessPolicies", (index, *path), said)


def _of_entry(entry: Value) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if isinstance(entry, Unknown):
        return
    if not isinstance(entry, Mapping):
        yield (), f"is {_kind(entry)} and not an object"
        return
    for name in ("tenantId", "objectId"):
        value = member(entry, name)
        if value is None:
            yield (name,), f"has no {name}"
        elif not isinstance(value, (str, Unknown)):
            yield (name,), f"has {_kind(value)} as its {name}, which is a text"
    permissions = member(entry, "permissions")
    if permissions is None:
        yield ("permissions",), "has no permissions"
    elif isinstance(permissions, Mapping):
        for kind in PERMISSIONS:
            yield from _of_permissions(kind, member(permissions, kind))
    elif not isinstance(permissions, Unknown):
        yield ("permissions",), f"has {_kind(permissions)} as its permissions, which is an object"


def _of_permissions(kind: str, names: Value) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if names is None or isinstance(names, Unknown):
        return
    path = ("permissions", kind)
    if not isinstance(names, list):
        yield path, f"has {_kind(names)} as its permissions for {kind}, which is an array of texts"
    elif not all(isinstance(each, (str, Unknown)) for each in names):
        yield path, f"has permissions for {kind} that are no texts"


_LONGEST = 60


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _kind(value: Value) -> str:
    match value:
        case None:
            return "null"
        case str():
            return "a text"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case list():
            return "an array"
        case _:
            return "an object"
