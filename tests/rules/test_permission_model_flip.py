"""permission-model-flip: the template's explicit model is not the one that the vault has."""

from typing import Any

import pytest
from conftest_deployed import deployed_vault, entry_of, inventory_of, vault_id_of, written_vault

from armguard.deployed.inventory import Unread
from armguard.evaluation.facts import DeploymentScope

RULE = "permission-model-flip"
ON, OFF = {"enableRbacAuthorization": True}, {"enableRbacAuthorization": False}
BY_POLICIES = inventory_of(deployed_vault(entry_of("app")))
BY_ROLES = inventory_of(deployed_vault(entry_of("app"), **ON))
TO_ROLES = (
    "vault 'kv' from access policies to role assignments: whoever has an access policy but no role"
    " loses access; holders of a role keep it"
)
TO_POLICIES = (
    "vault 'kv' from role assignments to access policies: whoever has a role but no access policy"
    " in this list loses access"
)


@pytest.mark.parametrize(
    ("live", "properties"),
    [
        (BY_POLICIES, OFF),
        (BY_POLICIES, {}),
        (BY_POLICIES, {"enableRbacAuthorization": None}),
        (BY_ROLES, ON),
        (BY_ROLES, {}),
    ],
)
def test_compliant(against: Any, live: Any, properties: dict[str, Any]) -> None:
    """A vault that exists keeps its model where the template does not say one."""
    assert against(live, written_vault([entry_of("app")], properties=properties)).told(RULE) == []


@pytest.mark.parametrize(
    ("live", "properties", "how", "span"),
    [
        (BY_POLICIES, ON, TO_ROLES, '"enableRbacAuthorization": true'),
        (BY_ROLES, OFF, TO_POLICIES, '"enableRbacAuthorization": false'),
    ],
)
def test_violating(
    against: Any, live: Any, properties: dict[str, Any], how: str, span: str
) -> None:
    checked = against(live, written_vault([entry_of("app")], properties=properties))
    assert checked.told(RULE) == [("error", "certain", f"this deployment changes {how}", span)]
    assert checked.exit_code == 1


def test_undecided_between_two_models(against: Any) -> None:
    flag = {"enableRbacAuthorization": "[if(parameters('roles'), true(), false())]"}
    vault = written_vault([entry_of("app")], properties=flag)
    checked = against(BY_POLICIES, vault, parameters={"roles": {"type": "bool"}})
    assert checked.told(RULE) == [
        (
            "warning",
            "possible",
            f"this deployment may change {TO_ROLES}",
            '"enableRbacAuthorization": "[if(parameters(\'roles\'), true(), false())]"',
        )
    ]
    assert [each.change for each in checked.live.changes] == ["undecided"]
    assert (checked.report.summary.undecided, checked.exit_code) == (1, 0)


def test_undecided_while_the_model_is_not_supplied(against: Any) -> None:
    flag = {"enableRbacAuthorization": "[parameters('roles')]"}
    vault = written_vault([entry_of("app")], properties=flag)
    checked = against(BY_POLICIES, vault, parameters={"roles": {"type": "bool"}})
    assert [told[:3] for told in checked.told(RULE)] == [
        ("warning", "possible", f"this deployment may change {TO_ROLES}")
    ]
    of_roles = against(BY_ROLES, vault, parameters={"roles": {"type": "bool"}})
    assert [told[:3] for told in of_roles.told(RULE)] == [
        ("warning", "possible", f"this deployment may change {TO_POLICIES}")
    ]
    assert [told[2] for told in checked.told("undecided-vault")] == [
        "what a deployment does to the access policies of vault 'kv' is not known:"
        " enableRbacAuthorization is [parameters('roles')]: parameter 'roles' has no default and no"
        " value is supplied for it"
    ]
    assert [each.change for each in checked.live.changes] == ["undecided"]


def test_undecided_since_the_vault_was_not_read(against: Any) -> None:
    unread = inventory_of(unread_items=(Unread(vault_id_of("kv"), "access was denied"),))
    checked = against(unread, written_vault(properties=ON))
    assert checked.told(RULE) == []
    assert (checked.live.state, checked.live.rbac, checked.exit_code) == ("unread", None, 3)


def test_violating_by_what_is_deployed(check_files: Any, template_of: Any) -> None:
    """The flag hangs on the deployed vault, which a comparison knows."""
    flag = "[not(equals(target('full').properties.softDeleteRetentionInDays, 1))]"
    vault = written_vault([entry_of("app")], properties={"enableRbacAuthorization": flag})
    live = inventory_of(deployed_vault(entry_of("app"), softDeleteRetentionInDays=90))
    template = {**template_of(languageVersion="2.0"), "resources": {"vault": vault}}
    scope = DeploymentScope(resource_group="rg")
    checked = check_files({"main.json": template}, deployed=live, scope=scope)
    ((severity, certainty, message, _),) = checked.told(RULE)
    assert (severity, certainty) == ("error", "certain")
    assert message.startswith("this deployment changes vault 'kv' from access policies")
