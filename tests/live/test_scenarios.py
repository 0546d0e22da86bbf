"""Every scenario beside the project passes through the command line against the fake."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fake_arm import FakeArm, Request
from support import SHARED
from training import free_port
from wrong_fakes import ReplacesTheWholeList

NONE = [pytest.param("", marks=pytest.mark.skip("the scenarios (../shared) are not here"))]
NAMES = sorted(path.stem for path in (SHARED / "scenarios").glob("*.json"))
STRANGE = sorted(path.stem for path in (SHARED / "scenarios" / "strange-answers").glob("*.json"))


@pytest.mark.parametrize("name", NAMES or NONE)
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


@pytest.mark.parametrize("name", STRANGE or NONE)
def test_strange_answer(
    name: str,
    shared: Path,
    tmp_path: Path,
    armguard: Callable[..., Any],
    armguard_in_memory: Callable[..., Any],
    serving: Callable[[FakeArm], Any],
    signed_in: str,
    clock: Any,
) -> None:
    """What answers is not Azure."""
    path = shared / "scenarios" / "strange-answers" / f"{name}.json"
    scenario = json.loads(path.read_text("utf-8"))
    fake, expect = FakeArm(scenario["state"]), scenario["expect"]
    variables = {**scenario.get("environment", {})}
    if scenario.get("az"):
        variables["PATH"] = signed_in
    run = partial(armguard, **variables)
    if "memory" in scenario:
        run = partial(armguard_in_memory, scenario["memory"], **variables)
    check = check_snapshot if scenario.get("command") == "snapshot" else check_scenario
    said = check(scenario, tmp_path, run, serving, fake)
    assert not [each for each in expect.get("not_mentions", ()) if each in said]
    assert len(fake.requests) <= expect.get("requests_at_most", 1000)
    for pattern in expect.get("not_requested", ()):
        lines = [f"{each.method} {each.path}" for each in fake.requests]
        assert not [line for line in lines if re.search(pattern, line, re.IGNORECASE)]
    assert clock.waited <= 2 * expect.get("within_seconds", 60)


def check_snapshot(
    scenario: Any,
    folder: Path,
    armguard: Callable[..., Any],
    serving: Callable[[FakeArm], Any],
    fake: FakeArm,
) -> str:
    """Taken, and compared with. Returns all that was printed."""
    expect = scenario["expect"]
    (folder / "template.json").write_text(json.dumps(scenario["template"]), encoding="utf-8")
    place = ["--subscription", scenario["subscription"]]
    with serving(fake) as url:
        options = [*scenario["options"], "-o", "deployed.json", "--arm-endpoint", url]
        taken = armguard("snapshot", *place, *options)
    assert taken.exit == expect["exit"], taken.stderr + taken.stdout
    document = strict((folder / "deployed.json").read_text("utf-8"))
    assert len(document["unread"]) >= expect.get("unread_at_least", 0)
    against = ["--against", "deployed.json", "--resource-group", scenario["resourceGroup"]]
    ran = armguard("check", "template.json", *against, "--format", "json")
    assert ran.exit in (1, 3)
    for vault, state in expect["states"].items():
        assert ran.vault(vault)["live"]["state"] == state
    return str(taken.stdout + taken.stderr + ran.stdout + ran.stderr)


def strict(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def check_scenario(
    scenario: Any,
    folder: Path,
    armguard: Callable[..., Any],
    serving: Callable[[FakeArm], Any],
    fake: FakeArm,
) -> str:
    """Run as JSON and as text. Returns all that was printed."""
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
        if scenario.get("endpoint") == "refused-tls":
            url = f"https://127.0.0.1:{free_port()}"
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
    return str(ran.stdout + ran.stderr + shown.stdout + shown.stderr)


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


@pytest.mark.parametrize("name", NAMES or NONE)
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
    if scenario.get("endpoint") or state.get("faults"):
        pytest.skip("a snapshot says nothing about what can't be read")
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
