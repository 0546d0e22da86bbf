"""# invalid-expression

## What it checks

An expression that the answer needs and that can't be parsed or evaluated.

## Symptoms

`InvalidTemplate: Unable to process template language expressions`; the deployment does not start.

## Why

Azure would refuse the template, so what it does to a vault can't be said. Only what the question
needs is looked at: an expression elsewhere in the template may be broken unnoticed.

## Example

```json
{ "enableRbacAuthorization": false, "accessPolicies": "[concat(parameters('a'), ]" }
```

## Use instead

Correct the expression; the message says what is wrong and where.

## When it can't know

armguard evaluates as Azure's own engine does before a deployment; docs/engine-differences.md lists
what it does not share with it.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.evaluation.unknown import Reason
from armguard.explaining.vault_finding import quoted, resource_name
from armguard.finding import Certainty, Finding, Location, Severity
from armguard.keyvault.assessment import Assessment

SUMMARY = "an expression that the answer needs can't be parsed or evaluated"
SEVERITY = Severity.ERROR


def find(assessment: Assessment) -> Iterator[Finding]:
    if assessment.rejected:
        return
    for vault in assessment.vaults:
        open_ = vault.verdict.outcome.open
        if open_ is None or open_.reason is not Reason.FAILED:
            continue
        step = vault.verdict.outcome.steps[-1]
        yield Finding(
            rule="invalid-expression",
            severity=SEVERITY,
            certainty=Certainty.CERTAIN,
            message=f"{step.what} of vault {quoted(vault)} can't be evaluated: {open_.detail}",
            location=step.place,
            resource=resource_name(vault.resource),
        )
    for problem in assessment.problems:
        place = problem.location
        yield Finding(
            rule="invalid-expression",
            severity=SEVERITY,
            certainty=Certainty.CERTAIN,
            message=problem.message,
            location=place or Location(next(iter(assessment.documents))),
        )
