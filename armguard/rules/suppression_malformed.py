"""# suppression-malformed

## What it checks

What is meant as a suppression, but written so that it can't hold: a comment that says
`armguard: ignore` without a rule in brackets, or with a slip in it; metadata of armguard without
`ignore`, or with a misspelled key.

## Symptoms

The finding that it is about is still reported, or a last day that is misspelled never comes.

## Why

armguard passes over comments and metadata that it does not know. Somebody who believes that a
finding is accepted has to hear that it is not.

## Example

```json
{
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "properties": {
        // armguard: ignore access-policies-emptied, the vault is deployed by hand
        "accessPolicies": []
      }
    }
  ]
}
```

## Use instead

```json
{
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "properties": {
        // armguard: ignore[access-policies-emptied] the vault is deployed by hand
        "accessPolicies": []
      }
    }
  ]
}
```

## When it can't know

A comment that speaks of armguard, but neither tells it to ignore something nor names a rule, is
taken for a remark.

## References

- docs/configuration.md
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from armguard.explaining.sighting import Sighting
from armguard.finding import Severity

if TYPE_CHECKING:
    from armguard.acceptance.suppressions import WrongSuppression

SUMMARY = "a comment or metadata that is meant as a suppression and is none"
SEVERITY = Severity.WARNING
LOOKS_AT = "suppression"


def find(wrong: WrongSuppression) -> Iterator[Sighting]:
    if wrong.kind == "malformed":
        yield Sighting(wrong.message, wrong.location)
