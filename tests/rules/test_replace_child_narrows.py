"""replace-child-narrows: `replace` and `remove` in any casing and form; never `add`."""

from typing import Any

import pytest

RULE = "replace-child-narrows"
REPLACES = (
    "child 'kv/replace' gives the principals that it lists exactly the listed permissions, so every"
    " deployment takes away what they were granted elsewhere"
)


def test_violating_replace(check: Any, change: Any, policy: Any) -> None:
    checked = check(change("kv/replace", [policy()]))
    assert checked.told(RULE) == [("warning", "certain", REPLACES, '"name": "kv/replace"')]


def test_violating_remove(check: Any, change: Any, policy: Any) -> None:
    assert check(change("kv/Remove", [policy()])).told(RULE) == [
        (
            "warning",
            "certain",
            "child 'kv/Remove' takes the listed permissions away from its principals, whoever"
            " granted them, at every deployment",
            '"name": "kv/Remove"',
        )
    ]


def test_in_the_resources_of_the_vault(check: Any, vault_of: Any, policy: Any) -> None:
    child = {
        "type": "accessPolicies",
        "apiVersion": "2026-02-01",
        "name": "REPLACE",
        "properties": {"accessPolicies": [policy()]},
    }
    (finding,) = check(vault_of(policies=[policy()], resources=[child])).of(RULE)
    assert finding.location.pointer == "/resources/0/resources/0/name"
    assert finding.message.startswith("child 'kv/REPLACE' gives")


def test_a_name_of_which_the_operation_is_known(check: Any, change: Any, policy: Any) -> None:
    checked = check(
        change("[concat(parameters('vault'), '/replace')]", [policy()]),
        parameters={"vault": {"type": "string"}},
    )
    (finding,) = checked.of(RULE)
    assert finding.message.startswith("child [concat(parameters('vault'), '/replace')] gives")


@pytest.mark.parametrize("name", ["kv/add", "kv/Add"])
def test_compliant(check: Any, change: Any, policy: Any, name: str) -> None:
    assert check(change(name, [policy()])).told(RULE) == []


def test_undecided_which_operation_it_is(check: Any, change: Any, policy: Any) -> None:
    child = change("[concat('kv/', parameters('operation'))]", [policy()])
    declared = {"operation": {"type": "string"}}
    assert check(child, parameters=declared).told(RULE) == []
    given = {"operation": "replace"}
    assert len(check(child, parameters=declared, given=given).told(RULE)) == 1


@pytest.mark.parametrize(
    ("condition", "certainty"),
    [
        (True, "certain"),
        ("[parameters('byDefault')]", "default"),
        ("[parameters('open')]", "possible"),
        (False, None),
        ("[not(parameters('byDefault'))]", None),
    ],
)
def test_its_condition(
    check: Any, change: Any, policy: Any, condition: Any, certainty: str | None
) -> None:
    checked = check(
        change("kv/replace", [policy()], condition=condition),
        parameters={
            "byDefault": {"type": "bool", "defaultValue": True},
            "open": {"type": "bool"},
        },
    )
    found = [finding.certainty for finding in checked.of(RULE)]
    assert found == ([] if certainty is None else [certainty])


def test_undecided_whether_it_is_written(check: Any, change: Any, policy: Any) -> None:
    checked = check(
        change("kv/replace", [policy()], condition="[parameters('open')]"),
        parameters={"open": {"type": "bool"}},
    )
    message = f"{REPLACES}, if parameters('open') is true"
    assert checked.told(RULE) == [("warning", "possible", message, '"name": "kv/replace"')]


def test_under_rbac_the_child_does_not_count(
    check: Any, vault_of: Any, change: Any, policy: Any
) -> None:
    on = vault_of(properties={"enableRbacAuthorization": True})
    assert check(on, change("kv/replace", [policy()])).of(RULE) == []
