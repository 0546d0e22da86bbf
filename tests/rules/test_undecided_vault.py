"""undecided-vault: what could not be decided, why, and what would decide it."""

from typing import Any

import pytest
from support import make_deployment, make_template

from armguard.reporters.text import summary_line

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
    module = make_deployment(link=link)
    message = (
        f"nested deployment 'module' was not looked into, so vaults in it are undecided: {why}"
    )
    assert check(module, parameters=PARAMETERS).told(RULE) == [
        ("note", "certain", message, written(module))
    ]


def test_template_in_a_parameter_file(check: Any, vault_of: Any, template_of: Any) -> None:
    """Nothing in the template's own text speaks of vaults."""
    nested = make_deployment(template="[parameters('t')]", evaluation=None)
    declared = {"t": {"type": "object"}}
    given = {"t": template_of(vault_of(policies=[]))}
    assert [each.rule for each in check(nested, parameters=declared).report.findings] == [RULE]
    found = check(nested, parameters=declared, given=given).report
    assert [each.rule for each in found.findings] == ["access-policies-emptied"]


def test_a_key_in_an_address_is_not_shown(check: Any) -> None:
    link = {"uri": "https://example.com/vault.json?sv=1&sig=SECRET"}
    (told,) = check(make_deployment(link=link)).told(RULE)
    assert "https://example.com/vault.json" in told[2]
    assert "SECRET" not in told[2]


def test_how_to_look_inside(check: Any) -> None:
    link = {"uri": "https://example.com/parts/vault.json?sig=SECRET"}
    (finding,) = check(make_deployment(link=link)).of(RULE)
    assert [each.text for each in finding.details if each.label == "decide"] == [
        (
            "say which folder holds it, in [links] of the configuration:"
            ' "https://example.com/parts/" = "FOLDER/"; or check that template itself, with the'
            " parameters that it is given",
        )
    ]


def test_links_that_are_not_followed_are_told_of_once(check: Any, written: Any) -> None:
    modules = [
        make_deployment(f"m{number}", link={"uri": f"https://example.com/{number}.json"})
        for number in range(12)
    ]
    checked = check(*modules)
    names = ", ".join(f"'m{number}'" for number in range(10))
    assert checked.told(RULE) == [
        (
            "note",
            "certain",
            "12 linked templates were not looked into, so vaults in them are undecided: those of"
            f" nested deployments {names} and 2 more",
            written(modules[0]),
        )
    ]
    (finding,) = checked.of(RULE)
    because = ["".join(map(str, each.text)) for each in finding.details if each.label == "because"]
    assert len(because) == 10
    assert because[1].startswith("'m1' (main.json:")
    assert because[1].endswith("): its template is elsewhere, at https://example.com/1.json")
    assert [each.label for each in finding.details].count("decide") == 1
    assert checked.report.summary.closed == 12
    assert "; 0 undecided, 12 not looked into, 0 skipped" in summary_line(checked.report.summary)


def test_who_accepts_some_links_has_not_accepted_more(check: Any) -> None:
    a, b, c = (make_deployment(link={"uri": f"https://example.com/{name}.json"}) for name in "abc")
    (before,) = check(a, b).of(RULE)
    (after,) = check(a, b, c).of(RULE)
    assert before.fingerprint != after.fingerprint


def test_a_link_in_a_loop_is_one(check: Any) -> None:
    link = {"uri": "https://example.com/vault.json"}
    copy = {"name": "each", "count": 3}
    module = make_deployment("[concat('m', copyIndex())]", link=link, copy=copy)
    checked = check(module)
    assert len(checked.of(RULE)) == checked.report.summary.closed == 1


def test_with_several_parameter_files_links_are_told_of_once(check_files: Any) -> None:
    address = "[concat(parameters('server'), '/', parameters('server'), '.json')]"
    modules = [make_deployment(name, link={"uri": address}) for name in "ab"]
    files = {"main.json": make_template(*modules, parameters={"server": {"type": "string"}})}
    for name in ("dev", "prod"):
        value = {"value": f"https://{name}.example.com"}
        files[f"main.{name}.parameters.json"] = {"parameters": {"server": value}}
    checked = check_files(files)
    (finding,) = checked.of(RULE)
    assert finding.parameters == ("main.dev.parameters.json", "main.prod.parameters.json")
    assert checked.report.summary.closed == 2


def holder(type_: str, **properties: Any) -> dict[str, Any]:
    return {"type": type_, "apiVersion": "2021-07-01", "name": "it", "properties": properties}


DEFINITION = "Microsoft.Solutions/applicationDefinitions"
STACK = "Microsoft.Resources/deploymentStacks"


@pytest.mark.parametrize(
    ("resource", "what", "why"),
    [
        (
            holder(DEFINITION, packageFileUri="https://example.com/app.zip?sig=SECRET"),
            "managed application definition",
            "its template is elsewhere, at https://example.com/app.zip",
        ),
        (
            holder(DEFINITION, mainTemplate="{"),
            "managed application definition",
            "its template is a text that is no JSON",
        ),
        (
            holder("Microsoft.Resources/templateSpecs/versions", mainTemplate="[parameters('t')]"),
            "template spec",
            "its template is not known: parameter 't' has no default and no value is supplied for"
            " it",
        ),
        (
            holder(STACK, templateLink={"id": "/subscriptions/s/templateSpecs/t/versions/1"}),
            "deployment stack",
            "its template is elsewhere, at /subscriptions/s/templateSpecs/t/versions/1",
        ),
    ],
)
def test_undecided_whether_a_vault_is_inside(
    check: Any, written: Any, resource: Any, what: str, why: str
) -> None:
    message = f"{what} 'it' was not looked into, so vaults in it are undecided: {why}"
    assert check(resource, parameters={"t": {"type": "object"}}).told(RULE) == [
        ("note", "certain", message, written(resource))
    ]


def test_compliant_where_nothing_is_inside(check: Any, template_of: Any) -> None:
    for resource in (
        holder(DEFINITION, createUiDefinition={}),
        holder("Microsoft.Authorization/policyDefinitions", policyRule={"if": {}, "then": {}}),
        holder("Microsoft.Authorization/policySetDefinitions", policyDefinitions=[]),
        holder(STACK, template=template_of({"type": "Microsoft.Storage/storageAccounts"})),
    ):
        checked = check(resource, variables={"plan": "KeyVaults"})
        assert checked.report.findings == ()


def test_what_a_keeper_passes_later_would_decide(
    check: Any, vault_of: Any, template_of: Any
) -> None:
    template = template_of(
        vault_of(policies="[[parameters('list')]"), parameters={"list": {"type": "array"}}
    )
    spec = holder("Microsoft.Resources/templateSpecs/versions", mainTemplate=template)
    (finding,) = check(spec).of(RULE)
    decide = [each.text for each in finding.details if each.label == "decide"]
    assert decide == [("only the later deployment of what is kept here can tell",)]
