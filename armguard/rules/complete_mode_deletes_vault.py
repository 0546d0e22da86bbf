"""# complete-mode-deletes-vault

## What it checks

A vault is part of a deployment in Complete mode, nested or by `--mode complete`, and its condition,
or that of a nested deployment around it in the same resource group, is false or can be.

## Symptoms

The vault is gone after a deployment: 404, or `az keyvault list-deleted` shows it. What reads
secrets from it fails.

## Why

In Complete mode Azure deletes what is in the resource group but not in the template, and a resource
whose condition is false is not in the template. In Incremental mode such a condition leaves the
vault alone. A nested deployment to the same resource group counts as part of a Complete one; one to
another group is Incremental.

## Example

```json
{
  "parameters": { "keyVaultOption": { "type": "string", "defaultValue": "existing" } },
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "condition": "[equals(parameters('keyVaultOption'), 'new')]",
      "apiVersion": "2026-02-01",
      "name": "kv-example"
    }
  ]
}
```

deployed with `az deployment group create --mode Complete`, checked with
`armguard check main.json --mode complete`.

## Use instead

Incremental mode, or `"@options": {"onlyIfNotExists": []}` in place of the condition. A vault that
was deleted can be recovered with its access policies: `az keyvault recover`.

## When it can't know

Vaults that the template does not mention are deleted as well; only the deployed state can tell
whether there are any. A `mode` that is not known before the deployment is not reported.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-modes
- https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.scope import Evaluated, Scope, Where
from armguard.evaluation.unknown import Unknown, Value
from armguard.evaluation.values import find_key, member
from armguard.explaining.list_finding import quoted_name
from armguard.explaining.vault_finding import resource_name
from armguard.expressions.syntax import to_text
from armguard.finding import Certainty, Detail, Finding, Severity
from armguard.keyvault.assessment import Assessment
from armguard.keyvault.complete_mode import gates_in_complete_mode
from armguard.keyvault.declared import declared_in
from armguard.keyvault.sureness import Certainty as Sureness
from armguard.keyvault.sureness import provenance
from armguard.templates.resource import Resource

SUMMARY = "a Complete-mode deployment deletes a vault whose condition is false"
SEVERITY = Severity.WARNING


def find(assessment: Assessment) -> Iterator[Finding]:
    if assessment.rejected:
        return
    for vault in _vaults(assessment):
        if vault.existing:
            continue
        for gate in gates_in_complete_mode(vault, assessment.mode):
            finding = _finding(vault, gate)
            if finding is not None:
                yield finding
                break


def _vaults(assessment: Assessment) -> Iterator[Resource]:
    """Those of the template, also in nested deployments whose condition is false."""
    for vault in assessment.vaults:
        if vault.child_of is None:
            yield vault.resource
    for skipped in assessment.skipped:
        resource = skipped.resource
        if not gates_in_complete_mode(resource, assessment.mode):
            continue
        try:
            nested = resource.deployment.nested(resource).deployment
        except EvaluationError:
            continue
        if nested is not None:
            for declared in declared_in(nested).vaults:
                yield declared.resource


def _finding(vault: Resource, gate: Resource) -> Finding | None:
    key = find_key(gate.written, "condition")
    if key is None:
        return None
    try:
        evaluated = ask(gate.scope, partial(_condition, gate))
    except EvaluationError:
        return None
    certainty = _can_be_false(evaluated)
    if certainty is None:
        return None
    whose = "its condition"
    if gate is not vault:
        whose = f"the condition of the nested deployment {quoted_name(gate)} around it"
    when = "where" if certainty == "possible" else "since"
    return Finding(
        rule="complete-mode-deletes-vault",
        severity=SEVERITY,
        certainty=Certainty(certainty),
        message=f"a deployment in Complete mode deletes vault {quoted_name(vault)} {when} {whose}"
        " is false",
        location=gate.place.child(key),
        details=(
            *_why(evaluated),
            Detail("fix", ("deploy in Incremental mode, or keep the vault in the template",)),
        ),
        resource=resource_name(vault),
        written_name=str(member(vault.written, "name")),
    )


def _condition(gate: Resource, _: Scope) -> Value:
    return gate.evaluate("condition", Where.GATE)


def _can_be_false(condition: Evaluated) -> Sureness | None:
    """How sure it is that a condition is false somewhere; None: it is true."""
    if condition.value is False:
        return provenance(condition.consulted)
    if isinstance(condition.value, Unknown):
        return "possible"
    return "possible" if provenance(condition.consulted) == "possible" else None


def _why(condition: Evaluated) -> tuple[Detail, ...]:
    defaults = [
        each.name
        for each in condition.consulted
        if each.kind == "parameter" and each.origin == "default"
    ]
    if condition.value is False and defaults:
        names = " and ".join(f"'{name}'" for name in defaults)
        text = f"the condition is false by the default of parameter {names}"
        return (Detail("because", (text,)),)
    if isinstance(condition.value, Unknown):
        return (Detail("so if", (f"{to_text(condition.value.residual)} is false",)),)
    return ()
