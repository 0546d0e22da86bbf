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

from armguard.explaining.case import Case
from armguard.explaining.remedies import CLI_THEN
from armguard.explaining.setting_sighting import setting_sighting, written_setting
from armguard.explaining.sighting import Sighting
from armguard.finding import Detail, Severity

SUMMARY = "a vault of this name is soft-deleted, so its deployment fails"
SEVERITY = Severity.ERROR
_SETTING = "createMode"


def find(case: Case) -> Iterator[Sighting]:
    for comparison in case.comparisons:
        vault = comparison.vault
        if comparison.found.state != "deleted" or vault.verdict.kind == "not-written":
            continue
        if vault.verdict.outcome.protected == "recover":
            continue
        if written_setting(vault, _SETTING) is None:
            continue
        until = comparison.found.purged_at
        yield setting_sighting(
            f"vault '{vault.name}' is soft-deleted{f' until {until}' if until else ''}, so its"
            " deployment fails; recover brings its access policies back but not its role"
            " assignments, purge loses both",
            vault,
            _SETTING,
            case,
            extra=(
                Detail(
                    "fix",
                    (f"az keyvault recover --name {vault.name} ({CLI_THEN}), then compare again",),
                ),
                Detail("or", ("give the vault of the template another name",)),
            ),
            subject=vault.name,
        )
