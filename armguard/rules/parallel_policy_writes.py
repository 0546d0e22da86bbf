"""# parallel-policy-writes

## What it checks

Two or more children `Microsoft.KeyVault/vaults/accessPolicies` of one vault, in one deployment or
in modules of it, that no chain of `dependsOn` orders; also one child, or a module with one, in a
copy loop that is not serial with a `batchSize` of 1.

## Symptoms

The deployment fails now and then with 409 `ConflictError`: `A conflict occurred that prevented the
operation from completing`. Once more, and it may pass.

## Why

Azure deploys at the same time whatever does not wait for something else, also the iterations of a
loop. Each child changes the one list of its vault, and the service refuses a change while another
one is under way. This rests on several independent reports, not on documentation.

## Example

```json
[
  {
    "type": "Microsoft.KeyVault/vaults/accessPolicies",
    "apiVersion": "2026-02-01",
    "name": "kv-example/add",
    "properties": {
      "accessPolicies": [
        {
          "tenantId": "[subscription().tenantId]",
          "objectId": "11111111-1111-1111-1111-111111111111",
          "permissions": { "secrets": ["get"] }
        }
      ]
    }
  },
  {
    "type": "Microsoft.KeyVault/vaults/accessPolicies",
    "apiVersion": "2026-02-01",
    "name": "kv-example/replace",
    "properties": {
      "accessPolicies": [
        {
          "tenantId": "[subscription().tenantId]",
          "objectId": "22222222-2222-2222-2222-222222222222",
          "permissions": { "secrets": ["get"] }
        }
      ]
    }
  }
]
```

## Use instead

One child with all entries; or a `dependsOn` from each to the one before; or `"mode": "serial",
"batchSize": 1` in the `copy` of the loop (Bicep: `@batchSize(1)`).

## When it can't know

What `dependsOn` names by an expression that is not known may order two children all the same; then
the finding is only possible. What different deployments write is not compared.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/resource-dependency
- https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-resources
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.evaluation.identity import id_key
from armguard.explaining.because import only_if
from armguard.explaining.bicep_words import is_bicep
from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Detail, Related, ResourceName, Severity, quoted

SUMMARY = "children of one vault are written at the same time, which fails now and then"
SEVERITY = Severity.WARNING


def find(case: Case) -> Iterator[Sighting]:
    assessment = case.assessment
    dormant = {id_key(each.id) for each in assessment.vaults if each.verdict.kind == "dormant"}
    for writes in assessment.parallel:
        if writes.vault_id in dormant:
            continue
        what, fix = "two children change", "let one of them depend on the other"
        if writes.loop is not None:
            what = "the iterations of this loop change"
            fix = 'write "mode": "serial" and "batchSize": 1 into its copy'
            if is_bicep(writes.loop, case):
                fix = "write @batchSize(1) above it"
        first = Related("the other child", writes.first)
        possible = writes.certainty is Certainty.POSSIBLE
        yield Sighting(
            f"{what} the access policies of vault {quoted(writes.vault)} at the same time, which"
            " Azure refuses now and then with 409 ConflictError"
            f"{only_if(*(writes.said if possible else ()))}",
            writes.loop or writes.second,
            writes.certainty,
            related=() if writes.first == writes.second else (first,),
            details=(Detail("fix", (f"{fix}, or grant all in one child",)),),
            resource=ResourceName("Microsoft.KeyVault/vaults", writes.vault),
        )
