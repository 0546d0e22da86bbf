"""# bicep-not-compiled

## What it checks

A Bicep file that was met in a folder, is deployed by itself, and could not be looked into, because
nobody has compiled it. A module of another Bicep file is a part of that one; a file `main.bicep`
with its compiled `main.json` beside it is read from there.

## Symptoms

None: without this note the file would look as if it had been checked.

## Why

armguard reads JSON templates. What it can't read it can't judge, and silence would look like
"clean". So this is told whatever `--select` and `select` say, and goes only by `ignore`.

## Example

A folder with a file `main.bicep` and nothing else:

```bicep
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-example'
  properties: { accessPolicies: [] }
}
```

## Use instead

Compile it before armguard runs, and check what comes out: `bicep build main.bicep`, or
`az bicep build --file main.bicep`. Modules that are found to be deployed by themselves belong into
`exclude`.

## When it can't know

Not applicable.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-cli
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.sighting import Sighting
from armguard.finding import Related, Severity, at_offset
from armguard.source.discovery import Unreadable

SUMMARY = "a Bicep file that nobody has compiled, so that it is not checked"
SEVERITY = Severity.WARNING
LOOKS_AT = "file"


def find(file: Unreadable) -> Iterator[Sighting]:
    if file.kind == "Bicep file" and not file.named:
        what = "the Bicep file" if file.path == file.root else f"Bicep file '{file.root}'"
        message = f"{what} was not looked into: {file.reason}"
        further = tuple(
            Related(said, at_offset(path, offset)) for path, offset, said in file.related
        )
        yield Sighting(
            message, at_offset(file.path, file.offset), related=further, leaves_open="root"
        )
