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

from armguard.explaining.case import Case
from armguard.explaining.setting_sighting import setting_sighting, written_setting
from armguard.explaining.sighting import Sighting
from armguard.finding import Severity, quoted

SUMMARY = "enablePurgeProtection is false, which Azure refuses"
SEVERITY = Severity.WARNING


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        setting = written_setting(vault, "enablePurgeProtection")
        if setting is not None and setting.value is False:
            yield setting_sighting(
                f"vault {quoted(vault.name)} is deployed with enablePurgeProtection false, which"
                " Azure refuses; write true, or null to leave it as it is",
                vault,
                setting.name,
                case,
            )
