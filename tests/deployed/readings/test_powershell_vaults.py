"""Vaults as Get-AzKeyVault and ConvertTo-Json print them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from at_hand import powershell_entry, powershell_vault, state_of, told_of
from conftest_deployed import TENANT, deployed_vault, id_of

from armguard.deployed.access_list import deployed_list
from armguard.errors import UsageError
from armguard.evaluation.values import member

CLASS = "Microsoft.Azure.Commands.KeyVault.Models.PSKeyVaultAccessPolicy"
NO_TEXT = dict.fromkeys(
    [f"PermissionsTo{kind}Str" for kind in ("Keys", "Secrets", "Certificates", "Storage")]
)


@pytest.mark.parametrize(
    "members",
    [
        {},
        NO_TEXT,
        {**NO_TEXT, "PermissionsToSecrets": ["Get", "List"]},
        {"PermissionsToSecrets": ["Get", "List"]},
        {"PermissionsToStorage": None, "PermissionsToStorageStr": None},
    ],
)
def test_permissions_at_any_depth(tmp_path: Path, members: Any) -> None:
    found = told_of(state_of(tmp_path, powershell_vault(powershell_entry("app", **members))))
    policies = member(member(found.document, "properties"), "accessPolicies")
    expected = {(TENANT, id_of("app"), ""): {"secrets": frozenset({"get", "list"})}}
    assert deployed_list(policies) == expected


def test_an_application_and_the_model(tmp_path: Path) -> None:
    entry = powershell_entry("app", ApplicationId=id_of("user").upper())
    vault = powershell_vault(entry, EnableRbacAuthorization=True)
    found = told_of(state_of(tmp_path, [vault]))
    properties = member(found.document, "properties")
    assert member(properties, "enableRbacAuthorization") is True
    assert list(deployed_list(member(properties, "accessPolicies"))) == [
        (TENANT, id_of("app"), id_of("user"))
    ]


def test_a_display_name_is_told_and_is_no_name(tmp_path: Path) -> None:
    state = state_of(tmp_path, powershell_vault(powershell_entry("user", DisplayName="Some\nBody")))
    assert f"{id_of('user')} is 'Some Body'" in str(told_of(state).note)
    assert state.people().principal(id_of("user")).name is None
    assert "names" not in state.notices()[-1]


def test_class_names_are_no_entries(tmp_path: Path) -> None:
    cut = powershell_vault(CLASS, CLASS)
    with pytest.raises(UsageError, match="-Depth 5"):
        state_of(tmp_path, [cut])
    found = told_of(state_of(tmp_path, [cut], deployed_vault(name="other")))
    assert found.state == "unread"
    assert "-Depth 5" in str(found.note)


@pytest.mark.parametrize(
    ("vault", "said"),
    [
        ({"ResourceId": powershell_vault()["ResourceId"], "VaultName": "kv"}, "-VaultName"),
        (powershell_vault(AccessPolicies=None), "-VaultName"),
    ],
)
def test_without_a_list_it_is_unread(tmp_path: Path, vault: Any, said: str) -> None:
    found = told_of(state_of(tmp_path, vault))
    assert found.state == "unread"
    assert said in str(found.note)


def test_an_old_module_does_not_tell_the_model(tmp_path: Path) -> None:
    vault = powershell_vault(powershell_entry("app"))
    del vault["EnableRbacAuthorization"]
    assert "Az.KeyVault" in str(told_of(state_of(tmp_path, vault)).note)
