"""# workspace-access-not-granted

## What it checks

A Key Vault is deployed with a list of access policies, an Azure Machine Learning workspace of the
same template uses the vault, and no entry of the list is the identity of the workspace: of several
user-assigned ones the `primaryUserAssignedIdentity`. An entry without any permission grants
nothing.

## Symptoms

Those of `access-policies-emptied`: after the next deployment of the same template image builds
fail with `An internal server error occurred`, datastores with `Credential service failed`, the
data plane with 403 `Forbidden`.

## Why

The list in the template replaces the one that the vault has, and with it the entry that the service
added for the workspace when that was created. The id of a system-assigned identity does not exist
before the first deployment, so a list that was written beforehand can't contain it.

## Example

```json
[
  {
    "type": "Microsoft.KeyVault/vaults",
    "name": "kv-example",
    "properties": {
      "accessPolicies": [
        {
          "tenantId": "[subscription().tenantId]",
          "objectId": "[deployer().objectId]",
          "permissions": { "secrets": ["all"] }
        }
      ]
    }
  },
  {
    "type": "Microsoft.MachineLearningServices/workspaces",
    "apiVersion": "2024-04-01",
    "name": "mlw-example",
    "identity": { "type": "SystemAssigned" },
    "properties": { "keyVault": "[resourceId('Microsoft.KeyVault/vaults', 'kv-example')]" }
  }
]
```

## Use instead

Read the live list before each deployment and pass it in, or add the entry of the workspace:
`"objectId": "[reference(resourceId('Microsoft.MachineLearningServices/workspaces', 'mlw'),
'2024-04-01', 'Full').identity.principalId]"` works where the workspace exists already. A
user-assigned identity can be granted access before the workspace is created. `armguard rules
remedies` has more.

## When it can't know

An object id that is written out, or comes from a parameter, could be the workspace's own, and so
could the principal of an identity whose id is not known: then the finding is only possible, a
warning. With the deployed vault the question can be decided.

The vault with the key that a workspace is encrypted with needs no entry for the workspace itself,
so it is not asked about here.

## References

- https://learn.microsoft.com/azure/machine-learning/how-to-create-workspace-template
- https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import if_it_has_policies, staying, vault_sighting
from armguard.finding import Certainty, Hazard, Severity, brief, quoted
from armguard.keyvault.assessment import AssessedVault, Workspace
from armguard.keyvault.workspace_access import granting_children, workspaces_without_access
from armguard.record import replace

if TYPE_CHECKING:
    from armguard.deployed.comparison import Comparison

SUMMARY = "a vault's list of access policies leaves out the workspace that uses the vault"
SEVERITY = Severity.ERROR
HAZARD: Hazard = "workspace"
GIVES_WAY_TO = ("access-lost", "access-narrowed")


def find(case: Case) -> Iterator[Sighting]:
    for vault in case.assessment.vaults:
        if granting_children(vault) or case.uses_roles(vault):
            continue
        without = workspaces_without_access(vault)
        comparison = case.comparison_of(vault)
        told = _named(comparison, ("lost", "narrowed"))
        settled = told | _named(comparison, ("kept", "widened", "granted"))
        # whose access is lost is told there, if somebody asks for that
        lost = [each for each in without if each[0].name in told]
        if lost:
            yield _sighting(vault, case, lost)
        others = [each for each in without if each[0].name not in settled]
        if others:
            apart = "not in what is deployed" if comparison is not None else ""
            yield replace(_sighting(vault, case, others), subject=apart)


def _named(comparison: Comparison | None, kinds: Sequence[str]) -> set[str]:
    """The workspaces whose identities have such a change."""
    changes = () if comparison is None else comparison.changes
    return {name for each in changes if each.change in kinds for name in each.workspaces}


def _sighting(
    vault: AssessedVault, case: Case, without: Sequence[tuple[Workspace, bool]]
) -> Sighting:
    sure = [workspace for workspace, certain in without if certain]
    named = sure or [workspace for workspace, _ in without]
    names = ", ".join(f"'{brief(each.name)}'" for each in named)
    message = (
        f"the accessPolicies of vault {quoted(vault.name)} leave out the identity of workspace"
        f" {names}, so every deployment takes its access away"
    )
    if not sure:
        message += ", unless one of these entries is the workspace's own identity"
    return vault_sighting(
        message + if_it_has_policies(vault),
        vault,
        case,
        certainty=None if sure else Certainty.POSSIBLE,
        broken=[workspace for workspace, _ in without],
        extra=(staying(vault),),
        hazard=HAZARD,
    )
