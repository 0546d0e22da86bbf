"""# stored-policies-erased

## What it checks

With `--live` or `--against`: the deployed vault uses role assignments, stays with them, and the
template writes a list of access policies that lacks some of those that are stored in the vault.

## Symptoms

None today. Whoever turns `enableRbacAuthorization` off again, to go back to access policies, finds
the list empty or shorter than it was.

## Why

While role assignments decide, the stored access policies have no effect, but they stay in the vault
and are the way back to that model. Deploying a list writes it, also then.

## Example

The deployed vault uses role assignments and still holds the access policies of three applications;
the template says

```json
{
  "type": "Microsoft.KeyVault/vaults",
  "properties": { "enableRbacAuthorization": true, "accessPolicies": [] }
}
```

## Use instead

Nothing, if nobody wants to go back. Otherwise take a snapshot first (`armguard snapshot`), or write
the stored list into the template.

## When it can't know

That the list is written while role assignments decide follows from what the service does with a
vault in general; no page of Microsoft says so. An entry of which something is not known is not told
of.

## References

- https://learn.microsoft.com/azure/key-vault/general/rbac-migration
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.setting_sighting import setting_sighting, written_setting
from armguard.explaining.sighting import Sighting
from armguard.finding import Detail, Severity, quoted

SUMMARY = "a deployment erases access policies that a vault with role assignments has stored"
SEVERITY = Severity.NOTE
_MOST = 8


def find(case: Case) -> Iterator[Sighting]:
    if case.compared is None:
        return
    from armguard.explaining.live_sighting import who

    for comparison in case.comparisons:
        vault, erased = comparison.vault, comparison.erased
        if not erased or written_setting(vault, "accessPolicies") is None:
            continue
        names = ", ".join(map(who, erased[:_MOST]))
        more = f" and {len(erased) - _MOST} more" if len(erased) > _MOST else ""
        yield setting_sighting(
            f"vault {quoted(vault.name)} uses role assignments, so nobody loses access now, but"
            f" stored access policies are erased, the way back to that model: {names}{more}",
            vault,
            "accessPolicies",
            case,
            extra=(Detail("fix", ("take a snapshot first: armguard snapshot",)),),
            subject=vault.name,
        )
