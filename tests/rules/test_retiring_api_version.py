"""retiring-api-version: once per file, at the first vault or child with an old version."""

from typing import Any

import pytest
from conftest_deployed import deployed_vault, inventory_of
from support import make_deployment

RULE = "retiring-api-version"
RETIRES = (
    "API version 2023-07-01 of Key Vault retires on 2027-02-27, and deployments with it fail from"
    " then on; 2026-02-01 or later stays"
)
PREVIEW = (
    "API version 2026-03-01-preview of Key Vault is a deprecated preview: deployments with it fail"
    " from 2027-02-27 on, or earlier, since previews go with 90 days' notice; 2026-02-01 or later"
    " stays"
)


@pytest.mark.parametrize(
    "version", ["2026-02-01", "2026-05-15", "2026-04-01-preview", "2027-01-01"]
)
def test_compliant(check: Any, vault_of: Any, policy: Any, version: str) -> None:
    assert check(vault_of(policies=[policy()], apiVersion=version)).told(RULE) == []


def test_violating(check: Any, vault_of: Any, policy: Any) -> None:
    checked = check(vault_of(policies=[policy()], apiVersion="2023-07-01"))
    assert checked.told(RULE) == [("warning", "certain", RETIRES, '"apiVersion": "2023-07-01"')]


def test_violating_preview(check: Any, vault_of: Any, policy: Any) -> None:
    checked = check(vault_of(policies=[policy()], apiVersion="2026-03-01-preview"))
    span = '"apiVersion": "2026-03-01-preview"'
    assert checked.told(RULE) == [("warning", "certain", PREVIEW, span)]


@pytest.mark.parametrize(
    ("today", "severity"),
    [("", "warning"), ("2027-01-27", "warning"), ("2027-01-28", "error"), ("2027-03-01", "error")],
)
def test_an_error_thirty_days_before(
    check_files: Any, template_of: Any, vault_of: Any, today: str, severity: str
) -> None:
    old = template_of(vault_of(policies=[], apiVersion="2023-07-01"))
    (finding,) = check_files({"main.json": old}, today=today).of(RULE)
    assert str(finding.severity) == severity


@pytest.mark.parametrize(
    ("deployed", "says"),
    [(True, "enableRbacAuthorization true, which"), (None, "enableRbacAuthorization false, which")],
)
def test_the_way_by_hand_names_the_model_that_the_vault_has(
    against: Any, vault_of: Any, deployed: bool | None, says: str
) -> None:
    state = inventory_of(deployed_vault(enableRbacAuthorization=deployed))
    properties = {"enableRbacAuthorization": None}
    old = vault_of(policies=[], apiVersion="2023-07-01", properties=properties)
    (finding,) = against(state, old).of(RULE)
    told = [(each.label, each.text[0]) for each in finding.details if each.label in ("fix", "or")]
    assert told[0] == ("fix", "armguard fix main.json --remedy raise-api-version")
    assert told[1][0] == "or"
    assert told[1][1].startswith("write 2026-02-01 or later, and ")
    assert says in told[1][1]


def test_where_the_model_is_not_known_the_command_needs_deployed_state(
    check: Any, vault_of: Any
) -> None:
    properties = {"enableRbacAuthorization": None}
    old = vault_of(policies=[], apiVersion="2023-07-01", properties=properties)
    (finding,) = check(old).of(RULE)
    fix, command = [(each.label, each.text[0]) for each in finding.details]
    assert fix[0] == "fix"
    assert fix[1].startswith("write 2026-02-01 or later, and ")
    assert command[0] == "or"
    assert command[1].startswith("armguard fix --remedy raise-api-version writes both where --live")


@pytest.mark.parametrize(
    ("version", "certainty"),
    [
        ("2015-06-01", "certain"),
        ("2025-05-01", "certain"),
        ("2025-12-01-preview", "certain"),
        ("[parameters('old')]", "default"),
        ("[variables('old')]", "certain"),
    ],
)
def test_versions(check: Any, vault_of: Any, version: str, certainty: str) -> None:
    checked = check(
        vault_of(policies=[], apiVersion=version),
        parameters={
            "old": {"type": "string", "defaultValue": "2019-09-01"},
        },
        variables={"old": "2019-09-01"},
    )
    assert [finding.certainty for finding in checked.of(RULE)] == [certainty]


def test_undecided_which_version_it_is(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies=[], apiVersion="[parameters('version')]")
    declared = {"version": {"type": "string"}}
    assert check(resource, parameters=declared).told(RULE) == []
    given = {"version": "2023-07-01"}
    assert len(check(resource, parameters=declared, given=given).told(RULE)) == 1


def test_once_per_file(check: Any, vault_of: Any, change: Any) -> None:
    checked = check(
        vault_of("new", policies=[]),
        vault_of("old", policies=[], apiVersion="2019-09-01"),
        vault_of("older", policies=[], apiVersion="2015-06-01"),
        change("old/add", apiVersion="2019-09-01"),
    )
    pointers = [finding.location.pointer for finding in checked.of(RULE)]
    assert pointers == ["/resources/1/apiVersion"]


def test_once_for_each_file_of_a_run(check_files: Any, template_of: Any, vault_of: Any) -> None:
    link = make_deployment(link={"relativePath": "module.json"})
    checked = check_files(
        {
            "main.json": template_of(vault_of("a", policies=[], apiVersion="2019-09-01"), link),
            "module.json": template_of(vault_of("b", policies=[], apiVersion="2019-09-01")),
            "second.json": template_of(link),
        }
    )
    assert [finding.location.path for finding in checked.of(RULE)] == ["main.json", "module.json"]


def test_a_child_of_a_vault_that_is_not_here(check: Any, change: Any) -> None:
    (finding,) = check(change("kv/add", apiVersion="2019-09-01")).of(RULE)
    assert finding.resource is not None
    assert finding.resource.type == "Microsoft.KeyVault/vaults/accessPolicies"


@pytest.mark.parametrize("member", [{"condition": False}, {"existing": True}])
def test_what_is_not_deployed(check: Any, vault_of: Any, member: dict[str, Any]) -> None:
    resource = vault_of(policies=[], apiVersion="2019-09-01", **member)
    assert check(resource).of(RULE) == []


def test_undecided_whether_the_vault_is_written(check: Any, vault_of: Any) -> None:
    resource = vault_of(policies=[], apiVersion="2023-07-01", condition="[parameters('p')]")
    (told,) = check(resource, parameters={"p": {"type": "bool"}}).told(RULE)
    assert told == ("warning", "possible", told[2], '"apiVersion": "2023-07-01"')
    assert told[2].startswith(RETIRES)
