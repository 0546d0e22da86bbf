"""Recorded answers of real Azure go through the clients of Azure into the reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import recordings

pytestmark = pytest.mark.usefixtures("needs_azure", "shared")

NOBODY = "00000000-0000-0000-0000-000000000000"


def connection_to(interactions: list[recordings.Interaction]) -> Any:
    from armguard.live.connection import Connection
    from armguard.live.endpoints import endpoint_of
    from armguard.live.transport import Deadline

    return Connection(
        endpoint_of("http://127.0.0.1:9", "AzureCloud"),
        Deadline(60),
        lambda text: None,
        transport=recordings.make_transport(interactions),
    )


def reader_of(interactions: list[recordings.Interaction]) -> Any:
    """Of a world in which nobody has an identity, as far as Resource Graph knows."""
    from armguard.live.reader import LiveReader

    path = "/providers/Microsoft.ResourceGraph/resources"
    nobody = recordings.Interaction("POST", "", path, {}, None, 200, {}, {"data": []})
    return LiveReader(connection_to([*interactions, *[nobody] * 3]), lambda seconds: None)


def vault_reads() -> list[tuple[str, str]]:
    """(recording, path) of every vault that was read."""
    found = {
        (name, each.path)
        for name in recordings.NAMES
        for each in recordings.load(name)
        if each.method == "GET" and "/microsoft.keyvault/vaults/" in each.path.lower()
    }
    return sorted(found)


@pytest.mark.parametrize(
    ("name", "path"), vault_reads() or [pytest.param("", "", marks=pytest.mark.skip)]
)
def test_reader_understands_recorded_vaults(name: str, path: str) -> None:
    reads = [each for each in recordings.load(name) if each.method == "GET" and each.path == path]
    for each in reads:
        following = [each, each, *_no_deleted(path)]
        found = reader_of(following).vault(path, None)
        if each.status == 200:
            assert found.state == "exists"
            assert found.document == each.response
        else:
            assert (each.status, found.state) == (404, "absent")


def _no_deleted(path: str) -> list[recordings.Interaction]:
    subscription = "/".join(path.split("/")[:3])
    listing = f"{subscription}/providers/Microsoft.KeyVault/deletedVaults"
    empty = {"value": []}
    return [recordings.Interaction("GET", "", listing, {}, None, 200, {}, empty)]


def test_recorded_listing_with_an_empty_last_page() -> None:
    """A nextLink that leads to nothing; the recorded link goes to Azure's own host."""
    name = "java_kv_crud_2018-02-14-preview"
    pages = [each for each in recordings.load(name) if each.path.endswith("/vaults")]
    for page in pages:
        link = page.response.get("nextLink")
        if link:
            page.response["nextLink"] = "http://127.0.0.1:9/" + link.split("/", 3)[3]
    group = pages[0].path.rsplit("/providers/", 1)[0]
    found = reader_of(pages).vaults_below(group)
    assert found is not None
    assert [each["name"] for each in found] == ["java-keyvault-47151"]


def test_recorded_deleted_vault() -> None:
    name = "azcli_keyvault_softdelete_2023-02-01"
    gone = next(
        each
        for each in recordings.load(name)
        if each.method == "GET" and "/deletedvaults/" in each.path.lower()
    )
    vault_id = gone.response["properties"]["vaultId"]
    absent = recordings.Interaction(
        "GET", "", vault_id, {}, None, 404, {}, {"error": {"code": "ResourceNotFound"}}
    )
    found = reader_of([absent, gone]).vault(vault_id, "East US 2")
    assert found.state == "deleted"
    assert found.document == gone.response


def test_recorded_workspaces_name_their_vault_in_any_case() -> None:
    from armguard.deployed.inventory import People, text
    from armguard.live.answers import wrong_workspace

    pages = recordings.load("c7n_ml_workspaces_list_2020-08-01")
    connection = connection_to(list(pages))
    workspaces = list(connection.list(pages[0].path, "2020-08-01", check=wrong_workspace))
    assert workspaces == pages[0].response["value"]
    people = People(workspaces, ())
    for workspace in workspaces:
        vault = text(workspace, "properties", "keyVault").upper()
        assert vault
        assert workspace in [use.workspace for use in people.uses(vault)]


@pytest.mark.parametrize("name", [n for n in recordings.NAMES if "keyvault_mgmt_2022" in n])
def test_models_of_the_client_read_the_same_policies(name: str) -> None:
    """The typed operation of azure-mgmt-keyvault, with the recorded answers below it."""
    from azure.core.pipeline.policies import SansIOHTTPPolicy
    from azure.mgmt.keyvault import KeyVaultManagementClient

    class Nobody:
        def get_token(self, *scopes: str, **options: Any) -> Any:
            raise AssertionError("no token is needed")

    interactions = recordings.load(name)
    read = next(i for i in interactions if i.method == "GET" and i.status == 200)
    client = KeyVaultManagementClient(
        Nobody(),
        NOBODY,
        base_url="http://127.0.0.1:9",
        credential_scopes=["none"],
        authentication_policy=SansIOHTTPPolicy(),
        transport=recordings.make_transport([read]),
    )
    parts = read.path.split("/")
    vault = client.vaults.get(parts[4], parts[-1])
    written = vault["properties"]["accessPolicies"]
    assert [each["objectId"] for each in written] == [
        each["objectId"] for each in read.response["properties"]["accessPolicies"]
    ]


def test_recordings_are_there(shared: Path) -> None:
    assert len(recordings.NAMES) == 10
