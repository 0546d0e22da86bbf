"""# deployer-object-id

## What it checks

An entry in the list of a vault is for whoever deploys the template: its `objectId` is
`deployer().objectId`. By name alone, as a note: it is a parameter without a default, for which no
value is supplied, and whose name speaks of the current user, such as `userObjectId`,
`deployerPrincipalId` or `signedInUserId`.

## Symptoms

A colleague, or the pipeline, gets 403 `Forbidden` after somebody else has deployed.

## Why

The list in the template replaces the one that the vault has. If the entry is for the deploying
user, each deployment by another one evicts the previous one.

## Example

```json
{
  "tenantId": "[subscription().tenantId]",
  "objectId": "[deployer().objectId]",
  "permissions": { "secrets": ["all"] }
}
```

## Use instead

The object id of a group that all who deploy are members of, an `add` child for the deploying user,
which leaves the others alone, or a role assignment.

## When it can't know

A name is only a hint: that is why it is a note. A parameter that a parameter file sets is not
reported, since it is the same principal at each deployment.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-deployment
- https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from armguard.evaluation.unknown import Unknown, Value
from armguard.explaining.case import Case
from armguard.explaining.list_sighting import entry_place, list_sighting
from armguard.explaining.sighting import Sighting
from armguard.expressions.syntax import Call, Index, Literal, Property
from armguard.finding import Certainty, Severity
from armguard.keyvault.written_lists import written_lists

SUMMARY = "an access policy is for the user who deploys, so each deployment evicts the previous one"
SEVERITY = Severity.WARNING

_CURRENT_USER = {"user", "deployer", "signed", "signedin", "current", "my"}
# A user-assigned identity, or the administrator of something, is not whoever deploys.
_SOMEBODY_ELSE = {
    "admin",
    "administrator",
    "app",
    "application",
    "assigned",
    "client",
    "group",
    "identity",
    "managed",
    "service",
    "tenant",
}


def find(case: Case) -> Iterator[Sighting]:
    for listed in written_lists(case.assessment):
        if listed.change is not None:
            continue
        for index, policy in enumerate(listed.policies):
            place = entry_place(listed, case, index, "objectId")
            name = _parameter_for_current_user(policy.object_id)
            if _is_deployer(policy.object_id):
                yield list_sighting(
                    f"an access policy of {listed} is for whoever deploys (deployer().objectId), so"
                    " each deployment by somebody else removes the previous one's access",
                    listed,
                    case,
                    place,
                    subject="deployer()",
                )
            elif name is not None:
                yield list_sighting(
                    f"an access policy of {listed} is for parameter '{name}', by its name the user"
                    " who deploys: if so, each deployment by somebody else removes the previous"
                    " one's access",
                    listed,
                    case,
                    place,
                    severity=Severity.NOTE,
                    certainty=Certainty.POSSIBLE,
                    subject=name,
                )


def _is_deployer(object_id: Value) -> bool:
    match object_id.residual if isinstance(object_id, Unknown) else None:
        case Property(Call(function, ()), name) | Index(Call(function, ()), Literal(name)):
            return function.lower() == "deployer" and str(name).lower() == "objectid"
        case _:
            return False


def _parameter_for_current_user(object_id: Value) -> str | None:
    """The name of the parameter that an object id is, if it speaks of the current user."""
    match object_id.residual if isinstance(object_id, Unknown) else None:
        case Call("parameters", (Literal(str(name)),)) if _names_current_user(name):
            return name
        case _:
            return None


def _names_current_user(name: str) -> bool:
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    return (
        words[-1:] == ["id"]
        and not _CURRENT_USER.isdisjoint(words)
        and _SOMEBODY_ELSE.isdisjoint(words)
    )
