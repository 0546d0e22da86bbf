"""The deployed list, copied into templates that are written in odd ways: what is refused and why,
and that nobody loses anything where it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import (
    Ran,
    make_change,
    make_deployment,
    make_policy,
    make_template,
    make_vault,
    run_armguard,
    write_file,
)

from armguard.deployed.snapshot import checksum

TENANT = "6f0c2a9e-1b7d-4e35-8c46-d2a9b0e7f513"
SUBSCRIPTION = "8a3d5f70-2c4e-4b19-9d68-f1e7c0b3a625"
PLACE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers"
ANNA, BOB = "aa000000-0000-4000-8000-000000000001", "bb000000-0000-4000-8000-000000000002"
WORKSPACE = "cc000000-0000-4000-8000-000000000003"


def entry(object_id: str = ANNA, **permissions: Any) -> dict[str, Any]:
    """As it is deployed; without permissions: get on secrets."""
    permitted = permissions or {"secrets": ["get"]}
    return {"tenantId": TENANT, "objectId": object_id, "permissions": permitted}


def deployed(*entries: Any, name: str = "kv", **properties: Any) -> dict[str, Any]:
    listed = {"tenantId": TENANT, "accessPolicies": list(entries), **properties}
    identifier = f"{PLACE}/Microsoft.KeyVault/vaults/{name}"
    return {"id": identifier, "name": name, "location": "westeurope", "properties": listed}


def snapshot(*vaults: Any, **more: Any) -> dict[str, Any]:
    document = {
        "format": "armguard-snapshot",
        "version": 1,
        "takenAt": "2026-08-02T07:00:00Z",
        "tenant": TENANT,
        "cloud": "AzureCloud",
        "endpoint": "https://management.azure.com",
        "armguard": "0.1.0",
        "scope": {"subscription": SUBSCRIPTION, "resourceGroup": "rg", "vaults": None},
        "vaults": list(vaults),
        "workspaces": [],
        "identities": [],
        "resources": [],
        "deletedVaults": [],
        "resourceGroups": [],
        "unread": [],
        **more,
    }
    return {**document, "sha256": checksum(document)}


def run(command: str, folder: Path, *more: str) -> Ran:
    named = ("--parameters", "values.json") if (folder / "values.json").exists() else ()
    remedy = ("--remedy", "copy-live") if command == "fix" else ()
    against = ("main.json", "--against", "deployed.json")
    return run_armguard(command, *against, *named, *remedy, *more, folder=folder)


def write(folder: Path, template: Any, state: Any, parameters: Any = None) -> None:
    write_file(folder / "main.json", template)
    write_file(folder / "deployed.json", state)
    if parameters is not None:
        given = {name: {"value": value} for name, value in parameters.items()}
        write_file(folder / "values.json", {"parameters": given})


def losses(folder: Path, *more: str) -> list[tuple[str, str]]:
    """(vault, principal) of all who lose something, or may."""
    document = run("check", folder, "--format", "json", *more).document
    return [
        (vault["name"], change["objectId"])
        for each in document["deployments"]
        for vault in each["vaults"]
        for change in vault["live"]["changes"]
        if change["lost"]
    ]


def copied(folder: Path, file: str = "main.json", *more: str) -> Any:
    """The document after it, in which nobody loses anything; a second run changes nothing."""
    assert losses(folder, *more) != []
    run("fix", folder, "--write", *more)
    text = (folder / file).read_text("utf-8")
    assert losses(folder, *more) == []
    again = run("fix", folder, "--write", *more)
    assert (again.exit, again.stdout) == (0, "nothing to fix\n")
    assert (folder / file).read_text("utf-8") == text
    return json.loads(text)


def refused(folder: Path, *more: str) -> str:
    """Why nothing can be done."""
    before = {path: path.read_bytes() for path in folder.iterdir()}
    told = run("fix", folder, "--write", *more).stdout
    assert before == {path: path.read_bytes() for path in folder.iterdir()}
    reasons = [line for line in told.splitlines() if line.startswith("  not copy-live: ")]
    assert len(reasons) == 1, told
    return reasons[0].removeprefix("  not copy-live: ")


def vault_in(template: Any) -> Any:
    return template["resources"][0]["properties"]


def test_the_list_is_written_with_the_deployed_spelling(tmp_path: Path) -> None:
    listed = entry(ANNA.upper(), secrets=["Get", "get", "LIST"], keys=[], storage=None)
    write(tmp_path, make_template(make_vault(policies=[])), snapshot(deployed(listed)))
    assert vault_in(copied(tmp_path))["accessPolicies"] == [
        entry(ANNA.upper(), secrets=["Get", "LIST"])
    ]


def test_an_entry_of_an_application_is_one_of_its_own(tmp_path: Path) -> None:
    compound = {**entry(ANNA), "applicationId": BOB}
    state = snapshot(deployed(entry(ANNA), compound, {**entry(BOB), "applicationId": ""}))
    write(tmp_path, make_template(make_vault(policies=[make_policy(ANNA)])), state)
    after = vault_in(copied(tmp_path))["accessPolicies"]
    assert after == [make_policy(ANNA), compound, entry(BOB)]


KEYS = {
    "AccessPolicies": {"AccessPolicies": []},
    "null": {"accessPolicies": None},
    "absent": {},
    "an empty list as an expression": {"accessPolicies": "[json('[]')]"},
}


@pytest.mark.parametrize("name", KEYS)
def test_the_property_is_found_as_it_is_written(name: str, tmp_path: Path) -> None:
    vault = make_vault()
    vault["properties"] |= KEYS[name]
    write(tmp_path, make_template(vault), snapshot(deployed(entry())))
    after = vault_in(copied(tmp_path))
    listed = [value for key, value in after.items() if key.lower() == "accesspolicies"]
    assert listed == [[entry()]]


def test_a_permission_that_all_may_not_cover_is_written_out(tmp_path: Path) -> None:
    policy = make_policy(permissions={"secrets": ["all"]})
    held = entry(policy["objectId"], secrets=["get", "Purge"], keys=["get"])
    template = make_template(make_vault(policies=[policy]))
    write(tmp_path, template, snapshot(deployed(held)))
    (after,) = vault_in(copied(tmp_path))["accessPolicies"]
    assert after["permissions"] == {"secrets": ["all", "Purge"], "keys": ["get"]}
    assert after["tenantId"] == "[subscription().tenantId]"


PERMISSIONS: dict[str, tuple[Any, Any]] = {
    "an empty kind": ({"secrets": []}, {"secrets": ["get"]}),
    "a kind that is null": ({"secrets": None}, {"secrets": ["get"]}),
    "none": ({}, {"secrets": ["get"]}),
    "in another casing": ({"Secrets": ["List"]}, {"Secrets": ["List", "get"]}),
}


@pytest.mark.parametrize("name", PERMISSIONS)
def test_an_entry_gets_what_it_lacks(name: str, tmp_path: Path) -> None:
    before, expected = PERMISSIONS[name]
    policies = [make_policy(ANNA, permissions=before)]
    write(tmp_path, make_template(make_vault(policies=policies)), snapshot(deployed(entry())))
    (after,) = vault_in(copied(tmp_path))["accessPolicies"]
    assert after["permissions"] == expected


LISTS: dict[str, Any] = {
    "choice": "[if(parameters('new'), parameters('more'), parameters('readers'))]",
    "coalesce": "[coalesce(null(), parameters('readers'))]",
    "concat": "[concat(parameters('readers'), createArray())]",
    "inside": "[variables('settings').lists[0]]",
    "tryGet": "[tryGet(variables('settings'), 'lists', 0)]",
}


@pytest.mark.parametrize("name", LISTS)
def test_an_expression_is_followed_to_the_parameter_file(name: str, tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies=LISTS[name]),
        parameters={
            "new": {"type": "bool", "defaultValue": False},
            "readers": {"type": "array"},
            "more": {"type": "array", "defaultValue": []},
        },
        variables={"settings": {"lists": ["[parameters('readers')]"]}},
    )
    write(tmp_path, template, snapshot(deployed(entry())), {"readers": []})
    assert copied(tmp_path, "values.json")["parameters"]["readers"] == {"value": [entry()]}
    assert json.loads((tmp_path / "main.json").read_text("utf-8")) == template


def test_a_default_with_parameters_in_it_is_written_out_in_the_parameter_file(
    tmp_path: Path,
) -> None:
    own = make_policy("[parameters('owner')]")
    template = make_template(
        make_vault(policies="[parameters('readers')]"),
        parameters={
            "owner": {"type": "string"},
            "readers": {"type": "array", "defaultValue": [own]},
        },
    )
    write(tmp_path, template, snapshot(deployed(entry(BOB), entry(ANNA))), {"owner": BOB})
    after = copied(tmp_path, "values.json")["parameters"]
    assert [each["objectId"] for each in after["readers"]["value"]] == [BOB, ANNA]


def test_an_identity_that_the_snapshot_knows_stays_an_expression(tmp_path: Path) -> None:
    identity = "[reference(resourceId('Microsoft.Web/sites', 'app'), '2023-12-01', 'Full')"
    own = make_policy(f"{identity}.identity.principalId]")
    site = f"{PLACE}/Microsoft.Web/sites/app"
    known = [{"id": site, "type": "", "identity": {"principalId": BOB}}]
    state = snapshot(deployed(entry(BOB), entry(ANNA)), resources=known)
    write(tmp_path, make_template(make_vault(policies=[own])), state)
    assert vault_in(copied(tmp_path))["accessPolicies"] == [own, entry(ANNA)]


def test_a_text_of_a_snapshot_never_becomes_an_expression(tmp_path: Path) -> None:
    state = snapshot(deployed(entry("[deployment().name]")))
    write(tmp_path, make_template(make_vault(policies=[])), state)
    (after,) = vault_in(copied(tmp_path))["accessPolicies"]
    assert after["objectId"] == "[[deployment().name]"


def test_what_two_deployments_of_one_module_write_is_told_apart(tmp_path: Path) -> None:
    parameters = {"name": {"type": "string"}, "list": {"type": "array"}}
    inner = make_template(
        make_vault("[parameters('name')]", "[parameters('list')]"), parameters=parameters
    )
    write_file(tmp_path / "vault.json", inner)
    link = {"relativePath": "vault.json"}
    template = make_template(
        *(
            make_deployment(name, link=link, parameters={"name": name, "list": []})
            for name in ("one", "two")
        )
    )
    state = snapshot(deployed(entry(ANNA), name="one"), deployed(entry(BOB), name="two"))
    write(tmp_path, template, state)
    after = copied(tmp_path)["resources"]
    passed = [each["properties"]["parameters"]["list"]["value"] for each in after]
    assert passed == [[entry(ANNA)], [entry(BOB)]]


def written_with_each(folder: Path, listed: Any, declared: Any, *sets: Any) -> None:
    """One vault, deployed for ANNA and BOB, and several parameter files for it."""
    template = make_template(make_vault(policies=listed), parameters=declared)
    write(folder, template, snapshot(deployed(entry(ANNA), entry(BOB))))
    for number, parameters in enumerate(sets):
        given = {name: {"value": value} for name, value in parameters.items()}
        write_file(folder / f"main.parameters.{number}.json", {"parameters": given})


def test_a_list_that_is_complete_with_some_parameters_gets_what_it_lacks_with_others(
    tmp_path: Path,
) -> None:
    full, half = {"list": [entry(ANNA), entry(BOB)]}, {"list": [entry(BOB)]}
    written_with_each(
        tmp_path, "[parameters('list')]", {"list": {"type": "array"}}, full, half, {"list": []}
    )
    told = run("fix", tmp_path).stdout
    assert "  copy-live: the lists of vault 'kv' get what they lack of the deployed one\n" in told
    after = copied(tmp_path, "main.parameters.1.json")["parameters"]["list"]["value"]
    assert after == [entry(BOB), entry(ANNA)]


def test_one_list_that_does_not_lack_the_same_with_all_parameters(tmp_path: Path) -> None:
    own = [make_policy("[parameters('who')]")]
    written_with_each(tmp_path, own, {"who": {"type": "string"}}, {"who": ANNA}, {"who": BOB})
    assert refused(tmp_path) == (
        "what the list of vault 'kv' ('main.json' at /resources/0/properties/accessPolicies) lacks"
        " is not the same with every set of parameters; give each set a list of its own"
    )


SWITCHED: dict[str, tuple[Any, Any]] = {
    "not written": ({}, {"condition": "[not(parameters('off'))]"}),
    "role assignments": ({"enableRbacAuthorization": "[parameters('off')]"}, {}),
}


@pytest.mark.parametrize("name", SWITCHED)
def test_parameters_with_which_nobody_loses_anything_are_no_hindrance(
    name: str, tmp_path: Path
) -> None:
    switched_off(tmp_path, "[parameters('list')]", *SWITCHED[name])
    after = copied(tmp_path, "main.parameters.0.json")["parameters"]["list"]["value"]
    assert after == [entry(ANNA)]
    given = json.loads((tmp_path / "main.parameters.1.json").read_text("utf-8"))
    assert "list" not in given["parameters"]


def test_nobody_gets_into_the_list_of_a_vault_with_role_assignments(tmp_path: Path) -> None:
    switched_off(tmp_path, [], *SWITCHED["role assignments"])
    assert refused(tmp_path) == (
        "its list ('main.json' at /resources/0/properties/accessPolicies) is that of vault 'prod'"
        " as well; give each a list of its own"
    )


def switched_off(folder: Path, listed: Any, properties: Any, more: Any) -> None:
    """A vault that is deployed for ANNA, and one that needs nothing."""
    vault = make_vault("[parameters('name')]", listed, **more)
    vault["properties"] |= properties
    declared = {
        "name": {"type": "string"},
        "off": {"type": "bool"},
        "list": {"type": "array", "defaultValue": []},
    }
    with_roles = deployed(name="prod", enableRbacAuthorization=True)
    state = snapshot(deployed(entry(ANNA), name="dev"), with_roles)
    write(folder, make_template(vault, parameters=declared), state)
    for number, (name, off) in enumerate([("dev", False), ("prod", True)]):
        given = {"name": {"value": name}, "off": {"value": off}}
        write_file(folder / f"main.parameters.{number}.json", {"parameters": given})


def test_a_vault_that_may_get_role_assignments(tmp_path: Path) -> None:
    vault = make_vault(policies=[])
    vault["properties"] |= {"enableRbacAuthorization": "[parameters('roles')]"}
    template = make_template(vault, parameters={"roles": {"type": "bool"}})
    write(tmp_path, template, snapshot(deployed(entry())))
    for number, given in enumerate([{"roles": {"value": False}}, {}]):
        write_file(tmp_path / f"main.parameters.{number}.json", {"parameters": given})
    assert refused(tmp_path) == (
        "the template may turn role assignments on for vault 'kv'; no list counts then"
    )


def test_a_large_list_is_copied_as_a_whole(tmp_path: Path) -> None:
    every = [entry(f"aa000000-0000-4000-8000-{number:012}") for number in range(1024)]
    write(tmp_path, make_template(make_vault(policies=[])), snapshot(deployed(*every)))
    assert vault_in(copied(tmp_path))["accessPolicies"] == every


def test_an_entry_that_union_drops_does_not_count(tmp_path: Path) -> None:
    policies = [entry(f"aa000000-0000-4000-8000-{number:012}") for number in range(15)]
    vault = make_vault(
        policies="[union(parameters('all'), parameters('some'))]", apiVersion="2016-10-01"
    )
    lists = {"all": {"type": "array"}, "some": {"type": "array", "defaultValue": policies[:9]}}
    state = snapshot(deployed(*policies, entry(BOB)))
    write(tmp_path, make_template(vault, parameters=lists), state, {"all": policies})
    assert len(copied(tmp_path, "values.json")["parameters"]["all"]["value"]) == 16


VAULTS: dict[str, tuple[Any, Any, str]] = {
    "too many entries": (
        make_vault(policies=[make_policy(WORKSPACE)]),
        [entry(f"aa000000-0000-4000-8000-{number:012}") for number in range(1024)],
        "with what is deployed the list would have 1025 entries, and there may be 1024",
    ),
    "too many entries for an old version": (
        make_vault(policies=[], apiVersion="2016-10-01"),
        [entry(f"aa000000-0000-4000-8000-{number:012}") for number in range(17)],
        "with what is deployed the list would have 17 entries, and there may be 16",
    ),
    "nothing deployed": (
        make_vault(policies=[]),
        [],
        "the list that is written has all that the deployed one has",
    ),
    "no tenant": (
        make_vault(policies=[]),
        [{"objectId": ANNA, "permissions": {}}],
        f"the deployed entry of principal '{ANNA}' has no tenantId",
    ),
    "two entries for one principal": (
        make_vault(policies=[make_policy(ANNA), make_policy(ANNA.upper())]),
        [entry(ANNA, secrets=["get", "set"])],
        f"there are several entries for principal '{ANNA}', and which of them counts is not"
        " established; make them one first",
    ),
    "an entry that is computed": (
        make_vault(
            policies=[
                f"[createObject('tenantId', '{TENANT}', 'objectId', '{ANNA}', 'permissions',"
                " createObject())]"
            ]
        ),
        [entry()],
        "the permissions of the entry in 'main.json' at"
        " /resources/0/properties/accessPolicies/0 are not written out there",
    ),
    "an entry that only Azure knows": (
        make_vault(policies=["[reference('elsewhere', '2023-01-01').entry]"]),
        [entry()],
        "whether the entry with the value [reference('elsewhere', '2023-01-01').entry] is that of"
        f" principal '{ANNA}' is not known, so it might get two; a snapshot or --live may tell"
        " whose it is",
    ),
    "permissions that are computed": (
        make_vault(
            policies=[make_policy(ANNA, permissions="[createObject('keys', createArray('get'))]")]
        ),
        [entry()],
        "the permissions of the entry in 'main.json' at"
        " /resources/0/properties/accessPolicies/0 are not written out there",
    ),
    "names that are computed": (
        make_vault(policies=[make_policy(ANNA, permissions={"secrets": "[createArray('list')]"})]),
        [entry()],
        "the permissions in 'main.json' at"
        " /resources/0/properties/accessPolicies/0/permissions/secrets are not written out there",
    ),
    "permissions that are written twice": (
        make_vault(policies=[{**make_policy(ANNA), "Permissions": {"secrets": []}}]),
        [entry(secrets=["list"])],
        "'permissions' is written twice in 'main.json' at /resources/0/properties/accessPolicies/0",
    ),
    "a kind that is written twice": (
        make_vault(policies=[make_policy(ANNA, permissions={"secrets": ["get"], "Secrets": []})]),
        [entry(secrets=["list"])],
        "'secrets' is written twice in 'main.json' at"
        " /resources/0/properties/accessPolicies/0/permissions",
    ),
    "properties that are computed": (
        {**make_vault(), "properties": "[createObject('accessPolicies', createArray())]"},
        [entry()],
        "what stands in 'main.json' at /resources/0/properties is computed; write it out first",
    ),
    "a list that is computed": (
        make_vault(policies="[take(createArray(1, 2), 0)]"),
        [entry()],
        "its list is computed by [take(createArray(1, 2), 0)]; write it out, or let it come from a"
        " parameter",
    ),
    "an entry of another tenant": (
        make_vault(policies=[]),
        [{**entry(), "tenantId": WORKSPACE}],
        "warning foreign-tenant-policy would come",
    ),
    "a loop over object ids": (
        make_vault(
            properties={
                "copy": [
                    {
                        "name": "accessPolicies",
                        "count": 1,
                        "input": make_policy("[createArray('a')[copyIndex('accessPolicies')]]"),
                    }
                ]
            }
        ),
        [entry()],
        "a loop in 'main.json' at /resources/0/properties makes 'accessPolicies' of something else"
        " than entries",
    ),
}


@pytest.mark.parametrize("name", VAULTS)
def test_it_is_refused_for_the_reason_that_there_is(name: str, tmp_path: Path) -> None:
    vault, entries, reason = VAULTS[name]
    write(tmp_path, make_template(vault), snapshot(deployed(*entries)))
    assert reason in refused(tmp_path)


@pytest.mark.parametrize("name", ["tenantId", "objectId", "applicationId"])
def test_what_leaves_open_whose_entry_it_is(name: str, tmp_path: Path) -> None:
    vault = make_vault(policies=[{**make_policy(ANNA), name: "[parameters('open')]"}])
    template = make_template(vault, parameters={"open": {"type": "string"}})
    write(tmp_path, template, snapshot(deployed(entry())))
    assert refused(tmp_path) == (
        f"whether the entry with {name} [parameters('open')] is that of principal '{ANNA}' is not"
        " known, so it might get two; --parameters or --set tells whose it is"
    )


def test_a_list_written_twice_is_left_alone(tmp_path: Path) -> None:
    vault = json.dumps(make_vault(policies=[])).replace(
        '"accessPolicies": []', '"accessPolicies": [], "AccessPolicies": []'
    )
    template = json.dumps(make_template()).replace("[]", f"[{vault}]")
    write(tmp_path, template, snapshot(deployed(entry())))
    assert "is written twice" in refused(tmp_path)


PARAMETERS: dict[str, tuple[Any, Any, tuple[str, ...], str]] = {
    "a placeholder": (
        {"type": "array"},
        {"value": "#{readers}#"},
        (),
        "what stands in 'values.json' at /parameters/readers/value is not written as a list",
    ),
    "given on the command line": (
        {"type": "array", "defaultValue": []},
        None,
        ("--set", "readers=[]"),
        "parameter 'readers' is given on the command line",
    ),
    "secure": (
        {"type": "secureObject", "defaultValue": {"list": []}},
        None,
        (),
        "parameter 'readers' may hold a secret, so it is not looked at",
    ),
    "not given at all": (
        {"type": "array"},
        None,
        (),
        "nothing gives parameter 'readers' a value; name a parameter file",
    ),
    "out of a vault": (
        {"type": "array"},
        {"reference": {"keyVault": {"id": "x"}, "secretName": "readers"}},
        (),
        "parameter 'readers' is given, but not as a value",
    ),
    "of one length": (
        {"type": "array", "defaultValue": [], "maxLength": 0},
        None,
        (),
        "parameters-rejected would come",
    ),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_that_can_not_take_it(name: str, tmp_path: Path) -> None:
    declared, given, more, reason = PARAMETERS[name]
    listed = "[parameters('readers')]"
    if declared["type"] == "secureObject":
        listed = "[parameters('readers').list]"
    template = make_template(make_vault(policies=listed), parameters={"readers": declared})
    write(tmp_path, template, snapshot(deployed(entry())))
    if given is not None:
        write_file(tmp_path / "values.json", {"parameters": {"readers": given}})
    assert reason in refused(tmp_path, *more)


STATES: dict[str, tuple[Any, str]] = {
    "roles": (
        snapshot(deployed(entry(), enableRbacAuthorization=True)),
        "vault 'kv' uses role assignments, so its access policies have no effect",
    ),
    "absent": (
        snapshot(),
        "vault 'kv' does not exist yet, so there is no list to copy",
    ),
    "soft-deleted": (
        snapshot(deletedVaults=[{"name": "kv", "id": "x", "properties": {}}]),
        "vault 'kv' is soft-deleted, so there is no list to copy",
    ),
    "unread": (
        snapshot(unread=[{"id": f"{PLACE}/Microsoft.KeyVault/vaults/kv", "reason": "forbidden"}]),
        "the list of vault 'kv' was not read: the snapshot lacks it: forbidden",
    ),
}


@pytest.mark.parametrize("name", STATES)
def test_a_vault_that_has_no_list_to_copy(name: str, tmp_path: Path) -> None:
    state, reason = STATES[name]
    write(tmp_path, make_template(make_vault(policies=[])), state)
    assert refused(tmp_path).startswith(reason)


@pytest.mark.parametrize(("name", "code"), [("unread", 3), ("absent", 1)])
def test_state_that_is_needed_and_not_to_be_read(name: str, code: int, tmp_path: Path) -> None:
    """Nobody knows what the list would have to be; where it was read, the answer is no."""
    write(tmp_path, make_template(make_vault(policies=[])), STATES[name][0])
    for more in ((), ("--write",)):
        ran = run("fix", tmp_path, *more)
        assert ran.exit == code
        assert "not copy-live: " in ran.stdout
    assert ("not read: " in ran.stdout) == (code == 3)
    assert json.loads((tmp_path / "main.json").read_text("utf-8"))["resources"]


def test_the_id_of_the_vault_has_to_be_known(tmp_path: Path) -> None:
    template = make_template(
        make_vault("[parameters('name')]", []), parameters={"name": {"type": "string"}}
    )
    write(tmp_path, template, snapshot(deployed(entry())))
    assert refused(tmp_path).startswith("the id of vault [parameters('name')] is not known")


def test_a_vault_that_an_expression_makes_is_written_nowhere(tmp_path: Path) -> None:
    inner = make_template(resources="[parameters('resources')]")
    template = make_template(
        make_deployment("module", inner, evaluation="outer"),
        parameters={"resources": {"type": "array"}},
    )
    given = {"resources": [make_vault(policies=[], properties={"tenantId": TENANT})]}
    write(tmp_path, template, snapshot(deployed(entry())), given)
    assert refused(tmp_path) == "it is not written out: an expression computes it"


def test_a_child_that_may_take_away_would_still_do_so(tmp_path: Path) -> None:
    held = {"secrets": ["get", "list"]}
    template = make_template(
        make_vault(policies=[make_policy(BOB, permissions=held)]),
        make_change("kv/replace", [make_policy("[parameters('who')]")], dependsOn=["kv"]),
        parameters={"who": {"type": "string"}},
    )
    write(tmp_path, template, snapshot(deployed(entry(ANNA, **held), entry(BOB, **held))))
    assert refused(tmp_path) == (
        f"principal {ANNA} might still lose access to vault 'kv' by the child at /resources/1:"
        " secrets list"
    )


def test_a_child_that_changes_nothing_is_no_hindrance(tmp_path: Path) -> None:
    child = make_change("kv/replace", [make_policy(ANNA)], dependsOn=["kv"])
    template = make_template(make_vault(policies=[]), child)
    write(tmp_path, template, snapshot(deployed(entry(ANNA), entry(BOB))))
    assert vault_in(copied(tmp_path))["accessPolicies"] == [entry(ANNA), entry(BOB)]
