"""complete-mode-deletes-vault: only where a condition keeps a vault out of a Complete template."""

from typing import Any

import pytest
from conftest_deployed import deployed_vault, entry_of, inventory_of
from support import SCHEMA, make_deployment, make_template

RULE = "complete-mode-deletes-vault"
OPTION = {
    "option": {"type": "string", "defaultValue": "new", "allowedValues": ["new", "existing"]},
    "open": {"type": "bool"},
    "off": {"type": "bool", "defaultValue": False},
}


def nested(*resources: Any, mode: str = "Incremental", **members: Any) -> dict[str, Any]:
    template, properties = make_template(*resources), {"mode": mode}
    return make_deployment("inner", template, evaluation=None, properties=properties, **members)


def test_compliant(check: Any, vault_of: Any) -> None:
    """A condition that is true, and one that is false in Incremental mode."""
    new = vault_of(policies=[], condition="[not(parameters('off'))]")
    assert check(new, parameters=OPTION, mode="complete").told(RULE) == []
    assert check(vault_of(policies=[], condition=False)).told(RULE) == []


def test_violating(check: Any, vault_of: Any) -> None:
    checked = check(
        vault_of(policies=[], condition="[equals(parameters('option'), 'new')]"),
        parameters=OPTION,
        given={"option": "existing", "open": True},
        mode="complete",
    )
    assert checked.told(RULE) == [
        (
            "error",
            "certain",
            "a deployment in Complete mode deletes vault 'kv' since its condition is false",
            "\"condition\": \"[equals(parameters('option'), 'new')]\"",
        )
    ]


@pytest.mark.parametrize(
    ("condition", "certainty"),
    [
        (False, "certain"),
        ("[parameters('off')]", "default"),
        ("[parameters('open')]", "possible"),
        ("[equals(parameters('option'), 'new')]", "possible"),
        ("[not(equals(parameters('option'), 'other'))]", None),
        (True, None),
    ],
)
@pytest.mark.parametrize("rbac", [True, False])
def test_conditions(
    check: Any, vault_of: Any, condition: Any, certainty: str | None, rbac: bool
) -> None:
    resource = vault_of(
        policies=[], condition=condition, properties={"enableRbacAuthorization": rbac}
    )
    found = check(resource, parameters=OPTION, mode="complete").of(RULE)
    assert [finding.certainty for finding in found] == ([] if certainty is None else [certainty])
    assert check(resource, parameters=OPTION).of(RULE) == []


def test_undecided_whether_the_condition_is_false(check: Any, vault_of: Any) -> None:
    checked = check(
        vault_of(policies=[], condition="[parameters('open')]"), parameters=OPTION, mode="complete"
    )
    assert checked.told(RULE) == [
        (
            "warning",
            "possible",
            "a deployment in Complete mode deletes vault 'kv' where its condition is false",
            '"condition": "[parameters(\'open\')]"',
        )
    ]


@pytest.mark.parametrize("given", [None, {"option": "new", "open": True}])
def test_violating_with_another_allowed_value(check: Any, vault_of: Any, given: Any) -> None:
    checked = check(
        vault_of(policies=[], condition="[equals(parameters('option'), 'new')]"),
        parameters=OPTION,
        given=given,
        mode="complete",
    )
    ((severity, certainty, message, _),) = checked.told(RULE)
    assert (severity, certainty) == ("warning", "possible")
    assert (
        message == "a deployment in Complete mode deletes vault 'kv' where its condition is false"
    )
    (finding,) = checked.of(RULE)
    assert ("so if", ("parameter 'option' is 'existing'",)) in [
        (each.label, each.text) for each in finding.details
    ]


def test_violating_a_module_with_another_allowed_value(check: Any, vault_of: Any) -> None:
    inner = nested(vault_of(policies=[]), condition="[equals(parameters('option'), 'new')]")
    (finding,) = check(inner, parameters=OPTION, mode="complete").of(RULE)
    assert finding.message.endswith(
        "where the condition of the nested deployment 'inner' around it is false"
    )


def test_a_vault_without_condition_stays(check: Any, vault_of: Any, change: Any) -> None:
    child = change("other/add", condition=False)
    assert check(vault_of(policies=[]), child, mode="complete").of(RULE) == []


def test_a_nested_deployment_in_complete_mode(check: Any, vault_of: Any) -> None:
    checked = check(nested(vault_of(policies=[], condition=False), mode="complete"))
    (finding,) = checked.of(RULE)
    pointer = "/resources/0/properties/template/resources/0/condition"
    assert finding.location.pointer == pointer
    assert checked.span(finding) == '"condition": false'
    assert check(nested(vault_of(policies=[], condition=False))).of(RULE) == []


def test_a_module_that_is_left_out(check: Any, vault_of: Any) -> None:
    checked = check(nested(vault_of(policies=[]), condition=False), mode="complete")
    (finding,) = checked.of(RULE)
    assert finding.message == (
        "a deployment in Complete mode deletes vault 'kv' since the condition of the nested"
        " deployment 'inner' around it is false"
    )
    assert checked.span(finding) == '"condition": false'
    assert check(nested(vault_of(policies=[]), condition=False, mode="Complete")).of(RULE) == []


@pytest.mark.parametrize(
    "place",
    [{"resourceGroup": "other"}, {"subscriptionId": "0000-other", "resourceGroup": "other"}],
)
def test_another_resource_group_is_incremental(
    check: Any, vault_of: Any, place: dict[str, str]
) -> None:
    inner = nested(vault_of(policies=[], condition=False), **place)
    assert check(inner, mode="complete").of(RULE) == []


def test_the_same_resource_group_counts(check: Any, vault_of: Any) -> None:
    inner = nested(vault_of(policies=[], condition=False), resourceGroup="[resourceGroup().name]")
    assert len(check(inner, mode="complete").of(RULE)) == 1


def test_undecided_which_mode_it_is(check: Any, vault_of: Any) -> None:
    inner = nested(vault_of(policies=[], condition=False), mode="[parameters('mode')]")
    assert check(inner, parameters={"mode": {"type": "string"}}).told(RULE) == []


STORE = {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01", "name": "st"}
LEFT = "a deployment in Complete mode deletes vault '{}', which is in its resource group and not in"


@pytest.mark.parametrize("properties", [{}, {"enableRbacAuthorization": True}])
@pytest.mark.parametrize("resources", [(), (STORE,)], ids=["empty", "storage"])
def test_violating_a_template_without_any_vault(
    against: Any, resources: Any, properties: Any
) -> None:
    inventory = inventory_of(deployed_vault(entry_of("app"), name="left-over", **properties))
    checked = against(inventory, *resources, mode="complete")
    (finding,) = checked.of(RULE)
    assert (str(finding.severity), str(finding.certainty)) == ("error", "certain")
    assert finding.message == f"{LEFT.format('left-over')} the template"
    assert checked.exit_code == 1
    assert [bool(each.changes) for each in [checked.live]] == [not properties]


def test_compliant_a_template_that_goes_to_no_resource_group(against: Any) -> None:
    inventory = inventory_of(deployed_vault(name="left-over"))
    schema = SCHEMA.replace("deploymentTemplate", "subscriptionDeploymentTemplate")
    checked = against(inventory, mode="complete", **{"$schema": schema})
    assert checked.told(RULE) == []


def test_violating_one_of_two(against: Any, vault_of: Any) -> None:
    inventory = inventory_of(deployed_vault(), deployed_vault(name="kv2"))
    checked = against(inventory, vault_of(policies=[]), mode="complete")
    assert [each.message for each in checked.of(RULE)] == [f"{LEFT.format('kv2')} the template"]


@pytest.mark.parametrize(
    ("group", "mode"), [("other", "complete"), ("rg", "incremental")], ids=["group", "mode"]
)
def test_compliant_what_the_deployment_leaves_alone(against: Any, group: str, mode: str) -> None:
    inventory = inventory_of(deployed_vault(name="left-over", group=group))
    assert against(inventory, STORE, mode=mode).told(RULE) == []


def test_undecided_whether_the_template_holds_it(against: Any, vault_of: Any) -> None:
    vault = vault_of("[parameters('name')]", policies=[])
    inventory = inventory_of(deployed_vault())
    checked = against(inventory, vault, parameters={"name": {"type": "string"}}, mode="complete")
    (finding,) = checked.of(RULE)
    assert (str(finding.severity), str(finding.certainty)) == ("warning", "possible")


def _complete(*resources: Any, mode: Any = "Complete", **headers: Any) -> dict[str, Any]:
    return nested(*resources, mode=mode, **headers)


MODE = {"mode": {"type": "string", "defaultValue": "complete"}}


@pytest.mark.parametrize(
    ("mode", "parameters", "certainty"),
    [
        ("COMPLETE", {}, "certain"),
        ("[parameters('mode')]", MODE, "default"),
        ("[parameters('mode')]", {"mode": {"type": "string"}}, "possible"),
    ],
    ids=["written", "by-default", "open"],
)
def test_violating_what_a_nested_deployment_leaves_out(
    against: Any, mode: str, parameters: Any, certainty: str
) -> None:
    inventory = inventory_of(deployed_vault(entry_of("app"), name="left-over"))
    checked = against(inventory, _complete(STORE, mode=mode), parameters=parameters)
    (finding,) = checked.of(RULE)
    assert finding.message == f"{LEFT.format('left-over')} the template"
    assert str(finding.certainty) == certainty
    assert finding.location.pointer == "/resources/0/properties/mode"
    (lost,) = checked.of("access-lost")
    verb = "may lose" if certainty == "possible" else "loses"
    assert f"{verb} all its access to vault 'left-over'" in lost.message
    assert checked.exit_code == (0 if certainty == "possible" else 1)


def test_violating_a_nested_deployment_to_another_group(against: Any, vault_of: Any) -> None:
    """Its own vault stays, the other one of its group goes; the root's group is left alone."""
    inventory = inventory_of(
        deployed_vault(name="kv", group="other"),
        deployed_vault(name="left-over", group="other"),
        deployed_vault(name="unrelated"),
    )
    inner = _complete(vault_of(policies=[]), resourceGroup="other")
    checked = against(inventory, inner)
    assert [each.message for each in checked.of(RULE)] == [
        f"{LEFT.format('left-over')} the template"
    ]


@pytest.mark.parametrize(
    "headers", [{"condition": False}, {"resourceGroup": "other"}], ids=["condition", "group"]
)
def test_compliant_a_nested_deployment_that_leaves_the_group_alone(
    against: Any, headers: Any
) -> None:
    inventory = inventory_of(deployed_vault(name="left-over"))
    assert against(inventory, _complete(STORE, **headers)).told(RULE) == []


def test_violating_a_nested_deployment_of_a_subscription(against: Any) -> None:
    schema = SCHEMA.replace("deploymentTemplate", "subscriptionDeploymentTemplate")
    inventory = inventory_of(deployed_vault(name="left-over", group="rg"))
    inner = _complete(STORE, resourceGroup="rg")
    checked = against(inventory, inner, **{"$schema": schema})
    assert len(checked.of(RULE)) == 1


def test_undecided_to_which_group_a_nested_deployment_goes(against: Any) -> None:
    parameters = {"group": {"type": "string"}}
    inner = _complete(STORE, resourceGroup="[parameters('group')]")
    checked = against(inventory_of(deployed_vault()), inner, parameters=parameters)
    assert checked.told(RULE) == []
    assert checked.exit_code == 3
