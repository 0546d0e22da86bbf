"""# soft-delete-disabled

## What it checks

A vault is deployed with `enableSoftDelete: false`.

## Symptoms

The deployment to an existing vault fails: soft delete can't be turned off.

## Why

Soft delete is on for every vault, and nobody can turn it off again. Azure refuses the value, so the
next deployment of the template fails, whatever else it was meant to change.

## Example

```json
{ "enableSoftDelete": false }
```

## Use instead

Leave the property out, or write `true`.

## When it can't know

A value that is not known before the deployment is not reported. That Azure refuses the value rests
on reports, not on documentation of each API version.

## References

- https://learn.microsoft.com/azure/key-vault/general/soft-delete-change
- https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.setting_sighting import setting_sighting, written_setting
from armguard.explaining.sighting import Sighting
from armguard.finding import Severity, quoted

SUMMARY = "enableSoftDelete is false, which makes the deployment to an existing vault fail"
SEVERITY = Severity.WARNING


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        if vault.only_once:
            continue
        setting = written_setting(vault, "enableSoftDelete")
        if setting is not None and setting.value is False:
            yield setting_sighting(
                f"vault {quoted(vault.name)} is deployed with enableSoftDelete false, which makes"
                " the deployment fail where the vault exists; leave it out or write true",
                vault,
                setting.name,
                case,
            )
