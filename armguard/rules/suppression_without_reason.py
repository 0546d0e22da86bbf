"""# suppression-without-reason

## What it checks

A suppression that does not say why: in a template's metadata, in a comment, or in the
configuration.

## Symptoms

The finding that it names is still reported.

## Why

Whoever reads the template next has to know whether the finding was a mistake, an accepted risk or
something to come back to. A suppression without a reason is not honoured.

## Example

```json
{
  "type": "Microsoft.KeyVault/vaults",
  "metadata": { "armguard": { "ignore": [{ "rule": "access-policies-emptied" }] } }
}
```

## Use instead

```json
{
  "type": "Microsoft.KeyVault/vaults",
  "metadata": {
    "armguard": {
      "ignore": [
        {
          "rule": "access-policies-emptied",
          "reason": "deployed once by hand, never by the pipeline",
          "until": "2027-01-31"
        }
      ]
    }
  }
}
```

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

SUMMARY = "a suppression that gives no reason, and so does not hold"
SEVERITY = Severity.WARNING
LOOKS_AT = "suppression"


def find(wrong: WrongSuppression) -> Iterator[Sighting]:
    if wrong.kind == "without-reason":
        yield Sighting(wrong.message, wrong.location)
