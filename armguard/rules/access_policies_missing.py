"""# access-policies-missing

## What it checks

A Key Vault with access policies is deployed without `accessPolicies`, or with null: RBAC is not
true and `createMode` is not `recover`.

## Symptoms

Either the deployment fails with 400 (`accessPolicies is not specified`, `An invalid value was
provided for 'accessPolicies'`), or it succeeds and the vault has lost its access policies; then
the symptoms are those of `access-policies-emptied`.

## Why

The service needs the list unless RBAC is on. What happens without it differs between reports:
some saw the deployment fail, some saw all policies removed. It is safe in neither case.

## Example

```json
{
  "type": "Microsoft.KeyVault/vaults",
  "apiVersion": "2026-02-01",
  "name": "kv-example",
  "location": "westeurope",
  "properties": {
    "tenantId": "[subscription().tenantId]",
    "sku": { "family": "A", "name": "standard" },
    "enableRbacAuthorization": false
  }
}
```

## Use instead

Say which model the vault has: `enableRbacAuthorization: true` with role assignments, or a list that
holds what the vault has today (`armguard rules remedies`).

## When it can't know

A list that comes from a parameter without a default is reported as `undecided-vault`.

## References

- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import if_it_has_policies, vault_sighting
from armguard.finding import Hazard, Severity, quoted

SUMMARY = "a vault with access policies is deployed without the list: it fails or wipes"
SEVERITY = Severity.ERROR
HAZARD: Hazard = "list"


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        if vault.verdict.kind != "missing" or vault.refusals or case.uses_roles(vault):
            continue
        yield vault_sighting(
            f"vault {quoted(vault.name)} is deployed without accessPolicies and without RBAC, so a"
            f" deployment fails or removes all its access policies{if_it_has_policies(vault)}",
            vault,
            case,
            broken=vault.workspaces,
            hazard=HAZARD,
        )
