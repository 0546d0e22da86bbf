"""deployment-would-fail: a value that the service, or the deployed vault, does not take.

A write that is refused takes nothing away, so it replaces what the list would say.
"""

from typing import Any

import pytest
from conftest_deployed import (
    deployed_vault,
    entry_of,
    inventory_of,
    vault_id_of,
    workspace_of,
    written_vault,
)

from armguard.deployed.inventory import Unread

RULE = "deployment-would-fail"
LIVE = inventory_of(deployed_vault(entry_of("app"), softDeleteRetentionInDays=90))
ELSEWHERE = (
    "the deployment of vault 'kv' fails: its location is 'westeurope' and can't be changed to"
    " 'northeurope'"
)
SHORTER = (
    "the deployment of vault 'kv' fails: its softDeleteRetentionInDays is 90 and can't be changed"
    " to 7"
)


PLAIN = {
    "access-policies-emptied",
    "access-policies-missing",
    "access-policies-replaced",
    "add-child-does-not-protect",
    "replace-child-narrows",
    "workspace-access-not-granted",
}
ID = "11111111-1111-1111-1111-111111111111"
ENTRY = {"tenantId": ID, "objectId": ID, "permissions": {"secrets": ["get"]}}


def vault(**more: Any) -> Any:
    return written_vault([entry_of("app")], **more)


def entry(**more: Any) -> dict[str, Any]:
    """One without the members that are None here."""
    return {name: value for name, value in {**ENTRY, **more}.items() if value is not None}


def rules_of(checked: Any) -> set[str]:
    return {finding.rule for finding in checked.report.findings}


@pytest.mark.parametrize(
    "policies",
    [
        [],
        None,
        [entry()],
        [entry(permissions={})],
        [entry(permissions={"secrets": None, "keys": []})],
        [entry(permissions={"Secrets": ["Get", "nosuch"]})],
        [entry(objectId="[parameters('open')]", permissions="[parameters('any')]")],
        "[parameters('list')]",
        [entry()] * 1024,
    ],
)
@pytest.mark.parametrize("mode", ["default", "Default", "Recover", None, "[parameters('open')]"])
def test_compliant_values(check: Any, vault_of: Any, policies: Any, mode: Any) -> None:
    declared = {
        "open": {"type": "string"},
        "any": {"type": "object"},
        "list": {"type": "array"},
    }
    written = vault_of(policies=policies, properties={} if mode is None else {"createMode": mode})
    assert check(written, parameters=declared).told(RULE) == []


@pytest.mark.parametrize("operation", ["add", "Replace", "REMOVE"])
def test_compliant_operations(check: Any, change: Any, operation: str) -> None:
    assert check(change(f"kv/{operation}", [entry()])).told(RULE) == []


FAILS = "the deployment of vault 'kv' fails: "


@pytest.mark.parametrize(
    ("policies", "why", "span"),
    [
        ("none", "accessPolicies is a text and not an array", '"accessPolicies": "none"'),
        ({}, "accessPolicies is an object and not an array", '"accessPolicies": {}'),
        ([1], "entry 0 of accessPolicies is a number and not an object", "1"),
        ([entry(), None], "entry 1 of accessPolicies is null and not an object", "null"),
        ([entry(tenantId=None)], "entry 0 of accessPolicies has no tenantId", None),
        ([entry(objectId=None)], "entry 0 of accessPolicies has no objectId", None),
        ([entry(permissions=None)], "entry 0 of accessPolicies has no permissions", None),
        (
            [entry(permissions="all")],
            "entry 0 of accessPolicies has a text as its permissions, which is an object",
            '"permissions": "all"',
        ),
        (
            [entry(permissions={"secrets": "get"})],
            "entry 0 of accessPolicies has a text as its permissions for secrets, which is an array"
            " of texts",
            '"secrets": "get"',
        ),
        (
            [entry(permissions={"keys": [1]})],
            "entry 0 of accessPolicies has permissions for keys that are no texts",
            '"keys": [ 1 ]',
        ),
        (
            [entry(objectId=None, tenantId=None), 5],
            "entry 0 of accessPolicies has no tenantId (and 2 more values that it refuses)",
            None,
        ),
    ],
)
def test_violating_list(
    check: Any, vault_of: Any, written: Any, policies: Any, why: str, span: str | None
) -> None:
    checked = check(vault_of(policies=policies))
    span = written(policies[0]) if span is None else span
    assert checked.told(RULE) == [("error", "certain", FAILS + why, span)]
    assert not rules_of(checked) & PLAIN
    assert checked.exit_code == 1


@pytest.mark.parametrize(
    ("version", "most"), [("2015-06-01", 16), ("2016-10-01", 16), ("2026-02-01", 1024)]
)
def test_violating_length(check: Any, vault_of: Any, version: str, most: int) -> None:
    entries = "[map(range(0, parameters('n')), lambda('i', parameters('entry')))]"
    declared = {
        "n": {"type": "int"},
        "entry": {"type": "object", "defaultValue": entry()},
    }
    old = vault_of(policies=entries, apiVersion=version)
    assert check(old, parameters=declared, given={"n": most}).told(RULE) == []
    ((severity, _, message, _),) = check(old, parameters=declared, given={"n": most + 1}).told(RULE)
    why = f"accessPolicies has {most + 1} entries, and there may be {most}"
    assert (severity, message) == ("error", FAILS + why)


@pytest.mark.parametrize(
    ("policies", "verdict"), [([], "emptied"), ([entry()], "replaced"), (None, "missing")]
)
def test_violating_mode(check: Any, vault_of: Any, policies: Any, verdict: str) -> None:
    """The verdict is that of the written list, which is what comes once the mode is mended."""
    checked = check(vault_of(policies=policies, properties={"createMode": "create"}))
    why = "createMode is 'create', and there are only default and recover"
    assert checked.told(RULE) == [("error", "certain", FAILS + why, '"createMode": "create"')]
    assert checked.vault.verdict == verdict
    assert not rules_of(checked) & PLAIN
    (finding,) = checked.of(RULE)
    assert {"so", "then", "help"} <= {each.label for each in finding.details}


def test_violating_by_default(check: Any, vault_of: Any) -> None:
    mode = {"mode": {"type": "string", "defaultValue": "create"}}
    written = vault_of(policies=[], properties={"createMode": "[parameters('mode')]"})
    assert [told[:2] for told in check(written, parameters=mode).told(RULE)] == [
        ("error", "default")
    ]
    given = check(written, parameters=mode, given={"mode": "default"})
    assert given.told(RULE) == []
    assert "access-policies-emptied" in rules_of(given)


def test_undecided_which_mode_it_is(check: Any, vault_of: Any) -> None:
    """A world in which the service takes the write is worse than one in which it refuses it."""
    mode = "[if(parameters('flag'), 'create', 'default')]"
    written = vault_of(policies=[], properties={"createMode": mode})
    checked = check(written, parameters={"flag": {"type": "bool"}})
    assert checked.told(RULE) == []
    assert "access-policies-emptied" in rules_of(checked)
    kept = vault_of(policies=[], properties={"createMode": mode.replace("default", "recover")})
    checked = check(kept, parameters={"flag": {"type": "bool"}})
    ((severity, certainty, message, _),) = checked.told(RULE)
    assert (severity, certainty) == ("warning", "possible")
    assert message.endswith(", if parameters('flag') is true")


@pytest.mark.parametrize("name", ["kv/policy", "kv/add-web", "[concat('kv', '/', 'policy')]"])
def test_violating_operation(check: Any, change: Any, name: str) -> None:
    ((severity, certainty, message, span),) = check(change(name, [entry()])).told(RULE)
    last = "add-web" if "web" in name else "policy"
    assert (severity, certainty, span) == ("error", "certain", f'"name": "{name}"')
    assert message == (
        f"the deployment of child 'kv/{last}' fails: the last part of its name is '{last}', and"
        " there are only add, replace, remove"
    )


def test_violating_list_of_a_child(check: Any, change: Any) -> None:
    checked = check(change("kv/remove", [entry(objectId=None)]))
    ((severity, certainty, message, _),) = checked.told(RULE)
    assert (severity, certainty) == ("error", "certain")
    assert message == (
        "the deployment of child 'kv/remove' fails: entry 0 of accessPolicies has no objectId"
    )
    assert not rules_of(checked) & PLAIN


def test_undecided_which_operation_it_is(check: Any, change: Any) -> None:
    child = change("[concat('kv/', parameters('operation'))]", [entry()])
    allowed = {"type": "string", "allowedValues": ["add", "policy"]}
    ((severity, certainty, message, _),) = check(child, parameters={"operation": allowed}).told(
        RULE
    )
    assert (severity, certainty) == ("warning", "possible")
    assert message.endswith("is 'policy': there are only add, replace, remove")
    assert check(child, parameters={"operation": {"type": "string"}}).told(RULE) == []


def test_a_refused_child_protects_nobody(check: Any, vault_of: Any, change: Any) -> None:
    """Nothing is rolled back: the vault was emptied before."""
    checked = check(vault_of(policies=[]), change("kv/policy", [entry()]))
    assert rules_of(checked) == {"access-policies-emptied", RULE}


def test_what_is_refused_takes_nothing_away(against: Any) -> None:
    for properties in (
        {"createMode": "create"},
        {"accessPolicies": "none"},
        {"accessPolicies": [entry(permissions=None)]},
        {"enableRbacAuthorization": True, "createMode": "create"},
    ):
        checked = against(LIVE, written_vault([], properties=properties))
        assert (checked.live.changes, checked.live.note) == (
            (),
            "the service refuses this deployment of the vault, so nothing changes",
        )
        lost = {"access-lost", "access-narrowed", "permission-model-flip", *PLAIN}
        assert not rules_of(checked) & lost
        assert len(checked.of(RULE)) == 1


@pytest.mark.parametrize("name", ["kv/policy", "kv/remove"])
def test_a_refused_child_takes_nothing_away(against: Any, change: Any, name: str) -> None:
    broken = [{**entry_of("app"), "tenantId": None}] if name == "kv/remove" else [entry_of("app")]
    checked = against(LIVE, change(name, broken))
    assert {each.change for each in checked.live.changes} == {"kept"}
    assert RULE in rules_of(checked)


def test_all_else_of_the_deployment_counts(against: Any, change: Any) -> None:
    checked = against(LIVE, written_vault([]), change("kv/policy", [entry_of("app")]))
    assert {each.change for each in checked.live.changes} == {"lost"}
    assert {"access-lost", RULE} <= rules_of(checked)


@pytest.mark.parametrize(
    "written",
    [
        vault(location="WestEurope"),
        vault(location="West Europe"),
        vault(properties={"softDeleteRetentionInDays": 90}),
        vault(properties={"softDeleteRetentionInDays": None}),
        vault(location="northeurope", condition=False),
    ],
)
def test_compliant(against: Any, written: Any) -> None:
    assert against(LIVE, written).told(RULE) == []


def test_compliant_where_the_vault_is_new(against: Any) -> None:
    checked = against(inventory_of(), vault(location="northeurope"))
    assert checked.told(RULE) == []
    assert checked.live.state == "absent"


@pytest.mark.parametrize(
    ("written", "message", "span"),
    [
        (vault(location="northeurope"), ELSEWHERE, '"location": "northeurope"'),
        (
            vault(properties={"softDeleteRetentionInDays": 7}),
            SHORTER,
            '"softDeleteRetentionInDays": 7',
        ),
    ],
)
def test_violating(against: Any, written: Any, message: str, span: str) -> None:
    checked = against(LIVE, written)
    assert checked.told(RULE) == [("error", "certain", message, span)]
    assert checked.exit_code == 1


def test_violating_in_both(against: Any) -> None:
    both = vault(location="northeurope", properties={"softDeleteRetentionInDays": 7})
    assert {told[2] for told in against(LIVE, both).told(RULE)} == {ELSEWHERE, SHORTER}


@pytest.mark.parametrize(
    "written",
    [
        vault(location="[parameters('place')]"),
        vault(properties={"softDeleteRetentionInDays": "[parameters('days')]"}),
    ],
)
def test_undecided_which_value_is_written(against: Any, written: Any) -> None:
    declared = {"place": {"type": "string"}, "days": {"type": "int"}}
    checked = against(LIVE, written, parameters=declared)
    assert checked.told(RULE) == []
    assert [each.change for each in checked.live.changes] == ["kept"]


def test_undecided_whether_the_vault_is_written(against: Any) -> None:
    written = vault(location="northeurope", condition="[parameters('new')]")
    checked = against(LIVE, written, parameters={"new": {"type": "bool"}})
    message = f"{ELSEWHERE}, if parameters('new') is true"
    assert checked.told(RULE) == [("warning", "possible", message, '"location": "northeurope"')]
    assert checked.exit_code == 0


def test_undecided_since_the_vault_was_not_read(against: Any) -> None:
    unread = inventory_of(unread_items=(Unread(vault_id_of("kv"), "access was denied"),))
    checked = against(unread, vault(location="northeurope"))
    assert checked.told(RULE) == []
    assert (checked.live.state, checked.exit_code) == ("unread", 3)


def test_violating_what_needs_a_vault_that_is_not_there(against: Any, change: Any) -> None:
    recovered = vault(properties={"createMode": "recover"})
    ((severity, certainty, message, span),) = against(inventory_of(), recovered).told(RULE)
    assert (severity, certainty, span) == ("warning", "possible", '"createMode": "recover"')
    assert message.endswith("there is no such vault, unless a soft-deleted one")
    assert against(LIVE, recovered).told(RULE) == []
    child = change("kv/add", [entry_of("app")])
    ((severity, certainty, message, _),) = against(inventory_of(), child).told(RULE)
    assert (severity, certainty) == ("error", "certain")
    assert message == "the deployment of child 'kv/add' fails: there is no vault 'kv' at its place"
    assert against(LIVE, child).told(RULE) == []
    assert against(inventory_of(), vault(), child).told(RULE) == []


def test_a_long_value_is_cut(check: Any, vault_of: Any) -> None:
    (finding,) = check(vault_of(policies=[], properties={"createMode": "x" * 5_000})).of(RULE)
    assert f"createMode is '{'x' * 57}...', and" in finding.message
    assert max(len(str(part)) for each in finding.details for part in each.text) < 200


def test_a_refused_vault_is_no_second_writer(check: Any, vault_of: Any) -> None:
    checked = check(vault_of(policies=[]), vault_of(properties={"accessPolicies": "none"}))
    assert rules_of(checked) == {"access-policies-emptied", RULE}


def test_where_the_vault_of_a_child_is(against: Any, change: Any, policy: Any) -> None:
    elsewhere = deployed_vault(entry_of("app"), group="other")
    checked = against(inventory_of(elsewhere), change("kv/add", [policy()]))
    (message,) = (told[2] for told in checked.told(RULE))
    assert message == (
        "the deployment of child 'kv/add' fails: there is no vault 'kv' at its place; the one of"
        f" this name is {vault_id_of('kv', 'other')}"
    )


@pytest.mark.parametrize("vault_more", [{"existing": True}, {"condition": False}])
def test_a_child_of_a_vault_that_the_template_only_mentions(
    against: Any, change: Any, vault_more: dict[str, Any]
) -> None:
    mentioned = vault(**{key: value for key, value in vault_more.items() if key != "existing"})
    child = change("kv/add", [entry_of("app")])
    if "existing" in vault_more:
        resources = {"kv": {**mentioned, "existing": True}, "child": child}
        checked = against(inventory_of(), languageVersion="2.0", resources=resources)
    else:
        checked = against(inventory_of(), mentioned, child)
    assert [told[:2] for told in checked.told(RULE)] == [("error", "certain")]


def test_a_child_of_a_soft_deleted_vault(against: Any, change: Any) -> None:
    gone = {"name": "kv", "properties": {"vaultId": vault_id_of("kv")}}
    checked = against(inventory_of(deleted=(gone,)), change("kv/add", [entry_of("app")]))
    (message,) = (told[2] for told in checked.told(RULE))
    assert message.endswith("at its place, only a soft-deleted one of this name")


@pytest.mark.parametrize(("deleted", "certainty"), [(None, "possible"), ((), "certain")])
def test_recover_where_no_vault_is_soft_deleted(against: Any, deleted: Any, certainty: str) -> None:
    recovered = vault(properties={"createMode": "recover"})
    checked = against(inventory_of(deleted=deleted), recovered)
    assert [told[1] for told in checked.told(RULE)] == [certainty]


def test_who_has_no_access_today_is_told_of_beside_it(against: Any) -> None:
    live = inventory_of(deployed_vault(entry_of("app")), workspaces=[workspace_of("ml", "mlw")])
    checked = against(live, written_vault([], properties={"createMode": "create"}))
    assert len(checked.of(RULE)) == len(checked.of("workspace-access-already-lost")) == 1
