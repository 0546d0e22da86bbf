"""The vault taken out of a template: what is rewired, by which way, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import (
    make_change,
    make_deployment,
    make_policy,
    make_template,
    make_vault,
    make_workspace,
    run_armguard,
    write_file,
)

BY_ID = "[parameters('keyVaultId')]"
ID = "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"
GROUP = ("--subscription", "0a1b2c3d-0000-4000-8000-000000000042", "--resource-group", "rg-one")


def fix(folder: Path, template: Any, *more: str) -> tuple[str, Any]:
    """What is told, and the template afterwards; a second run has to leave it as it is."""
    path = folder / "main.json"
    write_file(path, template)
    arguments = ("fix", "main.json", "--write", "--remedy", "use-existing", *more)
    told = run_armguard(*arguments, folder=folder).stdout
    text = path.read_text("utf-8")
    run_armguard(*arguments, folder=folder)
    assert path.read_text("utf-8") == text
    return told, json.loads(text)


def site(value: str, **more: Any) -> dict[str, Any]:
    settings = [{"name": "SETTING", "value": value}]
    return {
        "type": "Microsoft.Web/sites",
        "apiVersion": "2023-12-01",
        "name": "app",
        "location": "westeurope",
        **more,
        "properties": {"siteConfig": {"appSettings": settings}},
    }


def setting_of(document: Any, position: int = -1) -> Any:
    return document["resources"][position]["properties"]["siteConfig"]["appSettings"][0]["value"]


@pytest.mark.parametrize(
    ("written", "rewired"),
    [
        (ID, BY_ID),
        ("[resourceId('microsoft.keyvault/VAULTS', 'KV')]", BY_ID),
        ("[concat(resourceGroup().id, '/providers/Microsoft.KeyVault/vaults/', 'kv')]", BY_ID),
        (
            "[format('{0}/secrets/s', resourceId('Microsoft.KeyVault/vaults', 'kv'))]",
            "[format('{0}/secrets/s', parameters('keyVaultId'))]",
        ),
        (
            "[if(bool('true'), resourceId('Microsoft.KeyVault/vaults', 'kv'), 'none')]",
            "[if(bool('true'), parameters('keyVaultId'), 'none')]",
        ),
        (
            "[reference('kv').vaultUri]",
            "[reference(parameters('keyVaultId'), '2026-02-01').vaultUri]",
        ),
        (
            "[reference('Microsoft.KeyVault/vaults/kv', '2019-09-01', 'Full').location]",
            "[reference(parameters('keyVaultId'), '2019-09-01', 'Full').location]",
        ),
        (
            "[reference(resourceId('Microsoft.KeyVault/vaults', 'kv')).vaultUri]",
            "[reference(parameters('keyVaultId'), '2026-02-01').vaultUri]",
        ),
        (
            "[concat(reference('kv').vaultUri, ' ', string(variables('id')))]",
            "[concat(reference(parameters('keyVaultId'), '2026-02-01').vaultUri, ' ',"
            " string(variables('id')))]",
        ),
    ],
)
def test_what_is_the_id_becomes_the_parameter(tmp_path: Path, written: str, rewired: str) -> None:
    template = make_template(make_vault(policies=[]), site(written), variables={"id": ID})
    _, after = fix(tmp_path, template)
    assert after["parameters"]["keyVaultId"]["type"] == "string"
    assert "defaultValue" not in after["parameters"]["keyVaultId"]
    assert [each["name"] for each in after["resources"]] == ["app"]
    assert setting_of(after) == rewired
    assert after["variables"]["id"] == (BY_ID if "variables" in written else ID)


@pytest.mark.parametrize(
    "user",
    [
        make_change(policies=[make_policy()]),
        site("https://kv.vault.azure.net/"),
        site("[uri(concat('https://', 'kv', '.vault.azure.net'), 'secrets')]"),
        site("@Microsoft.KeyVault(VaultName=kv;SecretName=token)"),
        {
            "type": "Microsoft.Authorization/locks",
            "apiVersion": "2020-05-01",
            "name": "keep",
            "scope": "Microsoft.KeyVault/vaults/kv",
            "properties": {"level": "CanNotDelete"},
        },
        make_deployment(
            template=make_template(
                site("[concat('vault ', parameters('vault'))]"),
                parameters={"vault": {"type": "string"}},
            ),
            parameters={"vault": "kv"},
        ),
        make_deployment(link={"uri": "https://templates.example/one.json"}, parameters={"v": "kv"}),
    ],
    ids=lambda each: each["type"],
)
def test_what_speaks_of_the_name_keeps_all_names(tmp_path: Path, user: Any) -> None:
    user = {**user, "dependsOn": [ID]}
    told, after = fix(tmp_path, make_template(make_vault(policies=[]), user, make_workspace()))
    assert "under the same name" in told
    assert "parameters" not in after
    del user["dependsOn"]
    assert after["resources"] == [user, make_workspace()]


@pytest.mark.parametrize("text", ["kv2", "my-kv", "kv-old", "backup"])
def test_another_name_is_none_of_the_vault(tmp_path: Path, text: str) -> None:
    told, after = fix(
        tmp_path, make_template(make_vault(policies=[]), make_workspace(), site(text))
    )
    assert "parameter 'keyVaultId' gives" in told
    assert after["resources"][0] == make_workspace(vault=BY_ID)


def test_a_parameter_of_the_same_name_stays(tmp_path: Path) -> None:
    template = make_template(
        make_vault(policies=[]),
        make_workspace(),
        parameters={"KEYVAULTID": {"type": "string", "defaultValue": "another"}},
    )
    _, after = fix(tmp_path, template)
    assert list(after["parameters"]) == ["KEYVAULTID", "keyVaultId2"]
    assert after["resources"] == [make_workspace(vault="[parameters('keyVaultId2')]")]


def test_what_is_written_into_a_parameter_file_is_the_id(tmp_path: Path) -> None:
    template = make_template(
        make_vault("[parameters('vault')]", policies=[]),
        make_workspace(vault="[resourceId('Microsoft.KeyVault/vaults', parameters('vault'))]"),
        parameters={"vault": {"type": "string"}},
    )
    for stage in ("test", "live"):
        write_file(
            tmp_path / f"main.parameters.{stage}.json",
            {"parameters": {"vault": {"value": f"kv-{stage}"}}},
        )
    told, _ = fix(tmp_path, template, *GROUP)
    assert "pass keyVaultId" not in told
    for stage in ("test", "live"):
        given = json.loads((tmp_path / f"main.parameters.{stage}.json").read_text("utf-8"))
        assert given["parameters"]["keyVaultId"]["value"] == (
            f"/subscriptions/{GROUP[1]}/resourceGroups/rg-one/providers/Microsoft.KeyVault/vaults/"
            f"kv-{stage}"
        )


def test_an_id_that_is_not_known_is_left_to_whoever_deploys(tmp_path: Path) -> None:
    given = {"parameters": {"place": {"value": "westeurope"}}}
    write_file(tmp_path / "main.parameters.json", given)
    template = make_template(
        make_vault(policies=[]), make_workspace(), parameters={"place": {"type": "string"}}
    )
    told, after = fix(tmp_path, template)
    assert "then: pass keyVaultId with every deployment: the id of the vault that it has" in told
    assert after["resources"] == [make_workspace(vault=BY_ID)]
    assert json.loads((tmp_path / "main.parameters.json").read_text("utf-8")) == given


def test_a_resource_waits_no_longer_for_the_vault_in_any_spelling(tmp_path: Path) -> None:
    waiting = make_workspace(
        dependsOn=[
            ID,
            "stays",
            "kv",
            "Microsoft.KeyVault/vaults/KV",
            "[concat('Microsoft.KeyVault', '/vaults/kv')]",
        ]
    )
    store = {"type": "Contoso.Store/lists", "apiVersion": "2020-01-01", "name": "stays"}
    _, after = fix(tmp_path, make_template(make_vault(policies=[]), waiting, store))
    assert after["resources"][0]["dependsOn"] == ["stays"]


def test_a_list_behind_the_vault_moves_into_no_other_place(tmp_path: Path) -> None:
    """The resource behind the vault gets its index, and is another one all the same."""
    other = make_vault("kv-two", policies=[make_policy()])
    change = make_change(policies=[make_policy()])
    _, after = fix(tmp_path, make_template(make_vault(policies=[]), change, other), "--ignore", "")
    assert after["resources"] == [change, other]


SYMBOLIC = {"languageVersion": "2.0"}


def test_with_symbolic_names_the_vault_of_children_is_existing(tmp_path: Path) -> None:
    vault = make_vault(policies=[], tags={"a": "b"}, dependsOn=["lists"])
    lists = {"type": "Contoso.Store/lists", "apiVersion": "2020-01-01", "name": "lists"}
    change = make_change(policies=[make_policy()], dependsOn=["vault"])
    resources = {"vault": vault, "lists": lists, "change": change, "app": site(ID)}
    _, after = fix(tmp_path, make_template(resources=resources, **SYMBOLIC))
    assert after["resources"] == {
        "vault": {
            "existing": True,
            "type": "Microsoft.KeyVault/vaults",
            "apiVersion": "2026-02-01",
            "name": "kv",
        },
        "lists": lists,
        "change": change,
        "app": site(ID),
    }


def test_a_symbol_that_only_resource_info_names_keeps_its_resource(tmp_path: Path) -> None:
    resources = {
        "vault": make_vault(policies=[]),
        "app": site("[resourceInfo('vault').name]"),
        "workspace": make_workspace(dependsOn=["vault"]),
    }
    _, after = fix(tmp_path, make_template(resources=resources, **SYMBOLIC))
    assert after["resources"]["vault"]["existing"] is True
    assert after["resources"]["app"] == resources["app"]


def test_a_linked_vault_of_two_roots_is_passed_by_both(tmp_path: Path) -> None:
    vault = make_template(
        make_vault("[concat('kv-', parameters('stage'))]", policies=[]),
        parameters={"stage": {"type": "string"}},
        outputs={
            "id": {
                "type": "string",
                "value": "[resourceId('Microsoft.KeyVault/vaults',"
                " concat('kv-', parameters('stage')))]",
            }
        },
    )
    write_file(tmp_path / "vault.json", vault)
    for stage in ("one", "two"):
        link = make_deployment(link={"relativePath": "vault.json"}, parameters={"stage": stage})
        user = make_workspace(vault="[reference('module').outputs.id.value]")
        write_file(tmp_path / f"{stage}.json", make_template(link, user))
    arguments = ("--write", "--remedy", "use-existing")
    run_armguard("fix", ".", *arguments, folder=tmp_path)
    for stage in ("one", "two"):
        after = json.loads((tmp_path / f"{stage}.json").read_text("utf-8"))
        passed = after["resources"][0]["properties"]["parameters"]
        assert passed == {"stage": {"value": stage}, "keyVaultId": {"value": BY_ID}}
        assert list(after["parameters"]) == ["keyVaultId"]
    after = json.loads((tmp_path / "vault.json").read_text("utf-8"))
    assert after["resources"] == []
    assert after["outputs"]["id"]["value"] == BY_ID


def test_one_that_another_deployment_uses_by_its_name_keeps_it(tmp_path: Path) -> None:
    """The id that is put together elsewhere would be left behind."""
    inside = make_template(make_vault(policies=[]), site(ID))
    template = make_template(make_deployment(template=inside), make_workspace())
    told, after = fix(tmp_path, template)
    assert "under the same name" in told
    assert after["resources"][1] == make_workspace()
    assert after["resources"][0]["properties"]["template"]["resources"] == [site(ID)]


def test_a_module_that_is_deployed_for_several_vaults_keeps_their_names(tmp_path: Path) -> None:
    name = "[parameters('name')]"
    inside = make_template(
        make_vault(name, policies=[]),
        site("[reference(parameters('name')).vaultUri]"),
        parameters={"name": {"type": "string"}},
    )
    write_file(tmp_path / "module.json", inside)
    modules = [
        make_deployment(each, link={"relativePath": "module.json"}, parameters={"name": each})
        for each in ("kv-east", "kv-west")
    ]
    told, after = fix(tmp_path, make_template(*modules))
    assert "the vault is taken out" in told
    assert after == make_template(*modules)
    (app,) = json.loads((tmp_path / "module.json").read_text("utf-8"))["resources"]
    assert setting_of({"resources": [app]}) == (
        "[reference(resourceId('Microsoft.KeyVault/vaults', parameters('name')), '2026-02-01')"
        ".vaultUri]"
    )


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        ([make_vault(policies=[])], "nothing else in the deployment uses it"),
        (
            [make_vault(policies=[], resources=[{"type": "secrets", "name": "s"}])],
            "other resources are written inside of it",
        ),
        (
            [make_vault(policies=[]), make_workspace(dependsOn="[createArray('kv')]")],
            "a dependsOn that names it is an expression",
        ),
        (
            [make_vault(policies=[]), make_workspace(), make_vault("KV", policies=[])],
            "another resource of the deployment writes the same vault",
        ),
        (
            [
                make_vault(policies=[], condition=True),
                make_vault("KV", policies=[], condition=False),
                make_workspace(),
            ],
            "another resource of the deployment writes the same vault",
        ),
        (
            [make_vault(policies=[], condition="[parameters('new')]"), make_workspace()],
            "whether it is written hangs on a value already",
        ),
        (
            "[createArray(json('{}'))]",
            "",
        ),
    ],
)
def test_refused(tmp_path: Path, resources: Any, reason: str) -> None:
    template = make_template(resources=resources, parameters={"new": {"type": "bool"}})
    told, after = fix(tmp_path, template, "--subscription", GROUP[1])
    assert after == template
    assert reason in told


@pytest.mark.parametrize("mode", ["Complete", "complete"])
def test_complete_mode_would_delete_it(tmp_path: Path, mode: str) -> None:
    template = make_template(make_vault(policies=[]), make_workspace())
    told, after = fix(tmp_path, template, "--mode", mode.lower())
    assert "in Complete mode a vault that the template leaves out is deleted" in told
    assert after == template
    nested = make_deployment(template=template, properties={"mode": mode})
    told, after = fix(tmp_path, make_template(nested))
    assert after == make_template(nested)


HOSTILE = [
    '{"RESOURCES": [{"TYPE": "Microsoft.KeyVault/vaults", "APIVERSION": "2023-07-01", "NAME": "kv",'
    ' "PROPERTIES": {"ACCESSPOLICIES": []}}, {"TYPE": "Contoso.Store/lists", "apiVersion": "1",'
    ' "NAME": "l", "DEPENDSON": ["kv"], "PROPERTIES": {"id": "[resourceId(\'Microsoft.KeyVault/'
    "vaults', 'kv')]\"}}]}",
    '{"resources": [{"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "kv",'
    ' "name": "kv", "properties": {"accessPolicies": []}}, {"type": "Contoso.Store/lists",'
    ' "apiVersion": "1", "name": "l", "dependsOn": ["kv"], "dependsOn": ["kv", "kv"]}]}',
    '{"resources": [{"type": "Microsoft.KeyVault/vaults", "name": "kv", "properties":'
    ' {"accessPolicies": []}}, {"type": "Contoso.Store/lists", "apiVersion": "1", "name": "l",'
    ' "dependsOn": [["kv"], 7, null, {"kv": "kv"}], "properties": "[reference(\'kv\')]"}]}',
    '{"parameters": "[json(\'{}\')]", "variables": [], "outputs": "[variables(\'x\')]",'
    ' "resources": [{"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "kv",'
    ' "properties": {"accessPolicies": []}}, {"type": "Contoso.Store/lists", "name": "l",'
    ' "properties": {"id": "[resourceId(\'Microsoft.KeyVault/vaults\', \'kv\')]"}}]}',
    '{"resources": {"v": {"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01",'
    ' "name": "kv", "properties": {"accessPolicies": []}}, "l": "[reference(\'v\')]"},'
    ' "languageVersion": "2.0"}',
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_templates_are_rewired_or_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "main.json"
    path.write_text(text, "utf-8")
    arguments = ("fix", "main.json", "--write", "--remedy", "use-existing")
    first = run_armguard(*arguments, folder=tmp_path)
    assert first.exit in (0, 1)
    after = path.read_text("utf-8")
    json.loads(after)
    run_armguard(*arguments, folder=tmp_path)
    assert path.read_text("utf-8") == after


def test_odd_casing_of_keys_is_rewired_all_the_same(tmp_path: Path) -> None:
    _, after = fix(tmp_path, HOSTILE[0])
    (left,) = after["RESOURCES"]
    assert "DEPENDSON" not in left
    assert left["PROPERTIES"] == {"id": BY_ID}


@pytest.mark.parametrize("parameters", ["[json('{}')]", [], "", None])
@pytest.mark.parametrize("remedy", ["create-once", "use-existing"])
def test_no_parameter_is_put_where_there_are_none(
    tmp_path: Path, remedy: str, parameters: Any
) -> None:
    template = make_template(make_vault(policies=[]), make_workspace(), parameters=parameters)
    write_file(tmp_path / "main.json", template)
    ran = run_armguard("fix", "main.json", "--write", "--remedy", remedy, folder=tmp_path)
    assert ran.exit in (0, 1), ran.stderr
    after = json.loads((tmp_path / "main.json").read_text("utf-8"))
    assert after["parameters"] == parameters


def test_many_that_wait_for_it(tmp_path: Path) -> None:
    lists = [
        {
            "type": "Contoso.Store/lists",
            "apiVersion": "2020-01-01",
            "name": f"list{number}",
            "dependsOn": ["kv", *(f"list{other}" for other in range(max(0, number - 2), number))],
        }
        for number in range(80)
    ]
    _, after = fix(tmp_path, make_template(*lists, make_vault(policies=[]), make_workspace()))
    assert not [each for each in after["resources"] if "kv" in each.get("dependsOn", ())]
    assert after["resources"][2]["dependsOn"] == ["list0", "list1"]
