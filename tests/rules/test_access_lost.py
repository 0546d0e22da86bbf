"""access-lost: a principal of the deployed vault whose entry the deployment removes."""

from typing import Any

import pytest
from conftest_deployed import (
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

from armguard.deployed.inventory import Unread
from armguard.evaluation.facts import DeploymentScope

RULE = "access-lost"
LIVE = inventory_of(
    deployed_vault(entry_of("app"), entry_of("mlw", keys=["all"], secrets=["all"])),
    workspaces=[workspace_of("ml-prod", "mlw")],
)
OF_APP = f"principal {id_of('app')} loses all its access to vault 'kv' when it is deployed now"
NAMED = f"workspace 'ml-prod' (identity {id_of('mlw')}), principal {id_of('app')}"
OF_BOTH = f"2 principals lose all their access to vault 'kv' when it is deployed now: {NAMED}"
MAY = f"principal {id_of('app')} may lose all its access to vault 'kv' when it is deployed now"
BOTH_MAY = OF_BOTH.replace("lose", "may lose")


@pytest.mark.parametrize(
    "written",
    [
        written_vault([entry_of("mlw", secrets=["ALL"], keys=["All"]), entry_of("app")]),
        written_vault([], condition=False),
        written_vault("[target('full').properties.accessPolicies]"),
        written_child("add", entry_of("user")),
        written_child("replace", entry_of("user")),
    ],
    ids=["same-list", "not-written", "live-list", "child-add", "child-replace"],
)
def test_compliant(against: Any, written: Any) -> None:
    checked = against(LIVE, written)
    assert checked.told(RULE) == []
    assert {each.change for each in checked.live.changes} <= {"kept", "granted"}


def test_violating(against: Any) -> None:
    checked = against(LIVE, written_vault([]))
    span = '"accessPolicies": []'
    assert checked.told(RULE) == [("error", "certain", OF_BOTH, span)]
    (finding,) = checked.of(RULE)
    assert [each.text[0] for each in finding.details if each.label == "loses"] == [
        f"workspace 'ml-prod' (identity {id_of('mlw')}): keys all; secrets all",
        f"principal {id_of('app')}: secrets get",
    ]
    assert [each.change for each in checked.live.changes] == ["lost", "lost"]
    assert checked.exit_code == 1


def test_violating_list_that_leaves_somebody_out(against: Any, written: Any) -> None:
    policies = [entry_of("mlw", keys=["all"], secrets=["all"])]
    assert against(LIVE, written_vault(policies)).told(RULE) == [
        ("error", "certain", f"{OF_APP}: secrets get", written(policies, "accessPolicies"))
    ]


def test_violating_by_default(against: Any) -> None:
    vault = written_vault("[parameters('list')]")
    declared = {"list": {"type": "array", "defaultValue": []}}
    assert [told[:2] for told in against(LIVE, vault, parameters=declared).told(RULE)] == [
        ("error", "default")
    ]


def test_violating_child(against: Any, written: Any) -> None:
    """The first thing that takes something away is pointed at, since no vault is written."""
    removed = entry_of("app")
    message = (
        f"principal {id_of('app')} loses all its access to vault 'kv' when it has its access"
        " policies changed now: secrets get"
    )
    add, remove = written_child("add", entry_of("user")), written_child("remove", removed)
    assert against(LIVE, add, remove).told(RULE) == [
        ("error", "certain", message, written([removed], "accessPolicies"))
    ]


def test_violating_in_complete_mode(against: Any) -> None:
    checked = against(LIVE, written_vault([], condition=False), mode="complete")
    assert [told[:3] for told in checked.told(RULE)] == [
        (
            "error",
            "certain",
            OF_BOTH.replace("when it is deployed now", "when this deployment deletes it"),
        )
    ]


@pytest.mark.parametrize(
    ("policies", "more", "message"),
    [
        (
            [entry_of("mlw", keys=["all"], secrets=["all"]), entry_of("[parameters('who')]")],
            {},
            f"{MAY}: secrets get",
        ),
        ("[parameters('list')]", {}, BOTH_MAY),
        ([], {"condition": "[parameters('new')]"}, BOTH_MAY),
    ],
    ids=["whose-an-entry-is", "which-list", "whether-it-is-written"],
)
def test_undecided(
    against: Any, written: Any, policies: Any, more: dict[str, Any], message: str
) -> None:
    declared = {"who": {"type": "string"}, "list": {"type": "array"}, "new": {"type": "bool"}}
    checked = against(LIVE, written_vault(policies, **more), parameters=declared)
    assert checked.told(RULE)[0] == (
        "warning",
        "possible",
        message,
        written(policies, "accessPolicies"),
    )
    assert checked.live.changes[0].change == "undecided"
    assert (checked.report.summary.undecided, checked.exit_code) == (1, 0)


def test_undecided_since_the_vault_was_not_read(against: Any) -> None:
    unread = inventory_of(unread_items=(Unread(vault_id_of("kv"), "access was denied"),))
    checked = against(unread, written_vault([]))
    assert checked.told(RULE) == []
    assert (checked.live.state, checked.live.changes) == ("unread", ())
    assert checked.report.unread == ("vault 'kv': the snapshot lacks it: access was denied",)
    # an emptied vault is found without it, and 1 wins over 3
    assert checked.exit_code == 1
    assert against(unread, written_vault([entry_of("app")])).exit_code == 3


@pytest.mark.parametrize(
    "resource",
    [
        written_vault([]),
        written_vault("[parameters('nobody')]"),
        written_child("remove", entry_of("app", secrets=["get"])),
    ],
    ids=["vault", "undecided", "child"],
)
def test_a_loss_by_a_file_that_is_taken_for_a_linked_one_is_by_default(
    check_files: Any, resource: Any
) -> None:
    link = make_deployment(link={"uri": "https://example.com/x/part.json"}, parameters={})
    declared = {"nobody": {"type": "object"}}
    files = {
        "main.json": make_template(link),
        "part.json": make_template(resource, parameters=declared),
    }
    scope = DeploymentScope(resource_group="rg")
    checked = check_files(files, deployed=LIVE, scope=scope)
    (vault,) = checked.report.deployments[0].vaults
    assert vault.certainty in ("default", None)
    found = {each.certainty for each in checked.report.findings if each.rule == RULE}
    assert found <= {"default", "possible"}
    assert found
