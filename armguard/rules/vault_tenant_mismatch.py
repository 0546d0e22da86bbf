"""# vault-tenant-mismatch

## What it checks

The `tenantId` of a vault is not the tenant that is deployed to, and both are known.

## Symptoms

After the deployment everybody gets 401 or 403 from the vault: `AKV10032: Invalid issuer`. Or the
deployment fails.

## Why

A vault trusts the tokens of one tenant, that of its `tenantId`. With another one nobody of the
tenant that it is deployed in gets in any more, whatever its access policies or role assignments
say. It happens with parameter files of another environment, and after a subscription was moved to
another tenant.

## Example

```json
{
  "type": "Microsoft.KeyVault/vaults",
  "apiVersion": "2026-02-01",
  "name": "kv-example",
  "location": "westeurope",
  "properties": {
    "tenantId": "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb",
    "sku": { "family": "A", "name": "standard" },
    "enableRbacAuthorization": true
  }
}
```

checked with `armguard check main.json --tenant aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa`.

## Use instead

`"tenantId": "[subscription().tenantId]"`.

## When it can't know

The tenant that is deployed to is known with `--tenant`, or with deployed state. What has not the
form of a GUID is taken for a placeholder.

## References

- https://learn.microsoft.com/azure/key-vault/general/move-subscription
- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.setting_sighting import setting_sighting, written_setting
from armguard.explaining.sighting import Sighting
from armguard.finding import Detail, Severity, quoted
from armguard.keyvault.access import tenant_of

SUMMARY = "a vault belongs to another tenant than the one that is deployed to"
SEVERITY = Severity.WARNING
_SETTING = "tenantId"


def find(case: Case) -> Iterator[Sighting]:
    here = tenant_of(case.assessment.tenant)
    for vault in () if here is None else case.assessment.vaults:
        setting = None if vault.by_children else written_setting(vault, _SETTING)
        own = None if setting is None else tenant_of(setting.value)
        if own is None or own == here:
            continue
        yield setting_sighting(
            f"vault {quoted(vault.name)} is deployed with tenant '{own}', but the deployment goes"
            f" to tenant '{here}', of which nobody gets in then",
            vault,
            _SETTING,
            case,
            extra=(Detail("fix", ("write [subscription().tenantId]",)),),
        )
