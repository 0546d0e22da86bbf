"""# parameters-rejected

## What it checks

Parameters that Azure would refuse: a value of another type than the declared one, one that is not
among the allowed values, too long or too short, a name that the template does not declare, null for
one that is required, or a default that its own declaration rejects.

## Symptoms

`InvalidTemplate: Deployment template validation failed`, before anything is deployed.

## Why

The deployment would not start. What Azure would refuse counts as not supplied, and the rest is
judged. Where the verdict on a vault hangs on it, which makes that undecided or possible, it is an
error; else, as with a name that the template does not declare or a blank value of a tag, a warning.

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

A required parameter without a value is no finding, nor is one with a placeholder that a pipeline or
the Azure Developer CLI fills in, nor a surplus name in a file of the Azure Developer CLI, which
leaves it out. A template without any vault is not looked at: other tools check its parameters.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/parameters
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Location, Severity
from armguard.keyvault.open_parameters import open_parameters

SUMMARY = "parameters that Azure would refuse"
SEVERITY = Severity.ERROR


def find(case: Case) -> Iterator[Sighting]:
    assessment = case.assessment
    if not assessment.rejected or not (assessment.vaults or assessment.closed):
        return
    verdicts = [vault.verdict for vault in assessment.vaults]
    hanging = open_parameters(verdicts, assessment.closed)
    for problem in assessment.rejected:
        decides = problem.parameter.lower() in hanging
        yield Sighting(
            f"Azure would refuse the parameters: {problem.message}",
            problem.location or Location(assessment.template),
            Certainty.DEFAULT if problem.by_default else Certainty.CERTAIN,
            severity=SEVERITY if decides else Severity.WARNING,
            subject=f"{problem.parameter} of {assessment.template}",
        )
