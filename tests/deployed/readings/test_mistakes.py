"""Files that are passed by mistake: what they seem to be, and nothing of what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from at_hand import HSM, PLACE, REMOVED, powershell_vault, state_of
from conftest_deployed import SUBSCRIPTION, deployed_vault, entry_of, vault_id_of
from support import make_template, make_vault, run_armguard, write_file

from armguard.errors import UsageError

HIDDEN = "hidden-words"
VAULT = deployed_vault(entry_of("app"))
PARAMETERS = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
PREDICTED = {**make_vault(), "tags": HIDDEN}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (make_template(make_vault(), outputs={HIDDEN: 1}), "is a template"),
        ({"contentVersion": "1.0.0.0", "resources": [PREDICTED]}, "is a template"),
        ({"template": make_template(make_vault())}, "is an exported template"),
        ({"$schema": PARAMETERS, "parameters": {HIDDEN: {}}}, "--parameters"),
        ({"resources": [PREDICTED], "outputs": {}}, "predicted is not deployed"),
        ([PREDICTED], "predicted is not deployed"),
        ({**VAULT, "apiVersion": "2026-02-01"}, "predicted is not deployed"),
        ([{"id": f"https://kv.vault.azure.net/secrets/{HIDDEN}"}], "secrets, keys or certificates"),
        ([{"kid": f"https://kv.vault.azure.net/keys/{HIDDEN}"}], "secrets, keys or certificates"),
        (
            [{"id": f"{PLACE}/Microsoft.Authorization/roleAssignments/x", "principalName": HIDDEN}],
            "role assignments",
        ),
        (VAULT["properties"]["accessPolicies"], "keep id"),
        (VAULT["properties"], "keep id"),
        ([{"name": HIDDEN, "properties": VAULT["properties"]}], "keep id"),
        ([{"name": HIDDEN, "properties_accessPolicies": []}], "keep id"),
        ([{"ObjectId": HIDDEN, "PermissionsToSecretsStr": "Get"}], "keep id"),
        ({"error": {"code": "AuthorizationFailed", "message": HIDDEN}}, "AuthorizationFailed"),
        ({"error": {"code": f"<{HIDDEN}>"}}, "is an error of Azure and no result"),
        ({"error": HIDDEN}, "is an error of Azure"),
        ({"code": "NotFound", "message": HIDDEN}, "NotFound"),
        ([], "holds nothing"),
        ([None], "holds nothing"),
        ({"value": []}, "holds nothing"),
        ({"data": [], "count": 0}, "holds nothing"),
        (None, "single value"),
        (f'"{HIDDEN}"', "single value"),
        (True, "single value"),
        (7, "single value"),
        ({}, "no output about vaults"),
        ([HIDDEN], "no output about vaults"),
        ({HIDDEN: HIDDEN}, "no output about vaults"),
        ([{"id": HSM, "name": HIDDEN}], "no vault, workspace"),
        (
            powershell_vault(AccessPolicies=None, Id=f"{REMOVED}/kv", ScheduledPurgeDate="x"),
            "az keyvault list-deleted",
        ),
    ],
)
def test_what_it_seems_to_be(tmp_path: Path, document: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        state_of(tmp_path, document)
    sentence = str(caught.value)
    assert "0.json" in sentence
    assert "understood are" in sentence
    assert HIDDEN not in sentence


@pytest.mark.parametrize("document", [{"format": "other", **VAULT}, {"format": 7}])
def test_what_says_format_is_tried_as_a_snapshot_only(tmp_path: Path, document: Any) -> None:
    with pytest.raises(UsageError, match="is no snapshot"):
        state_of(tmp_path, document)


def test_a_refusal_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    write_file(tmp_path / "main.json", make_template(make_vault()))
    ran = run_armguard("check", "main.json", "--against", "main.json", folder=tmp_path)
    assert (ran.exit, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert ran.stderr.startswith("error: 'main.json' is a template: ")


def test_ids_that_are_nearly_those_of_vaults_are_none(tmp_path: Path) -> None:
    for odd in (
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/vaults/kv",
        f"{vault_id_of('kv')}/secrets",
        f"{vault_id_of('')}",
        vault_id_of("kv").removeprefix("/subscriptions"),
    ):
        with pytest.raises(UsageError):
            state_of(tmp_path, {**VAULT, "id": odd})
