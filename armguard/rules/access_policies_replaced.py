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

from armguard.evaluation.text_pieces import shown
from armguard.explaining.vault_finding import quoted, vault_finding
from armguard.finding import Detail, Finding, Severity
from armguard.keyvault.access import policies_of
from armguard.keyvault.assessment import AssessedVault, Assessment
from armguard.keyvault.workspace_access import granting_children, workspaces_without_access

SUMMARY = "a vault's own list of access policies replaces the one that it has"
SEVERITY = Severity.NOTE
BECOMES = "workspace-access-not-granted"
_MOST = 8


def find(assessment: Assessment) -> Iterator[Finding]:
    for vault in assessment.vaults:
        if vault.verdict.kind != "replaced" or granting_children(vault):
            continue
        if workspaces_without_access(vault):
            continue
        yield vault_finding(
            "access-policies-replaced",
            SEVERITY,
            f"the access policies of vault {quoted(vault)} become exactly the list in this"
            " template: whoever was granted access elsewhere is removed",
            vault,
            assessment,
            breaks=False,
            extra=(staying(vault),),
            remedies=False,
        )


def staying(vault: AssessedVault) -> Detail:
    """Who is in the list."""
    names = [shown(policy.object_id) for policy in policies_of(vault.policies)]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return Detail("stays", (", ".join(names[:_MOST]) + more,))
