"""# unknown-permission

## What it checks

A list of access policies names a permission that Key Vault does not have. The list may be a vault's
own or that of a child such as `vault/add`.

## Symptoms

The deployment fails with a message about an invalid permission, or the principal lacks the
permission that was meant: 403 `Forbidden`, `does not have secrets get permission on key vault`.

## Why

Each kind has names of its own: `set` is for secrets, what creates a key is `create` or `import`.
Upper and lower case make no difference, and `all` is a name in every kind.

## Example

```json
{ "permissions": { "secrets": ["get", "lst", "write"] } }
```

## Use instead

```json
{ "permissions": { "secrets": ["get", "list", "set"] } }
```

- keys: get, list, update, create, import, delete, recover, backup, restore, decrypt, encrypt,
  unwrapKey, wrapKey, verify, sign, purge, release, rotate, getrotationpolicy, setrotationpolicy
- secrets: get, list, set, delete, recover, backup, restore, purge
- certificates: get, list, update, create, import, delete, recover, backup, restore, managecontacts,
  manageissuers, getissuers, listissuers, setissuers, deleteissuers, purge
- storage: get, list, delete, set, update, regeneratekey, recover, backup, restore, purge, getsas,
  listsas, setsas, deletesas

## When it can't know

A permission that is not known before the deployment is not looked at. One that the service gets
after this version of armguard would be reported.

## References

- https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults
- https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from armguard.errors import nearest
from armguard.evaluation.unknown import Value
from armguard.explaining.case import Case
from armguard.explaining.list_sighting import entry_place, list_sighting
from armguard.explaining.sighting import Sighting
from armguard.finding import Severity
from armguard.keyvault.permissions import PERMISSIONS
from armguard.keyvault.written_lists import written_lists

SUMMARY = "an access policy names a permission that Key Vault does not have"
SEVERITY = Severity.WARNING


def find(case: Case) -> Iterator[Sighting]:
    for listed in written_lists(case.assessment):
        for index, policy in enumerate(listed.policies):
            for kind, position, name in _wrong_names(policy.permissions):
                path = ("permissions", kind, position)
                yield list_sighting(
                    f"there is no permission '{name}' for {kind.lower()}, which {listed} grants;"
                    f" {_advice(kind, name)}",
                    listed,
                    case,
                    entry_place(listed, case, index, *path),
                    subject=f"{kind}/{name}".lower(),
                )


def _wrong_names(permissions: Value) -> Iterator[tuple[str, int, str]]:
    """(kind, position in its list, name)."""
    for kind, names in permissions.items() if isinstance(permissions, Mapping) else ():
        allowed = PERMISSIONS.get(kind.lower())
        if allowed is None or not isinstance(names, list):
            continue
        known = {each.lower() for each in allowed}
        for position, name in enumerate(names):
            if isinstance(name, str) and name.lower() not in known:
                yield kind, position, name


def _advice(kind: str, name: str) -> str:
    allowed = {each.lower(): each for each in PERMISSIONS[kind.lower()]}
    meant = nearest(name.lower(), allowed)
    if meant is not None:
        return f"did you mean '{allowed[meant]}'?"
    return "there are " + ", ".join(allowed.values())
