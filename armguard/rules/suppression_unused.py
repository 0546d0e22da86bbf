"""# suppression-unused

## What it checks

A suppression that suppresses nothing: its rule finds nothing there any more, the comment stands on
another line than the finding, or its rule is misspelled.

## Symptoms

None, until the finding comes back one day and nobody hears of it.

## Why

A suppression that outlives its finding hides the next one.

## Example

A comment from the days when there was a vault:

```json
{
  "resources": [
    // armguard: ignore[access-policies-emptied] the vault is deployed by hand
    { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01", "name": "st" }
  ]
}
```

## Use instead

Remove it.

## When it can't know

Nothing is said about rules that were not selected, files that were not checked, patterns of the
configuration when only some files are checked, or when one of several environments is.

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

SUMMARY = "a suppression that has nothing to suppress"
SEVERITY = Severity.WARNING
LOOKS_AT = "suppression"


def find(wrong: WrongSuppression) -> Iterator[Sighting]:
    if wrong.kind == "unused":
        yield Sighting(wrong.message, wrong.location)
