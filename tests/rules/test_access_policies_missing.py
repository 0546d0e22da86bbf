"""access-policies-missing: no list, or null, where the service needs one."""

from typing import Any

import pytest

RULE = "access-policies-missing"
MISSING = (
    "vault 'kv' is deployed without accessPolicies and without RBAC, so a deployment fails or"
    " removes all its access policies"
)


@pytest.mark.parametrize(
    "properties",
    [{"enableRbacAuthorization": True}, {"createMode": "recover"}, {"accessPolicies": []}],
    ids=["rbac", "recover", "empty"],
)
def test_compliant(check: Any, vault_of: Any, properties: dict[str, Any]) -> None:
    assert check(vault_of(properties=properties)).told(RULE) == []


@pytest.mark.parametrize(("rbac", "certainty"), [(False, "certain"), ("true", "default")])
def test_violating_without_the_list(
    check: Any, vault_of: Any, written: Any, rbac: Any, certainty: str
) -> None:
    """A text 'true' is not taken for true, which nobody has established."""
    resource = vault_of(properties={"enableRbacAuthorization": rbac})
    span = written(resource["properties"], "properties")
    assert check(resource).told(RULE) == [("error", certainty, MISSING, span)]


@pytest.mark.parametrize(
    ("version", "certainty", "whom"),
    [
        ("2026-02-01", "default", ", if it uses access policies today"),
        ("2026-04-01-preview", "default", ", if it uses access policies today"),
        ("2025-05-01", "certain", ""),
    ],
)
def test_violating_without_a_word_about_the_model(
    check: Any, vault_of: Any, version: str, certainty: str, whom: str
) -> None:
    """A vault that exists keeps its model; a new one of these versions uses roles."""
    resource = vault_of(properties={"enableRbacAuthorization": None}, apiVersion=version)
    ((severity, sure, message, _),) = check(resource).told(RULE)
    assert (severity, sure, message) == ("error", certainty, MISSING + whom)


@pytest.mark.parametrize(
    ("policies", "severity", "certainty", "message"),
    [
        ("[null()]", "error", "certain", MISSING),
        ("[parameters('none')]", "error", "default", MISSING),
        (
            "[if(parameters('flag'), null(), createArray(1))]",
            "warning",
            "possible",
            f"{MISSING}, if parameters('flag') is true",
        ),
    ],
)
def test_violating_with_null(
    check: Any,
    vault_of: Any,
    written: Any,
    policies: Any,
    severity: str,
    certainty: str,
    message: str,
) -> None:
    declared = {"none": {"type": "array", "nullable": True}, "flag": {"type": "bool"}}
    resource = vault_of(properties={"accessPolicies": policies})
    span = written(policies, "accessPolicies")
    assert check(resource, parameters=declared).told(RULE) == [(severity, certainty, message, span)]


def test_violating_with_a_null_that_is_written(check: Any, vault_of: Any) -> None:
    resource = vault_of(properties={"accessPolicies": None})
    assert check(resource).told(RULE) == [("error", "certain", MISSING, '"accessPolicies": null')]


def test_undecided_while_its_parameter_is_not_supplied(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies="[tryGet(parameters('settings'), 'policies')]")
    declared = {"settings": {"type": "object"}}
    checked = check(resource, parameters=declared)
    assert checked.told(RULE) == []
    assert checked.told("undecided-vault") == [
        (
            "note",
            "certain",
            "what a deployment does to the access policies of vault 'kv' is not known:"
            " accessPolicies is [tryGet(parameters('settings'), 'policies')]: parameter 'settings'"
            " has no default and no value is supplied for it",
            "\"accessPolicies\": \"[tryGet(parameters('settings'), 'policies')]\"",
        )
    ]
    decided = check(resource, parameters=declared, given={"settings": {}})
    assert [told[1] for told in decided.told(RULE)] == ["certain"]
