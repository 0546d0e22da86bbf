"""recover-mode: the policies are kept, but it is no switch to rely on."""

from typing import Any

import pytest

RULE = "recover-mode"
RECOVER = (
    "vault 'kv' is deployed with createMode recover: its access policies are kept, but a first"
    " deployment fails and other changes may be ignored"
)


@pytest.mark.parametrize(
    "properties",
    [
        {"createMode": "default"},
        {"createMode": None},
        {"createMode": "recover", "enableRbacAuthorization": True},
    ],
    ids=["default", "null", "rbac"],
)
def test_compliant(check: Any, vault_of: Any, properties: dict[str, Any]) -> None:
    assert check(vault_of(policies=[], properties=properties)).told(RULE) == []


@pytest.mark.parametrize(
    ("mode", "certainty"),
    [
        ("recover", "certain"),
        ("RECOVER", "certain"),
        ("[if(parameters('exists'), 'recover', 'default')]", "default"),
    ],
)
def test_violating(check: Any, vault_of: Any, mode: str, certainty: str) -> None:
    resource = vault_of(policies=[], properties={"createMode": mode})
    declared = {"exists": {"type": "bool", "defaultValue": True}}
    assert check(resource, parameters=declared).told(RULE) == [
        ("note", certainty, RECOVER, f'"createMode": "{mode}"')
    ]


def test_violating_with_a_version_that_has_no_such_mode(check: Any, vault_of: Any) -> None:
    resource = vault_of(properties={"createMode": "recover"}, apiVersion="2015-06-01")
    checked = check(resource)
    assert checked.told(RULE) == [("note", "default", RECOVER, '"createMode": "recover"')]
    (finding,) = checked.of(RULE)
    assert "".join(map(str, finding.details[1].text)) == (
        "createMode came with API version 2016-10-01: whether it counts with 2015-06-01 is not"
        " established"
    )


def test_undecided_which_mode_it_is(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies=[], properties={"createMode": "[parameters('mode')]"})
    checked = check(resource, parameters={"mode": {"type": "string"}})
    assert checked.told(RULE) == []
    assert (checked.vault.verdict, checked.vault.reason) == (
        "undecided",
        "createMode is [parameters('mode')]: parameter 'mode' has no default and no value is"
        " supplied for it",
    )


def test_undecided_between_two_modes_the_worse_one_speaks(check: Any, vault_of: Any) -> None:
    mode = "[if(parameters('exists'), 'recover', 'default')]"
    resource = vault_of(policies=[], properties={"createMode": mode})
    checked = check(resource, parameters={"exists": {"type": "bool"}})
    assert checked.told(RULE) == []
    assert checked.told("access-policies-emptied") == [
        (
            "warning",
            "possible",
            "vault 'kv' is deployed with an empty accessPolicies list, so every deployment removes"
            " all its access policies, if parameters('exists') is false",
            '"accessPolicies": []',
        )
    ]


def test_undecided_whether_the_vault_is_written(check: Any, vault_of: Any) -> None:
    resource = vault_of(
        policies=[], properties={"createMode": "recover"}, condition="[parameters('new')]"
    )
    assert check(resource, parameters={"new": {"type": "bool"}}).told(RULE) == [
        (
            "note",
            "possible",
            f"{RECOVER}, if parameters('new') is true",
            '"createMode": "recover"',
        )
    ]
