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

from armguard.finding import Certainty, Finding, Location, Severity
from armguard.keyvault.assessment import Assessment

SUMMARY = "parameters that Azure would refuse"
SEVERITY = Severity.ERROR


def find(assessment: Assessment) -> Iterator[Finding]:
    for problem in assessment.rejected:
        template = next(iter(assessment.documents))
        yield Finding(
            rule="parameters-rejected",
            severity=SEVERITY,
            certainty=Certainty.DEFAULT if problem.by_default else Certainty.CERTAIN,
            message=f"Azure would refuse the parameters: {problem.message}",
            location=problem.location or Location(template),
            subject=f"{problem.parameter} of {template}",
        )
