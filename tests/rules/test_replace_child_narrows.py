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


@pytest.mark.parametrize(
    ("name", "certainty"),
    [
        ("[concat('kv/', parameters('operation'))]", "default"),
        ("[concat(parameters('vault'), '/replace')]", "certain"),
        ("[format('{0}/{1}', parameters('vault'), parameters('operation'))]", "default"),
    ],
)
def test_an_operation_by_default(
    check: Any, change: Any, policy: Any, name: str, certainty: str
) -> None:
    parameters = {
        "vault": {"type": "string", "defaultValue": "kv"},
        "operation": {"type": "string", "defaultValue": "replace"},
    }
    (finding,) = check(change(name, [policy()]), parameters=parameters).of(RULE)
    assert (finding.message, finding.certainty) == (REPLACES, certainty)


@pytest.mark.parametrize("name", ["kv/add", "kv/Add"])
def test_compliant(check: Any, change: Any, policy: Any, name: str) -> None:
    assert check(change(name, [policy()])).told(RULE) == []


OPEN = "child {} may take permissions away from the principals that it lists: its operation {}"


@pytest.mark.parametrize(
    ("name", "shown", "why"),
    [
        (
            "[concat('kv/', parameters('operation'))]",
            "[concat('kv/', parameters('operation'))]",
            "is not known",
        ),
        ("[parameters('operation')]", "[parameters('operation')]", "is not known"),
        (
            "[format('{0}/{1}', 'kv', parameters('three'))]",
            "[format('{0}/{1}', 'kv', parameters('three'))]",
            "may be 'replace' or 'remove'",
        ),
        (
            "[if(parameters('flag'), 'kv/add', 'kv/Replace')]",
            "[if(parameters('flag'), 'kv/add', 'kv/Replace')]",
            "may be 'replace'",
        ),
        (
            "[concat('kv/', if(parameters('flag'), 'remove', 'add'))]",
            "[concat('kv/', if(parameters('flag'), 'remove', 'add'))]",
            "may be 'remove'",
        ),
        ("[concat('kv/', variables('chosen'))]", None, "may be 'replace'"),
    ],
)
def test_undecided_which_operation_it_is(
    check: Any, change: Any, policy: Any, name: str, shown: str | None, why: str
) -> None:
    checked = check(
        change(name, [policy()]),
        parameters=OPERATIONS,
        variables={"chosen": "[if(parameters('flag'), 'replace', 'add')]"},
    )
    chosen = "[concat('kv/', if(parameters('flag'), 'replace', 'add'))]"
    message = OPEN.format(shown or chosen, why)
    assert checked.told(RULE) == [("warning", "possible", message, f'"name": "{name}"')]


OPERATIONS = {
    "operation": {"type": "string"},
    "three": {"type": "string", "allowedValues": ["add", "replace", "remove"]},
    "flag": {"type": "bool"},
    "one": {"type": "string", "allowedValues": ["add"]},
    "add": {"type": "string", "defaultValue": "add"},
}


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("[concat('kv/', parameters('one'))]", True),
        ("[concat('kv/', parameters('add'))]", True),
        ("[concat('kv/', if(parameters('flag'), 'add', 'Add'))]", True),
        ("[concat(parameters('operation'), '/add')]", True),
        ("[concat('kv/', parameters('three'))]", "[equals(parameters('three'), 'add')]"),
        ("[concat('kv/', parameters('operation'))]", False),
    ],
)
def test_compliant_where_every_world_adds(
    check: Any, change: Any, policy: Any, name: str, condition: Any
) -> None:
    child = change(name, [policy()], condition=condition)
    checked = check(child, parameters=OPERATIONS)
    assert checked.told(RULE) == []
    assert checked.told("undecided-vault") == []


def test_undecided_in_the_resources_of_the_vault(check: Any, vault_of: Any, policy: Any) -> None:
    child = {
        "type": "accessPolicies",
        "apiVersion": "2026-02-01",
        "name": "[parameters('three')]",
        "properties": {"accessPolicies": [policy()]},
    }
    checked = check(vault_of(policies=[policy()], resources=[child]), parameters=OPERATIONS)
    (finding,) = checked.of(RULE)
    assert str(finding.certainty) == "possible"
    assert finding.message.endswith("its operation may be 'replace' or 'remove'")


def test_compliant_undecided_operation_under_rbac(check: Any, vault_of: Any, change: Any) -> None:
    vault = vault_of(properties={"enableRbacAuthorization": True})
    child = change("[concat('kv/', parameters('operation'))]")
    assert check(vault, child, parameters=OPERATIONS).told(RULE) == []
