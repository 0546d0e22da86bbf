"""`armguard snapshot` as a whole against the fake."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_arm import FakeArm
from training import (
    GROUP,
    IDENTITY,
    SUBSCRIPTION,
    TENANT,
    USER,
    entry,
    fault,
    free_port,
    state,
    template,
)

Take = Callable[..., Any]
NAMES = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"


@pytest.fixture
def take(armguard: Callable[..., Any], serving: Callable[[FakeArm], Any]) -> Take:
    """Take a snapshot of a fake into `s.json`."""

    def run(fake: FakeArm, *options: str) -> Any:
        place = ["--subscription", SUBSCRIPTION, "-o", "s.json"]
        with serving(fake) as url:
            return armguard("snapshot", *place, "--arm-endpoint", url, *options)

    return run


def written(folder: Path) -> Any:
    return json.loads((folder / "s.json").read_text("utf-8"))


def full_state() -> Any:
    """A hub with a project and an identity, in other groups than their vault."""
    document = state(USER, IDENTITY)
    other = GROUP.replace("rg-train", "rg-other")
    below = "/providers/Microsoft.MachineLearningServices/workspaces/"
    identity = {
        "id": f"{other}{NAMES}id-hub",
        "name": "id-hub",
        "properties": {"principalId": USER},
    }
    hub = {**document["workspaces"][0], "id": f"{other}{below}hub", "name": "hub", "kind": "Hub"}
    hub["identity"] = {"type": "UserAssigned", "userAssignedIdentities": {identity["id"]: {}}}
    project = {
        "id": f"{other}{below}project",
        "name": "project",
        "kind": "Project",
        "identity": {"type": "SystemAssigned", "principalId": IDENTITY},
        "properties": {"hubResourceId": hub["id"].upper()},
    }
    stranger = {
        **project,
        "id": f"{other}{below}stranger",
        "name": "stranger",
        "kind": "Default",
        "properties": {"keyVault": f"{other}/providers/Microsoft.KeyVault/vaults/x"},
    }
    document["subscriptions"][0]["resourceGroups"].append({"name": "rg-other", "location": "x"})
    return {**document, "workspaces": [hub, project, stranger], "identities": [identity]}


@pytest.mark.parametrize(
    "paging", [{}, {"page_size": 1}, {"page_size": 1, "empty_last_page": True}]
)
def test_vaults_with_those_who_use_them(take: Take, tmp_path: Path, paging: Any) -> None:
    held = full_state()
    ran = take(FakeArm({**held, **paging}), "--format", "json")
    assert ran.exit == 0, ran.stderr
    document = written(tmp_path)
    assert document["vaults"] == held["vaults"]
    assert [each["name"] for each in document["workspaces"]] == ["hub", "project"]
    assert document["workspaces"][0] == held["workspaces"][0]
    assert document["identities"] == held["identities"]
    assert document["resourceGroups"] == [{"id": GROUP.lower(), "location": "westeurope"}]
    assert document["tenant"] == TENANT
    assert document["scope"] == {
        "subscription": SUBSCRIPTION,
        "resourceGroup": None,
        "vaults": None,
    }
    assert document["unread"] == []
    assert ran.document["sha256"] == document["sha256"]
    assert (ran.document["vaults"], ran.document["workspaces"]) == (1, 2)


def test_process(
    armguard_process: Callable[..., Any], serving: Callable[[FakeArm], Any], tmp_path: Path
) -> None:
    held = state(USER)
    place = ["--subscription", SUBSCRIPTION, "-o", "s.json"]
    with serving(FakeArm(held)) as url:
        ran = armguard_process("snapshot", *place, "--arm-endpoint", url)
    assert (ran.exit, ran.stderr) == (0, "")
    assert ran.stdout == "wrote s.json: 1 vaults, 0 workspaces, 0 identities; 0 not read\n"
    assert written(tmp_path)["vaults"] == held["vaults"]


@pytest.mark.parametrize(
    ("options", "vaults"),
    [
        (["--resource-group", "RG-train"], ["kv-train"]),
        (["--resource-group", "rg-train", "--vault", "KV-TRAIN"], ["kv-train"]),
        (["--resource-group", "rg-train", "--vault", "kv-gone"], []),
        (["--vault", "kv-train", "--vault", "kv-gone"], ["kv-train"]),
        (["--resource-group", "rg-gone"], []),
    ],
)
def test_part_of_a_subscription(
    take: Take, tmp_path: Path, options: list[str], vaults: list[str]
) -> None:
    ran = take(FakeArm(state(USER)), *options)
    assert ran.exit == 0, ran.stderr + ran.stdout
    assert [each["name"] for each in written(tmp_path)["vaults"]] == vaults


def test_poorer_snapshot_does_not_replace_a_fuller_one(take: Take, tmp_path: Path) -> None:
    assert take(FakeArm(state(USER, IDENTITY))).exit == 0
    before = (tmp_path / "s.json").read_bytes()
    wiped = state(USER)
    ran = take(FakeArm(wiped))
    assert ran.exit == 2
    assert "is not overwritten" in ran.stderr
    assert "--force" in ran.stderr
    assert (tmp_path / "s.json").read_bytes() == before
    assert take(FakeArm(wiped), "--force").exit == 0
    assert written(tmp_path)["vaults"][0]["properties"]["accessPolicies"] == [entry(USER)]


def test_fuller_snapshot_replaces_a_poorer_one(take: Take, tmp_path: Path) -> None:
    assert take(FakeArm(state(USER))).exit == 0
    assert take(FakeArm(state(USER, IDENTITY))).exit == 0
    assert len(written(tmp_path)["vaults"][0]["properties"]["accessPolicies"]) == 2


def test_other_files_are_not_replaced(take: Take, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("precious", encoding="utf-8")
    assert take(FakeArm(state(USER))).exit == 2
    assert (tmp_path / "s.json").read_text("utf-8") == "precious"
    assert take(FakeArm(state(USER)), "--force").exit == 0


@pytest.mark.parametrize("match", ["/vaults\\?", "/workspaces\\?", "ResourceGraph", "/mlw-train"])
def test_what_is_unread_is_written_down(take: Take, tmp_path: Path, match: str) -> None:
    refused = fault(match, 403, "AuthorizationFailed", "no")
    ran = take(FakeArm(state(USER, IDENTITY, faults=[refused])))
    assert ran.exit == 3
    assert len(written(tmp_path)["unread"]) >= 1
    assert "not read: " in ran.stdout


def test_a_vault_that_was_unread_is_no_absent_one(
    take: Take, armguard: Callable[..., Any], tmp_path: Path
) -> None:
    take(FakeArm(state(USER, faults=[fault("/vaults\\?", 403, "AuthorizationFailed", "no")])))
    (tmp_path / "main.json").write_text(json.dumps(template(USER)), encoding="utf-8")
    ran = armguard("check", "main.json", "--against", "s.json", "--resource-group", "rg-train")
    assert ran.exit == 3
    assert "was not read" in ran.stdout


def deleted_vault(name: str) -> Any:
    place = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/westeurope"
    return {
        "id": f"{place}/deletedVaults/{name}",
        "name": name,
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {"location": "westeurope"},
    }


@pytest.mark.parametrize(("deleted", "state_of_it"), [(["kv-train"], "deleted"), ([], "absent")])
def test_soft_deleted_vaults_are_listed(
    take: Take, armguard: Callable[..., Any], tmp_path: Path, deleted: Any, state_of_it: str
) -> None:
    held = state(vaults=[], deletedVaults=[deleted_vault(each) for each in deleted])
    assert take(FakeArm(held)).exit == 0
    assert [each["name"] for each in written(tmp_path)["deletedVaults"]] == deleted
    (tmp_path / "main.json").write_text(json.dumps(template(USER)), encoding="utf-8")
    place = ["--against", "s.json", "--resource-group", "rg-train"]
    ran = armguard("check", "main.json", *place, "--format", "json")
    live = ran.vault("kv-train")["live"]
    assert (live["state"], live["note"]) == (state_of_it, None)
    assert ("vault-soft-deleted" in ran.rules()) is bool(deleted)


def test_what_can_not_be_listed_is_left_out(take: Take, tmp_path: Path) -> None:
    refused = [
        fault("deletedVaults", 403, "AuthorizationFailed", "no"),
        {**fault("ResourceGraph", 403, "AuthorizationFailed"), "body_match": "type, identity"},
    ]
    assert take(FakeArm(state(USER, faults=refused))).exit == 3
    document = written(tmp_path)
    assert not {"deletedVaults", "resources"} & document.keys()
    assert len(document["unread"]) == 2


def test_group_that_was_asked_for_is_told_though_it_has_no_vault(
    take: Take, tmp_path: Path
) -> None:
    assert take(FakeArm(state(vaults=[])), "--resource-group", "rg-train").exit == 0
    (group,) = written(tmp_path)["resourceGroups"]
    assert (group["id"].lower(), group["location"]) == (GROUP.lower(), "westeurope")


def test_user_assigned_identity_with_access_is_told(take: Take, tmp_path: Path) -> None:
    """Also where no workspace uses it, so that the list can be told by names."""
    named = {
        "id": f"{GROUP}{NAMES}id-app",
        "name": "id-app",
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
        "properties": {"principalId": USER},
    }
    other = {**named, "id": f"{GROUP}{NAMES}x", "properties": {"principalId": IDENTITY}}
    assert take(FakeArm(state(USER, identities=[named, other]))).exit == 0
    assert [each["name"] for each in written(tmp_path)["identities"]] == ["id-app"]


def test_a_reason_is_said_once(take: Take) -> None:
    ran = take(FakeArm(state(USER, subscriptions=[])))
    assert ran.exit == 3
    assert ran.stdout.count("the subscription is not there") == 1


def test_nobody_listens(armguard: Callable[..., Any], clock: Any) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    place = ["--subscription", SUBSCRIPTION, "-o", "s.json", "--arm-endpoint", endpoint]
    ran = armguard("snapshot", *place)
    assert ran.exit == 3
    assert ran.stdout.count("127.0.0.1") == 2, "once as what is not there, once as its cause"
    assert clock.pauses == [1], "one more try, and nothing else is asked"


def test_changed_snapshot_is_refused(
    take: Take, armguard: Callable[..., Any], tmp_path: Path
) -> None:
    take(FakeArm(state(USER)))
    text = (tmp_path / "s.json").read_text("utf-8").replace(USER, IDENTITY)
    (tmp_path / "s.json").write_text(text, encoding="utf-8")
    (tmp_path / "main.json").write_text("{}", encoding="utf-8")
    ran = armguard("check", "main.json", "--against", "s.json")
    assert ran.exit == 2
    assert "checksum" in ran.stderr
