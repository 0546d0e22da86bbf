"""# access-lost

## What it checks

With `--live` or `--against`: a principal has an access policy on the deployed vault, and the entry
is gone after this deployment.

## Symptoms

Whoever uses the identity gets 403 `Forbidden` from the vault: `does not have secrets get permission
on key vault`. In an Azure Machine Learning workspace image builds fail with `An internal server
error occurred`, datastores with `Credential service failed`.

## Why

Deploying a vault writes its whole list of access policies. The deployed list holds entries that
somebody else put there: Azure Machine Learning for a workspace, Databricks, an operator. Those that
the template does not list are removed. Principals are compared by tenant, object id and application
id, without case.

## Example

The deployed vault grants the identity of workspace `mlw-churn` all permissions; the template says

```json
{ "type": "Microsoft.KeyVault/vaults", "properties": { "accessPolicies": [] } }
```

## Use instead

Read the live list before the deployment and pass it in, deploy the vault only once, or take it out
of the template: `armguard rules remedies`. Take a snapshot first: `armguard snapshot`.

## When it can't know

An entry whose object id is known only while Azure deploys may or may not be this principal; an open
condition may or may not write the vault. Then the change is undecided and the finding a warning. A
vault that could not be read gives no such finding, and exit code 3.

## References

- https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
- https://learn.microsoft.com/azure/machine-learning/how-to-create-workspace-template
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Hazard, Severity

SUMMARY = "a principal loses its access to a deployed vault"
SEVERITY = Severity.ERROR
HAZARD: Hazard = "list"


def find(case: Case) -> Iterator[Sighting]:
    if case.compared is None:
        return
    from armguard.explaining.losses import losses

    yield from losses(case, whole=True)
