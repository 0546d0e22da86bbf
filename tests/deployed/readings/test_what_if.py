"""Results of what-if: what was there before, whatever the run would change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from at_hand import IDENTITY, PLACE, WORKSPACE, change, state_of, told_of, what_if
from conftest_deployed import TENANT, deployed_vault, entry_of, id_of, vault_id_of, workspace_of

from armguard.deployed.access_list import deployed_list
from armguard.errors import UsageError
from armguard.evaluation.values import member

BEFORE = {**deployed_vault(entry_of("app")), "apiVersion": "2026-02-01"}
AFTER = {**deployed_vault(entry_of("user")), "apiVersion": "2026-02-01"}
BARE = {name: BEFORE[name] for name in ("id", "name", "type", "location")}
TIDIED = {**BEFORE, "properties": {"tenantId": TENANT}}
STACK = f"{PLACE}/Microsoft.Resources/deploymentStacksWhatIfResults/next"
SKIPPED = {
    "code": "NestedDeploymentShortCircuited",
    "target": f"{PLACE}/Microsoft.Resources/deployments/inner",
    "message": "not told",
}


def stack(*changes: Any, **members: Any) -> Any:
    properties = {"changes": {"resourceChanges": list(changes)}, "provisioningState": "succeeded"}
    return {
        "id": STACK,
        "type": "Microsoft.Resources/deploymentStacksWhatIfResults",
        "systemData": {"lastModifiedAt": "2027-01-31T13:00:00.5+01:00"},
        "properties": {**properties, **members},
    }


def stack_change(kind: str, before: Any = None, **members: Any) -> Any:
    shown = None if before is None else {"before": before, "after": AFTER}
    return {
        "id": vault_id_of("kv"),
        "changeType": kind,
        "resourceConfigurationChanges": shown,
        **members,
    }


@pytest.mark.parametrize(
    "result",
    [
        *(
            what_if(change(kind, BEFORE, AFTER))
            for kind in ("Modify", "NoChange", "Delete", "Ignore")
        ),
        what_if(change("Unsupported", BEFORE)),
        what_if(change("modify", BEFORE)),
        {"changes": None, "potentialChanges": [change("Modify", BEFORE)], "status": "Succeeded"},
        {"status": "Succeeded", "properties": {"changes": [change("Modify", BEFORE, AFTER)]}},
        {
            "Status": "Succeeded",
            "Changes": [
                {
                    "FullyQualifiedResourceId": vault_id_of("kv"),
                    "RelativeResourceId": "Microsoft.KeyVault/vaults/kv",
                    "ChangeType": 3,
                    "Before": BEFORE,
                }
            ],
        },
        *(stack(stack_change(kind, BEFORE)) for kind in ("modify", "delete", "detach", "noChange")),
    ],
)
def test_only_before_is_deployed(tmp_path: Path, result: Any) -> None:
    found = told_of(state_of(tmp_path, result))
    policies = member(member(found.document, "properties"), "accessPolicies")
    assert list(deployed_list(policies)) == [(TENANT, id_of("app"), "")]


@pytest.mark.parametrize(
    "result", [what_if(change("Create", None, AFTER)), stack(stack_change("create"))]
)
def test_what_is_created_was_absent(tmp_path: Path, result: Any) -> None:
    found = told_of(state_of(tmp_path, result))
    assert found.state == "absent"
    assert "does not show whether a soft-deleted vault" in str(found.note)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (what_if(change("Modify", TIDIED, AFTER)), "is empty, or was left out"),
        (what_if(change("Ignore", BARE)), "not in the template, or its nested deployment"),
        (what_if(change("Ignore", BARE), diagnostics=[SKIPPED]), "'inner'"),
        (what_if(change("Deploy")), "ResourceIdOnly"),
        (what_if(), "what-if shows no vault"),
        (what_if(diagnostics=[SKIPPED]), "'inner'"),
        (what_if(change("Unsupported")), "no access policies"),
        (stack(stack_change("modify")), "no access policies"),
        (stack(stack_change("modify", TIDIED)), "no access policies"),
        (
            what_if(change("Modify", BEFORE, resourceId=vault_id_of("kv/accessPolicies/add"))),
            "not show it",
        ),
        (
            what_if(change("Unsupported", resourceId="[extensionResourceId('a', 'b')]")),
            "could not tell the id of 1 resource",
        ),
        (what_if(change("Modify", BEFORE, resourceId=WORKSPACE), diagnostics=[SKIPPED]), "'inner'"),
    ],
)
def test_what_is_not_shown_is_unread(tmp_path: Path, result: Any, said: str) -> None:
    found = told_of(state_of(tmp_path, result))
    assert found.state == "unread"
    assert said in str(found.note)


def test_nested_deployments_that_were_not_looked_into_are_said(tmp_path: Path) -> None:
    state = state_of(tmp_path, what_if(change("Modify", BEFORE), diagnostics=[SKIPPED, {}, 7]))
    assert "nested deployment 'inner' (NestedDeploymentShortCircuited)" in state.notices()[0]
    assert "not told" not in " ".join(state.notices())


def test_workspaces_and_identities_with_something_to_tell(tmp_path: Path) -> None:
    identity = {"id": IDENTITY, "name": "id-one"}
    changes = [
        change("Modify", workspace_of("mlw", "mlw"), resourceId=WORKSPACE),
        change("Ignore", identity, resourceId=IDENTITY),
    ]
    state = state_of(tmp_path, what_if(*changes))
    assert state.people().principal(id_of("mlw")).name == "mlw"
    assert "principal id" not in " ".join(state.notices())


def test_the_stack_tells_when_it_looked(tmp_path: Path) -> None:
    state = state_of(tmp_path, stack(stack_change("modify", BEFORE)))
    assert min(state.ages())[0] == "2027-01-31T12:00:00Z"
    assert state.taken_from == "the what-if of 2027-01-31 12:00 UTC"


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"status": "Failed", "error": {"code": "InvalidTemplate"}}, "InvalidTemplate"),
        (what_if(change("Modify", BEFORE), error={"code": "Late"}), "Late"),
        (what_if(change("Modify", BEFORE), status="Canceled"), "Canceled"),
        ({"status": "Failed", "properties": {"changes": [], "error": {"code": "Inner"}}}, "Inner"),
        (stack(stack_change("modify", BEFORE), provisioningState="failed"), "failed"),
        (stack(stack_change("modify", BEFORE), error={"code": "Stacked"}), "Stacked"),
        (
            {
                "Status": "Succeeded",
                "Changes": [
                    {"FullyQualifiedResourceId": vault_id_of("kv"), "ChangeType": 3, "Before": [[]]}
                ],
            },
            "what-if of PowerShell",
        ),
    ],
)
def test_what_is_no_result(tmp_path: Path, result: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        state_of(tmp_path, result)
