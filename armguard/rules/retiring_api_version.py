"""# retiring-api-version

## What it checks

A vault, or a child with access policies, is deployed with an API version before 2026-02-01. It is
reported once per file, at the first such resource.

## Symptoms

From 27 February 2027 on deployments with such a version fail.

## Why

Microsoft retires all API versions of Key Vault's control plane before 2026-02-01 on that day. With
2026-02-01 and later a *new* vault uses role assignments unless `enableRbacAuthorization` is false;
an existing vault keeps its model, so set the property explicitly when you change the version.

## Example

```json
{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "kv-example" }
```

## Use instead

`"apiVersion": "2026-02-01"`, with `enableRbacAuthorization` written out.

## When it can't know

An API version that is not known before the deployment is not reported.

## References

- https://learn.microsoft.com/azure/key-vault/general/access-control-default
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.because import only_if
from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Severity
from armguard.keyvault.assessment import AssessedVault, PolicyChange
from armguard.keyvault.sureness import least, provenance

SUMMARY = "a Key Vault API version before 2026-02-01, which retires on 2027-02-27"
SEVERITY = Severity.WARNING
_OLDEST_THAT_STAYS = "2026-02-01"


def find(case: Case) -> Iterator[Sighting]:
    assessment = case.assessment
    reported: set[str] = set()
    resources: list[AssessedVault | PolicyChange] = [*assessment.vaults, *assessment.changes]
    for resource in resources:
        path = resource.place.path
        sighting = None if path in reported else _retiring(resource)
        if sighting is not None:
            reported.add(path)
            yield sighting


def _retiring(resource: AssessedVault | PolicyChange) -> Sighting | None:
    """What is wrong with the API version of a vault or of a child that is written."""
    setting = resource.settings["apiVersion"]
    version = setting.value
    if resource.written is None or not isinstance(version, str) or not version[:1].isdigit():
        return None
    if version[:10] >= _OLDEST_THAT_STAYS:
        return None
    certainty = least(resource.written.certainty, provenance(setting.evaluated.consulted))
    # an open condition of a vault is assumed in its worst world
    assumed: tuple[str, ...] = ()
    if certainty is Certainty.POSSIBLE and isinstance(resource, AssessedVault):
        assumed = resource.verdict.world.said
    return Sighting(
        f"API version {version} of Key Vault retires on 2027-02-27, and deployments with it"
        f" fail from then on; {_OLDEST_THAT_STAYS} stays"
        f"{only_if(*assumed, *resource.written.said)}",
        setting.place,
        certainty,
        resource=resource.resource,
    )
