"""# access-policies-replaced

## What it checks

A Key Vault is deployed with a list of access policies in the template that is not empty.

## Symptoms

Somebody or something that was granted access elsewhere (portal, `az keyvault set-policy`, another
template, an Azure service) loses it with the next deployment: 403 `Forbidden`.

## Why

The list in the template replaces the list that the vault has. Whoever is in the template stays,
with exactly these permissions; everybody else is removed.

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
    "enableRbacAuthorization": false,
    "accessPolicies": [
      {
        "tenantId": "[subscription().tenantId]",
        "objectId": "00000000-0000-0000-0000-000000000000",
        "permissions": { "secrets": ["get"] }
      }
    ]
  }
}
```

## Use instead

Nothing, if the template is the only place where this vault's access is granted. Otherwise
`armguard rules remedies`.

## When it can't know

The template alone can't tell who else has access today; a comparison with the deployed vault can.

## References

- https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import if_it_has_policies, staying, vault_sighting
from armguard.finding import Hazard, Severity, quoted
from armguard.keyvault.workspace_access import granting_children

SUMMARY = "a vault's own list of access policies replaces the one that it has"
SEVERITY = Severity.NOTE
HAZARD: Hazard = "list"
GIVES_WAY_TO = ("workspace-access-not-granted", "access-lost", "access-narrowed")


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        if vault.verdict.kind != "replaced" or vault.refusals:
            continue
        if granting_children(vault) or case.uses_roles(vault):
            continue
        yield vault_sighting(
            f"the access policies of vault {quoted(vault.name)} become exactly the list in this"
            " template: whoever was granted access elsewhere is removed"
            f"{if_it_has_policies(vault)}",
            vault,
            case,
            extra=(staying(vault),),
            hazard=HAZARD,
        )
