"""# unreadable-template

## What it checks

A file that is a deployment template by its `$schema`, or was named, but can't be read or is no
JSON as Azure reads it.

## Symptoms

The deployment fails at once with a message about invalid JSON.

## Why

What armguard can't read it can't judge, and silence would look like "clean".

## Example

```json
{ "resources": [{ "type": "Microsoft.KeyVault/vaults" "name": "kv-example" }] }
```

## Use instead

Correct the file. Comments, trailing commas and line breaks in strings are fine: Azure reads them.

## When it can't know

Not applicable.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.finding import Finding, Severity
from armguard.keyvault.assessment import Assessment

SUMMARY = "a template that can't be read or parsed"
SEVERITY = Severity.ERROR


def find(assessment: Assessment) -> Iterator[Finding]:
    """Nothing: a template that was assessed could be read. `analysis` reports those that can't."""
    yield from ()
