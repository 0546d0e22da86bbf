"""access-policies-emptied: the list comes to nothing, in whatever way it is written."""

from typing import Any

import pytest

RULE = "access-policies-emptied"
EMPTIED = (
    "vault 'kv' is deployed with an empty accessPolicies list, so every deployment removes all its"
    " access policies"
)
PARAMETERS = {
    "empty": {"type": "array", "defaultValue": []},
    "list": {"type": "array"},
    "flag": {"type": "bool"},
}


@pytest.mark.parametrize(
    "properties",
    [
        {"enableRbacAuthorization": True},
        {"accessPolicies": "[target('full').properties.accessPolicies]"},
        {"createMode": "Recover"},
    ],
    ids=["rbac", "live-list", "recover"],
)
def test_compliant_where_no_policy_goes(
    check: Any, vault_of: Any, properties: dict[str, Any]
) -> None:
    assert check(vault_of(policies=[], properties=properties)).told(RULE) == []


@pytest.mark.parametrize(
    "member",
    [{"condition": False}, {"@options": {"onlyIfNotExists": []}}],
    ids=["condition", "only-once"],
)
def test_compliant_where_the_vault_is_not_written(
    check: Any, vault_of: Any, member: dict[str, Any]
) -> None:
    assert check(vault_of(policies=[], **member)).told(RULE) == []


def test_compliant_where_somebody_is_in_the_list(check: Any, vault_of: Any, policy: Any) -> None:
    assert check(vault_of(policies=[policy()])).told(RULE) == []


@pytest.mark.parametrize(
    ("policies", "severity", "certainty", "message"),
    [
        ([], "error", "certain", EMPTIED),
        ("[createArray()]", "error", "certain", EMPTIED),
        ("[json('[]')]", "error", "certain", EMPTIED),
        ("[variables('nobody')]", "error", "certain", EMPTIED),
        ("[parameters('empty')]", "error", "default", EMPTIED),
        (
            "[if(parameters('flag'), createArray(), createArray(1))]",
            "warning",
            "possible",
            f"{EMPTIED}, if parameters('flag') is true",
        ),
    ],
)
def test_violating(
    check: Any,
    vault_of: Any,
    written: Any,
    policies: Any,
    severity: str,
    certainty: str,
    message: str,
) -> None:
    checked = check(vault_of(policies=policies), parameters=PARAMETERS, variables={"nobody": []})
    span = written(policies, "accessPolicies")
    assert checked.told(RULE) == [(severity, certainty, message, span)]


def test_violating_by_a_loop_over_nothing(check: Any, vault_of: Any, written: Any) -> None:
    loop = {"name": "accessPolicies", "count": "[length(parameters('empty'))]", "input": {}}
    checked = check(vault_of(properties={"copy": [loop]}), parameters=PARAMETERS)
    assert checked.told(RULE) == [("error", "default", EMPTIED, written(loop))]


def test_violating_in_an_open_condition(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies=[], condition="[parameters('flag')]")
    message = f"{EMPTIED}, if parameters('flag') is true"
    assert check(resource, parameters=PARAMETERS).told(RULE) == [
        ("warning", "possible", message, '"accessPolicies": []')
    ]


def test_undecided_while_the_list_is_not_supplied(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies="[parameters('list')]")
    checked = check(resource, parameters=PARAMETERS)
    assert checked.told(RULE) == []
    assert checked.told("undecided-vault") == [
        (
            "note",
            "certain",
            "what a deployment does to the access policies of vault 'kv' is not known:"
            " accessPolicies is [parameters('list')]: parameter 'list' has no default and no value"
            " is supplied for it",
            '"accessPolicies": "[parameters(\'list\')]"',
        )
    ]
    decided = check(resource, parameters=PARAMETERS, given={"list": [], "flag": True})
    assert [told[1] for told in decided.told(RULE)] == ["certain"]
