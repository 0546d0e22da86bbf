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

from armguard.evaluation.values import find_key
from armguard.explaining.setting_finding import setting_finding
from armguard.explaining.vault_finding import quoted
from armguard.finding import Finding, Severity
from armguard.keyvault.assessment import Assessment

SUMMARY = "enableSoftDelete is false, which makes the deployment to an existing vault fail"
SEVERITY = Severity.WARNING


def find(assessment: Assessment) -> Iterator[Finding]:
    for vault in assessment.vaults:
        if find_key(vault.resource.options, "onlyIfNotExists") is not None:
            continue
        finding = setting_finding(
            "soft-delete-disabled",
            SEVERITY,
            f"vault {quoted(vault)} is deployed with enableSoftDelete false, which makes the"
            " deployment fail where the vault exists; leave it out or write true",
            "enableSoftDelete",
            False,
            vault,
            assessment,
        )
        if finding is not None:
            yield finding
