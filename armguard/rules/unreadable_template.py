"""# unreadable-template

## What it checks

A file that is a deployment template by its `$schema`, or was named, but can't be read or is no
JSON as Azure reads it. A file or folder that can't even be opened (no permission, a link that leads
nowhere) is told of as well: as an error if it was named, else as a warning. So is a Bicep file that
was named and that the Bicep CLI can't compile, or for which there is none; one that was only met in
a folder is `bicep-not-compiled`.

## Symptoms

The deployment fails at once with a message about invalid JSON.

## Why

What armguard can't read it can't judge, and silence would look like "clean". So this is told
whatever `--select` and `select` say, and goes only by `ignore`.

## Example

```json
{ "resources": [{ "type": "Microsoft.KeyVault/vaults" "name": "kv-example" }] }
```

## Use instead

Correct the file. Comments, trailing commas and line breaks in strings are fine: Azure reads them.

For Bicep, `az bicep install` gets a CLI, and `--bicep PATH`, or `bicep` in the configuration, names
one that is elsewhere. Errors of the compiler are at their own places; docs/bicep.md has more.

## When it can't know

Not applicable.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.sighting import Sighting
from armguard.finding import Severity, at_offset
from armguard.source.bicep_paths import is_bicep_parameters
from armguard.source.discovery import Unreadable

SUMMARY = "a template that can't be read or parsed"
SEVERITY = Severity.ERROR
LOOKS_AT = "file"


def find(file: Unreadable) -> Iterator[Sighting]:
    if file.kind == "Bicep file":
        if not file.named:
            return  # bicep-not-compiled tells of it
        kind = "Bicep parameter file" if is_bicep_parameters(file.root) else "Bicep file"
        message = f"the {kind} can't be compiled: {file.reason}"
        yield Sighting(message, at_offset(file.path, file.offset), leaves_open="file")
        return
    message = f"the file can't be read as a {file.kind}: {file.reason}"
    if not file.named:
        message = f"the file or folder {file.reason}; nothing in it is checked"
    yield Sighting(
        message,
        at_offset(file.path, file.offset),
        severity=None if file.named else Severity.WARNING,
        leaves_open="file",
    )
