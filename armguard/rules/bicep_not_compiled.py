"""# bicep-not-compiled

## What it checks

A Bicep file that was met in a folder, is deployed by itself, and could not be looked into, because
the Bicep CLI can't compile it, or there is none. So is a `.bicepparam` file. A module of another
Bicep file is a part of that one; a file `main.bicep` with its compiled `main.json` beside it is
read from there. A file that was named is an error of `unreadable-template`.

## Symptoms

None: without this note the file would look as if it had been checked.

## Why

armguard judges what Bicep is compiled to. What it can't read it can't judge, and silence would look
like "clean". So this is told whatever `--select` and `select` say, and goes only by `ignore`. The
file counts as not looked into, which is exit code 3 under `--fail-on-undecided`.

## Example

A folder with a file `main.bicep` and nothing else, on a machine without the Bicep CLI:

```bicep
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-example'
  properties: { accessPolicies: [] }
}
```

## Use instead

Where there is no CLI, get one: `az bicep install`, or a `bicep` on PATH; `--bicep PATH`, or `bicep`
in the configuration, names one that is elsewhere. Where there is one, the message has what it says,
at its place: correct the file, or give the CLI more time with `--bicep-timeout`. Modules that
nobody deploys belong into `exclude`. docs/bicep.md has more.

## When it can't know

Not applicable.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-cli
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.sighting import Sighting
from armguard.finding import Related, Severity, at_offset
from armguard.source.bicep_paths import is_bicep_parameters
from armguard.source.discovery import Unreadable

SUMMARY = "a Bicep file that can't be compiled, so that it is not checked"
SEVERITY = Severity.WARNING
LOOKS_AT = "file"


def find(file: Unreadable) -> Iterator[Sighting]:
    if file.kind == "Bicep file" and not file.named:
        kind = "Bicep parameter file" if is_bicep_parameters(file.root) else "Bicep file"
        what = f"the {kind}" if file.path == file.root else f"{kind} '{file.root}'"
        message = f"{what} was not looked into: {file.reason}"
        further = tuple(
            Related(said, at_offset(path, offset)) for path, offset, said in file.related
        )
        yield Sighting(
            message, at_offset(file.path, file.offset), related=further, leaves_open="root"
        )
