"""What answers is not Azure: a page of a proxy, JSON of a gateway, half a document.

None of it is ever "not there" or "no policies". Whole commands against the fake, one test for each
line of what can come; `test_hostile_transport.py` has what is about the way there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_arm import FakeArm
from training import (
    GROUP,
    IDENTITY,
    SUBSCRIPTION,
    USER,
    VAULT,
    VAULT_READ,
    WORKSPACE,
    entry,
    live_state,
    state,
    template,
)

Run = Callable[..., Any]

PAGE = "<!DOCTYPE html><html><body><h1>Not Found</h1></body></html>"
IDS = {"x-ms-request-id": "request-7"}
NOT_FOUND = {
    "page": PAGE,
    "nothing": None,
    "other-code": {"error": {"code": "NotFound", "message": "no route"}},
    "wrong-provider": {"error": {"code": "InvalidResourceType", "message": "no"}},
    "gateway": {"code": "ResourceNotFound", "message": "no"},
    "gateway-status": {"statusCode": 404, "message": "Resource not found"},
    "error-is-a-text": {"error": "ResourceNotFound"},
    "code-is-a-list": {"error": {"code": ["ResourceNotFound"]}},
    "array": [{"error": {"code": "ResourceNotFound"}}],
    "cut": '{"error": {"code": "ResourceNotFound"',
}
"""404 in the words of somebody else."""


def answered(match: str, body: Any, status: int = 200, **more: Any) -> Any:
    return {"match": match, "status": status, "body": body, **more}


@pytest.fixture
def take(armguard: Run, serving: Run) -> Run:
    """Take a snapshot of a fake into `s.json`."""

    def run(fake: FakeArm, *options: str) -> Any:
        place = ["--subscription", SUBSCRIPTION, "-o", "s.json"]
        with serving(fake) as url:
            return armguard("snapshot", *place, "--arm-endpoint", url, *options)

    return run


def snapshot(folder: Path) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads((folder / "s.json").read_text("utf-8"), parse_constant=refuse)


@pytest.fixture
def against(armguard: Run, tmp_path: Path) -> Run:
    """What a check against `s.json` says about the vault, and its exit code."""

    def run() -> Any:
        (tmp_path / "main.json").write_text(json.dumps(template(USER)), encoding="utf-8")
        place = ["--resource-group", "rg-train", "--format", "json"]
        ran = armguard("check", "main.json", "--against", "s.json", *place)
        return ran.vault("kv-train")["live"]["state"], ran.exit

    return run


@pytest.mark.parametrize("body", NOT_FOUND.values(), ids=NOT_FOUND)
def test_404_that_azure_did_not_say(check: Run, tmp_path: Path, body: Any) -> None:
    fault = answered(VAULT_READ, body, 404, headers={**IDS, "Content-Type": "text/html"})
    fake = FakeArm(state(USER, faults=[fault]))
    ran = check(fake)
    assert ran.exit == 3
    assert "404" in ran.stdout
    assert "request-7" in ran.stdout
    assert live_state(tmp_path)["state"] == "unread"
    assert not [each for each in fake.requests if "deletedVaults" in each.path]


@pytest.mark.parametrize("code", ["ResourceNotFound", "resourcegroupnotfound"])
def test_404_that_azure_says(check: Run, tmp_path: Path, code: str) -> None:
    fault = answered(VAULT_READ, {"error": {"code": code, "message": "gone"}}, 404)
    ran = check(FakeArm(state(USER, faults=[fault])))
    assert ran.exit == 0
    assert live_state(tmp_path)["state"] == "absent"


def vault_with(**changed: Any) -> Any:
    """The vault, with other properties."""
    vault = state(USER)["vaults"][0]
    return {**vault, "properties": {**vault["properties"], **changed}}


NO_VAULTS = {
    "empty": {},
    "error": {"error": {"code": "InternalServerError", "message": "oops"}},
    "error-beside-a-vault": {**vault_with(), "error": {"code": "Partial"}},
    "error-is-a-text": {"error": "oops"},
    "no-properties": {name: vault_with()[name] for name in ("id", "name", "type", "location")},
    "properties-null": {**vault_with(), "properties": None},
    "properties-text": {**vault_with(), "properties": "none"},
    "properties-list": {**vault_with(), "properties": [vault_with()["properties"]]},
    "properties-empty": {**vault_with(), "properties": {}},
    "no-list": vault_with(accessPolicies=None),
    "list-is-an-object": vault_with(accessPolicies={}),
    "list-is-a-text": vault_with(accessPolicies=""),
    "entry-is-a-text": vault_with(accessPolicies=[USER]),
    "entry-is-null": vault_with(accessPolicies=[entry(USER), None]),
    "entry-for-nobody": vault_with(accessPolicies=[{**entry(USER), "objectId": None}]),
    "entry-without-permissions": vault_with(accessPolicies=[{"tenantId": "t", "objectId": "o"}]),
    "permissions-are-texts": vault_with(
        accessPolicies=[{**entry(USER), "permissions": {"secrets": "get"}}]
    ),
    "rbac-is-a-text": vault_with(enableRbacAuthorization="true"),
    "another-vault": {**vault_with(), "id": VAULT.replace("kv-train", "kv-other")},
    "listing": {"value": [vault_with()]},
}
"""200, and JSON, but not the vault."""


@pytest.mark.parametrize("body", NO_VAULTS.values(), ids=NO_VAULTS)
def test_200_without_the_vault(check: Run, tmp_path: Path, body: Any) -> None:
    ran = check(FakeArm(state(USER, faults=[answered(VAULT_READ, body)])))
    assert ran.exit == 3
    assert live_state(tmp_path)["state"] == "unread"
    assert live_state(tmp_path)["changes"] == []


def test_200_without_the_vault_at_the_second_read(check: Run, tmp_path: Path) -> None:
    first = answered(VAULT_READ, vault_with(), times=1)
    ran = check(FakeArm(state(USER, faults=[first, answered(VAULT_READ, {})])))
    assert ran.exit == 3
    assert "it was read once, but not again" in ran.stdout
    assert live_state(tmp_path)["state"] == "unread"


def test_vault_with_roles_needs_no_list(check: Run, tmp_path: Path) -> None:
    body = vault_with(enableRbacAuthorization=True)
    del body["properties"]["accessPolicies"]
    fake = FakeArm(state(USER, faults=[answered(VAULT_READ, body)]))
    assert check(fake, template(enableRbacAuthorization=True)).exit == 0
    assert live_state(tmp_path)["state"] == "exists"
    assert live_state(tmp_path)["rbac"] is True


LISTING = "^GET [^?]*/subscriptions/[^/]*/providers/Microsoft.KeyVault/vaults\\?"
NO_LISTINGS = {
    "page": (404, PAGE),
    "nothing": (404, None),
    "not-found": (404, {"error": {"code": "ResourceNotFound", "message": "no"}}),
    "empty": (200, {}),
    "error": (200, {"error": {"code": "InternalServerError"}}),
    "null": (200, {"value": None}),
    "object": (200, {"value": {}}),
    "texts": (200, {"value": [VAULT]}),
    "blank-vault": (200, {"value": [vault_with(), {}]}),
    "vault-without-id": (200, {"value": [{**vault_with(), "id": None}]}),
    "vault-elsewhere": (
        200,
        {"value": [{**vault_with(), "id": VAULT.replace(SUBSCRIPTION, "x")}]},
    ),
    "vault-without-name": (200, {"value": [{**vault_with(), "name": None}]}),
    "vault-without-policies": (200, {"value": [vault_with(accessPolicies=None)]}),
    "next-page-is-a-number": (200, {"value": [], "nextLink": 7}),
}


@pytest.mark.parametrize(("status", "body"), NO_LISTINGS.values(), ids=NO_LISTINGS)
def test_listing_answered_so(
    take: Run, against: Run, tmp_path: Path, status: int, body: Any
) -> None:
    ran = take(FakeArm(state(USER, faults=[answered(LISTING, body, status)])))
    assert ran.exit == 3
    unread = snapshot(tmp_path)["unread"]
    assert f"/subscriptions/{SUBSCRIPTION}" in [each["id"] for each in unread]
    assert against() == ("unread", 3)


@pytest.mark.parametrize(("status", "body"), NO_LISTINGS.values(), ids=NO_LISTINGS)
def test_later_page_answered_so(
    take: Run, against: Run, tmp_path: Path, status: int, body: Any
) -> None:
    pages = [
        answered("skiptoken=9", body, status),
        answered(LISTING, {"value": [], "nextLink": "{url}/next?api-version=1&$skiptoken=9"}),
    ]
    assert take(FakeArm(state(USER, faults=pages))).exit == 3
    assert snapshot(tmp_path)["unread"]
    assert against() == ("unread", 3)


PARTS = {
    "subscription": f"^GET /subscriptions/{SUBSCRIPTION}\\?",
    "group": f"^GET {GROUP}\\?",
    "workspaces": "^GET .*/workspaces\\?",
    "graph": "ResourceGraph",
    "workspace": f"^GET {WORKSPACE}\\?",
    "identity": "^GET .*/userAssignedIdentities/id\\?",
}
NO_PART = {"page": (404, PAGE), "empty": (200, {}), "null": (200, {"value": [{}], "data": [None]})}


def world_with_an_identity() -> Any:
    world = state(USER, IDENTITY)
    identity = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"
    world["workspaces"][0]["identity"]["userAssignedIdentities"] = {identity: {}}
    properties = {"principalId": USER}
    return {**world, "identities": [{"id": identity, "name": "id", "properties": properties}]}


@pytest.mark.parametrize("match", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize(("status", "body"), NO_PART.values(), ids=NO_PART)
def test_no_snapshot_is_complete_by_accident(
    take: Run, tmp_path: Path, match: str, status: int, body: Any
) -> None:
    world = world_with_an_identity()
    assert take(FakeArm(world)).exit == 0
    world["faults"] = [answered(match, body, status)]
    assert take(FakeArm(world), "--force").exit == 3
    assert len(snapshot(tmp_path)["unread"]) >= 1


@pytest.mark.parametrize(
    "body",
    [
        {"data": [], "resultTruncated": "true"},
        {"data": [], "$skipToken": 7},
        {"data": [], "$skipToken": "again"},
    ],
    ids=["truncated", "number", "circle"],
)
def test_rows_that_are_left_out(check: Run, body: Any) -> None:
    ran = check(FakeArm(state(USER, faults=[answered("ResourceGraph", body)])))
    assert ran.exit == 3
    assert "not read: " in ran.stdout


BY_NAME = "/locations/[^/]*/deletedVaults/"
EVERY = "KeyVault/deletedVaults\\?"


@pytest.mark.parametrize("match", [BY_NAME, EVERY], ids=["by-name", "listing"])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        *((404, body) for body in NOT_FOUND.values()),
        (200, {}),
        (200, {"error": {"code": "DeletedVaultNotFound"}}),
        (200, {"value": [{}]}),
        (200, {"id": "/x", "name": "kv-other", "properties": {}}),
    ],
)
def test_question_for_a_deleted_namesake_answered_so(
    check: Run, tmp_path: Path, match: str, status: int, body: Any
) -> None:
    """Absent and deleted can't be told apart."""
    ran = check(FakeArm(state(vaults=[], faults=[answered(match, body, status)])))
    assert ran.exit == 3
    assert "it may be soft-deleted" in ran.stdout
    assert live_state(tmp_path)["state"] == "unread"


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_number_that_is_none(take: Run, against: Run, tmp_path: Path, constant: str) -> None:
    body = json.dumps({"value": [vault_with(days="DAYS")]}).replace('"DAYS"', constant)
    assert take(FakeArm(state(USER, faults=[answered(LISTING, body)]))).exit == 3
    assert snapshot(tmp_path)["vaults"] == []
    assert against() == ("unread", 3)


@pytest.mark.parametrize("levels", [150, 900, 100_000])
def test_answer_nested_for_no_reason(take: Run, tmp_path: Path, levels: int) -> None:
    nested = "[" * levels + "]" * levels
    body = json.dumps({"value": [vault_with(tags="NESTED")]}).replace('"NESTED"', nested)
    assert take(FakeArm(state(USER, faults=[answered(LISTING, body)]))).exit == 3
    assert snapshot(tmp_path)["unread"]


def test_refusal_that_never_comes_to_the_point(check: Run) -> None:
    """A pattern looks for who may not do what; in a long message it would look for ever."""
    message = "client 'x' " * 80_000
    body = {"error": {"code": "AuthorizationFailed", "message": message}}
    ran = check(FakeArm(state(USER, faults=[answered(VAULT_READ, body, 403)])))
    assert ran.exit == 3
    assert "grant the role Reader there" in ran.stdout
