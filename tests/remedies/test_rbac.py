"""Role assignments in place of access policies: what is refused, and what is told."""

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
    make_workspace,
    run_armguard,
    write_file,
)


def fixed(folder: Path, template: Any, *arguments: str) -> Ran:
    write_file(folder / "main.json", template)
    return run_armguard(
        "fix", "main.json", "--remedy", "rbac", "--unsafe", "--write", *arguments, folder=folder
    )


def written(folder: Path) -> Any:
    return json.loads((folder / "main.json").read_text("utf-8"))


def assignments(folder: Path) -> list[Any]:
    return [each for each in written(folder)["resources"] if "roleAssignments" in each["type"]]


def is_dormant(folder: Path) -> bool:
    document = run_armguard("check", "main.json", "--format", "json", folder=folder).document
    vaults = [each for deployed in document["deployments"] for each in deployed["vaults"]]
    return all(each["verdict"] == "dormant" for each in vaults)


LISTED = [make_policy()]
UNKNOWN = {"unknown": {"type": "array"}, "entry": {"type": "object"}}


@pytest.mark.parametrize(
    ("vault", "reason"),
    [
        (
            make_vault(policies="[createArray(parameters('entry'))]"),
            "roles can't be derived from a list that is not written out",
        ),
        (
            make_vault(policies=[f"[json('{json.dumps(make_policy())}')]"]),
            "an entry of its list is not written out as an object",
        ),
        (
            make_vault(policies=[make_policy("")]),
            "an entry of its list has no objectId that is a text",
        ),
        (
            make_vault(policies=[make_policy(permissions={"keys": "[parameters('unknown')]"})]),
            "the permissions of '11111111-1111-1111-1111-111111111111' are not known beforehand",
        ),
        (
            make_vault(policies=LISTED, copy={"name": "vaults", "count": 2})
            | {"name": "[concat('kv', copyIndex())]"},
            "it is written in a copy loop",
        ),
        (
            make_vault(
                properties={
                    "copy": [{"name": "accessPolicies", "count": 1, "input": make_policy()}]
                }
            ),
            "its accessPolicies may come from a property loop",
        ),
        (
            make_vault(policies=[])
            | {"properties": "[createObject('accessPolicies', createArray())]"},
            "its properties are not written out as an object",
        ),
        (
            make_vault(policies=[]) | {"apiVersion": "2018-02-14"},
            "its apiVersion 2018-02-14 does not know enableRbacAuthorization",
        ),
    ],
)
def test_what_can_not_be_told_is_refused(tmp_path: Path, vault: Any, reason: str) -> None:
    template = make_template(vault, parameters=UNKNOWN)
    ran = fixed(tmp_path, template)
    assert f"not rbac: {reason}" in ran.stdout
    assert ran.exit == 1
    assert written(tmp_path) == template


@pytest.mark.parametrize(
    "members",
    [
        '"accessPolicies": [], "AccessPolicies": []',
        '"accessPolicies": [], "accessPolicies": []',
        '"accessPolicies": [], "enableRbacAuthorization": false, "ENABLERBACAUTHORIZATION": false',
        "\"accessPolicies\": null, \"[concat('access', 'Policies')]\": []",
    ],
)
def test_what_is_written_twice_is_never_changed(tmp_path: Path, members: str) -> None:
    template = json.dumps(make_template(make_vault(policies="HERE")))
    text = template.replace('"enableRbacAuthorization": false, ', "")
    text = text.replace('"accessPolicies": "HERE"', members)
    assert members in text
    fixed(tmp_path, text)
    assert (tmp_path / "main.json").read_text("utf-8") == text


def test_keys_in_any_casing_are_found(tmp_path: Path) -> None:
    vault = make_vault(policies=LISTED)
    properties = {
        {
            "accessPolicies": "ACCESSPOLICIES",
            "enableRbacAuthorization": "enablerbacauthorization",
        }.get(name, name): value
        for name, value in vault["properties"].items()
    }
    ran = fixed(tmp_path, make_template(vault | {"properties": properties}))
    assert ran.exit == 0, ran.stdout
    after = written(tmp_path)["resources"][0]["properties"]
    assert after["enablerbacauthorization"] is True
    assert "ACCESSPOLICIES" not in after
    assert len(assignments(tmp_path)) == 1
    assert is_dormant(tmp_path)


def test_a_name_never_holds_what_is_known_at_run_time_only(tmp_path: Path) -> None:
    app = "resourceId('Microsoft.Web/sites', 'app')"
    principals = {
        f"[reference({app}, '2023-12-01', 'Full').identity.principalId]": app,
        "[reference('module').outputs.first.value]": "concat('module', '/outputs.first.value')",
        "[reference('module').outputs.second.value]": "concat('module', '/outputs.second.value')",
        f"[coalesce(parameters('given'), reference({app}, '2023-12-01').principalId)]": (
            f"coalesce(parameters('given'), {app})"
        ),
        "[ parameters('given') ]": "parameters('given')",
        "it's one": "'it''s one'",
    }
    template = make_template(
        make_vault(policies=[make_policy(each) for each in principals]),
        parameters={"given": {"type": "string"}},
    )
    ran = fixed(tmp_path, template)
    assert ran.exit == 0, ran.stdout
    found = assignments(tmp_path)
    assert [each["properties"]["principalId"] for each in found] == [*principals]
    assert [each["name"] for each in found] == [
        f"[guid(resourceId('Microsoft.KeyVault/vaults', 'kv'), {seed},"
        " '4633458b-17de-408a-b874-0445c86b69e6')]"
        for seed in principals.values()
    ]
    types = [each["properties"].get("principalType") for each in found]
    assert types == ["ServicePrincipal", None, None, None, None, None]
    assert "principalType of [reference('module').outputs.first.value]" in ran.stdout


def test_one_principal_of_several_entries_gets_each_role_once(tmp_path: Path) -> None:
    same = "aaaaaaaa-1111-1111-1111-111111111111"
    policies = [
        make_policy(same, permissions={"secrets": ["get"]}),
        make_policy(same.upper(), permissions={"secrets": ["list"]}),
        make_policy(same, permissions={"keys": []}),
    ]
    fixed(tmp_path, make_template(make_vault(policies=policies)))
    assert [each["properties"]["principalId"] for each in assignments(tmp_path)] == [same]
    assert is_dormant(tmp_path)


SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"


def make_assignment(principal: str, **more: Any) -> dict[str, Any]:
    definition = f"'Microsoft.Authorization/roleDefinitions', '{SECRETS_USER}'"
    return {
        "type": "Microsoft.Authorization/roleAssignments",
        "apiVersion": "2022-04-01",
        "name": "[guid('mine')]",
        "scope": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]",
        "properties": {
            "roleDefinitionId": f"[subscriptionResourceId({definition})]",
            "principalId": principal,
        },
        **more,
    }


@pytest.mark.parametrize(
    "older",
    [
        {},
        {
            "type": "Microsoft.KeyVault/vaults/providers/roleAssignments",
            "name": "[concat('kv', '/Microsoft.Authorization/', guid('mine'))]",
            "scope": None,
        },
    ],
)
def test_a_role_that_the_template_assigns_already_is_not_assigned_twice(
    tmp_path: Path, older: dict[str, Any]
) -> None:
    """Azure refuses a second one, under whatever name."""
    template = make_template(
        make_vault(policies=[make_policy("[parameters('who')]"), make_policy("other")]),
        make_assignment("[parameters('who')]", **older),
        make_assignment("other", scope="[resourceId('Microsoft.KeyVault/vaults', 'another')]"),
        parameters={"who": {"type": "string"}},
    )
    ran = fixed(tmp_path, template)
    assert ran.exit == 0, ran.stdout
    assert (
        "1 role assignment stands for its entries, 1 role assignment stands in the template already"
    ) in ran.stdout
    new, *before = (each["properties"]["principalId"] for each in assignments(tmp_path))
    assert (new, before) == ("other", ["[parameters('who')]", "other"])


def test_a_role_that_the_template_assigns_under_a_condition_is_refused(tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies=[make_policy("one")]),
        make_assignment("one", condition="[parameters('wanted')]"),
        parameters={"wanted": {"type": "bool"}},
    )
    ran = fixed(tmp_path, template)
    assert (
        "not rbac: the template assigns Key Vault Secrets User to 'one' already, under another"
        " condition"
    ) in ran.stdout


def test_a_role_that_is_assigned_already_for_some_is_refused(tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies=[make_policy("[parameters('a')]")]),
        make_assignment("[parameters('b')]"),
        parameters={"a": {"type": "string"}, "b": {"type": "string"}},
    )
    for name, second in (("dev", "one"), ("prod", "two")):
        values = {"a": {"value": "one"}, "b": {"value": second}}
        write_file(tmp_path / f"main.parameters.{name}.json", {"parameters": values})
    ran = fixed(tmp_path, template)
    assert "parameters decide which of its roles the template assigns already" in ran.stdout


def test_an_identity_is_known_by_its_symbolic_name_or_by_a_variable(tmp_path: Path) -> None:
    identity = {
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
        "apiVersion": "2023-01-31",
        "name": "id",
        "location": "westeurope",
    }
    asked = (
        "reference('own').principalId",
        "reference(variables('far'), '2023-01-31').principalId",
    )
    vault = make_vault(policies=[make_policy(f"[{each}]") for each in asked])
    template = make_template(
        resources={"own": identity, "vault": vault},
        variables={
            "far": "[resourceId('far', 'Microsoft.ManagedIdentity/userAssignedIdentities', 'id')]"
        },
        languageVersion="2.0",
    )
    ran = fixed(tmp_path, template)
    assert ran.exit == 0, ran.stdout
    roles = [each for name, each in written(tmp_path)["resources"].items() if "Role" in name]
    types = [each["properties"].get("principalType") for each in roles]
    assert types == ["ServicePrincipal", "ServicePrincipal"]


def test_entries_that_are_the_same_principal_with_the_present_parameters(tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies=[make_policy(f"[parameters('{name}')]") for name in "ab"]),
        parameters={name: {"type": "string", "defaultValue": "one"} for name in "ab"},
    )
    ran = fixed(tmp_path, template)
    assert (
        "then: [parameters('b')] is the same principal as [parameters('a')] now, and has the same"
        " roles: where they are two, it gets none\n"
    ) in ran.stdout
    assert len(assignments(tmp_path)) == 1


def test_entries_that_are_the_same_principal_for_some_are_refused(tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies=[make_policy("[parameters('a')]"), make_policy("[parameters('b')]")]),
        parameters={"a": {"type": "string"}, "b": {"type": "string"}},
    )
    for name, second in (("dev", "one"), ("prod", "two")):
        values = {"a": {"value": "one"}, "b": {"value": second}}
        write_file(tmp_path / f"main.parameters.{name}.json", {"parameters": values})
    ran = fixed(tmp_path, template)
    assert "are the same principal with some parameters only" in ran.stdout


def test_permissions_that_differ_between_environments_are_refused(tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies=[make_policy(permissions={"secrets": "[parameters('names')]"})]),
        parameters={"names": {"type": "array"}},
    )
    for name, value in (("dev", ["get"]), ("prod", ["all"])):
        write_file(
            tmp_path / f"main.parameters.{name}.json", {"parameters": {"names": {"value": value}}}
        )
    ran = fixed(tmp_path, template)
    assert "not rbac: parameters decide what an entry of its list permits" in ran.stdout


def test_an_entry_that_no_role_can_stand_for_is_named(tmp_path: Path) -> None:
    other, own = (f"{digit * 8}-0000-0000-0000-000000000000" for digit in "12")
    vault = make_vault(
        policies=[
            make_policy("someone", tenantId=other),
            make_policy("through", tenantId=own, applicationId="app"),
            make_policy("fine", tenantId=own.upper(), applicationId=""),
        ],
        properties={"tenantId": own},
    )
    ran = fixed(tmp_path, make_template(vault))
    assert (
        "then: no role stands for an entry of 'someone': it is of another tenant than the vault\n"
        "  then: no role stands for an entry of 'through': it has an applicationId, and roles know"
        " no access through an application\n"
    ) in ran.stdout
    assert [each["properties"]["principalId"] for each in assignments(tmp_path)] == ["fine"]


def test_children_whose_principals_get_no_role_are_named(tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies=[]),
        make_change("kv/add", [make_policy("known")], dependsOn=["kv", "kv/other"]),
        make_change("kv/replace", ["[parameters('entry')]"], dependsOn=["kv"]),
        parameters={"entry": {"type": "object"}},
    )
    ran = fixed(tmp_path, template)
    assert (
        "what 'kv/add' writes has no effect any more; its principals have their roles" in ran.stdout
    )
    assert (
        "what 'kv/replace' writes at main.json#/resources/2 has no effect any more: give its"
        " principals roles" in ran.stdout
    )
    (only,) = assignments(tmp_path)
    assert only["dependsOn"] == ["[resourceId('Microsoft.KeyVault/vaults', 'kv')]", "kv/other"]


def test_a_condition_goes_with_the_roles(tmp_path: Path) -> None:
    vault = make_vault(policies=LISTED, condition="[parameters('wanted')]")
    parameters = {"wanted": {"type": "bool", "defaultValue": True}}
    fixed(tmp_path, make_template(vault, parameters=parameters))
    assert [each["condition"] for each in assignments(tmp_path)] == ["[parameters('wanted')]"]


def test_a_workspace_without_an_entry_is_named(tmp_path: Path) -> None:
    ran = fixed(tmp_path, make_template(make_vault(policies=LISTED), make_workspace("ml-loom")))
    assert "workspace 'ml-loom' uses the vault, and its identity is in no entry" in ran.stdout
    assert "whether less is enough is not established" in ran.stdout


def test_a_template_for_another_subscription_is_refused(tmp_path: Path) -> None:
    inside = make_template(make_vault(policies=LISTED))
    nested = make_deployment(
        template=inside,
        evaluation="outer",
        subscriptionId="99999999-0000-0000-0000-000000000000",
        resourceGroup="rg-far",
    )
    ran = fixed(tmp_path, make_template(nested))
    assert "not rbac: it is deployed to another subscription" in ran.stdout


def test_without_unsafe_it_is_never_applied(tmp_path: Path) -> None:
    template = make_template(make_vault(policies=[]))
    write_file(tmp_path / "main.json", template)
    ran = run_armguard("fix", "main.json", "--remedy", "rbac", "--write", folder=tmp_path)
    assert "ask for it with --unsafe" in ran.stdout
    run_armguard("fix", "main.json", "--write", folder=tmp_path)
    assert "roleAssignments" not in (tmp_path / "main.json").read_text("utf-8")
    assert '"enableRbacAuthorization": true' not in (tmp_path / "main.json").read_text("utf-8")


def test_many_entries_get_one_role_each(tmp_path: Path) -> None:
    policies = [make_policy(f"{number:08}-0000-0000-0000-000000000000") for number in range(300)]
    ran = fixed(tmp_path, make_template(make_vault(policies=policies)))
    assert ran.exit == 0, ran.stdout
    assert len({each["name"] for each in assignments(tmp_path)}) == 300


VAULT = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"


def deployed(folder: Path, rbac: bool, *principals: str) -> list[str]:
    policies = [make_policy(each, tenantId="t1") for each in principals]
    properties = {"tenantId": "t1", "enableRbacAuthorization": rbac, "accessPolicies": policies}
    vault = {
        "id": VAULT,
        "name": "kv",
        "type": "Microsoft.KeyVault/vaults",
        "properties": properties,
    }
    write_file(folder / "live.json", vault | {"location": "westeurope"})
    return ["--against", "live.json", "--subscription", "s1", "--resource-group", "rg"]


def test_whoever_is_deployed_and_gets_no_role_is_told_one_by_one(tmp_path: Path) -> None:
    template = make_template(make_vault(policies=[make_policy("stays"), make_policy("new")]))
    ran = fixed(tmp_path, template, *deployed(tmp_path, False, "STAYS", "goes", "goes-too"))
    assert ran.exit == 0, ran.stdout
    assert (
        "then: at the switch of the deployed vault 'kv' these lose access: principal goes,"
        " principal goes-too\n"
    ) in ran.stdout
    assert "nobody knows who" not in ran.stdout


def test_an_entry_that_is_not_known_may_be_one_of_the_deployed(tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies=[make_policy("[parameters('who')]")]),
        parameters={"who": {"type": "string"}},
    )
    ran = fixed(tmp_path, template, *deployed(tmp_path, False, "goes"))
    assert "these lose access: principal goes, unless it is the principal of an entry" in ran.stdout


def test_nobody_is_cut_off_where_roles_decide_already_or_all_are_listed(tmp_path: Path) -> None:
    template = make_template(make_vault(policies=[]))
    ran = fixed(tmp_path, template, *deployed(tmp_path, True, "goes"))
    assert "lose access" not in ran.stdout
    template = make_template(make_vault(policies=[make_policy("one"), make_policy("other")]))
    ran = fixed(tmp_path, template, *deployed(tmp_path, False, "one", "other"))
    assert (
        "everybody with an access policy on the deployed vault 'kv' gets roles that permit as much"
    ) in ran.stdout


def test_what_a_principal_may_do_today_and_its_roles_do_not_permit_is_told(tmp_path: Path) -> None:
    """A list that is shorter than the deployed one cuts off parts as well."""
    listed = [make_policy("less"), make_policy("storage", permissions={"storage": ["get"]})]
    live = deployed(tmp_path, False, "less", "storage")
    vault = json.loads((tmp_path / "live.json").read_text("utf-8"))
    less, storage = vault["properties"]["accessPolicies"]
    less["permissions"] = {"keys": ["All"], "secrets": ["get", "Set"]}
    storage["permissions"] = {"storage": ["get"]}
    write_file(tmp_path / "live.json", vault)
    ran = fixed(tmp_path, make_template(make_vault(policies=listed)), *live)
    switch = "then: at the switch of the deployed vault 'kv'"
    assert f"{switch} these lose access: principal storage\n" in ran.stdout
    assert (
        f"{switch} principal less loses what its roles here do not permit: keys all; secrets set\n"
    ) in ran.stdout
    assert "no role stands for these permissions of 'storage': storage get\n" in ran.stdout


def test_roles_that_nobody_gets_take_no_effect_later(tmp_path: Path) -> None:
    vault = make_vault(policies=[make_policy(permissions={"storage": ["get"]})])
    ran = fixed(tmp_path, make_template(vault))
    assert ran.exit == 0, ran.stdout
    assert "the roles take effect" not in ran.stdout


def test_why_it_is_not_known_who_has_access_is_told(tmp_path: Path) -> None:
    vault = make_vault("[parameters('name')]", LISTED)
    template = make_template(vault, parameters={"name": {"type": "string"}})
    ran = fixed(tmp_path, template, *deployed(tmp_path, False, "goes"))
    assert (
        "then: who has access to vault [parameters('name')] today was not read (its id is not"
        " known): everybody with an access policy and without a role is cut off at the switch\n"
    ) in ran.stdout


def test_an_api_version_that_retires_is_another_matter(tmp_path: Path) -> None:
    vault = make_vault(policies=[make_policy("stays")]) | {"apiVersion": "2023-07-01"}
    ran = fixed(tmp_path, make_template(vault), *deployed(tmp_path, False, "stays", "goes"))
    assert "not rbac" not in ran.stdout
    assert is_dormant(tmp_path)


def test_entries_of_one_principal_under_different_conditions_are_refused(tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies=[make_policy("one", permissions={"secrets": ["get"]})]),
        make_change(
            "kv/add",
            [make_policy("ONE", permissions={"secrets": ["all"]})],
            dependsOn=["kv"],
            condition="[parameters('more')]",
        ),
        parameters={"more": {"type": "bool", "defaultValue": False}},
    )
    ran = fixed(tmp_path, template)
    assert "not rbac: the entries of 'one' hang on different conditions" in ran.stdout
    assert written(tmp_path) == template


def test_a_second_run_finds_nothing_to_do(tmp_path: Path) -> None:
    live = deployed(tmp_path, False, "goes")
    fixed(tmp_path, make_template(make_vault(policies=LISTED)), *live)
    after = (tmp_path / "main.json").read_text("utf-8")
    fixed(tmp_path, after, *live)
    assert (tmp_path / "main.json").read_text("utf-8") == after
