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

from armguard.finding import Detail, Finding, Severity
from armguard.keyvault.assessment import Assessment

SUMMARY = "a property that can't be changed differs from the deployed vault"
SEVERITY = Severity.ERROR


def find(assessment: Assessment) -> Iterator[Finding]:
    if assessment.compared is None:
        return
    from armguard.explaining.live_finding import comparisons
    from armguard.explaining.setting_finding import finding_about_setting, setting_of

    for comparison in comparisons(assessment):
        for name, reason in comparison.failures:
            setting = setting_of(comparison.vault, name, assessment)
            if setting is not None:
                yield finding_about_setting(
                    "deployment-would-fail",
                    SEVERITY,
                    f"the deployment of vault '{comparison.vault.name}' fails: {reason}",
                    setting,
                    comparison.vault,
                    (Detail("fix", (f"write the {name} that the vault has",)),),
                    subject=comparison.vault.name,
                )
