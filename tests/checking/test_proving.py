"""A remedy that does not do what it says is refused, with a sentence that says what it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import make_deployment, make_template, make_vault, make_workspace, write_file

from armguard.analysis import Request, look_at_paths
from armguard.checking.fixing import fixed, problems_in, tried
from armguard.remedies.remedy import Expected, Proposal, RefusedError, Remedy, Target
from armguard.source.text_edits import Edit

STORAGE = {
    "type": "Microsoft.Storage/storageAccounts",
    "apiVersion": "2023-05-01",
    "name": "stother",
    "location": "westeurope",
    "sku": {"name": "Standard_LRS"},
    "kind": "StorageV2",
    "properties": {"supportsHttpsTrafficOnly": True},
}
ROLE = {
    "type": "Microsoft.Authorization/roleAssignments",
    "apiVersion": "2022-04-01",
    "name": "11111111-1111-1111-1111-111111111111",
    "properties": {"roleDefinitionId": "x", "principalId": "y"},
}
INSIDE = {**STORAGE, "name": "stinside"}
TEMPLATE = make_template(
    make_vault("kv", []),
    make_workspace(),
    STORAGE,
    make_deployment(
        template=make_template(INSIDE, outputs={"o": {"type": "string", "value": "one"}})
    ),
    parameters={
        "tier": {"type": "string", "defaultValue": "Hot"},
        "open": {"type": "string"},
        "secret": {"type": "securestring", "defaultValue": "one"},
    },
    outputs={"name": {"type": "string", "value": "kv"}},
)
Change = Callable[[dict[str, Any]], None]


def sabotaged(change: Change, expected: Expected, *, safe: bool = True) -> Remedy:
    """One that makes the vault safe, and does something else besides."""

    def propose(target: Target) -> Proposal:
        editor = target.editor
        document = json.loads(editor.text)
        if safe:
            document["parameters"]["once"] = {"type": "bool", "defaultValue": False}
            document["resources"][0]["condition"] = "[parameters('once')]"
        change(document)
        text = json.dumps(document, indent=1)
        return Proposal((Edit(editor.path, 0, len(editor.text), text),), "does good", (), expected)

    return Remedy(
        "sabotage", "s", "c", ("list", "workspace"), False, False, True, lambda v, c: None, propose
    )


def change_storage(document: dict[str, Any]) -> None:
    document["resources"][2]["properties"]["supportsHttpsTrafficOnly"] = False


def change_storage_of_one_set(document: dict[str, Any]) -> None:
    document["resources"][2]["properties"]["supportsHttpsTrafficOnly"] = (
        "[equals(parameters('tier'), 'Hot')]"
    )


def remove_storage(document: dict[str, Any]) -> None:
    del document["resources"][2]


def add_role(document: dict[str, Any]) -> None:
    document["resources"].append(ROLE)


def change_output(document: dict[str, Any]) -> None:
    document["outputs"]["name"]["value"] = "other"


def change_workspace(document: dict[str, Any]) -> None:
    document["resources"][1]["properties"]["keyVault"] = (
        "[resourceId('Microsoft.KeyVault/vaults', 'other')]"
    )


def wipe_another_vault(document: dict[str, Any]) -> None:
    document["resources"].append(make_vault("kv-second", []))


def set_in_vault(**properties: Any) -> Change:
    return lambda document: document["resources"][0]["properties"].update(properties)


def set_in_storage(**members: Any) -> Change:
    return lambda document: document["resources"][2].update(members)


def change_inside(document: dict[str, Any]) -> None:
    inside = document["resources"][3]["properties"]["template"]["resources"][0]
    inside["kind"] = "BlobStorage"


def change_mode_inside(document: dict[str, Any]) -> None:
    document["resources"][3]["properties"]["mode"] = "Complete"


def condition_inside(document: dict[str, Any]) -> None:
    document["resources"][3]["condition"] = "[equals(parameters('open'), 'x')]"


def change_output_inside(document: dict[str, Any]) -> None:
    outputs = document["resources"][3]["properties"]["template"]["outputs"]
    outputs["o"]["value"] = "two"


def rename_storage(document: dict[str, Any]) -> None:
    document["resources"][2]["name"] = "stnew"


def double_storage(document: dict[str, Any]) -> None:
    document["resources"][2]["copy"] = {"name": "c", "count": 2}
    document["resources"][2]["name"] = "[if(equals(copyIndex(), 0), 'stother', 'stmore')]"


def storage_twice(document: dict[str, Any]) -> None:
    document["resources"].append(STORAGE)


def drop_output(document: dict[str, Any]) -> None:
    del document["outputs"]["name"]


def add_output(document: dict[str, Any]) -> None:
    document["outputs"]["more"] = {"type": "string", "value": "x"}


def other_vault_of_that_name(document: dict[str, Any]) -> None:
    document["resources"][0]["name"] = "kv2"


def nothing(document: dict[str, Any]) -> None:
    pass


ONCE = {"main.json": {"once": (True, False)}}
OUT = Expected(leaves_out=True, parameters=ONCE)
GONE = Expected(leaves_out=True)


@pytest.mark.parametrize(
    ("change", "expected", "said"),
    [
        (change_storage, OUT, "Microsoft.Storage/storageAccounts 'stother' would change too"),
        (change_storage_of_one_set, OUT, "would change too"),
        (remove_storage, OUT, "would be missing"),
        (add_role, OUT, "roleAssignments"),
        (change_output, OUT, "its outputs"),
        (change_workspace, OUT, "workspaces"),
        (wipe_another_vault, OUT, "error access-policies-emptied would come: vault 'kv-second'"),
        (nothing, Expected(parameters=ONCE), "Microsoft.KeyVault/vaults 'kv' would be missing"),
        (set_in_vault(enableSoftDelete=True), OUT, "Microsoft.KeyVault/vaults 'kv' would change"),
        (set_in_vault(sku={"family": "A", "name": "premium"}), OUT, "'kv' would change"),
        (set_in_vault(accessPolicies="[parameters('open')]"), OUT, "'kv' would change"),
        (other_vault_of_that_name, OUT, "Microsoft.KeyVault/vaults 'kv"),
        (set_in_storage(location="eastus"), OUT, "'stother' would change"),
        (set_in_storage(apiVersion="2024-01-01"), OUT, "'stother' would change"),
        (set_in_storage(condition="[parameters('once')]"), OUT, "'stother' would be missing"),
        (set_in_storage(condition="[equals(parameters('open'), 'x')]"), OUT, "'stother' would"),
        (set_in_storage(tags={"t": "[parameters('open')]"}), OUT, "'stother' would change"),
        (set_in_storage(tags={"t": "[utcNow()]"}), OUT, "'stother' would"),
        (set_in_storage(tags={"t": "[fail('x')]"}), OUT, "stother"),
        (rename_storage, OUT, "'stother' would be missing"),
        (double_storage, OUT, "stmore"),
        (storage_twice, OUT, "would be new"),
        (change_inside, OUT, "'stinside' would change"),
        (change_mode_inside, OUT, "Microsoft.Resources/deployments 'module' would change"),
        (condition_inside, OUT, "Microsoft.Resources/deployments 'module' would change"),
        (change_output_inside, OUT, "Microsoft.Resources/deployments 'module' would change"),
        (nothing, GONE, "parameter 'once' of main.json would be new"),
        (drop_output, OUT, "its outputs"),
        (add_output, OUT, "its outputs"),
    ],
)
def test_sabotage(
    change: Change, expected: Expected, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_file("main.json", TEMPLATE)
    for tier in ("Hot", "Cool"):
        values = {"parameters": {"tier": {"value": tier}}}
        write_file(f"main.parameters.{tier}.json", values)
    _, looked = look_at_paths(Request(paths=("main.json",), raise_bugs=True), lambda: b"")
    (problem,) = (each for each in problems_in(looked) if not each.is_version)
    remedy = sabotaged(change, expected)
    with pytest.raises(RefusedError) as refused:
        tried(looked, problem, (remedy,))
    assert said in str(refused.value)
    fixes = fixed(looked, (remedy,))
    assert fixes.changed == {}
    assert [each.reason for each in fixes.left[0].refused] == [str(refused.value)]


def test_what_keeps_its_word_is_proven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_file("main.json", TEMPLATE)
    _, looked = look_at_paths(Request(paths=("main.json",), raise_bugs=True), lambda: b"")
    fixes = fixed(looked, (sabotaged(nothing, OUT),))
    assert [each.remedies for each in fixes.outcomes] == [("sabotage",)]
    assert "parameters('once')" in fixes.changed["main.json"][1]


def test_an_error_that_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_file("main.json", TEMPLATE)
    _, looked = look_at_paths(Request(paths=("main.json",), raise_bugs=True), lambda: b"")

    def add_tag(document: dict[str, Any]) -> None:
        document["resources"][0]["tags"] = {"safe": "yes"}

    remedy = sabotaged(add_tag, Expected(changed=(("tags",),)), safe=False)
    (outcome,) = fixed(looked, (remedy,)).left
    assert "error access-policies-emptied would stay" in outcome.refused[0].reason


def test_a_list_of_which_nobody_knows_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no error, and no repair either."""
    monkeypatch.chdir(tmp_path)
    write_file("main.json", TEMPLATE)
    _, looked = look_at_paths(Request(paths=("main.json",), raise_bugs=True), lambda: b"")
    open_list = set_in_vault(accessPolicies="[split(parameters('open'), ',')]")
    expected = Expected(changed=(("properties", "accesspolicies"),))
    (outcome,) = fixed(looked, (sabotaged(open_list, expected, safe=False),)).left
    assert "what a deployment does to vault 'kv' would not be known" in outcome.refused[0].reason


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([(0, 1, "[")], "can't be evaluated"),
        ([(0, 5, "{"), (3, 9, "")], "two changes of 'main.json' meet"),
        ([], "nothing to change"),
    ],
)
def test_edits_that_make_no_sense(
    edits: list[tuple[int, int, str]],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_file("main.json", TEMPLATE)
    _, looked = look_at_paths(Request(paths=("main.json",), raise_bugs=True), lambda: b"")

    def propose(target: Target) -> Proposal:
        return Proposal(tuple(Edit("main.json", *each) for each in edits), "does good")

    remedy = Remedy("broken", "s", "c", ("list",), False, False, True, lambda v, c: None, propose)
    (outcome,) = fixed(looked, (remedy,)).left
    assert said in outcome.refused[0].reason


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("tier", "Warm", "main.json would deploy something else"), ("open", "y", "would change")],
)
def test_a_parameter_file_that_is_changed_besides(
    name: str, value: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a part of what is deployed with it, and of nothing else."""
    monkeypatch.chdir(tmp_path)
    tagged = {**STORAGE, "tags": {"tier": "[parameters('tier')]", "open": "[parameters('open')]"}}
    declared = {"tier": {"type": "string"}, "open": {"type": "string"}}
    write_file("main.json", make_template(make_vault("kv", []), tagged, parameters=declared))
    values = {"parameters": {"tier": {"value": "Hot"}, "open": {"value": "x"}}}
    for each in ("main.parameters.a.json", "main.parameters.b.json"):
        write_file(each, values)
    _, looked = look_at_paths(Request(paths=("main.json",), raise_bugs=True), lambda: b"")

    def propose(target: Target) -> Proposal:
        vault = target.editor.insert_members(target.place.pointer, {"condition": False})
        file = target.files.editor("main.parameters.b.json")
        edit = file.set_value(f"/parameters/{name}/value", value)
        return Proposal((*vault, edit), "does good", (), GONE)

    remedy = Remedy("sabotage", "s", "c", ("list",), False, False, True, lambda v, c: None, propose)
    fixes = fixed(looked, (remedy,))
    assert fixes.changed == {}
    assert said in fixes.left[0].refused[0].reason


def test_a_template_that_links_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is right for one template that links a file has to be right for all."""
    monkeypatch.chdir(tmp_path)
    write_file(
        "vault.json",
        make_template(
            make_vault("kv", []),
            {**STORAGE, "condition": "[parameters('all')]"},
            parameters={"all": {"type": "bool"}},
        ),
    )
    for name, everything in (("first.json", False), ("second.json", True)):
        link = make_deployment(link={"relativePath": "vault.json"}, parameters={"all": everything})
        write_file(name, make_template(link))
    request = Request(paths=("first.json", "second.json"), raise_bugs=True)
    _, looked = look_at_paths(request, lambda: b"")

    def propose(target: Target) -> Proposal:
        edits = target.editor.insert_members(target.place.pointer, {"condition": False})
        other = target.editor.set_value("/resources/1/kind", "BlobStorage")
        return Proposal((*edits, other), "does good", (), GONE)

    remedy = Remedy("sabotage", "s", "c", ("list",), False, False, True, lambda v, c: None, propose)
    fixes = fixed(looked, (remedy,))
    assert fixes.changed == {}
    assert "second.json would deploy something else" in fixes.left[0].refused[0].reason
