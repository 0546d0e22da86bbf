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
of the run links by `relativePath` is part of that one, and several parameter files of one template
are not several writers.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-modes
- https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armguard.explaining.because import only_if
from armguard.finding import Certainty, Detail, Finding, Location, Related, ResourceName, Severity
from armguard.keyvault.assessment import Assessment
from armguard.keyvault.footprint import (
    Footprint,
    WrittenVault,
    may_be_same,
    roots,
    written_vaults,
)
from armguard.keyvault.sureness import RANK, least
from armguard.keyvault.sureness import Certainty as Sureness
from armguard.record import replace

SUMMARY = "the same vault is written by two resources, or by two templates"
SEVERITY = Severity.ERROR
_WIPES = ("emptied", "missing", "replaced")


def find(assessment: Assessment) -> Iterator[Finding]:
    """Two resources of one deployment."""
    written = {vault.key: vault for vault in written_vaults(assessment)}
    for pair in assessment.rivals:
        first, second = written.get(pair.first), written.get(pair.second)
        if first is None or second is None:
            continue
        yield _finding(
            first,
            second,
            f"vault {_quoted(second)} is written twice by this deployment, so its access policies"
            " are those of whichever write comes last",
            pair.certainty,
            pair.said,
        )


def find_across(footprints: Sequence[Footprint]) -> Iterator[Finding]:
    """Two templates of one run: one finding for each that writes what an earlier one writes."""
    earlier: dict[str, dict[tuple[str, str, Location], WrittenVault]] = {}
    for footprint in roots(footprints):
        for vault in footprint.vaults:
            others = earlier.setdefault(vault.id.rpartition("/")[2], {})
            for (template, _, _), other in others.items():
                if template != footprint.template and may_be_same(other.id, vault.id):
                    finding = _finding(
                        other,
                        vault,
                        f"vault {_quoted(vault)} is written by this template and by '{template}',"
                        " so its access policies are those of whichever is deployed last",
                    )
                    yield replace(finding, parameters=footprint.parameters)
                    break
            others.setdefault((footprint.template, vault.id, vault.places[-1]), vault)


def _finding(
    first: WrittenVault,
    second: WrittenVault,
    message: str,
    both: Sureness = "certain",
    said: tuple[str, ...] = (),
) -> Finding:
    """`both`: how sure it is that both are written, and in which case."""
    certainty = least(first.certainty, second.certainty, both)
    # one write that wipes is enough, so the surer one counts
    wipes = [each for each in (first, second) if each.kind in _WIPES]
    worlds = (*said, *first.said, *second.said)
    if wipes:
        wipe = min(wipes, key=lambda each: RANK.index(each.sureness))
        certainty = least(certainty, wipe.sureness)
        worlds += wipe.wiping
    here, there = _apart(second.places, first.places)
    return Finding(
        rule="vault-written-twice",
        severity=SEVERITY if wipes and certainty != "possible" else Severity.WARNING,
        certainty=Certainty(certainty),
        message=message + only_if(*(worlds if certainty == "possible" else ())),
        location=here,
        related=(Related("the vault is written here as well", there),),
        details=(
            Detail("see", (there, " writes it as well")),
            Detail("fix", ("let one of them write the vault, and refer to it in the other",)),
        ),
        resource=ResourceName(second.type, second.name),
        written_name=second.written_name,
    )


def _apart(second: tuple[Location, ...], first: tuple[Location, ...]) -> tuple[Location, Location]:
    """Where the two ways to a vault differ: a module that is used twice is written only once."""
    return next(
        (pair for pair in zip(second, first, strict=False) if pair[0] != pair[1]),
        (second[0], first[0]),
    )


def _quoted(vault: WrittenVault) -> str:
    return vault.name if vault.name[:1] == "[" else f"'{vault.name}'"
