"""Results of what-if: `az deployment group|sub|mg|tenant what-if --no-pretty-print`, of the API,
and of PowerShell.

Only `before` is deployed state: `after` is a prediction with the parameters of that run, and
`delta` compares lists by position. What has nothing in it is left out of `before`, so
that a list which is not there may be empty or not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from armguard.deployed.inventory import FoundVault, text
from armguard.deployed.readings.arm_resources import read_resource
from armguard.deployed.readings.reading import (
    NOTHING,
    VAULT,
    Reading,
    SeenVault,
    name_of,
    together,
    type_of,
    unread,
    vault_of,
)
from armguard.evaluation.values import find_key, member

_NOT_LOOKED_INTO = (
    "NestedDeploymentShortCircuited",
    "NestedDeploymentSkippedFromInternalExpansion",
)
_CREATED = (
    "what-if says that the deployment creates it; what-if does not show whether a soft-deleted"
    " vault has this name, and if one has, the deployment fails"
)
_NOT_SEEN = (
    "what-if shows it as not touched (Ignore): it is not in the template, or its nested deployment"
    " was not looked into"
)
_WITHOUT_LIST = (
    "what-if shows no access policies of it: the list is empty, or was left out of the result"
)
_IDS_ONLY = "what-if was run with --result-format ResourceIdOnly, which shows no access policies"


def read(document: Any) -> Reading | None:
    """The result of a what-if that succeeded; None: it is something else."""
    result = document if _changes(document) is not None else member(document, "properties")
    if _changes(result) is None:
        return None
    potential = member(result, "potentialChanges")
    every = [*(_changes(result) or ()), *(potential if isinstance(potential, list) else ())]
    changes = [each for each in every if isinstance(each, Mapping)]
    if not changes and find_key(document, "status") is None:
        return None
    skipped = tuple(_skipped(member(result, "diagnostics")))
    parts = [
        read_change(_id_of(each), text(each, "changeType"), member(each, "before"), skipped)
        for each in changes
    ]
    return together(parts, *_gaps(changes), *skipped)


def is_of_powershell(document: Any) -> bool:
    """Whether it is `Get-Az...DeploymentWhatIfResult | ConvertTo-Json`."""
    changes = _changes(document) or ()
    return any(find_key(each, "fullyQualifiedResourceId") is not None for each in changes)


def _changes(document: Any) -> list[Any] | None:
    """Those of a result; a result that names none has null in place of the list."""
    changes = member(document, "changes")
    others = member(document, "potentialChanges")
    if isinstance(changes, list):
        is_one = all(isinstance(each, Mapping) and _is_change(each) for each in changes)
        return changes if is_one else None
    return [] if isinstance(others, list) and changes is None else None


def _is_change(change: Mapping[str, Any]) -> bool:
    return find_key(change, "changeType") is not None and isinstance(_id_of(change), str)


def _id_of(change: Mapping[str, Any]) -> str:
    return text(change, "resourceId") or text(change, "fullyQualifiedResourceId")


def read_change(resource_id: str, change: str, before: Any, skipped: Sequence[str] = ()) -> Reading:
    """What one change shows of a resource as it is deployed; `change` in any case, `skipped` says
    what the run did not look into."""
    if type_of(resource_id) == VAULT:
        return Reading(vaults=(_vault(resource_id, change.lower(), before, skipped),))
    tells = isinstance(member(before, "properties"), Mapping) or member(before, "identity")
    if not tells or type_of(resource_id) == "":
        return NOTHING
    return read_resource(resource_id, before) or NOTHING


def _vault(vault_id: str, change: str, before: Any, skipped: Sequence[str]) -> SeenVault:
    if isinstance(before, Mapping) and member(before, "properties") is not None:
        properties = member(before, "properties")
        return vault_of(vault_id, properties, _WITHOUT_LIST, member(before, "location"))
    match change:
        case "create":
            return SeenVault(vault_id, FoundVault("absent", note=_CREATED))
        case "ignore":
            return unread(vault_id, "; ".join((_NOT_SEEN, *skipped)))
        case "deploy":
            return unread(vault_id, _IDS_ONLY)
    return unread(vault_id, _WITHOUT_LIST)


def _gaps(changes: list[Any]) -> Iterator[str]:
    """Why a vault of the template may not be among the changes."""
    if not any(type_of(_id_of(each)) == VAULT for each in changes):
        yield "what-if shows no vault"
    unnamed = sum(not type_of(_id_of(each)) for each in changes)
    if unnamed:
        yield (
            f"what-if could not tell the id of {unnamed} resource{'' if unnamed == 1 else 's'}:"
            " any vault that is not in the file may be one"
        )


def _skipped(diagnostics: Any) -> Iterator[str]:
    """The nested deployments of which no vault is among the changes."""
    for each in diagnostics if isinstance(diagnostics, list) else ():
        code = text(each, "code")
        known = next((name for name in _NOT_LOOKED_INTO if name.lower() == code.lower()), None)
        if known is not None:
            target = name_of(text(each, "target"))
            yield f"what-if did not look into the nested deployment '{target}' ({known})"
