"""Identities that templates refer to are answered from one listing, which names principals too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_arm import FakeArm
from support import make_deployment
from training import (
    GROUP,
    IDENTITY,
    SUBSCRIPTION,
    TENANT,
    USER,
    WORKSPACE,
    entry,
    fault,
    live_state,
    state,
    template,
)

Check = Callable[..., Any]

SITE = f"{GROUP}/providers/Microsoft.Web/sites/func-orders"
SLOT = f"{SITE}/slots/staging"
ASSIGNED = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-orders"
ELSEWHERE = SITE.replace(SUBSCRIPTION, "99999999-9999-4999-8999-999999999999")
CLIENT = "66666666-6666-4666-8666-666666666666"


def resource(resource_id: str, **identity: Any) -> Any:
    """As in Resource Graph, whose types are in lower case; with something that is nobody's
    business."""
    kind = "/".join(resource_id.lower().split("/providers/")[1].split("/")[:2])
    return {"id": resource_id, "type": kind, "identity": identity, "properties": {"key": "hush"}}


def system(resource_id: str, principal: str = IDENTITY) -> Any:
    return resource(resource_id, type="SystemAssigned", principalId=principal, tenantId=TENANT)


def user(resource_id: str) -> Any:
    """The listing spells the id of the identity in its own way."""
    named = ASSIGNED.replace("resourceGroups", "resourcegroups")
    assigned = {named: {"principalId": IDENTITY, "clientId": CLIENT}}
    return resource(resource_id, type="UserAssigned", userAssignedIdentities=assigned)


class World(FakeArm):
    """Resources of any type, which Resource Graph lists; none of them may be asked for."""

    def __init__(self, *resources: Any, **more: Any) -> None:
        document = state(USER, **more)
        document["vaults"][0]["properties"]["accessPolicies"].append(entry(IDENTITY))
        super().__init__(document)
        self.others |= {each["id"].lower(): each for each in resources}

    @property
    def asked(self) -> list[str]:
        return [each.path for each in self.requests]

    @property
    def listings(self) -> list[Any]:
        return [
            each.body for each in self.requests if "project id, type, identity" in str(each.body)
        ]


def granting(expression: str, **members: Any) -> Any:
    """The vault with the user, and with whoever the expression is."""
    written = template(USER, IDENTITY)
    written["resources"][0]["properties"]["accessPolicies"][1]["objectId"] = f"[{expression}]"
    return {**written, **members}


FUNCTION = "resourceId('Microsoft.Web/sites', 'func-orders')"
NAMED = "resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', 'id-orders')"

SPELLINGS: dict[str, tuple[Any, str]] = {
    "full": (system(SITE), f"reference({FUNCTION}, '2022-03-01', 'Full').identity.principalId"),
    "casing": (
        system(SITE.upper()),
        f"Reference(toLower({FUNCTION}), '2022-03-01', 'FULL').Identity['PRINCIPALID']",
    ),
    "try-get": (
        system(SITE),
        f"tryGet(reference({FUNCTION}, '2022-03-01', 'full'), 'identity', 'principalId')",
    ),
    "written-out": (
        system(SITE),
        f"reference('{SITE}', '2022-03-01', 'full').identity.principalId",
    ),
    "child": (
        system(SLOT),
        "reference(resourceId('Microsoft.Web/sites/slots', 'func-orders', 'staging'), '2022-03-01',"
        " 'full').identity.principalId",
    ),
    "extension": (
        system(SITE),
        f"reference(concat({FUNCTION}, '/providers/Microsoft.ManagedIdentity/Identities/default'),"
        " '2015-08-31-PREVIEW').principalId",
    ),
    "user-assigned": (
        user(SITE),
        f"reference({FUNCTION}, '2022-03-01', 'full').identity.userAssignedIdentities[{NAMED}]"
        ".principalId",
    ),
    "identity": (user(SITE), f"reference({NAMED}, '2018-11-30').principalId"),
    "identity-full": (
        user(SITE),
        f"reference({NAMED}, '2018-11-30', 'full').properties.principalId",
    ),
}


@pytest.mark.parametrize(("listed", "expression"), SPELLINGS.values(), ids=SPELLINGS)
def test_right_template_is_clean(
    check: Check, tmp_path: Path, listed: Any, expression: str
) -> None:
    fake = World(listed)
    ran = check(fake, granting(expression))
    assert ran.exit == 0, ran.stdout
    assert {each["change"] for each in live_state(tmp_path)["changes"]} == {"kept"}
    assert "undecided" not in ran.stdout.partition("checked ")[0]
    assert [each["subscriptions"] for each in fake.listings] == [[SUBSCRIPTION]]
    assert not [path for path in fake.asked if "Microsoft.Web" in path or "ManagedId" in path]


def test_identity_of_a_resource_that_the_template_writes(check: Check, tmp_path: Path) -> None:
    site = {
        "type": "Microsoft.Web/sites",
        "apiVersion": "2022-03-01",
        "name": "func-orders",
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {},
    }
    written = granting(f"reference({FUNCTION}, '2022-03-01', 'Full').identity.principalId")
    written["resources"].insert(0, site)
    assert check(World(system(SITE)), written).exit == 0
    assert {each["change"] for each in live_state(tmp_path)["changes"]} == {"kept"}


def test_tenant_comes_with_the_principal(check: Check, tmp_path: Path) -> None:
    whole = f"reference({FUNCTION}, '2022-03-01', 'full').identity"
    written = granting(f"{whole}.principalId")
    written["resources"][0]["properties"]["accessPolicies"][1]["tenantId"] = f"[{whole}.tenantId]"
    check(World(system(SITE)), written)
    assert {each["change"] for each in live_state(tmp_path)["changes"]} == {"kept"}


def test_identity_of_another_principal_is_a_loss(check: Check, tmp_path: Path) -> None:
    other = "77777777-7777-4777-8777-777777777777"
    expression = f"reference({FUNCTION}, '2022-03-01', 'full').identity.principalId"
    ran = check(World(system(SITE, other)), granting(expression))
    assert ran.exit == 1
    changes = {each["objectId"]: each["change"] for each in live_state(tmp_path)["changes"]}
    assert changes == {USER: "kept", IDENTITY: "lost", other: "granted"}


@pytest.mark.parametrize(
    "resources", [[], [system(f"{SITE}-2", USER)], [resource(SITE, type="None")]]
)
def test_what_the_listing_lacks_is_undecided(check: Check, tmp_path: Path, resources: Any) -> None:
    """Resource Graph lags behind, so nobody is lost because of that."""
    expression = f"reference({FUNCTION}, '2022-03-01', 'full').identity.principalId"
    ran = check(World(*resources), granting(expression), "--fail-on-undecided")
    assert ran.exit == 3
    changes = {each["objectId"]: each["change"] for each in live_state(tmp_path)["changes"]}
    assert changes[IDENTITY] == "undecided"


def test_identity_in_a_subscription_of_nobody_is_undecided(check: Check, tmp_path: Path) -> None:
    """What a template names does not widen the question."""
    expression = f"reference('{ELSEWHERE}', '2022-03-01', 'full').identity.principalId"
    fake = World(system(ELSEWHERE))
    check(fake, granting(expression))
    assert "undecided" in {each["change"] for each in live_state(tmp_path)["changes"]}
    assert [each["subscriptions"] for each in fake.listings] == [[SUBSCRIPTION]]


def test_vault_that_a_template_refers_to_does_not_widen_the_question(check: Check) -> None:
    vault = ELSEWHERE.replace("Microsoft.Web/sites/func-orders", "Microsoft.KeyVault/vaults/kv-x")
    fake = World(system(ELSEWHERE))
    fake.vaults[vault.lower()] = {**fake.state["vaults"][0], "id": vault, "name": "kv-x"}
    fake.any_subscription = True
    check(fake, granting(f"reference('{vault}', '2023-07-01').tenantId"))
    assert vault in fake.asked
    assert [each["subscriptions"] for each in fake.listings] == [[SUBSCRIPTION]]


def test_subscription_of_a_vault_is_one_of_the_question(check: Check) -> None:
    other = "99999999-9999-4999-8999-999999999999"
    nested = make_deployment(
        "elsewhere", template(USER), subscriptionId=other, resourceGroup="rg-other"
    )
    fake = World(system(ELSEWHERE))
    check(fake, {**template(), "resources": [nested]})
    assert [each["subscriptions"] for each in fake.listings] == [[SUBSCRIPTION, other]]


@pytest.mark.parametrize(
    "asked_for",
    [
        f"reference({FUNCTION}, '2022-03-01').key",
        f"reference({FUNCTION}, '2022-03-01', 'full').properties.key",
        f"reference({FUNCTION}, '2022-03-01', 'full').identity.key",
        f"string(reference({FUNCTION}, '2022-03-01', 'full'))",
        f"reference('{WORKSPACE}', '2024-04-01').keyVault",
        f"string(reference('{WORKSPACE}', '2024-04-01', 'full').properties)",
        f"reference({NAMED}, '2018-11-30', 'full').properties.key",
    ],
)
def test_another_property_is_never_answered(check: Check, asked_for: str) -> None:
    """A template can't have anything read and printed."""
    written = template(USER)
    named = {**written["resources"][0], "name": f"[{asked_for}]"}
    fake = World(system(SITE), user(f"{SITE}-2"))
    fake.others[WORKSPACE.lower()] = {
        **system(WORKSPACE),
        "name": "mlw-train",
        "properties": {"keyVault": "hush", "key": "hush"},
    }
    ran = check(fake, {**written, "resources": [*written["resources"], named]})
    assert "hush" not in ran.stdout + ran.stderr
    assert not [path for path in fake.asked if path.lower() in fake.others]


def test_principals_are_named_by_the_listing(check: Check, tmp_path: Path) -> None:
    ran = check(World(system(SLOT)), template(USER))
    assert ran.exit == 1
    assert f"func-orders/staging (Microsoft.Web/sites/slots) with identity {IDENTITY}" in ran.stdout
    names = {each["objectId"]: each["name"] for each in live_state(tmp_path)["changes"]}
    assert names == {USER: None, IDENTITY: "func-orders/staging"}


def test_user_assigned_identity_is_named_by_who_uses_it(check: Check, tmp_path: Path) -> None:
    ran = check(World(user(SITE)), template(USER))
    assert f"identity 'id-orders' ({IDENTITY})" in ran.stdout


def test_listing_that_can_not_be_read(check: Check, tmp_path: Path) -> None:
    """Nothing is taken for lost or safe, and the reason is said once."""
    refused = fault("ResourceGraph", 403, "AuthorizationFailed", "no")
    ran = check(World(system(SITE), faults=[refused]), template(USER, IDENTITY))
    assert ran.exit == 3
    assert ran.stdout.count("Azure Resource Graph") == 1


def test_row_that_is_none(check: Check) -> None:
    rows = {"data": [{"id": 7, "type": "x", "identity": {}}], "count": 1}
    bad = {"match": "ResourceGraph", "body_match": "type, identity", "status": 200, "body": rows}
    ran = check(World(faults=[bad]), template(USER, IDENTITY))
    assert ran.exit == 3
    assert "is a proxy in between?" in ran.stdout


def test_snapshot_answers_the_same(
    armguard: Callable[..., Any], serving: Callable[..., Any], tmp_path: Path
) -> None:
    """Offline, and with nothing of a resource but id, type and identity."""
    fake = World(system(SITE))
    with serving(fake) as url:
        place = ["--subscription", SUBSCRIPTION, "--arm-endpoint", url]
        assert armguard("snapshot", *place, "-o", "s.json").exit == 0
    document = json.loads((tmp_path / "s.json").read_text("utf-8"))
    assert document["resources"] == [
        {"id": SITE, "type": "Microsoft.Web/sites", "identity": system(SITE)["identity"]}
    ]
    expression = f"reference({FUNCTION}, '2022-03-01', 'full').identity.principalId"
    (tmp_path / "main.json").write_text(json.dumps(granting(expression)), encoding="utf-8")
    options = ["--against", "s.json", "--resource-group", "rg-train", "--format", "json"]
    ran = armguard("check", "main.json", *options)
    assert ran.exit == 0
    changes = ran.vault("kv-train")["live"]["changes"]
    assert [(each["change"], each["name"]) for each in changes] == [
        ("kept", None),
        ("kept", "func-orders"),
    ]


def test_snapshot_of_a_group_tells_who_has_access_from_elsewhere(
    armguard: Callable[..., Any], serving: Callable[..., Any], tmp_path: Path
) -> None:
    here, there = system(SITE, USER), system(SITE.replace("rg-train", "rg-apps"))
    stranger = system(f"{there['id']}-2", CLIENT)
    with serving(World(here, there, stranger)) as url:
        place = ["--subscription", SUBSCRIPTION, "--resource-group", "rg-train"]
        armguard("snapshot", *place, "--arm-endpoint", url, "-o", "s.json")
    document = json.loads((tmp_path / "s.json").read_text("utf-8"))
    assert {each["id"] for each in document["resources"]} == {here["id"], there["id"]}
