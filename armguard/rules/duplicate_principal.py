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

from armguard.finding import Finding, Related, Severity
from armguard.keyvault.access import AccessPolicy, key_of
from armguard.keyvault.assessment import Assessment
from armguard.rules._explain import location_of
from armguard.rules._policy_list import (
    PolicyList,
    entry_place,
    list_finding,
    policy_lists,
    shown_id,
)
from armguard.source.place import Place

SUMMARY = "two entries of a list of access policies are for the same principal"
SEVERITY = Severity.WARNING


def find(assessment: Assessment) -> Iterator[Finding]:
    for listed in policy_lists(assessment):
        for (place, first), repeated in _repeated(listed, assessment).items():
            names = " and ".join(repeated)
            yield list_finding(
                "duplicate-principal",
                SEVERITY,
                f"the accessPolicies of {listed} have more than one entry for {names}: which of"
                " them counts is not documented",
                listed,
                assessment,
                place,
                (Related("the first entry for this principal", location_of(first)),)
                if first != place
                else (),
            )


def _repeated(
    listed: PolicyList, assessment: Assessment
) -> dict[tuple[Place, Place], dict[str, None]]:
    """(place of a later entry, place of the first) -> the principals; entries that are not written
    out share the place of the list."""
    first: dict[tuple[str, ...], int] = {}
    found: dict[tuple[Place, Place], dict[str, None]] = {}
    for index, policy in enumerate(listed.policies):
        key = key_of(policy)
        if key is None:
            continue
        earlier = first.setdefault(key, index)
        if earlier != index:
            places = (
                entry_place(listed, assessment, index),
                entry_place(listed, assessment, earlier),
            )
            found.setdefault(places, {})[_principal(policy)] = None
    return found


def _principal(policy: AccessPolicy) -> str:
    application = policy.application_id
    behind = "" if application is None else f" with application {shown_id(application)}"
    return f"principal {shown_id(policy.object_id)}{behind}"
