"""# complete-mode-deletes-vault

## What it checks

A vault is part of a deployment in Complete mode, nested or by `--mode complete`, and its condition,
or that of a nested deployment around it in the same resource group, is false or can be: it is open,
or another one of the `allowedValues` of a parameter makes it false. Where parameters make it false
as it is deployed, that is an error. With
`--live` or `--against` also each vault of the resource group, of the root or of a nested deployment
in that mode, that the template does not hold; that is an error, even where the template holds no
vault at all.

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
whether there are any. A `mode` that is not known before the deployment is reported only there, as
possible.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-modes
- https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.evaluation.scope import Evaluated
from armguard.evaluation.unknown import Unknown
from armguard.explaining.bicep_words import module_of
from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.expressions.syntax import to_text
from armguard.finding import Certainty, Detail, ResourceName, Severity

SUMMARY = "a Complete-mode deployment deletes a vault that is not, or not always, in the template"
SEVERITY = Severity.WARNING
_INCREMENTAL = Detail("fix", ("deploy in Incremental mode, or keep the vault in the template",))


def find(case: Case) -> Iterator[Sighting]:
    deployed = {each.vault.resource for each in case.comparisons if each.found.state == "exists"}
    for deletion in case.assessment.deletions:
        whose = "its condition"
        if deletion.around is not None:
            module = module_of(deletion.place, case)
            whose = f"the condition of {module or f'the nested deployment {deletion.around}'}"
            whose += " around it"
        is_possible = deletion.certainty is Certainty.POSSIBLE
        when = "where" if is_possible else "since"
        by_parameters = any(each.kind == "parameter" for each in deletion.condition.consulted)
        is_error = by_parameters or deletion.vault in deployed
        yield Sighting(
            f"a deployment in Complete mode deletes vault {deletion.vault} {when} {whose} is false",
            deletion.place,
            deletion.certainty,
            severity=Severity.ERROR if is_error and not is_possible else None,
            details=(
                *(Detail("so if", (each,)) for each in (deletion.said,) if each),
                *_why(deletion.condition),
                _INCREMENTAL,
            ),
            resource=deletion.vault,
        )
    for vault in () if case.compared is None else case.compared.unlisted:
        name = str(vault.document["name"])
        yield Sighting(
            f"a deployment in Complete mode deletes vault '{name}', which is in its resource group"
            " and not in the template",
            vault.group.place,
            vault.certainty,
            severity=Severity.ERROR,
            details=(_INCREMENTAL,),
            resource=ResourceName("Microsoft.KeyVault/vaults", name),
            subject=name,
        )


def _why(condition: Evaluated) -> tuple[Detail, ...]:
    defaults = [each.name for each in condition.consulted if each.is_default]
    if condition.value is False and defaults:
        names = " and ".join(f"'{name}'" for name in defaults)
        text = f"the condition is false by the default of parameter {names}"
        return (Detail("because", (text,)),)
    if isinstance(condition.value, Unknown):
        return (Detail("so if", (f"{to_text(condition.value.residual)} is false",)),)
    return ()
