"""# policies-ignored-under-rbac

## What it checks

A vault is deployed with a list of access policies that has no effect: `enableRbacAuthorization`
evaluates to true. Or it has no effect on a new vault: the property is not set, and the API version
is 2026-02-01 or later.

## Symptoms

A principal is in the list and still gets 403 `Forbidden`.

## Why

A vault uses role assignments or access policies, never both. With API version 2026-02-01 and later
a new vault uses role assignments unless `enableRbacAuthorization` is false; an existing vault keeps
the model that it has.

## Example

```json
{
  "enableRbacAuthorization": true,
  "accessPolicies": [
    {
      "tenantId": "[subscription().tenantId]",
      "objectId": "11111111-1111-1111-1111-111111111111",
      "permissions": { "secrets": ["get"] }
    }
  ]
}
```

## Use instead

Role assignments, and no `accessPolicies`; or `enableRbacAuthorization` false where access policies
are meant.

## When it can't know

Whether a vault of this name exists already only the deployed state can tell. An
`enableRbacAuthorization` that is not known makes the vault undecided.

## References

- https://learn.microsoft.com/azure/key-vault/general/rbac-guide
- https://learn.microsoft.com/azure/key-vault/general/access-control-default
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import vault_sighting
from armguard.finding import Severity, quoted
from armguard.keyvault.api_versions import ROLES_BY_DEFAULT
from armguard.keyvault.assessment import AssessedVault

SUMMARY = "a list of access policies that has no effect under role-based access control"
SEVERITY = Severity.NOTE


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        policies = vault.settings["accessPolicies"].value
        why = _why_ignored(vault) if isinstance(policies, list) and policies else None
        if why is not None:
            yield vault_sighting(
                f"the accessPolicies of vault {quoted(vault.name)} have no effect{why}", vault, case
            )


def _why_ignored(vault: AssessedVault) -> str | None:
    if vault.verdict.kind == "dormant":
        return " while enableRbacAuthorization is true"
    if vault.verdict.kind == "replaced" and vault.verdict.outcome.keeps_model:
        version = vault.settings["apiVersion"].value
        used = version if isinstance(version, str) else f"{ROLES_BY_DEFAULT} or later"
        return (
            f" if it is a new one: with API version {used} it uses role assignments unless"
            " enableRbacAuthorization is false"
        )
    return None
