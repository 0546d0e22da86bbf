"""Whatever JSON a file holds, it is told what it tells or refused in one sentence."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from at_hand import HSM, IDENTITY, REMOVED, WORKSPACE
from conftest_deployed import id_of, vault_id_of
from hypothesis import given, settings
from hypothesis import strategies as st

from armguard.deployed.readings.joined import read_files
from armguard.errors import UsageError
from armguard.evaluation.facts import DeploymentScope

NAMES = (
    "id",
    "ResourceId",
    "resourceId",
    "kid",
    "name",
    "type",
    "kind",
    "location",
    "apiVersion",
    "sku",
    "VaultName",
    "Id",
    "format",
    "value",
    "data",
    "count",
    "rows",
    "columns",
    "nextLink",
    "skip_token",
    "total_records",
    "properties",
    "accessPolicies",
    "tenantId",
    "properties_accessPolicies",
    "objectId",
    "applicationId",
    "permissions",
    "secrets",
    "PermissionsToSecretsStr",
    "AccessPolicies",
    "EnableRbacAuthorization",
    "enableRbacAuthorization",
    "createMode",
    "identity",
    "principalId",
    "principal_id",
    "user_assigned_identities",
    "userAssignedIdentities",
    "key_vault",
    "hub_id",
    "display_name",
    "associated_workspaces",
    "customer_managed_key",
    "changes",
    "potentialChanges",
    "changeType",
    "before",
    "error",
    "code",
    "status",
    "diagnostics",
    "target",
    "resourceChanges",
    "resourceConfigurationChanges",
    "systemData",
    "lastModifiedAt",
    "vaultId",
    "resources",
    "template",
    "$schema",
    "parameters",
    "ScheduledPurgeDate",
    "DisplayName",
)
TEXTS = (
    vault_id_of("kv"),
    WORKSPACE,
    IDENTITY,
    HSM,
    f"{REMOVED}/kv",
    id_of("app"),
    "Microsoft.Resources/deploymentStacksWhatIfResults",
    "NestedDeploymentShortCircuited",
    "Create",
    "Succeeded",
    "2027-01-31T12:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "get",
    "\ud800",
    "",
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES: Any = st.recursive(
    SCALARS | st.sampled_from(TEXTS),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inside, max_size=6)
    ),
    max_leaves=25,
)
MEMBERS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)
RESOURCES: Any = st.builds(
    lambda members, resource_id: {**members, "id": resource_id}, MEMBERS, st.sampled_from(TEXTS)
)


def read(*documents: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, document in enumerate(documents):
            path = Path(folder, f"{number}.json")
            path.write_text(json.dumps(document), encoding="utf-8")
            paths.append(str(path))
        try:
            state = read_files(paths)
        except UsageError:
            return
    state.completed(DeploymentScope())
    assert state.vault(vault_id_of("kv"), None).state in ("exists", "absent", "deleted", "unread")
    for each in (vault_id_of("kv"), WORKSPACE, IDENTITY):
        state.people().given(each)
    people = state.people()
    people.principal(id_of("app"))
    people.uses(vault_id_of("kv"))
    assert state.notices()


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_any_value(document: Any) -> None:
    read(document)


@settings(max_examples=60, deadline=None)
@given(st.lists(RESOURCES, min_size=1, max_size=3), RESOURCES)
def test_any_members_of_resources(listed: Any, alone: Any) -> None:
    read(listed, alone)
    read(listed)


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, max_size=3), VALUES, VALUES)
def test_any_changes(changes: Any, before: Any, diagnostics: Any) -> None:
    known = {"resourceId": vault_id_of("kv"), "changeType": "Modify", "before": before}
    read({"changes": [*changes, known], "diagnostics": diagnostics})
    read({"changes": [known], "potentialChanges": changes, "diagnostics": diagnostics})
