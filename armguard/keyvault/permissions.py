"""The names of the permissions in an access policy, per kind of object; they have no case.

`all` covers every name of its kind; whether it covers `purge` is not established.
"""

from __future__ import annotations

from collections.abc import Mapping

_COMMON = ("get", "list", "delete", "recover", "backup", "restore", "purge", "all")

PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    "keys": (
        *_COMMON,
        "update",
        "create",
        "import",
        "decrypt",
        "encrypt",
        "unwrapKey",
        "wrapKey",
        "verify",
        "sign",
        "release",
        "rotate",
        "getrotationpolicy",
        "setrotationpolicy",
    ),
    "secrets": (*_COMMON, "set"),
    "certificates": (
        *_COMMON,
        "update",
        "create",
        "import",
        "managecontacts",
        "manageissuers",
        "getissuers",
        "listissuers",
        "setissuers",
        "deleteissuers",
    ),
    "storage": (
        *_COMMON,
        "set",
        "update",
        "regeneratekey",
        "getsas",
        "listsas",
        "setsas",
        "deletesas",
    ),
}
"""kind in lower case -> names; from the schema of Microsoft.KeyVault/vaults"""
