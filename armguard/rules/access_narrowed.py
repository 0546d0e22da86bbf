"""# access-narrowed

## What it checks

With `--live` or `--against`: a principal keeps its entry in the access policies of the deployed
vault, but has fewer permissions after this deployment.

## Symptoms

Some operations still work, others get 403 `Forbidden`: for instance reading secrets works, setting
them does not.

## Why

The template lists the principal with fewer permissions than it has now: somebody has extended them
since, or the template has been cut. A child `replace` gives the principals that it lists exactly
what it lists, a child `remove` takes away what it lists.

## Example

The deployed vault grants `get`, `list` and `set` on secrets; the template says

```json
{ "permissions": { "secrets": ["get"] } }
```

## Use instead

List the permissions that the principal has now, or extend them with a child `add`, which never
takes anything away.

## When it can't know

`all` covers every permission of its kind, but whether it covers `purge` is not established: a
principal that has `purge` now and `all` in the template is reported as undecided, a warning.

## References

- https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/accesspolicies
"""

from __future__ import annotations

from collections.abc import Iterator

from armguard.explaining.case import Case
from armguard.explaining.sighting import Sighting
from armguard.finding import Hazard, Severity

SUMMARY = "a principal loses some of its permissions on a deployed vault"
SEVERITY = Severity.ERROR
HAZARD: Hazard = "list"


def find(case: Case) -> Iterator[Sighting]:
    if case.compared is None:
        return
    from armguard.explaining.losses import losses

    yield from losses(case, whole=False)
