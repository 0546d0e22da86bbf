"""# vault-written-twice

## What it checks

The same vault is written by two resources of one deployment, or by two templates of one run.

## Symptoms

Access policies change back and forth: whoever is in one list only has access until the other
template is deployed. Within one template Azure may refuse the deployment, or the result depends on
which of the two is written last.

## Why

Each write replaces the whole list of access policies, so the last one wins and removes whoever is
only in the other list.

## Example

```json
[
  { "type": "Microsoft.KeyVault/vaults", "name": "kv-shared" },
  { "type": "Microsoft.KeyVault/vaults", "name": "kv-shared" }
]
```

## Use instead

Write the vault in one place, and let others grant access with an `add` child or take the id of the
vault as a parameter.

## When it can't know

Two resources whose conditions exclude each other are one writer; conditions that only depend on
each other in ways that the template does not write down may both be assumed. Across templates only
names that are fully known are compared, in places not known to differ. A template that another one
of the run links by `relativePath` is part of that one, and several parameter files of one template,
or symbolic links to it, are not several writers.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-modes
- https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.because import only_if
from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Detail, Location, Related, Severity, quoted
from armguard.keyvault.assessment import AssessedVault, OtherWrite
from armguard.keyvault.other_templates import may_be_wiped
from armguard.keyvault.sureness import RANK, least
from armguard.keyvault.verdict import WIPES

SUMMARY = "the same vault is written by two resources, or by two templates"
SEVERITY = Severity.ERROR


def find(case: Case) -> Iterator[Sighting]:
    for vault in filter(may_be_wiped, case.assessment.vaults):
        for other in vault.also_written:
            if may_be_wiped(other.vault):
                yield _written_twice(vault, other)


def _written_twice(vault: AssessedVault, other: OtherWrite) -> Sighting:
    if other.template is None:
        message = (
            f"vault {quoted(vault.name)} is written twice by this deployment, so its access"
            " policies are those of whichever write comes last"
        )
    else:
        message = (
            f"vault {quoted(vault.name)} is written by this template and by '{other.template}',"
            " so its access policies are those of whichever is deployed last"
        )
    both = (other.vault, vault)
    certainty = least(*map(_write_certainty, both), other.certainty)
    # one write that wipes is enough, so the surer one counts
    wipes = [each for each in both if each.verdict.kind in WIPES]
    worlds = (*other.said, *_written_if(other.vault), *_written_if(vault))
    if wipes:
        wipe = min(wipes, key=lambda each: RANK.index(_verdict_certainty(each)))
        certainty = least(certainty, _verdict_certainty(wipe))
        if wipe.verdict.certainty is Certainty.POSSIBLE:
            worlds += wipe.verdict.world.said
    is_possible = certainty is Certainty.POSSIBLE
    here, there = _apart(vault.places, other.vault.places)
    return Sighting(
        message + only_if(*(worlds if is_possible else ())),
        here,
        certainty,
        SEVERITY if wipes else Severity.WARNING,
        related=(Related("the vault is written here as well", there),),
        details=(
            Detail("see", (there, " writes it as well")),
            Detail("fix", ("let one of them write the vault, and refer to it in the other",)),
        ),
        resource=vault.resource,
    )


def _write_certainty(vault: AssessedVault) -> Certainty:
    """How sure it is that a vault is written, under this name."""
    written = Certainty.POSSIBLE if vault.written is None else vault.written.certainty
    return least(written, vault.name_certainty)


def _verdict_certainty(vault: AssessedVault) -> Certainty:
    return vault.verdict.certainty or _write_certainty(vault)


def _written_if(vault: AssessedVault) -> tuple[str, ...]:
    """The conditions under which it is written, where these are open."""
    said = () if vault.written is None else vault.written.said
    is_sure = vault.written is not None and vault.written.certainty is not Certainty.POSSIBLE
    # an open condition is assumed in the worst world
    return said or (() if is_sure else vault.verdict.world.said)


def _apart(second: tuple[Location, ...], first: tuple[Location, ...]) -> tuple[Location, Location]:
    """Where the two ways to a vault differ: a module that is used twice is written only once."""
    return next(
        (pair for pair in zip(second, first, strict=False) if pair[0] != pair[1]),
        (second[0], first[0]),
    )
