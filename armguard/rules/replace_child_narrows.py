"""# replace-child-narrows

## What it checks

A child `Microsoft.KeyVault/vaults/accessPolicies` whose name ends, or may end, in `replace` or
`remove`.

## Symptoms

A principal that works after it was granted access elsewhere gets 403 `Forbidden` after the next
deployment.

## Why

The last part of the name is the operation. `add` only ever adds permissions. `replace` gives the
principals that it lists exactly the listed permissions, so what was added to them elsewhere is
lost; other principals are left alone, although a what-if shows the whole list as replaced. `remove`
takes the listed permissions away, at every deployment again.

## Example

```json
{
  "type": "Microsoft.KeyVault/vaults/accessPolicies",
  "apiVersion": "2026-02-01",
  "name": "kv-example/replace",
  "properties": {
    "accessPolicies": [
      {
        "tenantId": "[subscription().tenantId]",
        "objectId": "11111111-1111-1111-1111-111111111111",
        "permissions": { "secrets": ["get"] }
      }
    ]
  }
}
```

## Use instead

`kv-example/add`, unless taking permissions away is what the template is for.

## When it can't know

That `replace` leaves other principals alone rests on reports, not on documentation. An operation
that is not known, or that is `replace` or `remove` in one branch of an `if` or as one of several
`allowedValues`, makes the finding possible. What the principals have today only a comparison with
the deployed vault can tell.

## References

- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/accesspolicies
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.list_sighting import change_sighting
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Severity
from armguard.keyvault.sureness import least
from armguard.keyvault.written_lists import effective_changes
from armguard.record import replace

SUMMARY = "a 'replace' or 'remove' child takes permissions away from the principals it lists"
SEVERITY = Severity.WARNING
_EFFECTS = {
    "replace": "gives the principals that it lists exactly the listed permissions, so every"
    " deployment takes away what they were granted elsewhere",
    "remove": "takes the listed permissions away from its principals, whoever granted them, at"
    " every deployment",
}


def find(case: Case) -> Iterator[Sighting]:
    for change in effective_changes(case.assessment):
        effect = _EFFECTS.get(change.operation or "")
        if effect is not None:
            message = f"child {change.resource} {effect}"
            seen = change_sighting(message, change, change.name_place)
            yield replace(seen, certainty=least(seen.certainty, change.operation_certainty))
            continue
        taking = [each for each in change.operations if each is None or each in _EFFECTS]
        if taking:
            may_be = " or ".join(f"'{each}'" for each in taking if each is not None)
            why = f"may be {may_be}" if None not in taking else "is not known"
            message = (
                f"child {change.resource} may take permissions away from the principals that it"
                f" lists: its operation {why}"
            )
            seen = change_sighting(message, change, change.name_place)
            yield replace(seen, certainty=Certainty.POSSIBLE)
