"""What is said below a finding is true: of parameters, of files, of loops, of options."""

from typing import Any

import pytest
from conftest_deployed import deployed_vault, entry_of, inventory_of
from support import VAULT_RULES, make_deployment, make_template, make_vault

EMPTIED, UNDECIDED = "access-policies-emptied", "undecided-vault"


def told(checked: Any, label: str, rule: str = EMPTIED) -> list[str]:
    """The lines of a label below the only finding of a rule, places left out."""
    (finding,) = checked.of(rule)
    lines = [each.text for each in finding.details if each.label == label]
    return ["".join(part for part in text if isinstance(part, str)) for text in lines]


def test_a_nullable_parameter_that_nobody_gives(check: Any, vault_of: Any) -> None:
    vault = vault_of(policies="[coalesce(parameters('list'), createArray())]")
    (line,) = told(
        check(vault, parameters={"list": {"type": "array", "nullable": True}}), "because"
    )
    assert line.endswith("and parameter 'list' is not given, so null ()")


def test_a_nullable_parameter_with_a_default(check: Any, vault_of: Any) -> None:
    declared = {"list": {"type": "array", "nullable": True, "defaultValue": []}}
    (line,) = told(check(vault_of(policies="[parameters('list')]"), parameters=declared), "because")
    assert line.endswith("parameter 'list' defaults to [] (); no parameter file sets it")


@pytest.mark.parametrize(("ids", "rule"), [([], EMPTIED), (["a", "b"], "access-policies-replaced")])
def test_a_variable_that_a_loop_makes(
    check: Any, vault_of: Any, policy: Any, ids: Any, rule: str
) -> None:
    loop = {"name": "list", "count": "[length(parameters('ids'))]", "input": policy()}
    checked = check(
        vault_of(policies="[variables('list')]"),
        parameters={"ids": {"type": "array", "defaultValue": ids}},
        variables={"copy": [loop]},
    )
    (line,) = told(checked, "because", rule)
    assert f"variable 'list' is a loop of {len(ids)} ()" in line


def test_a_list_that_a_loop_makes(check: Any, vault_of: Any, policy: Any) -> None:
    loop = {"name": "accessPolicies", "count": 2, "input": policy()}
    checked = check(vault_of(properties={"copy": [loop]}))
    (line,) = told(checked, "because", "access-policies-replaced")
    assert line == "accessPolicies is written by a copy loop of 2"


TEMPLATE = make_template(
    make_vault(policies="[parameters('list')]"),
    parameters={
        "list": {"type": "array", "defaultValue": []},
        "other": {"type": "string", "defaultValue": ""},
    },
)
OTHER = {"parameters": {"other": {"value": "x"}}}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ((), "; no parameter file sets it"),
        (("main.dev.parameters.json",), "; main.dev.parameters.json does not set it"),
        (
            ("main.dev.parameters.json", "main.qa.parameters.json"),
            "; main.dev.parameters.json, main.qa.parameters.json do not set it",
        ),
    ],
)
def test_which_files_do_not_set_it(check_files: Any, files: Any, says: str) -> None:
    checked = check_files({"main.json": TEMPLATE, **dict.fromkeys(files, OTHER)})
    (line,) = told(checked, "because")
    assert line.endswith(f"defaults to [] (){says}")


def test_a_file_that_sets_it_is_not_blamed(check_files: Any) -> None:
    entry = {"tenantId": "t", "objectId": "o", "permissions": {"secrets": ["get"]}}
    sets = {"parameters": {"list": {"value": [entry]}}}
    files = {"main.dev.parameters.json": OTHER, "main.prod.parameters.json": sets}
    checked = check_files({"main.json": TEMPLATE, **files})
    (line,) = told(checked, "because")
    assert line.endswith("; main.dev.parameters.json does not set it")


@pytest.mark.parametrize(
    ("value", "decide"),
    [
        ("[parameters('map')[tenant().tenantId]]", "say where it is deployed: --tenant"),
        (
            "[parameters('map')[subscription().subscriptionId]]",
            "say where it is deployed: --subscription",
        ),
        (
            "[parameters('map')[concat(resourceGroup().name, resourceGroup().location)]]",
            "say where it is deployed: --resource-group, --location",
        ),
        (
            "[parameters('map')[concat(parameters('open'), tenant().tenantId)]]",
            "name the parameter file with --parameters FILE, or the value with --set open=VALUE,"
            " and say where it is deployed: --tenant",
        ),
        ("[parameters('map')[resourceGroup().tags.x]]", "only Azure knows it, while it deploys"),
        (
            "[reference(resourceId('Microsoft.Web/sites', parameters('open')), '2023-12-01').list]",
            "only a comparison with the deployed vault can tell: --live or --against",
        ),
    ],
)
def test_exactly_the_options_that_would_decide(
    check: Any, vault_of: Any, value: str, decide: str
) -> None:
    declared = {"map": {"type": "object", "defaultValue": {}}, "open": {"type": "string"}}
    checked = check(vault_of(policies=value), parameters=declared)
    assert told(checked, "decide", UNDECIDED) == [decide]


@pytest.mark.parametrize(
    ("deployed", "first"),
    [
        (False, "assign the roles before you change the model"),
        (True, "write whoever holds a role into accessPolicies before you change the model"),
    ],
)
def test_the_way_from_one_model_to_the_other(against: Any, deployed: bool, first: str) -> None:
    state = inventory_of(deployed_vault(entry_of("app"), enableRbacAuthorization=deployed))
    new = make_vault(policies=[], properties={"enableRbacAuthorization": not deployed})
    (line,) = told(against(state, new), "fix", "permission-model-flip")
    assert line.startswith(first)


def test_a_deployed_vault_settles_which_model_it_has(against: Any) -> None:
    """By the template alone it is so by default; here it is known."""
    state = inventory_of(deployed_vault(entry_of("app")))
    silent = make_vault(policies=[], properties={"enableRbacAuthorization": None})
    (finding,) = against(state, silent).of("access-lost")
    assert str(finding.certainty) == "certain"


def test_who_is_without_access_meanwhile(
    check: Any, vault_of: Any, change: Any, policy: Any
) -> None:
    rule = "add-child-does-not-protect"
    own, both = [policy("a"), policy("b")], [policy("a"), policy("c")]
    (finding,) = check(vault_of(policies=own), change("kv/add", both)).of(rule)
    assert finding.message.endswith(
        "everybody whom neither of them names is removed, and 'c', which only the child names,"
        " loses access during every deployment"
    )
    checked = check(vault_of(policies=own), change("kv/add", own))
    assert checked.of(rule) == []
    assert len(checked.of("access-policies-replaced")) == 1


@pytest.mark.parametrize("policies", [None, [], [entry_of("app")]])
def test_a_deployed_vault_with_roles_is_not_hit(against: Any, policies: Any) -> None:
    state = inventory_of(deployed_vault(entry_of("app"), enableRbacAuthorization=True))
    silent = make_vault(policies=policies, properties={"enableRbacAuthorization": None})
    found = {finding.rule for finding in against(state, silent).report.findings}
    assert not found & VAULT_RULES


def test_patch_on_a_deployed_vault(against: Any) -> None:
    state = inventory_of(deployed_vault(entry_of("app")))
    for policies, change in ((None, "kept"), ([], "lost")):
        checked = against(state, make_vault(policies=policies, method="PATCH"))
        assert [each.change for each in checked.live.changes] == [change]
    null = make_vault(properties={"accessPolicies": None}, method="PATCH")
    checked = against(state, null)
    assert [each.change for each in checked.live.changes] == ["undecided"]
    (finding,) = checked.of(UNDECIDED)
    assert finding.message.endswith(
        "accessPolicies is not known: whether PATCH leaves the list alone where it is written as"
        " null is not established"
    )


def test_a_nested_parameter_is_no_option(check: Any, vault_of: Any) -> None:
    inner = make_template(vault_of(policies="[parameters('list')]"))
    inner["parameters"] = {"list": {"type": "array"}}
    assert told(check(make_deployment("inner", inner)), "decide", UNDECIDED) == [
        "give parameter 'list' a value in the deployment around the nested one"
    ]
