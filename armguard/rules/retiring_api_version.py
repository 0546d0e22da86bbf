"""# retiring-api-version

## What it checks

A vault, or a child with access policies, is deployed with an API version before 2026-02-01, or with
a preview version other than 2026-04-01-preview. It is reported once per file, at the first such
resource.

## Symptoms

From 27 February 2027 on deployments with such a version fail; with a preview version perhaps
earlier.

## Why

Microsoft retires all API versions of Key Vault's control plane before 2026-02-01 on that day,
without extension. All preview versions but 2026-04-01-preview are deprecated with 90 days' notice
since March 2026, so they may be refused before that. With 2026-02-01 and later a *new* vault uses
role assignments unless `enableRbacAuthorization` is false; an existing vault keeps its model, so
set the property explicitly when you change the version.

It is a warning until 27 January 2027, and an error from the day after.

## Example

```json
{ "type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "kv-example" }
```

## Use instead

`"apiVersion": "2026-02-01"` or later (2026-05-15 is the newest that is not a preview), with
`enableRbacAuthorization` written out: with the value that the vault has today, `az keyvault show
--name kv-example --query properties.enableRbacAuthorization`, where null is false. From that day on
Azure CLI 2.90.0 and Az.KeyVault 6.6.0, or later ones, are needed as well.

## When it can't know

An API version that is not known before the deployment is not reported.

## References

- https://learn.microsoft.com/azure/key-vault/general/access-control-default
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.because import only_if
from armguard.explaining.bicep_words import file_of
from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Certainty, Detail, Hazard, Severity
from armguard.keyvault.api_versions import (
    RETIREMENT,
    ROLES_BY_DEFAULT,
    is_deprecated_preview,
    retires,
)
from armguard.keyvault.assessment import AssessedVault, PolicyChange
from armguard.keyvault.sureness import least, provenance

SUMMARY = "a Key Vault API version that retires on 2027-02-27, or a preview that may go earlier"
SEVERITY = Severity.WARNING
HAZARD: Hazard = "version"
_ERROR_SINCE = "2027-01-28"


def find(case: Case) -> Iterator[Sighting]:
    assessment = case.assessment
    reported: set[str] = set()
    resources: list[AssessedVault | PolicyChange] = [*assessment.vaults, *assessment.changes]
    for resource in resources:
        path = file_of(resource.place, case)
        sighting = None if path in reported else _retiring(resource, case)
        if sighting is not None:
            reported.add(path)
            yield sighting


def _retiring(resource: AssessedVault | PolicyChange, case: Case) -> Sighting | None:
    """What is wrong with the API version of a vault or of a child that is written."""
    setting = resource.settings["apiVersion"]
    version = setting.value
    if resource.written is None or not isinstance(version, str) or not retires(version):
        return None
    certainty = least(resource.written.certainty, provenance(setting.evaluated.consulted))
    # an open condition of a vault is assumed in its worst world
    assumed: tuple[str, ...] = ()
    if certainty is Certainty.POSSIBLE and isinstance(resource, AssessedVault):
        assumed = resource.verdict.world.said
    return Sighting(
        f"API version {version} of Key Vault {_why(version)}; {ROLES_BY_DEFAULT} or later stays"
        f"{only_if(*assumed, *resource.written.said)}",
        setting.place,
        certainty,
        Severity.ERROR if case.today >= _ERROR_SINCE else None,
        details=tuple(_fix(resource, case)),
        resource=resource.resource,
        hazard=HAZARD,
        vault=resource if isinstance(resource, AssessedVault) else None,
    )


def _why(version: str) -> str:
    """What becomes of a version that does not stay."""
    if is_deprecated_preview(version):
        return (
            f"is a deprecated preview: deployments with it fail from {RETIREMENT} on, or earlier,"
            " since previews go with 90 days' notice"
        )
    return f"retires on {RETIREMENT}, and deployments with it fail from then on"


def _fix(resource: AssessedVault | PolicyChange, case: Case) -> Iterator[Detail]:
    """The way by hand; where the remedy is possible, its command is put in front of it."""
    version = f"write {ROLES_BY_DEFAULT} or later"
    if isinstance(resource, PolicyChange) or resource.by_children:
        yield Detail("fix", (version,))
    elif resource.settings["enableRbacAuthorization"].value is not None:
        written = "enableRbacAuthorization is written out already, as it then has to be"
        yield Detail("fix", (f"{version}; {written}",))
    elif (answer := case.answer_for(resource)) is not None and answer.rbac is not None:
        value = "true" if answer.rbac else "false"
        deployed = f"enableRbacAuthorization {value}, which is what the vault has today"
        yield Detail("fix", (f"{version}, and {deployed}",))
    else:
        yield Detail("fix", (f"{version}, and {_AS_TODAY}",))
        yield Detail("or", (_TOLD_BY_STATE,))


_AS_TODAY = (
    "enableRbacAuthorization with the value that the vault has today: with these versions a new"
    " vault uses role assignments unless it is false"
)
_TOLD_BY_STATE = (
    "armguard fix --remedy raise-api-version writes both where --live or --against FILE tells that"
    " value"
)
