"""Resources as Azure Resource Manager, the Azure CLI and Resource Graph print them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from at_hand import HSM, IDENTITY, REMOVED, WORKSPACE, state_of, told_of
from conftest_deployed import TENANT, deployed_vault, entry_of, id_of, vault_id_of, workspace_of

from armguard.deployed.access_list import deployed_list
from armguard.deployed.readings.joined import JoinedState
from armguard.evaluation.values import member

LIST = [entry_of("app"), entry_of("user", secrets=["Get", "LIST"])]
SKU = {"sku": {"name": "standard", "family": "A"}}
ARM = deployed_vault(*LIST, **SKU)


def cli_entry(entry: Any) -> Any:
    """With null for what Azure does not send."""
    nothing = {"keys": None, "certificates": [], "storage": None}
    return {**entry, "applicationId": None, "permissions": {**nothing, **entry["permissions"]}}


CLI = {
    **ARM,
    "resourceGroup": "rg",
    "systemData": None,
    "properties": {
        **ARM["properties"],
        "accessPolicies": list(map(cli_entry, LIST)),
        "createMode": None,
        "enableRbacAuthorization": None,
    },
}
COLUMNS = {"id": vault_id_of("kv"), "properties_accessPolicies": LIST}


def list_of(state: JoinedState) -> Any:
    document = told_of(state).document
    return deployed_list(member(member(document, "properties"), "accessPolicies"))


@pytest.mark.parametrize(
    "printed",
    [
        ARM,
        CLI,
        [ARM],
        {"value": [ARM]},
        {"value": [ARM], "Count": 1},
        {"count": 1, "data": [ARM], "skip_token": None, "total_records": 1},
        {"totalRecords": 1, "data": [{**ARM, "type": "microsoft.keyvault/vaults"}]},
        {**ARM, "id": ARM["id"].upper(), "type": None},
        {name: value for name, value in ARM.items() if name not in ("type", "name", "location")},
        [{"id": HSM, "name": "hsm", "properties": {}}, ARM],
        [{"id": WORKSPACE}, 7, None, ARM],
        {"data": {"columns": [{"name": name} for name in ARM], "rows": [list(ARM.values())]}},
        COLUMNS,
        {"id": vault_id_of("kv"), "properties.accessPolicies": LIST},
        {"id": vault_id_of("kv"), "accessPolicies": LIST},
    ],
)
def test_a_list_in_all_its_shapes(tmp_path: Path, printed: Any) -> None:
    state = state_of(tmp_path, printed)
    assert told_of(state).state == "exists"
    assert list_of(state) == deployed_list(LIST)
    assert state.source == "reading"


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ({"id": vault_id_of("kv"), "name": "kv"}, "only with --resource-group"),
        ({"id": vault_id_of("kv"), "properties": None}, "'az resource list' prints none"),
        (deployed_vault(accessPolicies=None), "without accessPolicies"),
        ({"id": vault_id_of("kv"), "properties": SKU}, "without accessPolicies"),
        ({"id": vault_id_of("kv"), "properties_enableRbacAuthorization": False}, "accessPolicies"),
    ],
)
def test_a_vault_without_its_list_is_unread(tmp_path: Path, printed: Any, said: str) -> None:
    found = told_of(state_of(tmp_path, printed))
    assert found.state == "unread"
    assert said in str(found.note)
    assert "az keyvault show --name kv" in str(found.note)


def test_an_empty_list_is_an_empty_list(tmp_path: Path) -> None:
    state = state_of(tmp_path, deployed_vault(**SKU))
    assert (told_of(state).state, list_of(state)) == ("exists", {})


@pytest.mark.parametrize(
    "broken",
    [
        "@{tenantId=x}",
        {"tenantId": TENANT, "objectId": None, "permissions": {}},
        {"tenantId": TENANT, "objectId": id_of("app"), "permissions": "@{secrets=System.Object[]}"},
        {"tenantId": TENANT, "objectId": id_of("app"), "permissions": {"secrets": "get list"}},
        {"tenantId": TENANT, "objectId": id_of("app"), "permissions": {"secrets": [{}]}},
    ],
)
def test_a_list_that_was_cut_off_is_no_list(tmp_path: Path, broken: Any) -> None:
    other = deployed_vault(*LIST, name="other", **SKU)
    found = told_of(state_of(tmp_path, [deployed_vault(entry_of("app"), broken), other]))
    assert found.state == "unread"
    assert "-Depth 5" in str(found.note)


def test_an_old_cli_does_not_tell_the_model(tmp_path: Path) -> None:
    properties = {**CLI["properties"]}
    del properties["enableRbacAuthorization"]
    found = told_of(state_of(tmp_path, {**CLI, "properties": properties}))
    assert found.state == "unread"
    assert "update it" in str(found.note)


def test_a_query_that_does_not_ask_for_the_model_is_said_so(tmp_path: Path) -> None:
    assert "role assignments" in str(told_of(state_of(tmp_path, COLUMNS)).note)
    asked = {**COLUMNS, "properties_enableRbacAuthorization": False}
    assert told_of(state_of(tmp_path, asked)).note is None


def test_soft_deleted_vaults(tmp_path: Path) -> None:
    removed = {
        "id": f"{REMOVED}/kv",
        "properties": {"vaultId": vault_id_of("KV"), "scheduledPurgeDate": "2027-05-21T08:14:05Z"},
    }
    state = state_of(tmp_path, [removed])
    assert told_of(state).state == "deleted"
    assert told_of(state).purged_at == "2027-05-21T08:14:05Z"
    assert told_of(state, "other").state == "unread"
    assert "the soft-deleted vault 'KV'" in state.notices()[0]


@pytest.mark.parametrize(
    "printed",
    [
        {"id": IDENTITY, "principalId": id_of("one").upper(), "clientId": "c"},
        {"id": IDENTITY, "properties": {"principalId": id_of("one")}},
        [{"id": IDENTITY.upper(), "properties": {"principalId": id_of("one")}}],
        {"id": IDENTITY, "properties_principalId": id_of("one")},
    ],
)
def test_user_assigned_identities(tmp_path: Path, printed: Any) -> None:
    who = state_of(tmp_path, printed).people().principal(id_of("one"))
    assert (str(who.name).lower(), who.kind, who.workspaces) == ("id-one", "user", ())


def test_workspaces(tmp_path: Path) -> None:
    people = state_of(tmp_path, [workspace_of("mlw", "mlw")]).people()
    assert people.principal(id_of("mlw")).name == "mlw"
    assert [each.principals for each in people.uses(vault_id_of("kv"))] == [(id_of("mlw"),)]


def test_a_workspace_of_which_nothing_is_known_is_none(tmp_path: Path) -> None:
    state = state_of(tmp_path, [ARM, {"id": WORKSPACE, "identity": None, "properties": None}])
    assert state.people().workspaces == ()
    assert "which workspaces use them" in state.notices()[-1]
