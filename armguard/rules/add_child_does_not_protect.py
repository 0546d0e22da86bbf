"""# add-child-does-not-protect

## What it checks

A Key Vault is deployed with its own list of access policies, empty or not, and a child resource
`Microsoft.KeyVault/vaults/accessPolicies` named `add` in the same deployment grants some principals
access again.

## Symptoms

Those of `access-policies-emptied` for everybody whom neither list names. Those whom the child names
lose access for a while during every deployment, which shows as failures that come and go.

## Why

The child `add` only adds. But the vault itself is deployed first, and that replaces the whole list.

## Example

```json
[
  {
    "type": "Microsoft.KeyVault/vaults",
    "name": "kv-example",
    "properties": { "accessPolicies": [] }
  },
  {
    "type": "Microsoft.KeyVault/vaults/accessPolicies",
    "name": "kv-example/add",
    "properties": { "accessPolicies": [{ "objectId": "..." }] },
    "dependsOn": ["kv-example"]
  }
]
```

## Use instead

Keep the child, and stop the template from writing the vault again: deploy it only once, reuse it
by id, or move it to a template of its own (`armguard rules remedies`).

## When it can't know

A child whose vault or operation hangs on something unknown is not matched.

## References

- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/accesspolicies
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import vault_sighting
from armguard.finding import Related, Severity, quoted
from armguard.keyvault.workspace_access import granting_children

SUMMARY = "a vault is rewritten and an 'add' child grants only some principals access again"
SEVERITY = Severity.ERROR


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        children = granting_children(vault)
        if not children:
            continue
        emptied = vault.verdict.kind == "emptied"
        what = "an empty accessPolicies list" if emptied else "an accessPolicies list of its own"
        yield vault_sighting(
            f"vault {quoted(vault.name)} is deployed with {what}, and the 'add' child grants access"
            " only to those that it names: everybody else is removed, and those lose access during"
            " every deployment",
            vault,
            case,
            severity=SEVERITY if emptied or vault.workspaces else Severity.WARNING,
            related=tuple(
                Related(
                    "this child adds to the list only after the vault was rewritten", child.place
                )
                for child in children
            ),
            broken=vault.workspaces,
            remedies=True,
        )
