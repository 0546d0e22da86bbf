"""Which roles stand for which permissions, told by the tables of Microsoft's pages."""

from __future__ import annotations

import re

import pytest

from armguard.keyvault.permissions import PERMISSIONS
from armguard.remedies._roles import ROLES, equivalent_to, in_words

ALL = ["all"]


@pytest.mark.parametrize(
    ("permissions", "roles", "beyond", "missing"),
    [
        ({}, (), "", ""),
        ({"secrets": []}, (), "", ""),
        ({"Secrets": ["Get", "LIST"]}, ("Secrets User",), "", ""),
        ({"secrets": ["get"]}, ("Secrets User",), "secrets list", ""),
        (
            {"secrets": ["list"]},
            ("Reader",),
            "keys get, list, getrotationpolicy; certificates get, list, getissuers, listissuers;"
            " storage get, list, getsas, listsas",
            "",
        ),
        ({"secrets": ALL}, ("Secrets Officer",), "", ""),
        (
            {"secrets": ["get", "set"]},
            ("Secrets Officer",),
            "secrets list, delete, recover, backup, restore, purge",
            "",
        ),
        ({"keys": ALL}, ("Crypto Officer",), "", ""),
        (
            {"keys": ["get", "list", "wrapKey", "unwrapKey"]},
            ("Crypto Service Encryption User",),
            "",
            "",
        ),
        (
            {"keys": ["list", "unwrapKey"]},
            ("Crypto Service Encryption User",),
            "keys get, wrapKey",
            "",
        ),
        ({"keys": ["release"]}, ("Crypto Service Release User",), "", ""),
        (
            {"keys": ["get", "decrypt", "sign"]},
            ("Crypto User",),
            "keys list, update, backup, encrypt, unwrapKey, wrapKey, verify",
            "",
        ),
        (
            {"keys": ["purge"]},
            ("Crypto Officer",),
            "keys get, list, update, create, import, delete, recover, backup, restore, decrypt,"
            " encrypt, unwrapKey, wrapKey, verify, sign, release, rotate, getrotationpolicy,"
            " setrotationpolicy",
            "",
        ),
        ({"certificates": ALL}, ("Certificates Officer",), "", ""),
        (
            {"secrets": ["get"], "certificates": ["get"]},
            ("Certificate User",),
            "keys get, list; secrets list; certificates list",
            "",
        ),
        ({"keys": ALL, "secrets": ALL}, ("Secrets Officer", "Crypto Officer"), "", ""),
        (
            {"keys": ALL, "secrets": ALL, "certificates": ALL},
            ("Administrator",),
            "storage all",
            "",
        ),
        ({"storage": ["get"]}, (), "", "storage get"),
        (
            {"secrets": ["get", "list"], "storage": ALL},
            ("Secrets User",),
            "",
            "storage all",
        ),
        ({"secrets": ["gett"], "cakes": ["eat", "all"]}, (), "", "secrets gett; cakes all, eat"),
    ],
)
def test_roles_permit_what_is_listed_and_as_little_else_as_possible(
    permissions: dict[str, list[str]], roles: tuple[str, ...], beyond: str, missing: str
) -> None:
    found = equivalent_to(permissions)
    assert tuple(each.name.removeprefix("Key Vault ") for each in found.roles) == roles
    assert (in_words(found.beyond), in_words(found.missing)) == (beyond, missing)


def test_every_permission_of_keys_secrets_and_certificates_has_a_role() -> None:
    for kind, names in PERMISSIONS.items():
        for name in names:
            found = equivalent_to({kind: [name]})
            assert bool(found.roles) is (kind != "storage"), (kind, name)
            if kind != "storage":
                assert not found.missing, (kind, name)


def test_values_of_secrets_are_read_and_things_done_with_keys_only_where_that_is_listed() -> None:
    """Whoever may only look at names gets nothing that shows a value."""
    for kind, names in PERMISSIONS.items():
        for name in {"get", "list", "getissuers", "listissuers", "getrotationpolicy"} & set(names):
            if (kind, name) != ("secrets", "get"):
                beyond = equivalent_to({kind: [name]}).beyond
                assert ("secrets", "get") not in beyond, (kind, name)
                assert {each for _, each in beyond} <= {
                    *("get", "list", "getissuers", "listissuers", "getrotationpolicy"),
                    *("getsas", "listsas"),
                }


def test_ids_of_roles_are_those_of_different_ones() -> None:
    ids = [each.id for each in ROLES]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each) for each in ids)
