"""Many vaults are read at once: one answer in whatever order theirs come, and none too soon."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_arm import Answer, FakeArm, Request
from support import make_deployment
from training import GROUP, IDENTITY, SUBSCRIPTION, USER, entry, fault, state, template

Check = Callable[..., Any]
MANY = 12
LISTING = f"^GET {GROUP}/providers/Microsoft.KeyVault/vaults\\?"
VAULTS = f"{GROUP}/providers/Microsoft.KeyVault/vaults"


def names(count: int = MANY) -> list[str]:
    return [f"kv-{number:03}" for number in range(count)]


def held(*vaults: str, **more: Any) -> Any:
    document = state(USER, **more)
    (vault,) = document["vaults"]
    document["vaults"] = [{**vault, "id": f"{VAULTS}/{each}", "name": each} for each in vaults]
    return document


def written(*vaults: str) -> Any:
    (resource,) = template(USER)["resources"]
    return {**template(), "resources": [{**resource, "name": each} for each in vaults]}


def states(folder: Path) -> dict[str, str]:
    document = json.loads((folder / "report.json").read_text("utf-8"))
    (deployment,) = document["deployments"]
    return {each["name"]: each["live"]["state"] for each in deployment["vaults"]}


def reads(fake: FakeArm) -> list[str]:
    return [each.path for each in fake.requests if f"{VAULTS}/" in each.path]


def test_every_vault_is_decided_by_a_request_for_it(check: Check, tmp_path: Path) -> None:
    """The first look is one listing; what counts comes after everything around it."""
    fake = FakeArm(held(*names()))
    assert check(fake, written(*names())).exit == 0
    assert states(tmp_path) == dict.fromkeys(names(), "exists")
    assert sorted(reads(fake)) == [f"{VAULTS}/{each}" for each in names()]
    first = next(at for at, each in enumerate(fake.requests) if f"{VAULTS}/" in each.path)
    around = [each for each in fake.requests if "Graph" in each.path or "Learning" in each.path]
    assert len(around) == 4
    assert all(fake.requests.index(each) < first for each in around)


@pytest.mark.parametrize("listed", [fault(LISTING, 403, "AuthorizationFailed", "no"), None])
def test_listing_is_no_answer(check: Check, tmp_path: Path, listed: Any) -> None:
    """Neither one that is refused, nor one that lacks a vault."""
    faults = [listed or {"match": LISTING, "status": 200, "body": {"value": []}}]
    fake = FakeArm(held(*names(), faults=faults))
    ran = check(fake, written(*names()))
    assert ran.exit == 0, ran.stdout
    assert "not read" not in ran.stdout
    assert states(tmp_path) == dict.fromkeys(names(), "exists")
    assert len(reads(fake)) == 2 * MANY


def test_vault_that_changes_after_the_listing(check: Check) -> None:
    class Changing(FakeArm):
        def _routed(self, request: Request) -> Answer:
            answer = super()._routed(request)
            if f"{VAULTS}/" not in request.path:
                return answer
            later = {"lastModifiedAt": "2026-01-01T00:00:09Z"}
            vault = json.loads(json.dumps({**answer.body, "systemData": later}))
            vault["properties"]["accessPolicies"].append(entry(IDENTITY))
            return Answer(200, vault)

    ran = check(Changing(held(*names())), written(*names()))
    assert ran.exit == 1
    assert ran.stdout.count("it was changed while it was read") >= MANY


@pytest.mark.parametrize("deleted", [False, True])
def test_vaults_that_are_not_there(check: Check, tmp_path: Path, deleted: bool) -> None:
    """Whether they are soft-deleted tells one listing."""
    below = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/westeurope"
    gone = {
        "id": f"{below}/deletedVaults/kv-003",
        "name": "kv-003",
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {"location": "westeurope"},
    }
    fake = FakeArm(held(deletedVaults=[gone] if deleted else []))
    check(fake, written(*names()))
    expected = dict.fromkeys(names(), "absent")
    assert states(tmp_path) == (expected | {"kv-003": "deleted"} if deleted else expected)
    assert len([each for each in fake.requests if "deletedVaults" in each.path]) == 1


def test_groups_of_nested_deployments(check: Check, tmp_path: Path) -> None:
    groups = [f"rg-{number}" for number in range(MANY)]
    world = held()
    world["subscriptions"][0]["resourceGroups"] += [
        {"name": each, "location": "westeurope"} for each in groups
    ]
    deployments = [make_deployment(each, template(USER), resourceGroup=each) for each in groups]
    fake = FakeArm(world)
    assert check(fake, {**template(), "resources": deployments}).exit == 0
    asked = [each.path.rpartition("/")[2] for each in fake.requests]
    assert [asked.count(each) for each in groups] == [1] * MANY


class InAnyOrder(FakeArm):
    """Answers come in another order each time; some of them are refusals."""

    def __init__(self, document: Any, seed: int) -> None:
        super().__init__(document)
        self._random = random.Random(seed)
        self._turn = threading.Event()

    def answer(self, request: Request) -> Answer:
        self._turn.wait(self._random.random() / 20)
        return super().answer(request)


def test_order_of_answers_means_nothing(check: Check, tmp_path: Path) -> None:
    refused = [
        fault(f"/vaults/{name}\\?", 403, "AuthorizationFailed", f"no, {name}")
        for name in ("kv-001", "kv-007")
    ]
    refused += [fault("ResourceGraph", 500, "Broken"), fault("/workspaces\\?", 403, "Denied", "no")]
    said = set()
    for seed in range(4):
        fake = InAnyOrder(held(*names(), faults=refused), seed)
        ran = check(fake, written(*names()))
        assert ran.exit == 3
        said.add((ran.stdout, (tmp_path / "report.json").read_text("utf-8")))
    assert len(said) == 1


class Throttling(FakeArm):
    """The first request for each vault is refused with a wish, all at once."""

    def __init__(self, document: Any) -> None:
        super().__init__(document)
        self._seen: set[str] = set()
        self._together = threading.Barrier(8)

    def answer(self, request: Request) -> Answer:
        if f"{VAULTS}/" not in request.path or request.path in self._seen:
            return super().answer(request)
        self._seen.add(request.path)
        if len(self._seen) <= 8:
            self._together.wait(20)
        with self._lock:
            self.requests.append(request)
        request.status, request.retry_after = 429, "5"
        return Answer(429, {"error": {"code": "TooManyRequests"}}, {"Retry-After": "5"})


def test_all_are_throttled_at_once(check: Check, tmp_path: Path, clock: Any) -> None:
    """`hold_to_promises` holds each to the pause that it was asked for; they share it."""
    fake = Throttling(held(*names()))
    ran = check(fake, written(*names()))
    assert ran.exit == 0, ran.stdout
    assert states(tmp_path) == dict.fromkeys(names(), "exists")
    assert clock.waited < 5 * MANY
    assert len(reads(fake)) == 2 * MANY


def test_throttled_for_ever(check: Check, tmp_path: Path) -> None:
    """Whoever gives up gives up for the others."""
    slow = fault("/vaults/", 429, "TooManyRequests", "slow down", headers={"Retry-After": "0"})
    fake = FakeArm(held(*names(), faults=[slow]))
    ran = check(fake, written(*names()))
    assert ran.exit == 3
    assert set(states(tmp_path).values()) == {"unread"}
    assert len(reads(fake)) <= 8 + MANY
    assert ran.stdout.count("Azure throttles requests") == 1


def test_answers_that_never_come(check: Check, tmp_path: Path, clock: Any) -> None:
    """Those that came are kept."""
    slow = {"match": "/vaults/kv-00[0-9]\\?", "status": 200, "drip": 1}
    fake = FakeArm(held(*names(), faults=[slow]))
    ran = check(fake, written(*names()), "--timeout", "30")
    assert ran.exit == 3
    found = states(tmp_path)
    assert {found[each] for each in names()[:10]} == {"unread"}
    assert "was not read within --timeout 30" in ran.stdout
    assert ran.stdout.count("--timeout 30") == 1


def test_one_token_for_all(check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And what can't be reached is found out once, though nothing was asked before."""
    place = ["--tenant", "22222222-2222-4222-8222-222222222222", "--location", "westeurope"]
    endpoint = ["--arm-endpoint", "https://127.0.0.1:9", "--credential", "azure-cli"]
    from azure.core.credentials import AccessToken

    from armguard.live import connection

    asked = []

    class Tokens:
        def get_token(self, *scopes: str, **options: Any) -> Any:
            asked.append(scopes)
            return AccessToken("secret-token", 4_000_000_000)

    monkeypatch.setattr(connection, "credential_for", lambda *_: Tokens())
    ran = check(FakeArm(held(*names())), written(*names()), *place, *endpoint)
    assert ran.exit == 3
    assert len(asked) <= 2
    assert ran.stderr.count("the network failed") == 1
    assert ran.stdout.count("can't be reached") == 1
    assert "secret-token" not in ran.stdout + ran.stderr


def test_links_to_other_hosts_are_not_followed(check: Check) -> None:
    body = {"value": [], "nextLink": "http://127.0.0.2:9/steal?api-version=1"}
    fake = FakeArm(held(*names(), faults=[{"match": "/workspaces", "status": 200, "body": body}]))
    ran = check(fake, written(*names()))
    assert ran.exit == 3
    assert "another host" in ran.stdout
