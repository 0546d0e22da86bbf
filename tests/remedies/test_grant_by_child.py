"""That the entries which move into a child are the same ones, that everything waits in the right
order, and what is refused."""

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
    run_armguard,
    write_file,
)

import armguard
from armguard.source.json_edits import JsonEditor, Written

ONE, TWO, THREE = (make_policy(f"{n}" * 8 + "-0000-0000-0000-000000000000") for n in (1, 2, 3))
IDENTIFIER = "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"
PLACE = armguard.DeploymentScope(
    tenant_id="aaaaaaaa-0000-0000-0000-000000000000",
    subscription_id="bbbbbbbb-0000-0000-0000-000000000000",
    resource_group="rg",
    location="westeurope",
)
CHILD = "[resourceId('Microsoft.KeyVault/vaults/accessPolicies', 'kv', 'add')]"


def fixed(folder: Path, template: Any, shield: str = "create-once") -> tuple[str, Any]:
    """What is told, and the template afterwards."""
    write_file(folder / "main.json", template)
    words = ("fix", "main.json", "--remedy", f"{shield},grant-by-child", "--write")
    ran = run_armguard(*words, folder=folder)
    assert "bug in armguard" not in ran.stderr
    after = json.loads((folder / "main.json").read_text("utf-8"))
    if after != template:
        assert "--- " not in run_armguard(*words, folder=folder).stdout, "a second run does nothing"
    return ran.stdout, after


def granted(template: Any) -> list[str]:
    """All entries of vaults and children where the vault is created."""
    parameters = {"createKeyVault": {"value": True}} if "parameters" in template else None
    found = []
    for each in armguard.expand(template, parameters, scope=PLACE).resources:
        if each["type"].lower().startswith("microsoft.keyvault/vaults"):
            found += [json.dumps(entry) for entry in each["properties"].get("accessPolicies", [])]
    return sorted(found)


def loop(vault: dict[str, Any], **more: Any) -> dict[str, Any]:
    copy = {"name": "vaults", "count": 2, **more}
    return {**vault, "copy": copy, "name": "[concat('kv', copyIndex())]"}


def looped(*entries: Any) -> dict[str, Any]:
    each = "[variables('people')[copyIndex('accessPolicies')]]"
    copy = [{"name": "accessPolicies", "count": len(entries), "input": each}]
    return make_template(make_vault(properties={"copy": copy}), variables={"people": [*entries]})


TEMPLATES = {
    "a list": make_template(make_vault(policies=[ONE, TWO])),
    "a variable": make_template(
        make_vault(policies="[variables('people')]"), variables={"people": [ONE]}
    ),
    "a property loop": looped(ONE, TWO),
    "a loop": make_template(loop(make_vault(policies=[ONE]))),
    "a serial loop": make_template(loop(make_vault(policies=[ONE]), mode="serial", batchSize=1)),
    "a condition": make_template({**make_vault(policies=[ONE]), "condition": "[equals(1, 1)]"}),
    "a child add": make_template(
        make_vault(policies=[ONE]), make_change("kv/Add", [TWO], dependsOn=["kv"])
    ),
    "a child add that is nested": make_template(
        {
            **make_vault(policies=[ONE]),
            "resources": [
                {**make_change("add", [TWO]), "type": "accessPolicies", "dependsOn": ["kv"]}
            ],
        }
    ),
    "a child replace": make_template(
        make_vault(policies=[ONE]), make_change("kv/replace", [TWO], dependsOn=["kv"])
    ),
    "a child in a module": make_template(
        make_vault(policies=[ONE]),
        make_deployment(template=make_template(make_change("kv/add", [TWO])), dependsOn=["kv"]),
    ),
    "a module": make_template(
        make_deployment(template=make_template(make_vault(policies=[ONE, TWO])))
    ),
    "a template of outer scope": make_template(
        make_deployment(template=make_template(make_vault(policies=[ONE])), evaluation="outer")
    ),
    "unknown permissions": make_template(
        make_vault(policies=[{**ONE, "permissions": {"secrets": ["gett"]}}])
    ),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_same_people_get_in(tmp_path: Path, name: str) -> None:
    before = TEMPLATES[name]
    told, after = fixed(tmp_path, before)
    assert "create-once,grant-by-child: " in told, told
    assert granted(after) == granted(before) != []


@pytest.mark.parametrize("shield", ["create-once", "only-if-not-exists", "keep-live"])
@pytest.mark.parametrize("name", ["a list", "a variable", "a property loop", "a loop"])
def test_with_symbolic_names(tmp_path: Path, name: str, shield: str) -> None:
    written = TEMPLATES[name]
    before = {**written, "resources": {"vault": written["resources"][0]}, "languageVersion": "2.0"}
    told, after = fixed(tmp_path, before, shield)
    assert f"{shield},grant-by-child: " in told, told
    child = after["resources"]["vaultAccessPolicies"]
    assert child["dependsOn"] == ["vault"]
    entries = after["resources"]["vault"]["properties"]["accessPolicies"]
    assert (entries == []) is (shield != "keep-live")
    ran = run_armguard("check", "main.json", "--fail-on", "warning", folder=tmp_path)
    assert ran.exit == (1 if shield == "create-once" else 0)


def test_what_waited_for_the_vault_waits_for_the_child(tmp_path: Path) -> None:
    waiting = {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01"}
    secret = {"type": "Microsoft.KeyVault/vaults/secrets", "apiVersion": "2026-02-01"}
    before = make_template(
        {**waiting, "name": "by-name", "dependsOn": ["kv"]},
        make_vault(policies=[ONE]),
        {**waiting, "name": "by-id", "dependsOn": [IDENTIFIER, "other"]},
        {**waiting, "name": "other"},
        {**secret, "name": "kv/secret", "dependsOn": [IDENTIFIER], "properties": {"value": "x"}},
        make_change("kv/replace", [TWO]),
    )
    _, after = fixed(tmp_path, before)
    waits = {each["name"]: each.get("dependsOn") for each in after["resources"]}
    assert waits == {
        "by-name": ["kv", CHILD],
        "kv": None,
        "kv/add": [IDENTIFIER],
        "by-id": [IDENTIFIER, CHILD, "other"],
        "other": None,
        "kv/secret": [IDENTIFIER],
        "kv/replace": [CHILD],
    }


def test_entries_that_read_something_wait_for_it(tmp_path: Path) -> None:
    principal = "[reference(resourceId('Microsoft.Web/sites', 'app'), '2023-12-01', 'full').identity.principalId]"  # noqa: E501
    app = {"type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "app"}
    vault = {**make_vault(policies=[{**ONE, "objectId": principal}]), "dependsOn": ["app"]}
    _, after = fixed(tmp_path, make_template(app, vault))
    assert after["resources"][2]["dependsOn"] == [IDENTIFIER, "app"]
    _, after = fixed(tmp_path, make_template(app, vault, make_change("kv/add", [TWO])))
    assert after["resources"][2]["dependsOn"] == ["app"]


def test_a_name_that_is_taken_is_not_used(tmp_path: Path) -> None:
    resources = {
        "Vault": make_vault(policies=[ONE]),
        "vaultaccesspolicies": make_change("kv/replace", [TWO], dependsOn=["Vault"]),
    }
    before = make_template(resources=resources, languageVersion="2.0")
    _, after = fixed(tmp_path, before)
    assert [*after["resources"]] == ["Vault", "VaultAccessPolicies2", "vaultaccesspolicies"]


def beside(child: dict[str, Any], **vault: Any) -> dict[str, Any]:
    return make_template({**make_vault(policies=[ONE]), **vault}, child)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (make_template(make_vault(policies=[])), "nobody is in the vault's own list, so there is"),
        (make_template(make_vault()), "nobody is in the vault's own list, so there is"),
        (
            make_template(make_vault(policies="[createArray()]")),
            "nobody is in the vault's own list, so there is",
        ),
        (
            beside({**make_change("kv/add", [TWO]), "condition": "[equals(1, 1)]"}),
            "it has an 'add' child already, which has another condition than the vault",
        ),
        (
            beside({**make_change("kv/add"), "properties": {"accessPolicies": "[json('[]')]"}}),
            "it has an 'add' child already, and one of the two lists is computed",
        ),
        (
            beside(make_change("kv/add", [{**ONE, "permissions": {"keys": ["sign"]}}])),
            "warning duplicate-principal would come: ",
        ),
        (
            beside({**make_change("kv/add", [TWO]), "copy": {"name": "children", "count": 1}}),
            "it has an 'add' child already, in a copy loop; add the entries there",
        ),
        (
            make_template(loop(make_vault(policies=[ONE])), make_change("kv1/replace", [TWO])),
            "it is written in a copy loop and has children already that change its policies",
        ),
        (
            make_template(
                loop(make_vault(policies=[ONE]), count="[length(parameters('all'))]"),
                parameters={"all": {"type": "array"}},
            ),
            "how many vaults its copy loop makes is not known",
        ),
        (
            make_template(
                loop(make_vault(policies="[variables('all')[copyIndex('Vaults')]]")),
                variables={"all": [[ONE], [TWO]]},
            ),
            "it names its copy loop in copyIndex(), which means another one in a child of its own",
        ),
        (
            make_template({**make_vault(policies=[ONE]), "apiVersion": "2015-06-01"}),
            "API version 2015-06-01 has no such child, which came with 2016-10-01",
        ),
        (
            make_template(
                make_deployment(
                    template=make_template(
                        make_vault(policies="[[variables('people')]"), variables={"people": [ONE]}
                    ),
                    evaluation="outer",
                )
            ),
            "its accessPolicies is an escaped expression, which only the nested deployment",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, template: Any, reason: str) -> None:
    told, after = fixed(tmp_path, template)
    assert f"  not create-once,grant-by-child: {reason}" in told, told
    assert after == template


def test_an_expression_about_the_vault_itself_stays_there(tmp_path: Path) -> None:
    own = "[coalesce(createArray(), tryGet(target('full'), 'properties', 'accessPolicies'))]"
    template = make_template(
        resources={"vault": make_vault(policies=f"[union({own[1:-1]}, variables('one'))]")},
        languageVersion="2.0",
        variables={"one": [ONE]},
    )
    told, _ = fixed(tmp_path, template)
    assert "its list asks target(), which is the vault there and the child in a child" in told


@pytest.mark.parametrize("others", ["", "rbac,"])
def test_where_the_vault_is_written_it_is_half_a_fix(tmp_path: Path, others: str) -> None:
    write_file(tmp_path / "main.json", make_template(make_vault(policies=[ONE])))
    words = ("--remedy", f"{others}grant-by-child", *(["--unsafe"] if others else []))
    ran = run_armguard("fix", "main.json", *words, folder=tmp_path)
    assert ran.exit == 1
    assert (
        "grant-by-child: it is half a fix as long as the vault is written with a list of its own:"
        " that removes everybody whom the child does not name, and who is only in the child has no"
        " access until it is written; name one of create-once,"
    ) in ran.stdout
    assert ran.stdout.count("as in --remedy create-once,grant-by-child\n") == 1


def test_nobody_may_be_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof counts the entries, whatever the remedy says of itself."""

    def forgetful(self: JsonEditor, pointer: str) -> Written:
        return Written(json.dumps([ONE]), "")

    monkeypatch.setattr(
        JsonEditor,
        "written",
        lambda self, pointer: (
            forgetful(self, pointer) if pointer.endswith("Policies") else original(self, pointer)
        ),
    )
    told, _ = fixed(tmp_path, make_template(make_vault(policies=[ONE, TWO])))
    assert "would deploy something else: nothing would grant " in told
    assert TWO["objectId"] in told


original = JsonEditor.written


HOSTILE: list[tuple[Any, dict[str, Any]]] = [
    *(
        (each, {})
        for each in (
            {"accessPolicies": [None]},
            {"accessPolicies": ["[parameters('nobody')]"]},
            {"accessPolicies": [[]]},
            {"accessPolicies": {}},
            {"accessPolicies": "[parameters('people']"},
            {"accessPolicies": [ONE], "AccessPolicies": [TWO]},
            {"accessPolicies": [ONE] * 1030},
            {"copy": [{"name": "accessPolicies"}]},
            {"copy": [{"name": "AccessPolicies", "count": 1, "input": ONE}], "Copy": []},
            {"copy": {"name": "accessPolicies"}},
            [],
            None,
        )
    ),
    *(
        ({"accessPolicies": [ONE]}, each)
        for each in (
            {"name": "[[kv]"},
            {"name": 7},
            {"apiVersion": None},
            {"copy": "vaults"},
            {"copy": {"name": "vaults", "count": "[length(parameters('nobody'))]"}},
            {"dependsOn": "[variables('nothing')]"},
            {"Condition": True, "condition": False},
            {"scope": "/subscriptions"},
        )
    ),
]


@pytest.mark.parametrize(("properties", "more"), HOSTILE)
def test_hostile_input_is_survived(tmp_path: Path, properties: Any, more: dict[str, Any]) -> None:
    template = make_template(
        {**make_vault(), "properties": properties, **more},
        make_change("kv/add", [TWO]),
        make_change("kv/replace", ["nobody"], dependsOn="[variables('none')]"),
    )
    fixed(tmp_path, template)


@pytest.mark.parametrize("comment", ["", " // the last", " /* the last */", ", // the last", ","])
@pytest.mark.parametrize("blank", ["", "\n  "])
@pytest.mark.parametrize(
    "theirs", ["", "/* oldest */", "1", "1 // oldest\n", "1, // oldest\n", "1,"]
)
def test_entries_join_those_that_are_there(
    tmp_path: Path, comment: str, blank: str, theirs: str
) -> None:
    """Whatever commas and comments stand around them."""
    after = "\n" if "//" in comment else ""
    text = json.dumps(
        make_template(make_vault(policies=["ours"]), make_change("kv/add", ["theirs"]))
    )
    text = text.replace('["ours"]', f"[{blank}{json.dumps(ONE)}{comment}{after}{blank}]")
    existing = theirs.replace("1", json.dumps(TWO), 1)
    text = text.replace('["theirs"]', f"[{existing}]")
    (tmp_path / "main.json").write_text(text, "utf-8")
    words = ("fix", "main.json", "--remedy", "create-once,grant-by-child", "--write")
    assert run_armguard(*words, folder=tmp_path).exit == 0
    template = (tmp_path / "main.json").read_text("utf-8")
    given = {"createKeyVault": {"value": True}}
    child = armguard.expand(template, given).resources[1]
    entries = [each["objectId"] for each in child["properties"]["accessPolicies"]]
    assert entries == [*([TWO["objectId"]] if "1" in theirs else []), ONE["objectId"]]
    assert ("the last" in template) is ("the last" in comment)
    assert ("oldest" in template) is ("oldest" in theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "after"),
    [([ONE, TWO], [TWO], [TWO, ONE]), ([ONE], [ONE, TWO], [ONE, TWO])],
)
def test_who_is_in_both_lists_stays_there_once(
    tmp_path: Path, ours: list[Any], theirs: list[Any], after: list[Any]
) -> None:
    template = make_template(make_vault(policies=ours), make_change("kv/add", theirs))
    told, written = fixed(tmp_path, template)
    assert "not create-once" not in told
    vault, child = written["resources"]
    assert vault["properties"]["accessPolicies"] == []
    assert child["properties"]["accessPolicies"] == after


def test_a_comment_behind_the_key_of_a_loop_stays(tmp_path: Path) -> None:
    made = {"name": "accessPolicies", "count": 1, "input": ONE}
    text = json.dumps(make_template(make_vault(properties={"copy": [made]})), indent=2)
    text = text.replace('"copy": [', '"copy": /* who "owns" it */ [')
    (tmp_path / "main.json").write_text(text, "utf-8")
    words = ("fix", "main.json", "--remedy", "create-once,grant-by-child", "--write")
    run_armguard(*words, folder=tmp_path)
    after = (tmp_path / "main.json").read_text("utf-8")
    assert '"accessPolicies": /* who "owns" it */ []' in after
