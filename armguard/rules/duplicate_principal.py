"""# duplicate-principal

## What it checks

Two entries of one list of access policies are for the same principal: the same `tenantId`,
`objectId` and `applicationId`, in any casing. The list may be a vault's own or that of a child
such as `vault/add`.

## Symptoms

A principal has other permissions than one of its entries says, or the deployment fails.

## Why

A vault has one entry for each principal. Which of two counts, or whether Azure refuses the list, is
not documented, so what the principal may do is left to chance.

## Example

```json
{
  "accessPolicies": [
    {
      "tenantId": "[subscription().tenantId]",
      "objectId": "11111111-1111-1111-1111-111111111111",
      "permissions": { "secrets": ["get"] }
    },
    {
      "tenantId": "[subscription().tenantId]",
      "objectId": "11111111-1111-1111-1111-111111111111",
      "permissions": { "keys": ["get"] }
    }
  ]
}
```

## Use instead

One entry with the permissions of both:

```json
{
  "tenantId": "[subscription().tenantId]",
  "objectId": "11111111-1111-1111-1111-111111111111",
  "permissions": { "secrets": ["get"], "keys": ["get"] }
}
```

## When it can't know

Two object ids that are not known count as the same only if their expressions are the same. An entry
with an `applicationId` is another principal than one without.

## References

- https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.list_sighting import entry_place, list_sighting, shown_id
from armguard.explaining.sighting import Sighting
from armguard.finding import Related, Severity
from armguard.keyvault.access import AccessPolicy, key_of
from armguard.keyvault.written_lists import WrittenList, written_lists

SUMMARY = "two entries of a list of access policies are for the same principal"
SEVERITY = Severity.WARNING


def find(case: Case) -> Iterator[Sighting]:
    for listed in written_lists(case.assessment):
        for index, earlier, principal in _repeated(listed):
            place = entry_place(listed, case, index)
            first = Related(
                "the first entry for this principal", entry_place(listed, case, earlier)
            )
            yield list_sighting(
                f"the accessPolicies of {listed} have more than one entry for {principal}: which of"
                " them counts is not documented",
                listed,
                case,
                place,
                related=(first,) if first.location != place else (),
                subject=principal.lower(),
            )


def _repeated(listed: WrittenList) -> Iterator[tuple[int, int, str]]:
    """(index of a later entry, index of the first, principal)."""
    first: dict[tuple[str, ...], int] = {}
    for index, policy in enumerate(listed.policies):
        key = key_of(policy)
        if key is None:
            continue
        earlier = first.setdefault(key, index)
        if earlier != index:
            yield index, earlier, _principal(policy)


def _principal(policy: AccessPolicy) -> str:
    application = policy.application_id
    behind = "" if application is None else f" with application {shown_id(application)}"
    return f"principal {shown_id(policy.object_id)}{behind}"
