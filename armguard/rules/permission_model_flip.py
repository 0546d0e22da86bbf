"""# permission-model-flip

## What it checks

With `--live` or `--against`: the template sets `enableRbacAuthorization`, and the deployed vault
has the other value.

## Symptoms

At once after the deployment everybody who has an access policy but no role gets 403 `Forbidden`; in
the other direction everybody who has a role but no access policy. Or the deployment fails with
`AuthorizationFailed`, because changing the model needs
`Microsoft.Authorization/roleAssignments/write`.

## Why

A vault has one of two models. While role assignments decide, access policies are stored but have no
effect; while access policies decide, role assignments on the vault's data have none.

## Example

The deployed vault uses access policies; the template says

```json
{ "type": "Microsoft.KeyVault/vaults", "properties": { "enableRbacAuthorization": true } }
```

## Use instead

Assign the roles first (`az role assignment create --role "Key Vault Secrets User"`), for the
identity of each workspace too, and then change the model. Back to access policies, first write
whoever holds a role into `accessPolicies`. Or leave `enableRbacAuthorization` out: a vault that
exists keeps its model.

## When it can't know

Who has a role is not looked up: holders of a role keep their access when role assignments are
turned on. Where the value hangs on an open condition, or is not known, the finding is a warning.

## References

- https://learn.microsoft.com/azure/key-vault/general/rbac-migration
- https://learn.microsoft.com/azure/key-vault/general/rbac-guide
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.evaluation.unknown import Unknown
from armguard.explaining.case import Case
from armguard.explaining.setting_sighting import setting_sighting, written_setting
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Detail, Severity
from armguard.keyvault.sureness import provenance

SUMMARY = "a deployment turns role assignments on a deployed vault on or off"
SEVERITY = Severity.ERROR
_SETTING = "enableRbacAuthorization"


def find(case: Case) -> Iterator[Sighting]:
    for comparison in case.comparisons:
        vault, flip = comparison.vault, comparison.flip
        setting = written_setting(vault, _SETTING)
        if flip is None or setting is None:
            continue
        certainty = None
        if not flip.certain:
            certainty = Certainty.POSSIBLE
        elif isinstance(setting.value, Unknown):
            # in every world, and with what is deployed, it comes to the same
            certainty = provenance(vault.verdict.outcome.files)
        if flip.to_rbac:
            before, after = "access policies", "role assignments"
            who = "whoever has an access policy but no role loses access; holders of a role keep it"
            first = "assign the roles before you change the model"
        else:
            before, after = "role assignments", "access policies"
            who = "whoever has a role but no access policy in this list loses access"
            first = "write whoever holds a role into accessPolicies before you change the model"
        verb = "changes" if flip.certain else "may change"
        yield setting_sighting(
            f"this deployment {verb} vault '{vault.name}' from {before} to {after}: {who}",
            vault,
            _SETTING,
            case,
            certainty=certainty,
            extra=(
                Detail(
                    "or",
                    (
                        "the deployment fails, if changing the model needs"
                        " Microsoft.Authorization/roleAssignments/write, about which Microsoft's"
                        " pages differ",
                    ),
                ),
                Detail(
                    "fix",
                    (
                        f"{first}, or leave enableRbacAuthorization out: a vault that exists keeps"
                        " its model",
                    ),
                ),
            ),
            subject=vault.name,
        )
