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
from functools import partial

from armguard.errors import EvaluationError
from armguard.evaluation.evaluator import ask
from armguard.evaluation.scope import Scope
from armguard.evaluation.unknown import Value
from armguard.evaluation.values import find_key, member
from armguard.explaining.because import only_if
from armguard.explaining.vault_finding import resource_name
from armguard.finding import Certainty, Finding, Severity
from armguard.keyvault.assessment import Assessment
from armguard.keyvault.sureness import least, provenance, written
from armguard.templates.resource import Resource

SUMMARY = "a Key Vault API version before 2026-02-01, which retires on 2027-02-27"
SEVERITY = Severity.WARNING
_OLDEST_THAT_STAYS = "2026-02-01"


def find(assessment: Assessment) -> Iterator[Finding]:
    if assessment.rejected:
        return
    reported: set[str] = set()
    # an open condition of a vault is assumed in its worst world
    resources = [(vault.resource, vault.verdict.world.said) for vault in assessment.vaults]
    resources += [(change.resource, ()) for change in assessment.changes]
    for resource, assumed in resources:
        path = resource.place.path
        finding = None if path in reported else _retiring(resource, assumed)
        if finding is not None:
            reported.add(path)
            yield finding


def _retiring(resource: Resource, assumed: tuple[str, ...]) -> Finding | None:
    occurrence = written(resource)
    if occurrence is None:
        return None
    try:
        evaluated = ask(resource.scope, partial(_api_version, resource))
    except EvaluationError:
        return None
    version = evaluated.value
    if not isinstance(version, str) or not version[:1].isdigit():
        return None
    if version[:10] >= _OLDEST_THAT_STAYS:
        return None
    key = find_key(resource.written, "apiVersion")
    certainty = least(occurrence.certainty, provenance(evaluated.consulted))
    world = only_if(*(assumed if certainty == "possible" else ()), *occurrence.said)
    return Finding(
        rule="retiring-api-version",
        severity=SEVERITY,
        certainty=Certainty(certainty),
        message=f"API version {version} of Key Vault retires on 2027-02-27, and deployments with it"
        f" fail from then on; {_OLDEST_THAT_STAYS} stays{world}",
        location=resource.place.child(key) if key is not None else resource.place,
        resource=resource_name(resource),
        written_name=str(member(resource.written, "name")),
    )


def _api_version(resource: Resource, _: Scope) -> Value:
    return resource.evaluate("apiVersion")
