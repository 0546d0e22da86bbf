"""# vault-soft-deleted

## What it checks

With `--live`: the vault does not exist, but a vault of its name is soft-deleted, and the template
does not recover it.

## Symptoms

The deployment fails with `ConflictError`: a vault with the same name already exists in deleted
state.

## Why

A deleted vault keeps its name until its retention period ends or it is purged. Recovering brings
it back with the access policies that it had; purging loses them, and everything in the vault, for
good.

## Example

```console
az keyvault delete --name kv-example
az deployment group create --resource-group rg-example --template-file main.json
```

## Use instead

`az keyvault recover --name kv-example` before the deployment; then compare again, because the
recovered vault has access policies that the deployment may remove. Purge only what nobody needs.

## When it can't know

Deleted vaults of other subscriptions can't be seen, although vault names are unique in all of
Azure.

## References

- https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery
- https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.finding import Detail, Finding, Severity
from armguard.keyvault.assessment import Assessment

SUMMARY = "a vault of this name is soft-deleted, so its deployment fails"
SEVERITY = Severity.ERROR


def find(assessment: Assessment) -> Iterator[Finding]:
    if assessment.compared is None:
        return
    from armguard.deployed.inventory import text
    from armguard.explaining.live_finding import comparisons
    from armguard.explaining.setting_finding import finding_about_setting, setting_of

    for comparison in comparisons(assessment):
        verdict = comparison.vault.verdict
        if comparison.found.state != "deleted" or verdict.kind == "not-written":
            continue
        if verdict.outcome.protected == "recover":
            continue
        setting = setting_of(comparison.vault, "createMode", assessment)
        if setting is None:
            continue
        until = text(comparison.found.document, "properties", "scheduledPurgeDate")
        name = comparison.vault.name
        yield finding_about_setting(
            "vault-soft-deleted",
            SEVERITY,
            f"vault '{name}' is soft-deleted{f' until {until}' if until else ''}, so its deployment"
            " fails; recover brings its access policies back, purge loses them",
            setting,
            comparison.vault,
            (
                Detail("fix", (f"az keyvault recover --name {name}, then compare again",)),
                Detail("or", ("give the vault of the template another name",)),
            ),
            subject=comparison.vault.name,
        )
