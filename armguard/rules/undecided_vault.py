"""# undecided-vault

## What it checks

A Key Vault whose verdict hangs on something that the template and its parameters don't tell, or a
nested deployment that could not be looked into and may hold vaults.

## Symptoms

None by itself: it says that armguard does not know, and what would tell it.

## Why

A list of access policies, or the RBAC flag, is a parameter that is not supplied, the result of a
`reference()`, a secret, or in a file that is not here. A guess would be a false alarm or a missed
wipe.

## Example

```json
{
  "parameters": { "accessPolicies": { "type": "array" } },
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2026-02-01",
      "name": "kv-example",
      "properties": {
        "enableRbacAuthorization": false,
        "accessPolicies": "[parameters('accessPolicies')]"
      }
    }
  ]
}
```

checked without a parameter file.

## Use instead

Check with the parameters that are deployed: `armguard check main.json --parameters prod.json`, or
`--set NAME=VALUE`. In a pipeline, `--fail-on-undecided` makes an undecided vault exit code 3.

## When it can't know

Always; that is the point.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.evaluation.unknown import Reason
from armguard.explaining.case import Case
from armguard.explaining.deciding import how_to_decide
from armguard.explaining.sighting import Sighting
from armguard.explaining.vault_sighting import vault_sighting
from armguard.finding import Certainty, Detail, Severity, quoted
from armguard.keyvault.declared import Closed
from armguard.record import replace

SUMMARY = "a vault that could not be decided, and what would decide it"
SEVERITY = Severity.NOTE


def find(case: Case) -> Iterator[Sighting]:
    for vault in () if case.assessment.rejected else case.assessment.vaults:
        verdict = vault.verdict
        open_ = verdict.outcome.open
        if verdict.kind != "undecided" or (open_ is not None and open_.reason is Reason.FAILED):
            continue
        seen = vault_sighting(
            f"what a deployment does to the access policies of vault {quoted(vault.name)} is not"
            f" known: {verdict.reason}",
            vault,
            case,
            certainty=Certainty.CERTAIN,
            extra=(how_to_decide(open_),),
        )
        # what is open may be the condition or a flag and not the list
        step = verdict.outcome.steps[-1] if verdict.outcome.steps else None
        is_own = step is not None and step.key == vault.key
        location = step.place if step is not None and is_own else seen.location
        yield replace(seen, location=location, leaves_open="vault")
    for closed in case.assessment.closed:
        yield Sighting(
            f"nested deployment '{closed.resource.name}' was not looked into, so"
            f" vaults in it are undecided: {closed.reason}",
            closed.place,
            details=(_how_to_look_inside(closed),),
            resource=closed.resource,
            leaves_open="vault",
        )


def _how_to_look_inside(closed: Closed) -> Detail:
    if closed.open is not None and closed.open.reason in (Reason.NOT_SUPPLIED, Reason.CONTEXT):
        return how_to_decide(closed.open)
    return Detail("decide", ("check that template itself, with the parameters that it is given",))
