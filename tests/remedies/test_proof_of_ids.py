"""The proof where a remedy passes the id of the vault: what is the same, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import make_deployment, make_request, make_template, make_vault, make_workspace
from support import write_file as write

from armguard.analysis import look_at_paths
from armguard.checking.fixing import problems_in, tried
from armguard.remedies.remedy import Expected, Proposal, RefusedError, Remedy, Target
from armguard.source.text_edits import Edit

ID = "[resourceId('Microsoft.KeyVault/vaults', parameters('name'))]"
NAMED = {"name": {"type": "string"}}
KEY_VAULT_ID = {"id": {"type": "string"}}


def rewriting(after: Any, parameters: Any) -> Remedy:
    """A remedy that writes another template in place of the one that is there."""
    from json import dumps

    def propose(target: Target) -> Proposal:
        path = target.place.path
        edit = Edit(path, 0, len(target.editor.text), dumps(after))
        expected = Expected(leaves_out=True, parameters={path: parameters})
        return Proposal((edit,), "rewrites it", (), expected)

    return Remedy("rewriting", "", "", ("list",), False, False, True, lambda *_: None, propose)


@pytest.fixture
def proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str | None]:
    """Why the template `after` is refused in place of `before`; None: it is proven."""
    monkeypatch.chdir(tmp_path)

    def ask(before: Any, after: Any, parameters: Any = None, **files: Any) -> str | None:
        write("main.json", before)
        for stage, values in files.items():
            given = {name: {"value": value} for name, value in values.items()}
            write(f"main.parameters.{stage}.json", {"parameters": given})
        _, looked = look_at_paths(make_request("main.json"), lambda: b"")
        given = {"id": (None,)} if parameters is None else parameters
        try:
            tried(looked, problems_in(looked)[0], (rewriting(after, given),))
        except RefusedError as error:
            return str(error)
        return None

    return ask


def templates(used: str, kept: str, *more: Any) -> tuple[Any, Any]:
    vault = make_vault("[parameters('name')]", policies=[])
    before = make_template(vault, *more, make_workspace(vault=used), parameters=NAMED)
    after = make_template(*more, make_workspace(vault=kept), parameters={**NAMED, **KEY_VAULT_ID})
    return before, after


@pytest.mark.parametrize(
    ("used", "kept"),
    [
        (ID, "[parameters('id')]"),
        (ID, "[toUpper(parameters('id'))]"),
        (
            "[concat(resourceGroup().id, '/providers/microsoft.keyvault/VAULTS/',"
            " parameters('name'))]",
            "[parameters('id')]",
        ),
        (ID[:-1] + "]", "[format('{0}', parameters('id'))]"),
    ],
)
def test_the_id_is_the_same_in_every_spelling_known_or_not(
    proof: Callable[..., str | None], used: str, kept: str
) -> None:
    assert proof(*templates(used, kept)) is None
    assert proof(*templates(used, kept), one={"name": "kv-one"}, two={"name": "kv-two"}) is None


@pytest.mark.parametrize(
    "kept",
    [
        "[concat(parameters('id'), '2')]",
        "[resourceId('Microsoft.KeyVault/vaults', 'another')]",
        "[resourceGroup().id]",
        "[parameters('name')]",
    ],
)
def test_another_id_is_another_one(proof: Callable[..., str | None], kept: str) -> None:
    assert "would change too" in str(proof(*templates(ID, kept)))
    assert "would change too" in str(proof(*templates(ID, kept), one={"name": "kv-one"}))


def test_each_set_of_parameters_has_its_own_id(proof: Callable[..., str | None]) -> None:
    """That of the first would be wrong for the second."""
    id_of_one = "[concat(resourceGroup().id, '/providers/Microsoft.KeyVault/vaults/', 'kv-one')]"
    before, after = templates(ID, id_of_one)
    assert proof(before, after, one={"name": "kv-one"}) is None
    refused = proof(before, after, one={"name": "kv-one"}, two={"name": "kv-two"})
    assert "would change too" in str(refused)


def test_the_vault_that_follows_into_its_place_is_another_one(
    proof: Callable[..., str | None],
) -> None:
    other = make_vault("kv-other", policies=None, properties={"createMode": "recover"})
    vault = make_vault("kv", policies=[])
    before = make_template(vault, other, make_workspace())
    to_the_other = make_workspace(vault="[resourceId('Microsoft.KeyVault/vaults', 'kv-other')]")
    assert "would change too" in str(proof(before, make_template(other, to_the_other), {}))
    assert proof(before, make_template(other, make_workspace()), {}) is None


def test_what_is_passed_to_a_template_elsewhere_is_compared_by_its_value(
    proof: Callable[..., str | None],
) -> None:
    link = {"uri": "https://templates.example/workspace.json"}

    def linking(passed: str, **more: Any) -> Any:
        return make_deployment(link=link, parameters={"vault": passed}, **more)

    def after(passed: str) -> Any:
        return make_template(linking(passed), parameters={**NAMED, **KEY_VAULT_ID})

    vault = make_vault("[parameters('name')]", policies=[])
    before = make_template(vault, linking(ID, dependsOn=[ID]), parameters=NAMED)
    assert proof(before, after("[parameters('id')]")) is None
    assert "would change too" in str(proof(before, after("[parameters('name')]")))


def test_what_nobody_can_look_into_need_not_wait(proof: Callable[..., str | None]) -> None:
    def closed(**more: Any) -> Any:
        return make_deployment(template="[parameters('inside')]", **more)

    declared = {"inside": {"type": "object"}}
    vault = make_vault(policies=[])
    before = make_template(vault, closed(dependsOn=["kv"]), parameters=declared)
    assert proof(before, make_template(closed(), parameters=declared), {}) is None
    other = make_template(closed(condition="[bool('true')]"), parameters=declared)
    assert "which nobody can look into, would change too" in str(proof(before, other, {}))
