"""# deployment-would-fail

## What it checks

With `--live` or `--against`: the template sets a property of the vault that can't be changed to
another value than the deployed vault has: `location` or `softDeleteRetentionInDays`.

## Symptoms

The deployment fails with `InvalidResourceLocation`, or with `BadRequest` and `The property
"softDeleteRetentionInDays" has been set already and it can't be modified`.

## Why

Both are fixed when a vault is created. Nothing is lost by such a deployment, but it never gets
through, and those who repair it in a hurry tend to delete the vault.

## Example

The deployed vault is in `westeurope`; the template says

```json
{ "type": "Microsoft.KeyVault/vaults", "location": "northeurope" }
```

## Use instead

Write the value that the vault has. Another location needs another vault.

## When it can't know

Values that are known only while Azure deploys are not compared.

## References

- https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
- https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-resource-location
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.setting_sighting import setting_sighting, written_setting
from armguard.explaining.sighting import Sighting
from armguard.finding import Detail, Severity

SUMMARY = "a property that can't be changed differs from the deployed vault"
SEVERITY = Severity.ERROR


def find(case: Case) -> Iterator[Sighting]:
    for comparison in case.comparisons:
        vault = comparison.vault
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
