"""# purge-protection-disabled

## What it checks

A vault is deployed with `enablePurgeProtection: false`.

## Symptoms

The deployment fails with 400 `BadRequest`: `The property "enablePurgeProtection" cannot be set to
false`.

## Why

The property can be `true`, or absent: Azure refuses `false`, for a new vault too. Turning purge
protection on can't be undone.

## Example

```json
{ "enablePurgeProtection": false }
```

## Use instead

`true`, or leave the property out. A switch is written as
`"[if(parameters('purgeProtection'), true(), null())]"`.

## When it can't know

A value that is not known before the deployment is not reported. That Azure refuses the value rests
on reports.

## References

- https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.setting_finding import setting_finding
from armguard.explaining.vault_finding import quoted
from armguard.finding import Finding, Severity
from armguard.keyvault.assessment import Assessment

SUMMARY = "enablePurgeProtection is false, which Azure refuses"
SEVERITY = Severity.WARNING


def find(assessment: Assessment) -> Iterator[Finding]:
    for vault in assessment.vaults:
        finding = setting_finding(
            "purge-protection-disabled",
            SEVERITY,
            f"vault {quoted(vault)} is deployed with enablePurgeProtection false, which Azure"
            " refuses; write true, or null to leave it as it is",
            "enablePurgeProtection",
            False,
            vault,
            assessment,
        )
        if finding is not None:
            yield finding
