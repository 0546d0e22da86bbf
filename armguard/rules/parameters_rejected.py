"""# parameters-rejected

## What it checks

Parameters that Azure would refuse: a value of another type than the declared one, one that is not
among the allowed values, too long or too short, a name that the template does not declare, null for
one that is required, or a default that its own declaration rejects.

## Symptoms

`InvalidTemplate: Deployment template validation failed`, before anything is deployed.

## Why

The deployment would not start, so what it does to a vault can't be said: the vaults of this
template and these parameters are undecided.

## Example

```json
{
  "parameters": { "enableRbac": { "type": "bool", "defaultValue": "true" } },
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2026-02-01",
      "name": "kv-example",
      "location": "westeurope",
      "properties": {
        "tenantId": "[subscription().tenantId]",
        "sku": { "family": "A", "name": "standard" },
        "enableRbacAuthorization": "[parameters('enableRbac')]",
        "accessPolicies": []
      }
    }
  ]
}
```

A string is not taken for a boolean, in a parameter file either.

## Use instead

Correct the value, or name the parameter file that belongs to the template.

## When it can't know

A required parameter without a value is no finding; it makes what hangs on it undecided. A default
that is refused may be a placeholder that every deployment replaces, so in a template without any
vault it is no finding either.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/parameters
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Location, Severity

SUMMARY = "parameters that Azure would refuse"
SEVERITY = Severity.ERROR


def find(case: Case) -> Iterator[Sighting]:
    template = case.assessment.template
    for problem in case.assessment.rejected:
        yield Sighting(
            f"Azure would refuse the parameters: {problem.message}",
            problem.location or Location(template),
            Certainty.DEFAULT if problem.by_default else Certainty.CERTAIN,
            subject=f"{problem.parameter} of {template}",
        )
