"""# add-child-does-not-protect

## What it checks

A Key Vault is deployed with its own list of access policies, empty or not, and a child resource
`Microsoft.KeyVault/vaults/accessPolicies` named `add` in the same deployment grants some principals
access again.

## Symptoms

Those of `access-policies-emptied` for everybody whom neither list names. Those whom the child names
lose access for a while during every deployment, unless the vault's own list names them as well,
which shows as failures that come and go.

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
    "properties": {
      "accessPolicies": [
        {
          "tenantId": "[subscription().tenantId]",
          "objectId": "11111111-1111-1111-1111-111111111111",
          "permissions": { "secrets": ["get"] }
        }
      ]
    },
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

from collections.abc import Iterator, Sequence

from armguard.explaining.case import Case
from armguard.explaining.list_sighting import shown_id
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import if_it_has_policies, vault_sighting
from armguard.finding import Hazard, Related, Severity, quoted
from armguard.keyvault.assessment import AssessedVault, PolicyChange
from armguard.keyvault.workspace_access import (
    granting_children,
    grants_openly,
    without_access_meanwhile,
)

SUMMARY = "a vault is rewritten and an 'add' child grants only some principals access again"
SEVERITY = Severity.ERROR
HAZARD: Hazard = "list"
GIVES_WAY_TO = ("access-lost", "access-narrowed")


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        children = granting_children(vault)
        if not children or case.uses_roles(vault):
            continue
        emptied = vault.verdict.kind == "emptied"
        others = "else" if emptied else "whom neither of them names"
        gap = _who_has_a_gap(vault, children)
        what = "an empty accessPolicies list" if emptied else "an accessPolicies list of its own"
        grants = "the 'add' child grants access only to those that it names"
        if any(None in each.operations or "replace" in each.operations for each in vault.changes):
            grants = "its children grant access only to those that they name"
        yield vault_sighting(
            f"vault {quoted(vault.name)} is deployed with {what}, and {grants}: everybody {others}"
            f" is removed, and {gap} access during every deployment{if_it_has_policies(vault)}",
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
            hazard=HAZARD,
        )


_MOST = 8


def _who_has_a_gap(vault: AssessedVault, children: Sequence[PolicyChange]) -> str:
    """Who has no access until the child is written: whoever is not in the vault's own list."""
    entries = without_access_meanwhile(vault, children)
    if any(map(grants_openly, children)):
        own = " that are not in the vault's own list" if vault.policies else ""
        return f"those{own} lose"
    if len(entries) == sum(len(change.policies) for change in children):
        return "those lose"
    names = [shown_id(each.object_id) for each in entries]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    listed = ", ".join(names[:_MOST])
    return f"{listed}{more}, which only the child names, {'lose' if names[1:] else 'loses'}"
