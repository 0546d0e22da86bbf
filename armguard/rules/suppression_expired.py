"""# suppression-expired

## What it checks

A suppression whose day (`until`) has passed, or is no date. It holds through that day, in UTC.

## Symptoms

The finding that it names is reported again.

## Why

Somebody accepted a finding for some time, and that time is over.

## Example

```json
{
  "type": "Microsoft.KeyVault/vaults",
  "metadata": {
    "armguard": {
      "ignore": [
        {
          "rule": "access-policies-emptied",
          "reason": "the vault moves to role assignments this quarter",
          "until": "2020-03-31"
        }
      ]
    }
  }
}
```

## Use instead

Correct the template and remove the suppression, or give it another day and say why.

## When it can't know

Not applicable.

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

SUMMARY = "a suppression that held only until a day which has passed"
SEVERITY = Severity.WARNING
LOOKS_AT = "suppression"


def find(wrong: WrongSuppression) -> Iterator[Sighting]:
    if wrong.kind == "expired":
        yield Sighting(wrong.message, wrong.location)
