"""# recover-mode

## What it checks

A Key Vault is deployed with `createMode: recover`.

## Symptoms

The first deployment fails, since there is no soft-deleted vault to recover. Later ones succeed, but
changes of other properties may not take effect.

## Why

With `recover` the access policies of the vault are kept, so the template does no harm to them. But
it says "bring the deleted vault back", and what else the template says about the vault may be
ignored. People use it as a switch against the wipe; a forgotten switch brings the wipe back.

## Example

```json
{
  "type": "Microsoft.KeyVault/vaults",
  "apiVersion": "2026-02-01",
  "name": "kv-example",
  "location": "westeurope",
  "properties": {
    "createMode": "recover",
    "tenantId": "[subscription().tenantId]",
    "sku": { "family": "A", "name": "standard" }
  }
}
```

## Use instead

`"@options": {"onlyIfNotExists": []}` on the vault, or a condition (`armguard rules remedies`).

## When it can't know

That `recover` keeps the policies of a vault that was not deleted rests on recorded traffic and
reports, not on documentation.

## References

- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import vault_sighting
from armguard.finding import Severity, quoted

SUMMARY = "createMode recover keeps the policies, but the first deployment fails"
SEVERITY = Severity.NOTE


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        if vault.verdict.kind != "kept" or vault.verdict.outcome.protected != "recover":
            continue
        yield vault_sighting(
            f"vault {quoted(vault.name)} is deployed with createMode recover: its access policies"
            " are kept, but a first deployment fails and other changes may be ignored",
            vault,
            case,
            setting="createMode",
        )
