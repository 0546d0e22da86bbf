"""Files that are passed by mistake: what each seems to be, and what to pass instead.

Nothing of the file is shown but the code of an error: it may hold secrets, and names of people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from armguard.deployed.inventory import text
from armguard.deployed.readings import powershell_vaults, stack_what_if, what_if
from armguard.deployed.readings.pages import page_of
from armguard.evaluation.values import find_key, member
from armguard.source.schema import is_parameters, is_template

_CODE = re.compile(r"[A-Za-z0-9._-]{1,80}")
_WITHOUT_VAULT = (
    "holds access policies without the id of their vault, so it can't be told which vault they are"
    " of: leave out --query, or keep id in it"
)
_PREDICTED = "is a list of resources that are predicted, and predicted is not deployed"


def failure_of(document: Any) -> str | None:
    """What went wrong where an error was written in place of a result; None: nothing did."""
    result = member(document, "properties")
    stack = stack_what_if.is_result(document)
    for holder in (document, result) if stack or _has_changes(result) else (document,):
        error = member(holder, "error")
        if error:
            return f"is an error of Azure{_code(text(error, 'code'))} and no result"
    if _is_error(document):
        return f"is an error of Azure{_code(text(document, 'code'))} and no result"
    status = text(result, "provisioningState") if stack else text(document, "status")
    is_result = stack or _has_changes(document) or _has_changes(result)
    if is_result and status.lower() not in ("succeeded", ""):
        return f"is a what-if that has not succeeded{_code(status)}"
    return None


def _has_changes(document: Any) -> bool:
    return any(find_key(document, name) for name in ("changes", "potentialChanges"))


def _is_error(document: Any) -> bool:
    names = {name.lower() for name in document} if isinstance(document, Mapping) else set()
    return {"code", "message"} <= names and "id" not in names


def _code(code: str) -> str:
    return f" ({code})" if _CODE.fullmatch(code) else ""


def seems_to_be(document: Any) -> str:
    """What a file is that tells nothing of vaults: the rest of a sentence that begins with its
    name."""
    if not isinstance(document, (Mapping, list)):
        return "is a single value and no output about vaults"
    if is_template(document):
        return "is a template: it says what will be deployed, not what is"
    if is_parameters(document):
        return "is a parameter file: pass it with --parameters"
    if isinstance(member(document, "resources"), (list, Mapping)):
        written = find_key(document, "contentVersion") is not None
        return (
            "is a template: it says what will be deployed, not what is" if written else _PREDICTED
        )
    if isinstance(member(document, "template"), Mapping):
        return "is an exported template: it says what can be deployed, not what is"
    if what_if.is_of_powershell(document):
        return (
            "is a what-if of PowerShell in which no access policies are left: use 'az deployment"
            " group what-if --no-pretty-print'"
        )
    elements = [each for each in page_of(document).elements if each is not None]
    if not elements:
        return (
            "holds nothing, which proves nothing: 'az keyvault list' prints an empty list also"
            " where it may not read"
        )
    return _elements_seem_to_be([each for each in elements if isinstance(each, Mapping)])


def _elements_seem_to_be(elements: Iterable[Mapping[str, Any]]) -> str:
    every = list(elements)
    ids = [text(each, "id").lower() or text(each, "kid").lower() for each in every]
    if any(each.startswith("https://") for each in ids):
        return "is a list of secrets, keys or certificates, and none of vaults"
    if any("/roleassignments/" in each for each in ids) or _any(every, "roleDefinitionId"):
        return "is a list of role assignments, and roles are no access policies"
    if any(map(powershell_vaults.is_removed, every)):
        return (
            "is a list of soft-deleted vaults by Get-AzKeyVault -InRemovedState, which looks like"
            " vaults without access policies: use 'az keyvault list-deleted'"
        )
    if _any(every, "apiVersion"):
        return _PREDICTED
    if any(map(_is_policy, every)) or any(map(_lacks_id, every)):
        return _WITHOUT_VAULT
    if any(each.startswith("/subscriptions/") for each in ids):
        return "holds no vault, workspace or user-assigned identity"
    return "is no output about vaults"


def _any(elements: Iterable[Mapping[str, Any]], name: str) -> bool:
    return any(find_key(each, name) is not None for each in elements)


def _is_policy(element: Mapping[str, Any]) -> bool:
    return find_key(element, "objectId") is not None and any(
        find_key(element, name) is not None for name in ("permissions", "PermissionsToSecretsStr")
    )


def _lacks_id(element: Mapping[str, Any]) -> bool:
    """Whether it is a vault or the properties of one, and has no id."""
    properties = member(element, "properties")
    names = [*element, *(properties if isinstance(properties, Mapping) else ())]
    return any(name.lower().endswith("accesspolicies") for name in names)
