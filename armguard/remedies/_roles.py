"""Which built-in roles of Azure stand for the permissions of an access policy.

Roles are made of data actions, permissions of names of their own: what a permission needs, and what
a role has, is in two tables from Microsoft's pages; everything else follows from them. Get and list
are one action for keys and for certificates, so no role has one without the other. No role is made
for managed storage accounts: Key Vault Administrator has what is done with them, as it has all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from itertools import combinations

from armguard.keyvault.permissions import PERMISSIONS
from armguard.record import record

Permission = tuple[str, str]
"""(kind, name), both in lower case"""

_ACTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "keys": {
        "get": ("keys/read",),
        "list": ("keys/read",),
        "update": ("keys/update/action",),
        "create": ("keys/create/action",),
        "import": ("keys/import/action",),
        "delete": ("keys/delete",),
        "recover": ("keys/recover/action",),
        "backup": ("keys/backup/action",),
        "restore": ("keys/restore/action",),
        "purge": ("keys/purge/action",),
        "decrypt": ("keys/decrypt/action",),
        "encrypt": ("keys/encrypt/action",),
        "unwrapkey": ("keys/unwrap/action",),
        "wrapkey": ("keys/wrap/action",),
        "verify": ("keys/verify/action",),
        "sign": ("keys/sign/action",),
        "release": ("keys/release/action",),
        "rotate": ("keys/rotate/action",),
        "getrotationpolicy": ("keyrotationpolicies/read",),
        "setrotationpolicy": ("keyrotationpolicies/write",),
    },
    "secrets": {
        "get": ("secrets/getSecret/action",),
        "list": ("secrets/readMetadata/action",),
        "set": ("secrets/setSecret/action", "secrets/update/action"),
        "delete": ("secrets/delete",),
        "recover": ("secrets/recover/action",),
        "backup": ("secrets/backup/action",),
        "restore": ("secrets/restore/action",),
        "purge": ("secrets/purge/action",),
    },
    "certificates": {
        "get": ("certificates/read",),
        "list": ("certificates/read",),
        "update": ("certificates/update/action",),
        "create": ("certificates/create/action",),
        "import": ("certificates/import/action",),
        "delete": ("certificates/delete",),
        "recover": ("certificates/recover/action",),
        "backup": ("certificates/backup/action",),
        "restore": ("certificates/restore/action",),
        "purge": ("certificates/purge/action",),
        "managecontacts": ("certificatecontacts/write",),
        "manageissuers": ("certificatecas/write",),
        "getissuers": ("certificatecas/read",),
        "listissuers": ("certificatecas/read",),
        "setissuers": ("certificatecas/write",),
        "deleteissuers": ("certificatecas/delete",),
    },
    "storage": {
        "get": ("storageaccounts/read",),
        "list": ("storageaccounts/read",),
        "delete": ("storageaccounts/delete",),
        "set": ("storageaccounts/set/action",),
        "update": ("storageaccounts/set/action",),
        "regeneratekey": ("storageaccounts/regeneratekey/action",),
        "recover": ("storageaccounts/recover/action",),
        "backup": ("storageaccounts/backup/action",),
        "restore": ("storageaccounts/restore/action",),
        "purge": ("storageaccounts/purge/action",),
        "getsas": ("storageaccounts/sas/read",),
        "listsas": ("storageaccounts/sas/read",),
        "setsas": ("storageaccounts/sas/set/action",),
        "deletesas": ("storageaccounts/sas/delete",),
    },
}
"""What each permission needs, below Microsoft.KeyVault/vaults/. Source: the table of Microsoft's
tool that compares access policies with roles (Azure/KeyVault-AccessPolicyToRBAC-CompareTool), whose
actions are those of learn.microsoft.com/azure/role-based-access-control/permissions/security"""

_READS_NO_VALUE = {
    ("keys", "get"),
    ("keys", "list"),
    ("keys", "getrotationpolicy"),
    ("secrets", "list"),
    ("certificates", "get"),
    ("certificates", "list"),
    ("certificates", "getissuers"),
    ("certificates", "listissuers"),
}
"""what shows no secret, changes nothing and does nothing with a key"""


@record
class Role:
    name: str
    id: str
    data_actions: tuple[str, ...]
    """below Microsoft.KeyVault/vaults/"""

    @property
    def permits(self) -> frozenset[Permission]:
        return _permitted(self.data_actions)


ROLES = (
    Role(
        "Key Vault Reader",
        "21090545-7ca7-4776-b22c-e363652d74d2",
        ("*/read", "secrets/readMetadata/action"),
    ),
    Role(
        "Key Vault Secrets User",
        "4633458b-17de-408a-b874-0445c86b69e6",
        ("secrets/getSecret/action", "secrets/readMetadata/action"),
    ),
    Role(
        "Key Vault Certificate User",
        "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
        (
            "certificates/read",
            "secrets/getSecret/action",
            "secrets/readMetadata/action",
            "keys/read",
        ),
    ),
    Role(
        "Key Vault Crypto Service Encryption User",
        "e147488a-f6f5-4113-8e2d-b22465e65bf6",
        ("keys/read", "keys/wrap/action", "keys/unwrap/action"),
    ),
    Role(
        "Key Vault Crypto Service Release User",
        "08bbd89e-9f13-488c-ac41-acfcb10c90ab",
        ("keys/release/action",),
    ),
    Role(
        "Key Vault Crypto User",
        "12338af0-0e69-4776-bea7-57ae8d297424",
        (
            "keys/read",
            "keys/update/action",
            "keys/backup/action",
            "keys/encrypt/action",
            "keys/decrypt/action",
            "keys/wrap/action",
            "keys/unwrap/action",
            "keys/sign/action",
            "keys/verify/action",
        ),
    ),
    Role("Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", ("secrets/*",)),
    Role(
        "Key Vault Certificates Officer",
        "a4417e6f-fecd-4de8-b567-7b0420556985",
        ("certificatecas/*", "certificates/*", "certificatecontacts/write"),
    ),
    Role(
        "Key Vault Crypto Officer",
        "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
        ("keys/*", "keyrotationpolicies/*"),
    ),
    Role("Key Vault Administrator", "00482a5a-887f-4fb3-b363-3b7fe8e74483", ("*",)),
)
"""Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles/security"""


@record
class Equivalent:
    """The roles for the permissions of an entry."""

    roles: tuple[Role, ...]
    beyond: frozenset[Permission]
    """what they permit and the entry does not"""
    missing: frozenset[Permission]
    """what the entry permits and they do not"""


def equivalent_to(permissions: Mapping[str, Iterable[str]]) -> Equivalent:
    """The roles that have what is permitted, for kinds and names in any casing: those that permit
    least beyond it, first of all of what is more than reading about things; of those the fewest."""
    wanted = frozenset(_named(permissions))
    reachable = {each for each in wanted if each[0] != "storage" and each in _known()}
    if not reachable:
        return Equivalent((), frozenset(), wanted)
    roles = min(
        (each for each in _combinations() if reachable <= each.permits),
        key=lambda each: each.cost(reachable),
    )
    return Equivalent(roles.roles, roles.permits - wanted, wanted - roles.permits)


def lacking(
    permissions: Mapping[str, Iterable[str]], roles: Iterable[Role]
) -> frozenset[Permission]:
    """What is permitted and the roles do not have."""
    return frozenset(_named(permissions)).difference(*(each.permits for each in roles))


def in_words(permissions: Iterable[Permission]) -> str:
    """`keys get, wrapKey; secrets all`, in the order of the tables."""
    kinds: dict[str, list[str]] = {}
    for kind, name in sorted(permissions, key=_place):
        kinds.setdefault(kind, []).append(name)
    return "; ".join(f"{kind} {', '.join(_spelled(kind, each))}" for kind, each in kinds.items())


def _spelled(kind: str, names: Sequence[str]) -> Sequence[str]:
    if set(names) == {*_ACTIONS.get(kind, ())}:
        return ("all",)
    spelled = {each.lower(): each for each in PERMISSIONS.get(kind, ())}
    return [spelled.get(each, each) for each in names]


@record
class _Combination:
    roles: tuple[Role, ...]
    permits: frozenset[Permission]

    def cost(self, wanted: set[Permission]) -> tuple[int, int, int]:
        # what is done with managed storage accounts is nobody's concern
        beyond = [each for each in self.permits - wanted if each[0] != "storage"]
        does_more = sum(each not in _READS_NO_VALUE for each in beyond)
        return does_more, len(beyond), len(self.roles)


@cache
def _combinations() -> tuple[_Combination, ...]:
    return tuple(
        _Combination(roles, frozenset().union(*(each.permits for each in roles)))
        for count in range(1, len(ROLES) + 1)
        for roles in combinations(ROLES, count)
    )


@cache
def _permitted(data_actions: tuple[str, ...]) -> frozenset[Permission]:
    return frozenset(
        (kind, name)
        for kind, names in _ACTIONS.items()
        for name, needed in names.items()
        if all(any(fnmatchcase(action, each) for each in data_actions) for action in needed)
    )


@cache
def _known() -> frozenset[Permission]:
    return frozenset((kind, name) for kind, names in _ACTIONS.items() for name in names)


def _named(permissions: Mapping[str, Iterable[str]]) -> Iterator[Permission]:
    for written, names in permissions.items():
        kind = written.lower()
        for each in names:
            name = each.lower()
            if name == "all" and kind in _ACTIONS:
                yield from ((kind, every) for every in _ACTIONS[kind])
            else:
                yield kind, name


def _place(permission: Permission) -> tuple[int, int, str]:
    kind, name = permission
    kinds, names = [*_ACTIONS], [*_ACTIONS.get(kind, ())]
    return (
        kinds.index(kind) if kind in kinds else len(kinds),
        names.index(name) if name in names else len(names),
        name,
    )
