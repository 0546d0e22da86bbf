"""Every scenario beside the project passes through the command line against the fake."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_arm import FakeArm, ReplacesTheWholeList, Request
from support import SHARED
from training import free_port

NAMES = sorted(path.stem for path in (SHARED / "scenarios").glob("*.json"))


@pytest.mark.parametrize("name", NAMES or [pytest.param("", marks=pytest.mark.skip)])
def test_scenario(
    name: str,
    shared: Path,
    tmp_path: Path,
    armguard: Callable[..., Any],
    serving: Callable[[FakeArm], Any],
    clock: Any,
) -> None:
    scenario = json.loads((shared / "scenarios" / f"{name}.json").read_text("utf-8"))
    check_scenario(scenario, tmp_path, armguard, serving, FakeArm(scenario["state"]))
    # there are two runs of each
    assert clock.waited <= 2 * scenario["expect"].get("within_seconds", 60)


def check_scenario(
    scenario: Any,
    folder: Path,
    armguard: Callable[..., Any],
    serving: Callable[[FakeArm], Any],
    fake: FakeArm,
) -> None:
    expect = scenario["expect"]
    template = scenario["template"]
    text = template if isinstance(template, str) else json.dumps(template, indent=2)
    (folder / "template.json").write_text(text, encoding="utf-8")
    options = list(scenario["options"])
    if scenario["parameters"] is not None:
        values = {name: {"value": value} for name, value in scenario["parameters"].items()}
        parameters = {"contentVersion": "1.0.0.0", "parameters": values}
        (folder / "values.json").write_text(json.dumps(parameters), encoding="utf-8")
        options = ["--parameters", "values.json", *options]
    with serving(fake) as url:
        if scenario.get("endpoint") == "refused":
            url = f"http://127.0.0.1:{free_port()}"
        place = ["--subscription", scenario["subscription"]]
        place += ["--resource-group", scenario["resourceGroup"], "--live"]
        arguments = ["check", "template.json", *place, *options, "--arm-endpoint", url]
        ran = armguard(*arguments, "--format", "json")
        shown = armguard(*arguments, "--format", "text")
    allowed = expect["exit"] if isinstance(expect["exit"], list) else [expect["exit"]]
    assert ran.exit in allowed, ran.stderr + ran.stdout
    assert shown.exit in allowed
    changes = changes_of(ran.document)
    if expect["lost"] is not None:
        losses = [each for each in changes if each["change"] in ("lost", "narrowed", "undecided")]
        assert len(losses) == len(expect["lost"]), losses
        for wanted in expect["lost"]:
            check_change(wanted, losses, scenario["state"], ["lost", "narrowed"])
    for wanted in expect.get("also", ()):
        check_change(wanted, changes, scenario["state"], [wanted["change"]])
    for vault, state in expect.get("states", {}).items():
        assert ran.vault(vault)["live"]["state"] == state
    assert ran.rules() >= set(expect["rules_include"])
    assert not ran.rules() & set(expect["rules_exclude"])
    for mention in expect["mentions"]:
        assert mention.lower() in shown.stdout.lower()
    assert len(fake.writes) == expect["writes"]


def changes_of(document: Any) -> list[Any]:
    return [
        {**change, "vault": vault["name"], "vaultId": vault["id"]}
        for deployment in document["deployments"]
        for vault in deployment["vaults"]
        if vault["live"] is not None
        for change in vault["live"]["changes"]
    ]


def check_change(wanted: Any, changes: list[Any], state: Any, allowed: list[str]) -> None:
    fitting = [each for each in changes if is_about(wanted, each)]
    assert len(fitting) == 1, (wanted, changes)
    change = fitting[0]
    kinds = wanted.get("change", allowed)
    assert change["change"] in ([kinds] if isinstance(kinds, str) else kinds)
    permissions = wanted.get("permissions")
    if permissions == "all-of-them":
        permissions = deployed_permissions(wanted, state)
    if permissions is not None:
        assert as_sets(change["lost"]) == as_sets(permissions)
    if "gained" in wanted:
        assert as_sets(change["gained"]) == as_sets(wanted["gained"])
    if "workspaces" in wanted:
        assert sorted(change["workspaces"]) == sorted(wanted["workspaces"])


def is_about(wanted: Any, change: Any) -> bool:
    vault = wanted["vault"].lower()
    return (
        vault in (change["vault"].lower(), change["vaultId"].lower())
        and change["objectId"].lower() == wanted["objectId"].lower()
        and change.get("applicationId", "").lower() == wanted.get("applicationId", "").lower()
    )


def deployed_permissions(wanted: Any, state: Any) -> Any:
    for vault in state["vaults"]:
        if wanted["vault"].lower() not in (vault["name"].lower(), vault["id"].lower()):
            continue
        for policy in vault["properties"]["accessPolicies"]:
            same = policy["objectId"].lower() == wanted["objectId"].lower()
            application = (policy.get("applicationId") or "").lower()
            if same and application == wanted.get("applicationId", "").lower():
                return policy["permissions"]
    raise AssertionError(wanted)


def as_sets(permissions: Any) -> dict[str, set[str]]:
    return {
        kind.lower(): {name.lower() for name in names}
        for kind, names in permissions.items()
        if names
    }


@pytest.mark.parametrize("name", NAMES or [pytest.param("", marks=pytest.mark.skip)])
def test_snapshot_gives_the_same_changes(
    name: str,
    shared: Path,
    tmp_path: Path,
    armguard: Callable[..., Any],
    serving: Callable[[FakeArm], Any],
) -> None:
    """`--against` what was written down, when nobody is online any more."""
    scenario = json.loads((shared / "scenarios" / f"{name}.json").read_text("utf-8"))
    state = scenario["state"]
    if scenario.get("endpoint") or state.get("faults") or state.get("deletedVaults"):
        pytest.skip("a snapshot says nothing about what can't be read or is deleted")
    with serving(FakeArm(state)) as url:
        place = ["--subscription", scenario["subscription"]]
        taken = armguard("snapshot", *place, "--arm-endpoint", url, "-o", "deployed.json")
    assert taken.exit == 0, taken.stderr
    expect = scenario["expect"]
    (tmp_path / "template.json").write_text(json.dumps(scenario["template"]), encoding="utf-8")
    options = ["--resource-group", scenario["resourceGroup"], *scenario["options"]]
    for parameter, value in (scenario["parameters"] or {}).items():
        options += ["--set", f"{parameter}={value}"]
    arguments = ["check", "template.json", "--against", "deployed.json", *options]
    ran = armguard(*arguments, "--format", "json")
    assert ran.exit == expect["exit"], ran.stderr + ran.stdout
    changes = changes_of(ran.document)
    losses = [each for each in changes if each["change"] in ("lost", "narrowed", "undecided")]
    assert len(losses) == len(expect["lost"])
    for wanted in expect["lost"]:
        check_change(wanted, losses, state, ["lost", "narrowed"])
    for vault, vault_state in expect.get("states", {}).items():
        assert ran.vault(vault)["live"]["state"] == vault_state
        assert ran.vault(vault)["live"]["source"] == "snapshot"
    assert ran.rules() >= set(expect["rules_include"])


def deployed_by(fake: FakeArm, scenario: Any) -> list[Any]:
    """The list of the only vault after its template's child changes were sent to the fake."""
    vault = scenario["state"]["vaults"][0]
    child = scenario["template"]["resources"][0]
    entries = json.loads(
        json.dumps(child["properties"]["accessPolicies"]).replace(
            "[subscription().tenantId]", scenario["state"]["tenant"]
        )
    )
    operation = child["name"].rpartition("/")[2]
    body = {"properties": {"accessPolicies": entries}}
    path = f"{vault['id']}/accessPolicies/{operation}"
    fake.answer(Request("PUT", path, {"api-version": "2023-07-01"}, body, {}, 0.0))
    policies: list[Any] = fake.vaults[vault["id"].lower()]["properties"]["accessPolicies"]
    return policies


@pytest.mark.parametrize(
    ("kind", "agrees"), [(FakeArm, True), (ReplacesTheWholeList, False)], ids=["right", "wrong"]
)
def test_scenario_tells_a_wrong_child_replace(
    kind: type[FakeArm], agrees: bool, shared: Path
) -> None:
    """What the scenario expects for each principal is what the fake does when it is written to."""
    scenario = json.loads((shared / "scenarios" / "child-replace.json").read_text("utf-8"))
    after = deployed_by(kind(scenario["state"]), scenario)
    left = {each["objectId"]: each["permissions"] for each in after}
    kept = scenario["expect"]["also"][0]["objectId"]
    narrowed = scenario["expect"]["lost"][0]["objectId"]
    assert (kept in left and left[narrowed] == {"secrets": ["get"]}) is agrees
