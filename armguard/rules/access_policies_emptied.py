"""# access-policies-emptied

## What it checks

A Key Vault with access policies (not RBAC) is deployed with an empty `accessPolicies` list: written
as `[]`, or by a parameter, a variable, a loop or an expression that comes to nothing. Azure Machine
Learning workspaces that use the vault are named, and those that have their encryption key in it.

## Symptoms

It begins with the second deployment of the same template, typically in a pipeline, and nothing else
has changed:

- portal: `Create image "...": An internal server error occurred. Please try again. If the problem
  persists, contact support.`
- Azure ML SDK and CLI: `WebserviceException: Received bad response from Model Management Service:
  Response Code: 500` with `{"code":"InternalServerError","statusCode":500,...}`
- datastores: `Credential service failed`
- data plane: 403 `Forbidden`, `does not have secrets get permission on key vault`

## Why

Deploying a vault writes the whole resource, in Incremental mode too: the list in the template
replaces the list that the vault has. Azure Machine Learning adds the identity of a workspace to
that list when the workspace is created, and so do other services and operators. None of them is in
the template, so the next deployment removes them all. A second deployment of the workspace is not
documented to put its entry back.

## Example

```json
{
  "type": "Microsoft.KeyVault/vaults",
  "apiVersion": "2026-02-01",
  "name": "kv-example",
  "location": "westeurope",
  "properties": {
    "tenantId": "[subscription().tenantId]",
    "sku": { "family": "A", "name": "standard" },
    "enableRbacAuthorization": false,
    "accessPolicies": []
  }
}
```

## Use instead

Read the live list before each deployment and pass it in, deploy the vault only once
(`"@options": {"onlyIfNotExists": []}`, or a condition), reuse an existing vault by its id, or use
role assignments instead of access policies. `armguard rules remedies` explains each.

After a wipe, `az ml workspace sync-keys` is what to try first; `armguard rules remedies` tells how
sure that is.

## When it can't know

A list that is a parameter without a default, or known only at run time, is reported as
`undecided-vault`. A list that is empty only because of a parameter's default is certain "by
default": whoever passes another list is safe.

## References

- https://learn.microsoft.com/azure/machine-learning/how-to-create-workspace-template
- https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import if_it_has_policies, vault_sighting
from armguard.finding import Hazard, Severity, quoted
from armguard.keyvault.workspace_access import granting_children

SUMMARY = "a vault is deployed with an empty list of access policies, which removes all it has"
SEVERITY = Severity.ERROR
HAZARD: Hazard = "list"
GIVES_WAY_TO = ("access-lost", "access-narrowed")


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        if vault.verdict.kind != "emptied" or vault.refusals:
            continue
        if granting_children(vault) or case.uses_roles(vault):
            continue
        yield vault_sighting(
            f"vault {quoted(vault.name)} is deployed with an empty accessPolicies list, so every"
            f" deployment removes all its access policies{if_it_has_policies(vault)}",
            vault,
            case,
            broken=vault.workspaces,
            hazard=HAZARD,
        )
