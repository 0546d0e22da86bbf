"""Several files as one deployed state, and what is said about them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from at_hand import (
    IDENTITY,
    REMOVED,
    WORKSPACE,
    change,
    ml_workspace,
    powershell_entry,
    powershell_vault,
    state_of,
    told_of,
    what_if,
    write,
)
from conftest_deployed import (
    SUBSCRIPTION,
    TENANT,
    deployed_vault,
    entry_of,
    id_of,
    inventory_of,
    vault_id_of,
)
from support import make_request, make_template, make_vault, run_armguard, write_file

from armguard.analysis import check_paths
from armguard.deployed.inventory import Inventory, Unread
from armguard.deployed.readings.joined import JoinedState, read_files
from armguard.deployed.snapshot import snapshot_document
from armguard.errors import UsageError
from armguard.evaluation.facts import DeploymentScope
from armguard.evaluation.unknown import PartialObject
from armguard.finding.report import Report

BOTH = {"secrets": ["get", "list"]}
SKU = {"sku": {"family": "A", "name": "standard"}}
VAULT = deployed_vault(entry_of("app", **BOTH), **SKU)
OTHER = deployed_vault(entry_of("user"), name="other", group="rg2")
NAMED = {"id": vault_id_of("kv"), "name": "kv"}


def snapshot(inventory: Inventory, taken_at: str = "2027-01-31T12:00:00Z") -> Any:
    return snapshot_document(
        inventory, taken_at=taken_at, cloud="AzureCloud", endpoint="x", version="1"
    )


def check(folder: Path, state: JoinedState, *resources: Any, **options: Any) -> Report:
    write_file(folder / "main.json", make_template(resources=list(resources)))
    options = {"scope": DeploymentScope(), **options}
    request = make_request(str(folder / "main.json"), **options)
    return check_paths(request, lambda: b"", deployed=state)


def written(name: str, policies: Any) -> Any:
    return {
        "type": "Microsoft.KeyVault/vaults",
        "apiVersion": "2023-07-01",
        "name": name,
        "location": "westeurope",
        "properties": {
            "tenantId": TENANT,
            "sku": {"family": "A", "name": "standard"},
            "accessPolicies": policies,
        },
    }


@pytest.mark.parametrize(
    "again",
    [
        VAULT,
        {"id": vault_id_of("KV").upper(), "properties": VAULT["properties"]},
        deployed_vault(entry_of("app", secrets=["LIST", "Get"], keys=[])),
        powershell_vault(powershell_entry("app")),
        what_if(change("Modify", VAULT)),
        snapshot(inventory_of(VAULT)),
        NAMED,
    ],
)
def test_the_same_list_in_another_shape_is_no_difference(tmp_path: Path, again: Any) -> None:
    for documents in ((VAULT, again), (again, VAULT)):
        assert told_of(state_of(tmp_path, *documents)).state == "exists"


@pytest.mark.parametrize(
    "other",
    [
        deployed_vault(entry_of("app")),
        deployed_vault(),
        deployed_vault(entry_of("app", **BOTH), entry_of("user")),
        deployed_vault(entry_of("app", **BOTH), **SKU, enableRbacAuthorization=True),
        powershell_vault(powershell_entry("user")),
        snapshot(inventory_of(deployed_vault(entry_of("user")))),
        snapshot(inventory_of()),
        what_if(change("Create")),
        {"id": f"{REMOVED}/kv", "properties": {"vaultId": vault_id_of("kv")}},
    ],
)
def test_files_that_contradict_each_other_are_refused(tmp_path: Path, other: Any) -> None:
    for documents in ((VAULT, other), (other, VAULT)):
        with pytest.raises(UsageError, match=r"' and '.* disagree about the .*'kv'") as caught:
            state_of(tmp_path, *documents)
        assert "0.json" in str(caught.value)
        assert "1.json" in str(caught.value)


def test_a_file_may_contradict_itself(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="two different things"):
        state_of(tmp_path, [VAULT, deployed_vault()])


def test_a_vault_that_is_there_without_its_list_is_not_absent(tmp_path: Path) -> None:
    state = state_of(tmp_path, NAMED, what_if(change("Create")), snapshot(inventory_of()))
    assert told_of(state).state == "unread"


def test_only_a_snapshot_says_absent(tmp_path: Path) -> None:
    assert told_of(state_of(tmp_path, OTHER)).state == "unread"
    scope = inventory_of(resource_group="rg")
    assert told_of(state_of(tmp_path, OTHER, snapshot(scope))).state == "absent"
    elsewhere = inventory_of(resource_group="rg3")
    assert told_of(state_of(tmp_path, OTHER, snapshot(elsewhere))).state == "unread"


def test_what_a_snapshot_could_not_read_another_file_may_tell(tmp_path: Path) -> None:
    lacking = snapshot(inventory_of(unread_items=(Unread(vault_id_of("kv"), "no right"),)))
    assert "no right" in str(told_of(state_of(tmp_path, lacking)).note)
    assert told_of(state_of(tmp_path, lacking, VAULT)).state == "exists"


def test_snapshots_of_several_groups(tmp_path: Path) -> None:
    one = snapshot(inventory_of(VAULT, resource_group="rg"))
    two = snapshot(inventory_of(OTHER, resource_group="rg2"), "2027-01-30T12:00:00Z")
    state = state_of(tmp_path, one, two)
    assert state.source == "snapshot"
    assert min(state.ages())[0] == "2027-01-30T12:00:00Z"
    assert state.vault(vault_id_of("other", "rg2"), None).state == "exists"
    assert state.vault(vault_id_of("new", "rg2"), None).state == "absent"
    assert state.vaults_of_group(SUBSCRIPTION, "RG2").complete
    assert state.completed(DeploymentScope()).subscription_id == SUBSCRIPTION
    assert state.completed(DeploymentScope()).resource_group is None


def test_the_time_of_a_file_is_called_that(tmp_path: Path) -> None:
    path = write(tmp_path, VAULT)
    os.utime(path, (1801396800, 1801396800))
    state = read_files([path])
    assert state.ages() == ()
    assert state.taken_from.endswith("file.json' (time of the file: 2027-01-31 12:00 UTC)")
    assert state.notices()[0].endswith("; time of the file: 2027-01-31 12:00 UTC")
    taken = snapshot(inventory_of(VAULT))
    assert state_of(tmp_path, taken).taken_from == "the snapshot of 2027-01-31 12:00 UTC"


def test_what_no_file_holds_is_said_once(tmp_path: Path) -> None:
    alone = state_of(tmp_path, VAULT).notices()[-1]
    for words in ("names", "which workspaces", "soft-deleted", "which other vaults"):
        assert words in alone
    together = state_of(tmp_path, VAULT, ml_workspace()).notices()
    assert len(together) == 3
    assert "names" not in together[-1]
    assert "which workspaces" not in together[-1]


def test_one_workspace_told_of_in_two_files(tmp_path: Path) -> None:
    identity = {
        "principalId": id_of("mlw"),
        "userAssignedIdentities": {IDENTITY.upper(): {"principalId": id_of("one")}},
    }
    listed = {"id": WORKSPACE.upper(), "identity": identity, "properties": None}
    state = state_of(tmp_path, [ml_workspace(identity=None)], listed)
    uses = state.people().uses(vault_id_of("kv"))
    assert [use.principals for use in uses] == [(id_of("mlw"),)]
    assert [each["name"] for each in state.people().principal(id_of("one")).workspaces] == ["mlw"]


def test_the_place_is_that_of_the_vaults_and_is_told(tmp_path: Path) -> None:
    state = state_of(tmp_path, VAULT)
    scope = state.completed(DeploymentScope())
    place = (scope.subscription_id, scope.resource_group, scope.tenant_id)
    assert place == (SUBSCRIPTION, "rg", TENANT)
    assert f"--subscription {SUBSCRIPTION} --resource-group rg" in state.notices()[-1]
    given = DeploymentScope(subscription_id="s", resource_group="g", tenant_id="t")
    assert state.completed(given) == given


def test_vaults_of_several_places_are_no_place(tmp_path: Path) -> None:
    scope = state_of(tmp_path, [VAULT, OTHER]).completed(DeploymentScope())
    assert (scope.subscription_id, scope.resource_group) == (SUBSCRIPTION, None)


def test_a_vault_of_the_same_name_elsewhere_is_mentioned(tmp_path: Path) -> None:
    note = state_of(tmp_path, OTHER).vault(vault_id_of("other"), None).note
    assert "resource group 'rg2'" in str(note)


def test_the_shortest_way(tmp_path: Path) -> None:
    """One vault, and nothing else said."""
    report = check(tmp_path, state_of(tmp_path, VAULT), written("kv", []))
    live = report.deployments[0].vaults[0].live
    assert live is not None
    assert (live.source, live.state) == ("reading", "exists")
    assert [(each.object_id, each.change) for each in live.changes] == [(id_of("app"), "lost")]
    assert report.unread == ()


def test_nothing_is_lost(tmp_path: Path) -> None:
    same = [entry_of("app", secrets=["List", "Get"])]
    report = check(tmp_path, state_of(tmp_path, VAULT), written("kv", same))
    assert [each.rule for each in report.findings if each.severity.value == "error"] == []
    assert report.unread == ()


def test_complete_mode_deletes_what_a_file_knows_of_and_perhaps_more(tmp_path: Path) -> None:
    old = deployed_vault(entry_of("user"), name="old")
    report = check(
        tmp_path,
        state_of(tmp_path, [VAULT, old, OTHER]),
        written("kv", []),
        mode="complete",
        scope=DeploymentScope(resource_group="rg"),
    )
    deleted = [each.message for each in report.findings if each.rule.startswith("complete-mode")]
    assert len(deleted) == 1
    assert "'old'" in deleted[0]
    assert any("which other vaults" in each for each in report.unread)


@pytest.mark.parametrize(
    ("expression", "change"),
    [
        ("[reference(variables('ml'), '2024-04-01', 'full').identity.principalId]", "kept"),
        ("[reference(variables('ml'), '2024-04-01').workspaceId]", "undecided"),
        ("[reference(variables('ml'), '2024-04-01', 'full').sku.name]", "undecided"),
    ],
)
def test_what_a_file_does_not_have_of_a_resource_is_open(
    tmp_path: Path, expression: str, change: str
) -> None:
    vault = deployed_vault(entry_of("mlw"))
    policies = [{**entry_of("mlw"), "objectId": expression}]
    template = make_template(resources=[written("kv", policies)], variables={"ml": WORKSPACE})
    write_file(tmp_path / "main.json", template)
    request = make_request(str(tmp_path / "main.json"), scope=DeploymentScope())
    state = state_of(tmp_path, vault, ml_workspace())
    report = check_paths(request, lambda: b"", deployed=state)
    live = report.deployments[0].vaults[0].live
    assert live is not None
    assert [each.change for each in live.changes] == [change]


def test_the_command_line_takes_several_files(tmp_path: Path) -> None:
    write_file(tmp_path / "main.json", make_template(resources=[written("kv", [])]))
    write_file(tmp_path / "kv.json", VAULT)
    write_file(tmp_path / "ml.json", ml_workspace())
    write_file(tmp_path / "new.json", deployed_vault())
    command = ("check", "main.json", "--against", "kv.json", "--against")
    ran = run_armguard(*command, "ml.json", folder=tmp_path, exit_code=1)
    assert "reading: vault 'kv' uses access policies" in ran.stdout
    assert "time of the file: " in ran.stdout
    ran = run_armguard(*command, "new.json", folder=tmp_path, exit_code=2)
    assert "'kv.json' and 'new.json' disagree about the access policies" in ran.stderr
    ran = run_armguard(*command, "ml.json", "--live", folder=tmp_path, exit_code=2)
    assert "exclude each other" in ran.stderr
    ran = run_armguard(
        *command, "ml.json", "--output", "json=ml.json", folder=tmp_path, exit_code=2
    )
    assert "this run has read it" in ran.stderr


def test_a_snapshot_has_all_that_azure_has(tmp_path: Path) -> None:
    """What it does not have of a vault is not there, and not unknown."""
    found = told_of(state_of(tmp_path, snapshot(inventory_of(VAULT))))
    assert not isinstance(found.document, PartialObject)
    assert isinstance(told_of(state_of(tmp_path, VAULT)).document, PartialObject)


@pytest.mark.parametrize(("today", "days"), [("2027-02-07", None), ("2027-02-08", 8)])
def test_what_is_old_is_told_of(tmp_path: Path, today: str, days: int | None) -> None:
    state = state_of(tmp_path, snapshot(inventory_of(VAULT)))
    place = DeploymentScope(resource_group="rg")
    report = check(tmp_path, state, make_vault("kv", []), today=today, scope=place)
    told = [each for each in report.notices if " days old" in each]
    assert len(told) == (days is not None)
    assert days is None or f"the snapshot of 2027-01-31 12:00 UTC is {days} days old" in told[0]
    lost = [each for each in report.findings if each.rule == "access-lost"]
    compared = [each.text[0] for one in lost for each in one.details if each.label == "compared"]
    assert compared == ["with the snapshot of 2027-01-31 12:00 UTC"]


def test_what_one_file_tells_in_two_elements_counts_as_in_two_files(tmp_path: Path) -> None:
    group, subscription = vault_id_of("kv").partition("/providers/")[0], SUBSCRIPTION
    gone = {
        "id": f"/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/westeurope"
        "/deletedVaults/kv",
        "name": "kv",
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {"vaultId": f"{group}/providers/Microsoft.KeyVault/vaults/kv"},
    }
    bare = {**NAMED, "type": "Microsoft.KeyVault/vaults"}
    for files in ([[gone, bare]], [[bare, gone]], [gone, bare], [bare, gone]):
        assert state_of(tmp_path, *files).vault(NAMED["id"], None).state == "unread"
