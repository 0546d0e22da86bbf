"""# foreign-tenant-policy

## What it checks

An entry of a list of access policies has another `tenantId` than the vault itself, and both are
known.

## Symptoms

The deployment fails with a message about an invalid tenant, or the principal gets 403 `Forbidden`
although it is in the list.

## Why

A vault trusts the tokens of one tenant, that of its `tenantId`. An entry for another tenant is
refused, or locks out the principal that it was meant for; reports differ on which of the two.

## Example

```json
{
  "tenantId": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
  "accessPolicies": [
    {
      "tenantId": "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb",
      "objectId": "11111111-1111-1111-1111-111111111111",
      "permissions": { "secrets": ["get"] }
    }
  ]
}
```

## Use instead

`"tenantId": "[subscription().tenantId]"` in both places.

## When it can't know

`subscription().tenantId` is known only with `--tenant`. Entries of a child such as `vault/add` are
compared only if its vault is in the same template. What has not the form of a GUID is taken for a
placeholder.

## References

- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults
- https://learn.microsoft.com/azure/key-vault/general/move-subscription
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.list_sighting import entry_place, list_sighting
from armguard.explaining.sighting import Sighting
from armguard.finding import Severity
from armguard.keyvault.access import tenant_of
from armguard.keyvault.written_lists import written_lists

SUMMARY = "an access policy is for another tenant than the vault's"
SEVERITY = Severity.WARNING


def find(case: Case) -> Iterator[Sighting]:
    for listed in written_lists(case.assessment):
        if listed.vault is None:
            continue
        own = tenant_of(listed.vault.settings["tenantId"].value)
        for index, policy in enumerate(listed.policies):
            other = tenant_of(policy.tenant_id)
            if own is None or other is None or own == other:
                continue
            yield list_sighting(
                f"an access policy of {listed} is for tenant '{other}', but the vault belongs to"
                f" tenant '{own}': Azure may refuse it, or its principal gets no access",
                listed,
                case,
                entry_place(listed, case, index, "tenantId"),
                subject=other,
            )
