"""What changes for whom: the scenarios of the field, each with its outcome.

The numbers are those of the list of scenarios that the facts about Key Vault come with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest_deployed import (
    SUBSCRIPTION,
    TENANT,
    Compared,
    deployed_vault,
    entry_of,
    id_of,
    inventory_of,
    vault_id_of,
    workspace_of,
    written_child,
    written_vault,
)
from support import make_deployment, make_template

Compare = Callable[..., Compared]
WORKSPACES = "Microsoft.MachineLearningServices/workspaces"
SYSTEM_ASSIGNED = "/providers/Microsoft.ManagedIdentity/Identities/default"
ALL = {"keys": ["all"], "secrets": ["all"], "certificates": ["all"]}
LIVE = deployed_vault(entry_of("mlw", **ALL), entry_of("user"))
MLW = workspace_of("mlw", "mlw")
RBAC = {"enableRbacAuthorization": True}


def test_01_emptied_list(compare: Compare) -> None:
    compared = compare(inventory_of(LIVE, workspaces=[MLW]), written_vault([]))
    assert compared.changes() == {"user": "lost", "mlw": "lost"}
    (lost,) = compared.of("access-lost")
    assert lost.severity == "error"
    assert lost.message.index("workspace 'mlw'") < lost.message.index(id_of("user"))
    assert compared.of("access-policies-emptied") == []
    assert compared.change("mlw").workspaces == ("mlw",)


def test_02_partial_list(compare: Compare) -> None:
    compared = compare(inventory_of(LIVE), written_vault([entry_of("user")]))
    assert compared.changes() == {"user": "kept", "mlw": "lost"}


def test_03_equal_list_in_other_spelling(compare: Compare) -> None:
    written = [
        {**entry_of("user", secrets=["GET"]), "objectId": id_of("user").upper()},
        entry_of("mlw", tenant=TENANT.upper(), Keys=["All"], SECRETS=["ALL"], Certificates=["all"]),
    ]
    compared = compare(inventory_of(LIVE), written_vault(written))
    assert compared.changes() == {"user": "kept", "mlw": "kept"}
    assert compared.of("access-lost") == []


def test_04_fewer_permissions(compare: Compare) -> None:
    live = deployed_vault(entry_of("app", secrets=["get", "list", "set"]))
    compared = compare(inventory_of(live), written_vault([entry_of("app", secrets=["Get"])]))
    assert compared.change("app").change == "narrowed"
    assert compared.change("app").lost == {"secrets": ["list", "set"]}
    assert len(compared.of("access-narrowed")) == 1


def test_05_all_may_not_cover_purge(compare: Compare) -> None:
    live = deployed_vault(entry_of("app", secrets=["get", "list", "purge"]))
    compared = compare(inventory_of(live), written_vault([entry_of("app", secrets=["all"])]))
    change = compared.change("app")
    assert (change.change, change.lost) == ("undecided", {"secrets": ["purge"]})
    assert "purge" in (compared.live.note or "")
    (finding,) = compared.of("access-narrowed")
    assert (finding.severity, finding.certainty) == ("warning", "possible")
    assert compared.report.summary.undecided == 1


def test_06_list_absent(compare: Compare) -> None:
    compared = compare(inventory_of(LIVE), written_vault())
    assert compared.changes() == {"user": "undecided", "mlw": "undecided"}
    assert compared.change("mlw").lost == ALL
    assert len(compared.of("access-policies-missing")) == 1


def test_07_rbac_stays_on(compare: Compare) -> None:
    live = deployed_vault(entry_of("app"), **RBAC)
    compared = compare(inventory_of(live), written_vault(properties=RBAC))
    assert compared.live.rbac is True
    assert compared.live.changes == ()
    assert "no effect" in (compared.live.note or "")
    assert compared.of("permission-model-flip") == []


def test_08_rbac_turned_on(compare: Compare) -> None:
    compared = compare(inventory_of(LIVE), written_vault([], properties=RBAC))
    assert compared.changes() == {"user": "lost", "mlw": "lost"}
    (flip,) = compared.of("permission-model-flip")
    assert "holders of a role keep it" in flip.message
    assert any("deployment fails" in str(detail.text) for detail in flip.details)


def test_09_rbac_turned_off(compare: Compare) -> None:
    live = deployed_vault(entry_of("app"), **RBAC)
    off = {"enableRbacAuthorization": False}
    compared = compare(inventory_of(live), written_vault([entry_of("user")], properties=off))
    assert compared.changes() == {"user": "granted"}
    assert len(compared.of("permission-model-flip")) == 1
    assert compared.of("access-lost") == []


@pytest.mark.parametrize("rbac", [None, False])
def test_10_existing_vault_keeps_its_model(compare: Compare, rbac: bool | None) -> None:
    live = deployed_vault(entry_of("app"), enableRbacAuthorization=rbac)
    compared = compare(inventory_of(live), written_vault([]))
    assert compared.live.rbac is False
    assert compared.changes() == {"app": "lost"}


def test_11_12_vault_does_not_exist(compare: Compare) -> None:
    compared = compare(inventory_of(), written_vault([]))
    assert compared.live.state == "absent"
    assert "whether a soft-deleted vault has this name" in (compared.live.note or "")
    assert compared.of("access-lost") == []
    assert len(compared.of("access-policies-emptied")) == 1


def test_13_recover_keeps_the_policies(compare: Compare) -> None:
    compared = compare(inventory_of(LIVE), written_vault([], properties={"createMode": "Recover"}))
    assert compared.changes() == {"user": "kept", "mlw": "kept"}
    assert "may not be applied" in (compared.live.note or "")


def test_16_17_default_decides(compare: Compare) -> None:
    parameters = {"option": {"type": "string", "defaultValue": "new"}}
    vault = written_vault([], condition="[equals(parameters('option'), 'new')]")
    compared = compare(inventory_of(LIVE), vault, parameters=parameters)
    assert compared.changes() == {"user": "lost", "mlw": "lost"}
    assert {each.certainty for each in compared.of("access-lost")} == {"default"}
    given = {"option": "existing"}
    kept = compare(inventory_of(LIVE), vault, parameters=parameters, given=given)
    assert kept.changes() == {"user": "kept", "mlw": "kept"}


def test_open_condition_is_undecided_with_the_worst_case(compare: Compare) -> None:
    parameters = {"option": {"type": "string"}}
    vault = written_vault([entry_of("user")], condition="[equals(parameters('option'), 'new')]")
    compared = compare(inventory_of(LIVE), vault, parameters=parameters)
    assert compared.changes() == {"user": "kept", "mlw": "undecided"}
    assert compared.change("mlw").lost == ALL
    (finding,) = compared.of("access-lost")
    assert (finding.severity, finding.certainty) == ("warning", "possible")


def test_18_complete_mode_deletes_what_a_condition_leaves_out(compare: Compare) -> None:
    vault = written_vault([], condition=False)
    compared = compare(inventory_of(LIVE), vault, mode="complete")
    assert compared.changes() == {"user": "lost", "mlw": "lost"}
    assert "Complete mode deletes" in (compared.live.note or "")
    kept = compare(inventory_of(LIVE), vault)
    assert kept.changes() == {"user": "kept", "mlw": "kept"}


def test_19_complete_mode_deletes_what_the_template_lacks(compare: Compare) -> None:
    elsewhere = deployed_vault(entry_of("user"), name="kv3", group="other")
    inventory = inventory_of(LIVE, deployed_vault(entry_of("app"), name="kv2"), elsewhere)
    vault = written_vault([entry_of("mlw", **ALL), entry_of("user")])
    compared = compare(inventory, vault, mode="complete")
    assert [each.name for each in compared.vaults] == ["kv", "kv2"]
    assert compared.changes(1) == {"app": "lost"}
    (finding,) = compared.of("access-lost")
    assert "the template does not mention it" in finding.message
    assert len(compare(inventory, vault).vaults) == 1


def test_20_existing_vault_and_child_add(compare: Compare) -> None:
    resources = {
        "vault": {
            "existing": True,
            "type": "Microsoft.KeyVault/vaults",
            "apiVersion": "2026-02-01",
            "name": "kv",
        },
        "grant": written_child("add", entry_of("user", secrets=["LIST"]), entry_of("app")),
    }
    compared = compare(inventory_of(LIVE), resources, languageVersion="2.0")
    assert compared.changes() == {"app": "granted", "user": "widened", "mlw": "kept"}
    assert compared.change("user").gained == {"secrets": ["list"]}


def test_21_half_fix(compare: Compare) -> None:
    resources = [written_vault([]), written_child("add", entry_of("user"))]
    compared = compare(inventory_of(LIVE), *resources)
    assert compared.changes() == {"user": "kept", "mlw": "lost"}


def test_22_child_replace_leaves_others_alone(compare: Compare) -> None:
    live = deployed_vault(entry_of("app", secrets=["get", "list"]), entry_of("mlw", **ALL))
    compared = compare(inventory_of(live), written_child("replace", entry_of("app")))
    assert compared.changes() == {"app": "narrowed", "mlw": "kept"}


def test_23_child_remove(compare: Compare) -> None:
    live = deployed_vault(entry_of("app", secrets=["get", "list"]), entry_of("mlw", **ALL))
    removed = entry_of("app", secrets=["list"])
    compared = compare(inventory_of(live), written_child("remove", removed))
    assert compared.change("app").lost == {"secrets": ["list"]}
    assert compared.changes()["mlw"] == "kept"


@pytest.mark.parametrize(
    ("allowed", "changes"),
    [
        (["add"], {"app": "widened", "mlw": "kept"}),
        (["Add", "add"], {"app": "widened", "mlw": "kept"}),
        (["add", "replace"], {"app": "undecided", "mlw": "kept"}),
        (None, {"app": "undecided", "mlw": "kept"}),
    ],
)
def test_an_operation_that_is_not_given(compare: Compare, allowed: Any, changes: Any) -> None:
    live = deployed_vault(entry_of("app", secrets=["get", "list"]), entry_of("mlw", **ALL))
    child = {
        **written_child("add", entry_of("app", secrets=["get", "set"])),
        "name": "[concat('kv/', parameters('operation'))]",
    }
    declared = {"type": "string", **({"allowedValues": allowed} if allowed else {})}
    compared = compare(inventory_of(live), child, parameters={"operation": declared})
    assert compared.changes() == changes


def test_children_are_applied_in_order(compare: Compare) -> None:
    live = deployed_vault(entry_of("app", secrets=["get", "list"]))
    one, two = entry_of("app", secrets=["get"]), entry_of("app", secrets=["list", "set"])
    first, then = written_child("replace", one), written_child("add", two)
    after = {"dependsOn": [f"[resourceId('{first['type']}', 'kv', 'replace')]"]}
    for resources in ((first, {**then, **after}), ({**then, **after}, first)):
        compared = compare(inventory_of(live), *resources)
        assert compared.change("app").gained == {"secrets": ["set"]}
        assert compared.change("app").change == "widened"
    after = {"dependsOn": [f"[resourceId('{first['type']}', 'kv', 'add')]"]}
    for resources in ((then, {**first, **after}), ({**first, **after}, then)):
        other = compare(inventory_of(live), *resources)
        assert (other.change("app").change, other.change("app").lost) == (
            "narrowed",
            {"secrets": ["list"]},
        )


def test_children_that_nothing_orders_are_undecided(compare: Compare) -> None:
    live = deployed_vault(entry_of("app", secrets=["get"]))
    add, remove = written_child("add", entry_of("app")), written_child("remove", entry_of("app"))
    for resources in ((add, remove), (remove, add)):
        assert compare(inventory_of(live), *resources).changes() == {"app": "undecided"}


def test_a_vault_that_waits_for_a_module_comes_after_it(compare: Compare) -> None:
    child = written_child("add", entry_of("app"))
    module = make_deployment("module", make_template(child))
    waiting = {"dependsOn": ["[resourceId('Microsoft.Resources/deployments', 'module')]"]}
    live = inventory_of(deployed_vault(entry_of("app")))
    first = written_vault([])
    assert compare(live, {**first, **waiting}, module).changes() == {"app": "lost"}
    assert compare(live, first, module).changes() == {"app": "kept"}


def test_24_nested_deployment_to_another_group(compare: Compare) -> None:
    declared = {"list": {"type": "array", "defaultValue": [entry_of("mlw", **ALL)]}}
    inner = make_template(written_vault("[parameters('list')]"), parameters=declared)
    nested = make_deployment("inner", inner, evaluation=None, resourceGroup="rg2")
    live = deployed_vault(entry_of("mlw", **ALL), group="rg2")
    parameters = {"list": {"type": "array", "defaultValue": []}}
    compared = compare(inventory_of(LIVE, live), nested, parameters=parameters)
    assert compared.vaults[0].id == vault_id_of("kv", "rg2")
    assert compared.changes() == {"mlw": "lost"}


def test_25_application_makes_another_entry(compare: Compare) -> None:
    live = deployed_vault(entry_of("app"), entry_of("app", application=id_of("user")))
    compared = compare(inventory_of(live), written_vault([entry_of("app")]))
    assert compared.changes() == {"app": "kept", "app as application": "lost"}


def test_26_property_copy(compare: Compare) -> None:
    live = deployed_vault(entry_of("app"), entry_of("user"), entry_of("mlw"))
    vault = written_vault()
    vault["properties"]["copy"] = [
        {
            "name": "accessPolicies",
            "count": "[length(parameters('ids'))]",
            "input": {
                "tenantId": TENANT,
                "objectId": "[parameters('ids')[copyIndex('accessPolicies')]]",
                "permissions": {"secrets": ["get"]},
            },
        }
    ]
    ids = {"type": "array", "defaultValue": [id_of("app"), id_of("user")]}
    compared = compare(inventory_of(live), vault, parameters={"ids": ids})
    assert compared.changes() == {"app": "kept", "user": "kept", "mlw": "lost"}


def test_27_only_if_not_exists(compare: Compare) -> None:
    vault = {**written_vault([]), "@options": {"onlyIfNotExists": []}}
    compared = compare(inventory_of(LIVE), {"vault": vault}, languageVersion="2.0")
    assert compared.changes() == {"user": "kept", "mlw": "kept"}


@pytest.mark.parametrize(
    "expression",
    [
        "[coalesce(tryGet(target('full'), 'properties', 'accessPolicies'), createArray())]",
        "[target('full').properties.accessPolicies]",
    ],
)
def test_28_list_read_back(compare: Compare, expression: str) -> None:
    vault = {"vault": written_vault(expression)}
    compared = compare(inventory_of(LIVE), vault, languageVersion="2.1-experimental")
    assert compared.changes() == {"user": "kept", "mlw": "kept"}


def test_28_list_that_a_module_is_given_is_not_the_live_one(compare: Compare) -> None:
    live = "[coalesce(tryGet(target('full'), 'properties', 'accessPolicies'), createArray())]"
    inner = make_template(
        written_vault("[parameters('list')]"), parameters={"list": {"type": "array"}}
    )
    module = make_deployment("m", inner, parameters={"list": live})
    compared = compare(inventory_of(LIVE), {"m": module}, languageVersion="2.0")
    assert compared.changes() == {"user": "undecided", "mlw": "undecided"}


def test_list_read_back_and_extended(compare: Compare) -> None:
    more = written_vault("[union(target('full').properties.accessPolicies, parameters('more'))]")
    parameters = {"more": {"type": "array", "defaultValue": [entry_of("app")]}}
    compared = compare(
        inventory_of(LIVE), {"vault": more}, languageVersion="2.0", parameters=parameters
    )
    assert compared.changes() == {"app": "granted", "user": "kept", "mlw": "kept"}


def test_30_hub_and_projects(compare: Compare) -> None:
    live = deployed_vault(entry_of("hub"), entry_of("one"), entry_of("two"))
    workspaces = [
        workspace_of("hub", "hub"),
        workspace_of("one", "one", hub="HUB"),
        workspace_of("two", "two", hub="hub"),
    ]
    compared = compare(inventory_of(live, workspaces=workspaces), written_vault([]))
    assert compared.changes() == {"hub": "lost", "one": "lost", "two": "lost"}
    assert compared.change("one").workspaces == ("one",)
    assert compared.of("workspace-access-already-lost") == []


def test_33_other_tenant_locks_everybody_out(compare: Compare) -> None:
    other = "99999999-9999-4999-8999-999999999999"
    written = [entry_of("mlw", tenant=other, **ALL), entry_of("user", tenant=other)]
    compared = compare(inventory_of(LIVE), written_vault(written))
    kinds = [each.change for each in compared.live.changes]
    assert kinds == ["lost", "lost", "granted", "granted"]


def test_34_user_assigned_identity(compare: Compare) -> None:
    name = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/x/providers/Microsoft.ManagedIdentity"
    identity = {
        "id": f"{name}/userAssignedIdentities/id-train",
        "name": "id-train",
        "properties": {"principalId": id_of("app")},
    }
    workspace = workspace_of("mlw", "user", primaryUserAssignedIdentity=identity["id"].upper())
    workspace["identity"] = {"type": "UserAssigned", "userAssignedIdentities": {identity["id"]: {}}}
    inventory = inventory_of(
        deployed_vault(entry_of("app")), workspaces=[workspace], identities=[identity]
    )
    compared = compare(inventory, written_vault([]))
    change = compared.change("app")
    assert (change.name, change.workspaces) == ("id-train", ("mlw",))


def test_workspace_identity_is_looked_up(compare: Compare) -> None:
    """reference() of the workspace gives the identity that it has today."""
    target = "resourceId('Microsoft.MachineLearningServices/workspaces', 'mlw')"
    principal = f"[reference({target}, '2024-04-01', 'full').identity.principalId]"
    vault = written_vault([entry_of(principal, **ALL), entry_of("user")])
    compared = compare(inventory_of(LIVE, workspaces=[MLW]), vault)
    assert compared.changes() == {"user": "kept", "mlw": "kept"}
    unknown = compare(inventory_of(LIVE), vault)
    assert unknown.changes() == {"user": "kept", "mlw": "undecided"}


def test_unknown_entry_may_be_anybody_who_is_not_listed(compare: Compare) -> None:
    parameters = {"who": {"type": "string"}}
    vault = written_vault([entry_of("[parameters('who')]", **ALL), entry_of("user")])
    compared = compare(inventory_of(LIVE), vault, parameters=parameters)
    assert compared.changes() == {"user": "kept", "mlw": "undecided"}


def test_unknown_entry_permits_no_more_than_it_says(compare: Compare) -> None:
    parameters = {"who": {"type": "string"}}
    vault = written_vault([entry_of("[parameters('who')]", keys=["all"]), entry_of("user")])
    compared = compare(inventory_of(LIVE), vault, parameters=parameters)
    change = compared.change("mlw")
    assert (change.change, change.lost) == (
        "narrowed",
        {"secrets": ["all"], "certificates": ["all"]},
    )
    assert change.perhaps == {"keys": ["all"]}
    (finding,) = compared.of("access-narrowed")
    assert (finding.severity, finding.certainty) == ("error", "certain")
    assert "secrets all; certificates all; and perhaps keys all" in finding.message


def test_one_entry_stands_for_one_principal(compare: Compare) -> None:
    parameters = {"who": {"type": "string"}}
    live = deployed_vault(entry_of("app"), entry_of("user"), entry_of("mlw"))
    vault = written_vault([entry_of("[parameters('who')]"), entry_of("user")])
    compared = compare(inventory_of(live), vault, parameters=parameters)
    assert compared.changes() == {"user": "kept", "app": "undecided", "mlw": "undecided"}
    (finding,) = compared.of("access-lost")
    assert (finding.severity, finding.certainty) == ("error", "certain")
    assert finding.message.startswith("at least 1 of these 2 principals loses access to vault 'kv'")
    assert id_of("app") in finding.message
    assert id_of("mlw") in finding.message


def test_two_entries_for_two_principals(compare: Compare) -> None:
    parameters = {"who": {"type": "string"}, "other": {"type": "string"}}
    live = deployed_vault(entry_of("app"), entry_of("mlw"))
    listed = [entry_of("[parameters('who')]"), entry_of("[parameters('other')]")]
    compared = compare(inventory_of(live), written_vault(listed), parameters=parameters)
    assert compared.changes() == {"app": "undecided", "mlw": "undecided"}
    (finding,) = compared.of("access-lost")
    assert (finding.severity, finding.message[:16]) == ("warning", "2 principals may")


@pytest.mark.parametrize("operation", ["add", "replace"])
def test_a_child_may_give_back_to_an_unknown_principal(operation: str, compare: Compare) -> None:
    parameters = {"who": {"type": "string"}}
    live = deployed_vault(entry_of("app"), entry_of("user", **ALL))
    child = written_child(operation, entry_of("[parameters('who')]"))
    compared = compare(inventory_of(live), written_vault([]), child, parameters=parameters)
    assert compared.changes() == {"app": "undecided", "user": "narrowed"}


def test_an_open_mode_compares_both_outcomes(compare: Compare) -> None:
    parameters = {"mode": {"type": "string"}}
    written = {"createMode": "[parameters('mode')]"}
    vault = written_vault([entry_of("user")], properties=written)
    compared = compare(inventory_of(LIVE), vault, parameters=parameters)
    assert compared.changes() == {"user": "kept", "mlw": "undecided"}
    assert compared.change("mlw").gained == {}


def test_unknown_list_is_undecided(compare: Compare) -> None:
    parameters = {"list": {"type": "array"}}
    vault = written_vault("[parameters('list')]")
    compared = compare(inventory_of(LIVE), vault, parameters=parameters)
    assert compared.changes() == {"user": "undecided", "mlw": "undecided"}


def test_loop_of_children_that_may_not_run(compare: Compare) -> None:
    child = written_child(
        "remove", entry_of("user"), copy={"name": "c", "count": "[parameters('n')]"}
    )
    parameters = {"n": {"type": "int"}}
    assert compare(inventory_of(LIVE), child, parameters=parameters).changes() == {
        "user": "undecided",
        "mlw": "kept",
    }
    given = {**parameters, "n": {"type": "int", "defaultValue": 1}}
    assert compare(inventory_of(LIVE), child, parameters=given).change("user").change == "lost"


def test_immutable_properties(compare: Compare) -> None:
    live = deployed_vault(entry_of("app"), softDeleteRetentionInDays=90)
    vault = written_vault([entry_of("app")], location="northeurope")
    vault["properties"]["softDeleteRetentionInDays"] = 7
    messages = [
        each.message for each in compare(inventory_of(live), vault).of("deployment-would-fail")
    ]
    assert len(messages) == 2
    assert "can't be changed to 'northeurope'" in messages[0]
    assert "is 90 and can't be changed to 7" in messages[1]
    same = compare(inventory_of(live), written_vault([entry_of("app")]))
    assert same.of("deployment-would-fail") == []


def test_workspace_without_access_today(compare: Compare) -> None:
    inventory = inventory_of(deployed_vault(entry_of("user")), workspaces=[MLW])
    compared = compare(inventory, written_vault([entry_of("user")]))
    (finding,) = compared.of("workspace-access-already-lost")
    assert "workspace 'mlw'" in finding.message
    assert id_of("mlw") in finding.message


def test_vault_without_a_known_name_is_not_compared(compare: Compare) -> None:
    vault = {**written_vault([entry_of("app")]), "name": "[parameters('name')]"}
    compared = compare(inventory_of(LIVE), vault, parameters={"name": {"type": "string"}})
    assert compared.vaults[0].live is None
    assert "its id is not known" in compared.report.unread[0]


def test_snapshot_says_nothing_about_other_places(compare: Compare) -> None:
    inventory = inventory_of(resource_group="elsewhere")
    compared = compare(inventory, written_vault([entry_of("app")]))
    assert compared.live.state == "unread"
    assert compared.report.unread != ()


def test_refused_parameters_leave_the_changes_undecided(compare: Compare) -> None:
    parameters = {"list": {"type": "array", "minLength": 3, "defaultValue": []}}
    vault = written_vault("[parameters('list')]")
    compared = compare(inventory_of(LIVE), vault, parameters=parameters)
    assert compared.changes() == {"user": "undecided", "mlw": "undecided"}


def test_one_cause_is_one_finding_that_names_everybody(compare: Compare) -> None:
    names = ("app", "user", "one", "two")
    entries: list[Any] = [entry_of(name) for name in names]
    compared = compare(inventory_of(deployed_vault(*entries)), written_vault([]))
    (finding,) = compared.of("access-lost")
    assert finding.message.startswith("4 principals lose all their access to vault 'kv'")
    told = [each.text[0] for each in finding.details if each.label == "loses"]
    assert sorted(told) == sorted(f"principal {id_of(name)}: secrets get" for name in names)


def test_so_many_that_not_all_are_listed(compare: Compare) -> None:
    entries = [entry_of(f"{number:08}-0000-4000-8000-000000000000") for number in range(45)]
    compared = compare(inventory_of(deployed_vault(*entries)), written_vault([]))
    (finding,) = compared.of("access-lost")
    told = [each.text[0] for each in finding.details if each.label == "loses"]
    assert (len(told), told[-1]) == (41, "5 more; --format json names them all")


def test_what_is_sure_and_what_is_possible_are_two_findings(compare: Compare) -> None:
    live = deployed_vault(entry_of("app"), entry_of("one", tenant=id_of("two")))
    vault = written_vault([entry_of("[parameters('who')]")])
    compared = compare(inventory_of(live), vault, parameters={"who": {"type": "string"}})
    assert {each.severity for each in compared.of("access-lost")} == {"warning", "error"}


def test_what_two_children_take_away_is_one_finding(compare: Compare) -> None:
    live = deployed_vault(entry_of("app"), entry_of("one"), entry_of("two"))
    first = written_child("remove", entry_of("app"), entry_of("one"))
    second = {**written_child("remove", entry_of("two")), "name": "kv/REMOVE"}
    compared = compare(inventory_of(live), first, second)
    (finding,) = compared.of("access-lost")
    assert finding.location.pointer == "/resources/0/properties/accessPolicies"
    because = [each.text[0] for each in finding.details if each.label == "because"]
    assert because == ["child 'kv/remove' (", "child 'kv/REMOVE' ("]


def test_the_static_finding_stays_where_no_loss_is_sure(compare: Compare) -> None:
    parameters = {"who": {"type": "string"}}
    child = written_child("add", entry_of("[parameters('who')]"))
    live = deployed_vault(entry_of("app"))
    compared = compare(inventory_of(live), written_vault([]), child, parameters=parameters)
    assert [each.severity for each in compared.of("access-lost")] == ["warning"]
    assert [each.severity for each in compared.of("add-child-does-not-protect")] == ["error"]
    unused = compare(inventory_of(deployed_vault()), written_vault([]))
    assert [each.severity for each in unused.of("access-policies-emptied")] == ["error"]


def test_child_under_an_open_condition(compare: Compare) -> None:
    child = written_child("remove", entry_of("user"), condition="[parameters('clean')]")
    compared = compare(inventory_of(LIVE), child, parameters={"clean": {"type": "bool"}})
    assert compared.changes() == {"user": "undecided", "mlw": "kept"}


def test_vault_and_child_on_the_same_open_condition_are_joint(compare: Compare) -> None:
    """Either both are written or neither: in no world is the user lost."""
    parameters = {"new": {"type": "bool"}}
    vault = written_vault([entry_of("mlw", **ALL)], condition="[parameters('new')]")
    child = written_child("add", entry_of("user"), condition="[parameters('new')]")
    compared = compare(inventory_of(LIVE), vault, child, parameters=parameters)
    assert compared.changes() == {"user": "kept", "mlw": "kept"}


FLAG = {"who": {"type": "string"}, "all": {"type": "bool"}}


def _only(name: str) -> str:
    return (
        f"[filter(variables('list'), lambda('p', or(equals(lambdaVariables('p').objectId,"
        f" '{id_of(name)}'), {{}})))]"
    )


@pytest.mark.parametrize(
    ("list_", "expected"),
    [
        # of a list that may have any of these entries the others are surely not in it
        (
            _only("user").format("parameters('all')"),
            {"user": "kept", "app": "undecided", "mlw": "lost"},
        ),
        ("[union(variables('list'), createArray())]", {"user": "kept", "app": "kept"}),
        ("[take(variables('list'), 1)]", {"user": "kept", "app": "lost", "mlw": "lost"}),
        (
            "[take(union(variables('list'), variables('open')), 1)]",
            {"user": "undecided", "app": "undecided", "mlw": "undecided"},
        ),
        (
            "[union(variables('list'), variables('open'))]",
            {"user": "kept", "app": "kept", "mlw": "undecided"},
        ),
    ],
)
def test_a_list_that_is_partly_known(list_: str, expected: Any, compare: Compare) -> None:
    live = deployed_vault(entry_of("user"), entry_of("app"), entry_of("mlw"))
    variables = {
        "list": [entry_of("user"), entry_of("app")],
        "open": [{**entry_of("user"), "objectId": "[parameters('who')]"}],
    }
    compared = compare(
        inventory_of(live), written_vault(list_), parameters=FLAG, variables=variables
    )
    found = compared.changes()
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("operation", ["add", "replace", "remove"])
def test_a_child_with_an_entry_that_it_perhaps_has(operation: str, compare: Compare) -> None:
    live = deployed_vault(entry_of("app", secrets=["get", "list"]), entry_of("mlw"))
    child = written_child(operation)
    listed = "[filter(variables('list'), lambda('p', parameters('all')))]"
    child["properties"]["accessPolicies"] = listed
    variables = {"list": [entry_of("app", secrets=["get"])]}
    compared = compare(inventory_of(live), child, parameters=FLAG, variables=variables)
    assert compared.changes() == {
        "app": "kept" if operation == "add" else "undecided",
        "mlw": "kept",
    }


def test_what_is_kept_for_a_later_deployment_is_not_compared(compare: Compare) -> None:
    """It may go anywhere: nobody loses anything for sure."""
    spec = {
        "type": "Microsoft.Resources/templateSpecs/versions",
        "apiVersion": "2022-02-01",
        "name": "spec/1",
        "properties": {"mainTemplate": make_template(written_vault([]))},
    }
    compared = compare(inventory_of(LIVE), spec)
    assert [each.live for each in compared.vaults] == [None]
    assert {each.rule for each in compared.report.findings} == {"access-policies-emptied"}
    assert compared.report.unread == ()
    stack = {
        "type": "Microsoft.Resources/deploymentStacks",
        "apiVersion": "2024-03-01",
        "name": "stack",
        "properties": {"template": make_template(written_vault([]))},
    }
    assert compare(inventory_of(LIVE), stack).changes() == {"user": "lost", "mlw": "lost"}


@pytest.mark.parametrize(
    "asked",
    [
        "reference('Microsoft.ManagedIdentity/userAssignedIdentities/id').principalId",
        "reference('id', '2023-01-31', 'Full').properties.principalId",
        f"reference('{WORKSPACES}/mlw', '2024-04-01', 'Full').identity.principalId",
        f"reference('{WORKSPACES}/mlw{SYSTEM_ASSIGNED}', '2018-11-30').principalId",
    ],
)
def test_an_identity_in_any_spelling_is_the_deployed_one(compare: Compare, asked: str) -> None:
    below = "Microsoft.ManagedIdentity/userAssignedIdentities"
    identity = {
        "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/{below}/id",
        "name": "id",
        "properties": {"principalId": id_of("mlw")},
    }
    written = {"type": below, "apiVersion": "2023-01-31", "name": "id"}
    policy = {**entry_of("mlw", **ALL), "objectId": f"[{asked}]"}
    inventory = inventory_of(LIVE, workspaces=[MLW], identities=[identity])
    compared = compare(inventory, written_vault([policy]), written)
    assert compared.changes() == {"user": "lost", "mlw": "kept"}


def test_who_may_read_the_encryption_key_of_a_workspace(compare: Compare) -> None:
    live = deployed_vault(entry_of("app", keys=["get", "wrapKey", "unwrapKey"]), entry_of("user"))
    encryption = {"keyVaultProperties": {"keyVaultArmId": vault_id_of("kv").upper()}}
    workspace = workspace_of("mlw", "mlw", "own", encryption=encryption)
    compared = compare(inventory_of(live, workspaces=[workspace]), written_vault([]))
    (finding,) = compared.of("access-lost")
    assert [each.text[0] for each in finding.details if each.label == "breaks"] == [
        "workspace 'mlw', whose encryption key is in this vault, if it is read with one of these"
        " principals (that of Azure Cosmos DB, or an identity of the workspace)"
    ]


def test_a_loss_that_hangs_on_a_default_of_an_open_vault(compare: Compare) -> None:
    parameters = {"rbac": {"type": "bool"}, "list": {"type": "array", "defaultValue": []}}
    vault = written_vault(
        "[parameters('list')]", properties={"enableRbacAuthorization": "[parameters('rbac')]"}
    )
    compared = compare(inventory_of(deployed_vault(entry_of("app"))), vault, parameters=parameters)
    assert [each.certainty for each in compared.of("access-lost")] == ["default"]
    vault["properties"]["accessPolicies"] = []
    compared = compare(inventory_of(deployed_vault(entry_of("app"))), vault, parameters=parameters)
    assert [each.certainty for each in compared.of("access-lost")] == ["certain"]


@pytest.mark.parametrize(("who", "undecided"), [("app", 0), ("[parameters('who')]", 1)])
def test_a_doubt_that_is_settled_is_left_out(compare: Compare, who: str, undecided: int) -> None:
    """Whoever else is in the list, one who is in it for sure keeps access."""
    parameters = {"more": {"type": "array"}, "who": {"type": "string"}}
    listed = f"[concat(parameters('more'), createArray(variables('{'own'}')))]"
    compared = compare(
        inventory_of(deployed_vault(entry_of("app"))),
        written_vault(listed),
        parameters=parameters,
        variables={"own": entry_of(who)},
    )
    assert len(compared.of("undecided-vault")) == undecided
    assert compared.report.summary.undecided == undecided


def test_a_workspace_that_keeps_its_access_is_no_doubt(compare: Compare) -> None:
    vault = written_vault([entry_of("mlw", **ALL)])
    workspace = {
        "type": "Microsoft.MachineLearningServices/workspaces",
        "apiVersion": "2024-04-01",
        "name": "mlw",
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {"keyVault": "[resourceId('Microsoft.KeyVault/vaults', 'kv')]"},
    }
    compared = compare(inventory_of(LIVE, workspaces=[MLW]), vault, workspace)
    assert compared.of("workspace-access-not-granted") == []
    compared = compare(inventory_of(LIVE), vault, workspace)
    assert [each.severity for each in compared.of("workspace-access-not-granted")] == ["warning"]


def test_the_secrets_of_a_workspace_are_in_its_own_vault(compare: Compare) -> None:
    other = workspace_of("mlw", "mlw")
    other["properties"]["keyVault"] = vault_id_of("another")
    compared = compare(inventory_of(LIVE, workspaces=[other]), written_vault([]))
    (finding,) = compared.of("access-lost")
    labels = {each.label for each in finding.details}
    assert "concerns" in labels
    assert not labels & {"breaks", "after"}


@pytest.mark.parametrize(
    ("object_id", "changes"),
    [
        ("[parameters('who')]", {"app": "undecided", "one": "lost"}),
        (
            f"[if(parameters('flag'), '{id_of('app')}', '{id_of('user')}')]",
            {"app": "undecided", "one": "lost"},
        ),
        (f"[if(parameters('flag'), '{id_of('app')}', parameters('any'))]", None),
    ],
)
@pytest.mark.parametrize("by_child", [False, True])
def test_an_entry_that_can_only_be_one_of_few(
    object_id: str, changes: Any, by_child: bool, compare: Compare
) -> None:
    parameters = {
        "who": {"type": "string", "allowedValues": [id_of("app"), id_of("user")]},
        "flag": {"type": "bool"},
        "any": {"type": "string"},
    }
    live = inventory_of(deployed_vault(entry_of("app"), entry_of("one")))
    listed = [entry_of(object_id)]
    resources = (
        (written_vault([]), written_child("add", *listed)) if by_child else (written_vault(listed),)
    )
    compared = compare(live, *resources, parameters=parameters)
    found = {name: kind for name, kind in compared.changes().items() if name != "user"}
    assert found == (changes or {"app": "undecided", "one": "undecided"})


@pytest.mark.parametrize(
    ("permitted", "change"), [(["list"], "narrowed"), (["get", "list"], "undecided")]
)
def test_entries_of_a_loop_of_any_length(
    permitted: list[str], change: str, compare: Compare
) -> None:
    """However many there are, none permits more than what each of them permits."""
    entry = {**entry_of("[parameters('who')[copyIndex('accessPolicies')]]", secrets=permitted)}
    loop = {"name": "accessPolicies", "count": "[length(parameters('who'))]", "input": entry}
    vault = written_vault()
    vault["properties"] = {**vault["properties"], "copy": [loop]}
    live = inventory_of(deployed_vault(entry_of("app"), entry_of("one")))
    compared = compare(live, vault, parameters={"who": {"type": "array"}})
    assert compared.changes() == {"app": change, "one": change}
