"""undecided-vault: what could not be decided, why, and what would decide it."""

from typing import Any

import pytest

RULE = "undecided-vault"
NOT_KNOWN = "what a deployment does to the access policies of vault 'kv' is not known: "
PARAMETERS = {
    "list": {"type": "array"},
    "secret": {"type": "secureObject", "defaultValue": {}},
    "rbac": {"type": "bool"},
    "base": {"type": "string"},
}


@pytest.mark.parametrize(
    "properties",
    [
        {"networkAcls": "[parameters('list')]"},
        {"enableRbacAuthorization": True, "accessPolicies": "[parameters('list')]"},
        {"accessPolicies": "[target('full').properties.accessPolicies]"},
    ],
    ids=["another-property", "dormant", "live-list"],
)
def test_compliant_where_the_answer_needs_no_more(
    check: Any, vault_of: Any, properties: dict[str, Any]
) -> None:
    resource = vault_of(policies=[], properties=properties)
    assert check(resource, parameters=PARAMETERS).told(RULE) == []


def test_compliant_with_the_value(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies="[parameters('list')]")
    given = {"list": [], "rbac": True, "base": ""}
    assert check(resource, parameters=PARAMETERS, given=given).told(RULE) == []


@pytest.mark.parametrize(
    ("policies", "why", "decide"),
    [
        (
            "[parameters('list')]",
            "parameter 'list' has no default and no value is supplied for it",
            "name the parameter file with --parameters FILE, or the value with --set list=VALUE",
        ),
        (
            "[parameters('secret').list]",
            "parameter 'secret' is secure, so its value is not looked at",
            "don't take the list from a secure parameter: who has access is no secret",
        ),
        (
            "[reference('people').list]",
            "only Azure knows it, while it deploys",
            "only a comparison with the deployed vault can tell: --live or --against",
        ),
        (
            "[take(createArray(1), length(resourceGroup().location))]",
            "the location of the resource group is not known (--location)",
            "say where it is deployed: --location",
        ),
    ],
    ids=["not-supplied", "secret", "run-time", "context"],
)
def test_violating(
    check: Any, vault_of: Any, written: Any, policies: str, why: str, decide: str
) -> None:
    checked = check(vault_of(policies=policies), parameters=PARAMETERS)
    assert checked.told(RULE) == [
        (
            "note",
            "certain",
            f"{NOT_KNOWN}accessPolicies is {policies}: {why}",
            written(policies, "accessPolicies"),
        )
    ]
    (finding,) = checked.of(RULE)
    assert [each.text for each in finding.details if each.label == "decide"] == [(decide,)]
    assert (checked.vault.certainty, checked.report.summary.undecided) == (None, 1)


def linked(link: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "module",
        "properties": {"mode": "Incremental", "templateLink": link},
    }


@pytest.mark.parametrize(
    ("link", "why"),
    [
        (
            {"uri": "[concat(parameters('base'), '/vault.json')]"},
            "the uri of its template is not known: parameter 'base' has no default and no value is"
            " supplied for it",
        ),
        (
            {"uri": "https://example.com/vault.json"},
            "its template is elsewhere, at https://example.com/vault.json",
        ),
        (
            {"id": "/subscriptions/s/templateSpecs/t/versions/1"},
            "its template is elsewhere, at /subscriptions/s/templateSpecs/t/versions/1",
        ),
    ],
)
def test_undecided_whether_there_is_a_vault(
    check: Any, written: Any, link: dict[str, str], why: str
) -> None:
    """All that is left to say where not even a vault is seen."""
    module = linked(link)
    message = (
        f"nested deployment 'module' was not looked into, so vaults in it are undecided: {why}"
    )
    assert check(module, parameters=PARAMETERS).told(RULE) == [
        ("note", "certain", message, written(module))
    ]


def test_template_in_a_parameter_file(check: Any, vault_of: Any, template_of: Any) -> None:
    """Nothing in the template's own text speaks of vaults."""
    nested = linked({})
    nested["properties"] = {"mode": "Incremental", "template": "[parameters('t')]"}
    declared = {"t": {"type": "object"}}
    given = {"t": template_of(vault_of(policies=[]))}
    assert [each.rule for each in check(nested, parameters=declared).report.findings] == [RULE]
    found = check(nested, parameters=declared, given=given).report
    assert [each.rule for each in found.findings] == ["access-policies-emptied"]


def test_a_key_in_an_address_is_not_shown(check: Any) -> None:
    link = {"uri": "https://example.com/vault.json?sv=1&sig=SECRET"}
    (told,) = check(linked(link)).told(RULE)
    assert "https://example.com/vault.json" in told[2]
    assert "SECRET" not in told[2]
