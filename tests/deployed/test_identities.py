"""Whose principal ids are whose, and what reference() is told of an identity."""

from __future__ import annotations

from typing import Any

import pytest
from conftest_deployed import TENANT, id_of, workspace_of

from armguard.deployed.documents import is_vault_id, kind_of, name_of
from armguard.deployed.inventory import People

GROUP = "/subscriptions/s/resourceGroups/rg"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/app"
ASSIGNED = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-app"
HELD = {"principalId": id_of("app"), "tenantId": TENANT, "type": "SystemAssigned", "x": "hush"}


def identity(resource_id: str, principal: str) -> Any:
    name = resource_id.rpartition("/")[2]
    properties = {"principalId": principal, "clientId": "c", "x": "hush"}
    return {"id": resource_id, "name": name, "properties": properties}


@pytest.mark.parametrize(
    ("resource_id", "kind", "name"),
    [
        (SITE, "Microsoft.Web/sites", "app"),
        (f"{SITE}/slots/blue", "Microsoft.Web/sites/slots", "app/blue"),
        (f"{SITE}/Providers/A.B/c/d", "A.B/c", "d"),
        (GROUP, "", ""),
        (f"{GROUP}/providers/A.B", "", ""),
        ("", "", ""),
    ],
)
def test_what_an_id_tells(resource_id: str, kind: str, name: str) -> None:
    assert (kind_of(resource_id), name_of(resource_id)) == (kind, name)


@pytest.mark.parametrize(
    ("resource_id", "is_one"),
    [
        (f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv", True),
        (f"{GROUP}/providers/MICROSOFT.KEYVAULT/Vaults/kv", True),
        (f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv/secrets/s", False),
        (f"{GROUP}/providers/Microsoft.KeyVault/managedHSMs/kv", False),
        (SITE, False),
    ],
)
def test_id_of_a_vault(resource_id: str, is_one: bool) -> None:
    assert is_vault_id(resource_id) is is_one


def test_given_is_of_identities_only() -> None:
    people = People((), [identity(ASSIGNED, id_of("user"))], [{"id": SITE, "identity": HELD}])
    given = people.given(SITE.upper())
    assert given.identity == {"principalId": id_of("app"), "tenantId": TENANT}
    assert given.properties == {}
    assert people.given(ASSIGNED).properties == {"principalId": id_of("user"), "clientId": "c"}
    assert people.given(f"{SITE}-2").identity == {}


def test_user_assigned_identity_is_known_from_either_side() -> None:
    """A workspace is listed without the ids of its identities now and then."""
    named = {"userAssignedIdentities": {ASSIGNED.upper(): {}}}
    people = People((), [identity(ASSIGNED, id_of("user"))], [{"id": SITE, "identity": named}])
    ids = {"principalId": id_of("user"), "clientId": "c"}
    assert people.given(SITE).identity == {"userAssignedIdentities": {ASSIGNED.upper(): ids}}
    held = {"userAssignedIdentities": {ASSIGNED: {"principalId": id_of("user")}}}
    people = People((), [], [{"id": SITE, "identity": held}])
    assert people.given(ASSIGNED).properties == {"principalId": id_of("user")}


def test_workspace_is_newer_than_its_row() -> None:
    workspace = workspace_of("mlw", "app")
    row = {"id": workspace["id"].upper(), "identity": {"principalId": id_of("user")}}
    people = People([workspace], (), [row])
    assert people.given(workspace["id"]).identity == {"principalId": id_of("app")}
    assert people.principal(id_of("app")).type is None


@pytest.mark.parametrize(
    "shape", [None, [], "x", {"principalId": 7}, {"userAssignedIdentities": []}]
)
def test_odd_identity_is_none(shape: Any) -> None:
    people = People((), (), [{"id": SITE, "identity": shape}])
    assert people.given(SITE).identity == {}
    assert people.principal("7").name is None


def test_names() -> None:
    rows = [{"id": f"{SITE}/slots/blue", "identity": HELD}]
    principal = People((), (), rows).principal(id_of("app").upper())
    assert (principal.name, principal.kind) == ("app/blue", "system")
    assert principal.type == "Microsoft.Web/sites/slots"
