"""# deployment-would-fail

## What it checks

A vault, or a child `vault/add`, has a value that the service refuses:

- `accessPolicies` that is no array, or has more than 1024 entries (16 with API version 2015-06-01
  and 2016-10-01)
- an entry without `tenantId`, `objectId` or `permissions`, or with permissions that are no arrays
  of texts
- `createMode` that is neither `default` nor `recover`, in any casing: there is no `create`
- a child whose name ends in something else than `add`, `replace` or `remove`

With `--live` or `--against` also a value that the deployed state does not allow: another `location`
or `softDeleteRetentionInDays` than the vault has, `createMode: recover` of a vault that is not
there, a child of a vault that is not there.

## Symptoms

The deployment fails with `BadRequest`, for instance `An invalid value was provided for
'accessPolicies'`; with `InvalidResourceLocation`; with `The property "softDeleteRetentionInDays"
has been set already and it can't be modified`; with `VaultNotFound` or `ParentResourceNotFound`.

## Why

The write that is refused takes nothing away. But Azure rolls nothing back: what else the deployment
writes stays written, also a vault whose empty list has removed everybody while its child is
refused. And those who repair such a template in a hurry meet what it does once it gets through, or
delete the vault.

## Example

```json
{
  "type": "Microsoft.KeyVault/vaults",
  "apiVersion": "2026-02-01",
  "name": "kv-example",
  "location": "westeurope",
  "properties": {
    "createMode": "create",
    "tenantId": "[subscription().tenantId]",
    "sku": { "family": "A", "name": "standard" },
    "enableRbacAuthorization": false,
    "accessPolicies": []
  }
}
```

## Use instead

A value that the service takes, or the value that the vault has. Another location needs another
vault. To keep the access policies, one of the ways out (`armguard rules remedies`).

## When it can't know

Values that are known only while Azure deploys are not looked at. Whether a principal exists can't
be seen here.

## References

- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults
- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/accesspolicies
- https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
- https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-resource-location
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from armguard.explaining.because import short
from armguard.explaining.case import Case
from armguard.explaining.list_sighting import change_sighting, place_in
from armguard.explaining.setting_sighting import setting_sighting, written_setting
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Detail, Location, Severity, quoted
from armguard.keyvault.assessment import AssessedVault, PolicyChange
from armguard.keyvault.refusals import OPERATIONS, Refusal
from armguard.keyvault.sureness import least, sureness_of
from armguard.keyvault.verdict import WIPES
from armguard.record import replace

if TYPE_CHECKING:
    from armguard.deployed.comparison import Comparison

SUMMARY = "a value that the service refuses, so that the deployment fails"
SEVERITY = Severity.ERROR
_ONCE_MENDED = {
    "emptied": "an empty accessPolicies list, which removes all its access policies",
    "missing": "no accessPolicies list, which fails again or removes all its access policies",
    "replaced": "exactly this list: whoever was granted access elsewhere is removed",
}
"""verdict -> with what the vault is deployed"""


def find(case: Case) -> Iterator[Sighting]:
    for vault in () if case.assessment.rejected else case.assessment.vaults:
        if vault.written is not None:
            yield from _of_vault(vault, case)
    for change in () if case.assessment.rejected else case.assessment.changes:
        if change.written is not None:
            yield from _of_child(change, case)
    for comparison in case.comparisons:
        vault = comparison.vault
        if comparison.found.state in ("absent", "deleted"):
            yield from _not_there(comparison, case)
        for name, reason in comparison.failures:
            if written_setting(vault, name) is not None:
                yield setting_sighting(
                    f"the deployment of vault '{vault.name}' fails: {reason}",
                    vault,
                    name,
                    case,
                    extra=(Detail("fix", (f"write the {name} that the vault has",)),),
                    subject=vault.name,
                )


def _not_there(comparison: Comparison, case: Case) -> Iterator[Sighting]:
    """What needs a vault that is not deployed. Soft-deleted ones are not in every snapshot."""
    vault, found = comparison.vault, comparison.found
    is_recovered = found.state == "absent" and vault.verdict.outcome.protected == "recover"
    if is_recovered and written_setting(vault, "createMode") is not None:
        unless = ", unless a soft-deleted one" if found.note is not None else ""
        yield setting_sighting(
            f"the deployment of vault '{vault.name}' fails: createMode is recover, and there is no"
            f" such vault{unless}",
            vault,
            "createMode",
            case,
            certainty=Certainty.POSSIBLE if unless else None,
            extra=(Detail("fix", ("make the vault with createMode default",)),),
            subject=vault.name,
        )
    if vault.verdict.kind != "not-written":
        return
    for change in vault.changes:
        if change.written is not None and not change.refusals:
            message = f"the deployment of child {change.resource} fails: there is no vault"
            elsewhere = comparison.elsewhere
            where = f"; the one of this name is {elsewhere}" if elsewhere is not None else ""
            if found.state == "deleted":
                where = ", only a soft-deleted one of this name"
            seen = change_sighting(
                f"{message} {quoted(vault.name)} at its place{where}", change, change.place
            )
            certainty = vault.verdict.certainty or Certainty.CERTAIN
            yield replace(seen, certainty=least(seen.certainty, certainty))


def _of_vault(vault: AssessedVault, case: Case) -> Iterator[Sighting]:
    for name in ("createMode", "accessPolicies"):
        found = [each for each in vault.refusals if each.what == name]
        if not found or written_setting(vault, name) is None:
            continue
        seen = setting_sighting(
            f"the deployment of vault {quoted(vault.name)} fails: {_why(found)}",
            vault,
            name,
            case,
            extra=tuple(_what_then(vault)),
        )
        yield replace(seen, location=_place(found[0], seen.location, case))


def _what_then(vault: AssessedVault) -> Iterator[Detail]:
    yield Detail("so", ("the refused write takes nothing away; what else is written stays",))
    is_a_list = not any(each.what == "accessPolicies" and not each.path for each in vault.refusals)
    if vault.verdict.kind in WIPES and is_a_list:
        what = _ONCE_MENDED[vault.verdict.kind]
        yield Detail("then", (f"once that is mended, the vault is deployed with {what}",))
        yield Detail("help", ("armguard rules remedies",))


def _of_child(change: PolicyChange, case: Case) -> Iterator[Sighting]:
    found = change.refusals
    if found:
        first = found[0]
        setting = change.settings["accessPolicies"]
        is_name = first.what == "name"
        message = f"the deployment of child {change.resource} fails: {_why(found)}"
        place = change.name_place if is_name else _place(first, setting.place, case)
        seen = change_sighting(message, change, place)
        if not is_name:
            seen = replace(seen, certainty=least(seen.certainty, sureness_of(setting.evaluated)))
        yield replace(seen, details=(Detail("so", ("it changes no access policy",)),))
        return
    strange = [each for each in change.operations if each is not None and each not in OPERATIONS]
    if strange:
        names = " or ".join(map(short, strange))
        message = (
            f"the deployment of child {change.resource} fails where the last part of its name is"
            f" {names}: there are only {', '.join(OPERATIONS)}"
        )
        seen = change_sighting(message, change, change.name_place)
        yield replace(seen, certainty=Certainty.POSSIBLE)


def _why(found: Sequence[Refusal]) -> str:
    more = len(found) - 1
    others = f" (and {more} more value{'s' if more > 1 else ''} that it refuses)" if more else ""
    return f"{found[0].why}{others}"


def _place(refusal: Refusal, place: Location, case: Case) -> Location:
    return place_in(place, case, *refusal.path)
