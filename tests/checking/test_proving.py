"""A remedy that does not do what it says is refused, with a sentence that says what it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import make_template, make_vault, make_workspace, write_file

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
TEMPLATE = make_template(
    make_vault("kv", []),
    make_workspace(),
    STORAGE,
    parameters={"tier": {"type": "string", "defaultValue": "Hot"}},
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


def nothing(document: dict[str, Any]) -> None:
    pass


OUT = Expected(leaves_out=True)


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
        (nothing, Expected(), "Microsoft.KeyVault/vaults"),
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
