"""An entry for the user-assigned identity of a workspace: what it is, and what it waits for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import (
    Ran,
    make_deployment,
    make_policy,
    make_template,
    make_vault,
    make_workspace,
    run_armguard,
    write_file,
)

KIND = "Microsoft.ManagedIdentity/userAssignedIdentities"
IDENTITY = f"[resourceId('{KIND}', 'id-loom')]"
OTHER = [make_policy("[deployer().objectId]")]


def make_identity(name: str = "id-loom", **more: Any) -> dict[str, Any]:
    return {"type": KIND, "apiVersion": "2023-01-31", "name": name, "location": "westus", **more}


def make_user(*identities: str, name: str = "ml", **more: Any) -> dict[str, Any]:
    kind = "UserAssigned" if identities else "SystemAssigned"
    assigned = {each: {} for each in identities}
    return make_workspace(name, identity={"type": kind, "userAssignedIdentities": assigned}, **more)


def fixed(folder: Path, template: Any, *arguments: str) -> Ran:
    write_file(folder / "main.json", template)
    command = ("fix", "main.json", "--remedy", "add-workspace-access", "--write", *arguments)
    return run_armguard(*command, folder=folder)


def written(folder: Path) -> Any:
    return json.loads((folder / "main.json").read_text("utf-8"))


def vault_in(folder: Path) -> Any:
    return next(each for each in written(folder)["resources"] if "KeyVault" in each["type"])


def test_the_entry_is_what_the_service_grants(tmp_path: Path) -> None:
    vault = make_vault(policies=OTHER, properties={"tenantId": "[tenant().tenantId]"})
    ran = fixed(tmp_path, make_template(make_identity(), vault, make_user(IDENTITY)))
    assert ran.exit == 0, ran.stdout
    after = vault_in(tmp_path)
    assert after["properties"]["accessPolicies"] == [
        *OTHER,
        {
            "tenantId": "[tenant().tenantId]",
            "objectId": f"[reference({IDENTITY[1:-1]}, '2023-01-31').principalId]",
            "permissions": {"keys": ["all"], "secrets": ["all"], "certificates": ["all"]},
        },
    ]
    assert after["dependsOn"] == [IDENTITY]
    assert (
        "everybody else who is in the deployed list and not in this one still loses" in ran.stdout
    )


def test_a_vault_that_waits_already_waits_once(tmp_path: Path) -> None:
    vault = make_vault(policies=OTHER, dependsOn=["id-loom"])
    fixed(tmp_path, make_template(make_identity(), vault, make_user(IDENTITY)))
    assert vault_in(tmp_path)["dependsOn"] == ["id-loom"]


def test_an_identity_of_another_place_has_to_exist(tmp_path: Path) -> None:
    identity = f"/subscriptions/s/resourceGroups/rg/providers/{KIND}/id-far"
    ran = fixed(tmp_path, make_template(make_vault(policies=OTHER), make_user(identity)))
    assert ran.exit == 0, ran.stdout
    assert f"identity '{identity}' is not made in this template and has to exist" in ran.stdout
    assert "dependsOn" not in vault_in(tmp_path)


def test_two_workspaces_with_one_identity_get_one_entry(tmp_path: Path) -> None:
    ran = fixed(
        tmp_path,
        make_template(
            make_vault(policies=OTHER),
            make_user(IDENTITY),
            make_user(f"[toLower(resourceId('{KIND}', 'ID-LOOM'))]", name="ml-second"),
        ),
    )
    assert "of workspaces 'ml', 'ml-second'" in ran.stdout
    assert len(vault_in(tmp_path)["properties"]["accessPolicies"]) == 2


REFUSED = {
    "its system-assigned identity, which does not exist before": [
        make_vault(policies=OTHER),
        make_user(),
    ],
    "workspace 'ml' has several identities; name the one": [
        make_vault(policies=OTHER),
        make_user(IDENTITY, f"[resourceId('{KIND}', 'id-more')]"),
    ],
    "which identity workspace 'ml' has is not known": [
        make_vault(policies=OTHER),
        make_workspace(identity="[parameters('identity')]"),
    ],
    "identity 'id-loom' waits for the vault, so the vault can't": [
        make_identity(dependsOn=["kv"]),
        make_vault(policies=OTHER),
        make_user(IDENTITY),
    ],
    "its dependsOn is not written out": [
        make_identity(),
        make_vault(policies=OTHER, dependsOn="[createArray()]"),
        make_user(IDENTITY),
    ],
    "the id of the identity of workspace 'ml' is not written out": [
        make_vault(policies=OTHER),
        make_workspace(
            identity=f"[createObject('type', 'UserAssigned', 'userAssignedIdentities',"
            f" createObject({IDENTITY[1:-1]}, createObject()))]"
        ),
    ],
    "its accessPolicies may come from a property loop": [
        make_vault(
            properties={
                "copy": [{"name": "accessPolicies", "count": 1, "input": OTHER[0]}],
            }
        ),
        make_user(IDENTITY),
    ],
    "workspace 'ml' is written in another template than the vault": [
        make_vault(policies=OTHER),
        make_deployment(template=make_template(make_user(IDENTITY))),
    ],
    f"{KIND} 'id-loom' is written under a condition that the vault does not have": [
        make_identity(condition="[parameters('wanted')]"),
        make_vault(policies=OTHER),
        make_user(IDENTITY),
    ],
    "workspaces 'ml' is written under a condition that the vault does not have": [
        make_vault(policies=OTHER),
        make_user(IDENTITY, condition="[parameters('wanted')]"),
    ],
    "in a nested template of outer scope reference() is evaluated before": [
        make_deployment(
            template=make_template(make_vault(policies=OTHER), make_user(IDENTITY)),
            evaluation="outer",
        ),
    ],
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_can_not_be_named_is_refused(tmp_path: Path, reason: str) -> None:
    parameters = {
        "identity": {"type": "object"},
        "wanted": {"type": "bool", "defaultValue": True},
    }
    template = make_template(*REFUSED[reason], parameters=parameters)
    ran = fixed(tmp_path, template)
    assert "not add-workspace-access: " in ran.stdout
    assert reason in ran.stdout
    assert ran.exit == 1
    assert written(tmp_path) == template


def test_a_condition_that_the_vault_has_as_well_does_not_matter(tmp_path: Path) -> None:
    condition = {"condition": "[parameters('wanted')]"}
    template = make_template(
        make_identity(),
        make_identity("id-second", **condition),
        make_vault(policies=OTHER, **condition),
        make_user(IDENTITY, condition="[parameters('ml')]"),
        make_user(f"[resourceId('{KIND}', 'id-second')]", name="ml-second"),
        parameters={name: {"type": "bool", "defaultValue": True} for name in ("wanted", "ml")},
    )
    ran = fixed(tmp_path, template)
    assert ran.exit == 0, ran.stdout
    assert len(vault_in(tmp_path)["properties"]["accessPolicies"]) == 3


PLACE = "/subscriptions/s1/resourceGroups/rg/providers"
VAULT_ID, IDENTITY_ID = f"{PLACE}/Microsoft.KeyVault/vaults/kv", f"{PLACE}/{KIND}/id-loom"


def deployed(folder: Path, *principals: str) -> list[str]:
    """A vault with these principals, and a workspace whose identity is the principal `loom`."""
    policies = [make_policy(each, tenantId="t1") for each in principals]
    properties = {"tenantId": "t1", "enableRbacAuthorization": False, "accessPolicies": policies}
    vault = {"id": VAULT_ID, "name": "kv", "type": "Microsoft.KeyVault/vaults"}
    write_file(folder / "live.json", vault | {"location": "westeurope", "properties": properties})
    workspace = {
        "id": f"{PLACE}/Microsoft.MachineLearningServices/workspaces/ml",
        "name": "ml",
        "type": "Microsoft.MachineLearningServices/workspaces",
        "identity": {
            "type": "UserAssigned",
            "userAssignedIdentities": {IDENTITY_ID: {"principalId": "loom", "clientId": "c"}},
        },
        "properties": {"keyVault": VAULT_ID, "primaryUserAssignedIdentity": IDENTITY_ID},
    }
    write_file(folder / "ml.json", workspace)
    against = ["--against", "live.json", "--against", "ml.json"]
    return [*against, "--subscription", "s1", "--resource-group", "rg"]


def test_with_deployed_state_it_is_for_the_same_vaults(tmp_path: Path) -> None:
    template = make_template(
        make_identity(), make_vault(policies=[make_policy("stays")]), make_user(IDENTITY)
    )
    given = deployed(tmp_path, "stays", "loom")
    ran = fixed(tmp_path, template, *given)
    assert "vault 'kv': access-lost" in ran.stdout
    assert len(vault_in(tmp_path)["properties"]["accessPolicies"]) == 2
    run_armguard("check", "main.json", *given, folder=tmp_path, exit_code=0)


def test_where_others_lose_access_too_it_is_not_enough(tmp_path: Path) -> None:
    template = make_template(
        make_identity(), make_vault(policies=[make_policy("stays")]), make_user(IDENTITY)
    )
    ran = fixed(tmp_path, template, *deployed(tmp_path, "stays", "loom", "goes"))
    assert (
        "not add-workspace-access: others lose access as well, whom it does not add" in ran.stdout
    )
    assert ran.exit == 1
    assert written(tmp_path) == template


def test_an_identity_that_hangs_on_a_parameter_is_moved_as_it_is(tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies="[parameters('list')]"),
        make_user("[parameters('identity')]", properties={"primaryUserAssignedIdentity": IDENTITY}),
        parameters={"identity": {"type": "string"}, "list": {"type": "array"}},
    )
    for name in ("dev", "prod"):
        values = {"identity": {"value": f"/id-{name}"}, "list": {"value": OTHER}}
        write_file(tmp_path / f"main.parameters.{name}.json", {"parameters": values})
    ran = fixed(tmp_path, template)
    assert ran.exit == 0, ran.stdout
    assert vault_in(tmp_path)["properties"]["accessPolicies"] == (
        "[concat(parameters('list'), createArray(createObject('tenantId', subscription().tenantId,"
        f" 'objectId', reference({IDENTITY[1:-1]}, '2023-01-31').principalId, 'permissions',"
        " createObject('keys', createArray('all'), 'secrets', createArray('all'), 'certificates',"
        " createArray('all')))))]"
    )


def test_a_list_that_is_emptied_is_for_other_remedies(tmp_path: Path) -> None:
    ran = fixed(tmp_path, make_template(make_vault(policies=[]), make_user(IDENTITY)))
    assert ran.stdout == "nothing to fix\n"


def test_a_second_run_finds_nothing_to_do(tmp_path: Path) -> None:
    fixed(tmp_path, make_template(make_vault(policies=OTHER), make_user(IDENTITY)))
    after = (tmp_path / "main.json").read_text("utf-8")
    assert "nothing to fix" in fixed(tmp_path, after).stdout
    assert (tmp_path / "main.json").read_text("utf-8") == after
