"""# invalid-expression

## What it checks

An expression that the answer needs and that can't be parsed or evaluated.

## Symptoms

`InvalidTemplate: Unable to process template language expressions`; the deployment does not start.

## Why

Azure would refuse the template, so what it does to a vault can't be said. Only what the question
needs is looked at: an expression elsewhere in the template, or in a nested deployment that holds no
vault and no workspace, may be broken unnoticed.

## Example

```json
{ "enableRbacAuthorization": false, "accessPolicies": "[concat(parameters('a'), ]" }
```

## Use instead

Correct the expression; the message quotes it and says what is wrong with it.

## When it can't know

armguard evaluates as Azure's own engine does before a deployment; docs/engine-differences.md lists
what it does not share with it.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.evaluation.unknown import Reason
from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Location, Severity, quoted
from armguard.keyvault.sureness import provenance

SUMMARY = "an expression that the answer needs can't be parsed or evaluated"
SEVERITY = Severity.ERROR


def find(case: Case) -> Iterator[Sighting]:
    assessment = case.assessment
    for vault in assessment.vaults:
        open_ = vault.verdict.outcome.open
        if open_ is None or open_.reason is not Reason.FAILED:
            continue
        step = vault.verdict.outcome.steps[-1]
        yield Sighting(
            f"{step.what} of vault {quoted(vault.name)} can't be evaluated: {open_.detail}",
            step.place,
            provenance(vault.files),
            resource=vault.resource,
            leaves_open="vault",
        )
    for problem in assessment.problems:
        place = problem.location or Location(assessment.template)
        yield Sighting(problem.message, place, provenance(problem.files))
