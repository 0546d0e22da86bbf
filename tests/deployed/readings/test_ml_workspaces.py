"""Workspaces as `az ml workspace` prints them."""

from __future__ import annotations

from pathlib import Path

from at_hand import IDENTITY, WORKSPACE, ml_workspace, state_of
from conftest_deployed import id_of, vault_id_of

HUB = WORKSPACE.replace("mlw", "hub")


def test_whose_identities_they_are_and_which_vault_it_uses(tmp_path: Path) -> None:
    people = state_of(tmp_path, ml_workspace()).people()
    system, user = people.principal(id_of("mlw")), people.principal(id_of("one"))
    assert (system.name, system.kind) == ("mlw", "system")
    assert (user.name, user.kind) == ("id-one", "user")
    assert [each["name"] for each in user.workspaces] == ["mlw"]
    assert [each.principals for each in people.uses(vault_id_of("kv"))] == [(id_of("mlw"),)]


def test_a_list_of_identities_and_the_old_name(tmp_path: Path) -> None:
    identity = {
        "user_assigned_identities": [{"resource_id": IDENTITY, "principal_id": id_of("one")}]
    }
    printed = ml_workspace(display_name=None, friendly_name="Training", identity=identity)
    assert state_of(tmp_path, printed).people().principal(id_of("one")).name == "id-one"


def test_the_list_has_no_principal_ids_of_identities(tmp_path: Path) -> None:
    identity = {"principal_id": id_of("mlw"), "user_assigned_identities": {IDENTITY: {}}}
    printed = [ml_workspace(identity=identity)]
    state = state_of(tmp_path, printed)
    assert state.people().principal(id_of("one")).name is None
    assert "the principal id of identity 'id-one'" in state.notices()[-1]
    state = state_of(tmp_path, printed, {"id": IDENTITY, "principalId": id_of("one")})
    who = state.people().principal(id_of("one"))
    assert [each["name"] for each in who.workspaces] == ["mlw"]
    assert "principal id" not in state.notices()[-1]


def test_a_primary_identity_of_which_nothing_is_known_is_not_taken_for_shut_out(
    tmp_path: Path,
) -> None:
    identity = {"principal_id": id_of("mlw"), "user_assigned_identities": {IDENTITY: {}}}
    printed = ml_workspace(identity=identity, primary_user_assigned_identity=IDENTITY)
    people = state_of(tmp_path, printed).people()
    assert [each.principals for each in people.uses(vault_id_of("kv"))] == [()]


def test_a_project_uses_the_vault_of_its_hub(tmp_path: Path) -> None:
    project = ml_workspace(kind="project", hub_id=HUB.upper(), key_vault=None)
    hub = ml_workspace(id=HUB, name="hub", kind="hub", identity=None)
    people = state_of(tmp_path, [project, hub]).people()
    assert people.uses(vault_id_of("kv"))[1].principals == (id_of("mlw"),)


def test_a_hub_tells_its_projects_where_the_list_does_not(tmp_path: Path) -> None:
    project = ml_workspace(key_vault=None)
    hub = ml_workspace(id=HUB, name="hub", identity=None, associated_workspaces=[WORKSPACE.upper()])
    people = state_of(tmp_path, [project], hub).people()
    assert [use.workspace["name"] for use in people.uses(vault_id_of("kv"))] == ["hub", "mlw"]


def test_a_workspace_without_a_vault_is_one_whose_vault_is_not_seen(tmp_path: Path) -> None:
    state = state_of(tmp_path, [ml_workspace(key_vault=None)])
    assert "which vault is used by workspace 'mlw'" in state.notices()[-1]
