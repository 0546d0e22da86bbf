"""# workspace-access-already-lost

## What it checks

With `--live` or `--against`: an Azure Machine Learning workspace uses the deployed vault, the vault
uses access policies, and none of them permits the identity of the workspace anything. It has
happened already.

## Symptoms

Those of `access-policies-emptied`, today: image builds fail with `An internal server error
occurred`, datastores with `Credential service failed`, the data plane with 403 `Forbidden`.

## Why

The service adds the identity of a workspace to its vault when the workspace is created. A later
deployment of the vault has removed the entry. A project uses the vault of its hub.

## Example

```console
az keyvault show --name kv-example --query "properties.accessPolicies[].objectId"
az ml workspace show --name mlw-example --query identity.principal_id
```

The second id is not among the first ones.

## Use instead

`az ml workspace sync-keys --name mlw-example` is what to try first. Then see to it that the next
deployment keeps the entry: `armguard rules remedies` tells both.

## When it can't know

A workspace whose identity could not be read is not reported; it is listed as not read.

## References

- https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication
- https://learn.microsoft.com/cli/azure/ml/workspace#az-ml-workspace-sync-keys
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Detail, Severity

SUMMARY = "a workspace has no access to its deployed vault today"
SEVERITY = Severity.ERROR


def find(case: Case) -> Iterator[Sighting]:
    if case.compared is None:
        return
    from armguard.explaining.live_sighting import live_sighting

    has, when = ("had", "then") if case.compared.taken_from else ("has", "today")
    for comparison in case.comparisons:
        for workspace, principal in comparison.shut_out:
            yield live_sighting(
                f"workspace '{workspace}' uses vault '{comparison.vault.name}' but {has} no access"
                f" to it {when}: no access policy permits its identity {principal} anything",
                comparison,
                case,
                extra=(Detail("fix", (f"az ml workspace sync-keys --name {workspace}",)),),
                subject=workspace,
                by_template=False,
            )
