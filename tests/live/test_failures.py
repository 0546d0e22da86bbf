"""What a check says and exits with when Azure can't be read: never "safe", never a stack trace.

Whole commands against the fake, one test per row of what can go wrong. What is about the process is
asked of one: that its imports, streams and exit code are right, and that it does wait.
"""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_arm import Answer, FakeArm, Request
from support import PROJECT, make_deployment, process_environment
from training import (
    IDENTITY,
    OTHER_TENANT,
    SUBSCRIPTION,
    TENANT,
    USER,
    VAULT,
    VAULT_READ,
    entry,
    fault,
    free_port,
    live_state,
    state,
    template,
)

Check = Callable[..., Any]


def test_all_is_well(check_process: Check, tmp_path: Path) -> None:
    ran = check_process(FakeArm(state(USER)))
    assert ran.exit == 0
    assert "not read" not in ran.stdout
    assert live_state(tmp_path)["changes"][0]["change"] == "kept"


def test_no_right_to_read_the_vault(check: Check, tmp_path: Path) -> None:
    message = (
        "The client 'ci@contoso.example' with object id 'x' does not have authorization to perform"
        f" action 'Microsoft.KeyVault/vaults/read' over scope '{VAULT}' or the scope is invalid."
    )
    ran = check(
        FakeArm(state(USER, faults=[fault(VAULT_READ, 403, "AuthorizationFailed", message)]))
    )
    assert ran.exit == 3
    assert "'ci@contoso.example' may not perform 'Microsoft.KeyVault/vaults/read'" in ran.stdout
    assert "grant it the role Reader there" in ran.stdout
    assert live_state(tmp_path)["state"] == "unread"


def test_no_right_to_see_deleted_vaults(check: Check, tmp_path: Path) -> None:
    """A vault that is not there may be soft-deleted, so nothing is said to be safe."""
    refused = fault("deletedVaults", 403, "AuthorizationFailed", "no")
    ran = check(FakeArm(state(vaults=[], faults=[refused])))
    assert ran.exit == 3
    assert live_state(tmp_path)["state"] == "unread"


@pytest.mark.parametrize(("principals", "exit_code"), [((USER,), 0), ((), 1)])
def test_vault_not_there(
    check: Check, tmp_path: Path, principals: tuple[str, ...], exit_code: int
) -> None:
    """Nothing to lose: only the static findings decide."""
    ran = check(FakeArm(state(vaults=[])), template(*principals))
    assert ran.exit == exit_code
    assert live_state(tmp_path)["state"] == "absent"
    assert "access-lost" not in ran.stdout


def test_resource_group_not_there(check: Check, tmp_path: Path) -> None:
    groups = {"id": SUBSCRIPTION, "name": "Training", "resourceGroups": []}
    ran = check(FakeArm(state(vaults=[], subscriptions=[groups])))
    assert ran.exit == 0
    assert live_state(tmp_path)["state"] == "absent"


def test_subscription_not_there(check: Check, tmp_path: Path) -> None:
    ran = check(FakeArm(state(USER, subscriptions=[])))
    assert ran.exit == 3
    assert ran.stdout.count("wrong id, or another tenant") == 1
    assert live_state(tmp_path)["state"] == "unread"


def deleted_in(location: str) -> Any:
    below = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/{location}"
    return {
        "id": f"{below}/deletedVaults/kv-train",
        "name": "kv-train",
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {"vaultId": VAULT, "location": location, "scheduledPurgeDate": "2027-01-31"},
    }


@pytest.mark.parametrize("location", ["westeurope", "northeurope"])
def test_soft_deleted_namesake(check: Check, tmp_path: Path, location: str) -> None:
    ran = check(FakeArm(state(vaults=[], deletedVaults=[deleted_in(location)])))
    assert ran.exit == 1
    assert "error[vault-soft-deleted]" in ran.stdout
    assert "az keyvault recover" in ran.stdout
    assert live_state(tmp_path)["state"] == "deleted"


def test_soft_deleted_namesake_is_recovered(check: Check) -> None:
    fake = FakeArm(state(vaults=[], deletedVaults=[deleted_in("westeurope")]))
    ran = check(fake, template(USER, createMode="recover"))
    assert ran.exit == 0
    assert "vault-soft-deleted" not in ran.stdout


@pytest.mark.parametrize("subscription", ["", "training", f"/subscriptions/{SUBSCRIPTION}"])
def test_what_can_not_be_a_subscription(check: Check, subscription: str) -> None:
    fake = FakeArm(state(USER))
    ran = check(fake, None, "--subscription", subscription)
    assert ran.exit == 2
    assert "--subscription takes its id" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert fake.requests == []


def test_resource_group_is_missing(
    armguard: Callable[..., Any], serving: Callable[..., Any], tmp_path: Path
) -> None:
    """Only where a vault can't be asked for without it."""
    fake = FakeArm(state(USER))
    with serving(fake) as url:
        place = ["--live", "--subscription", SUBSCRIPTION, "--arm-endpoint", url]
        (tmp_path / "main.json").write_text(json.dumps(template(USER)), encoding="utf-8")
        ran = armguard("check", "main.json", *place)
        assert (ran.exit, len(ran.stderr.splitlines())) == (2, 1)
        assert "give --resource-group NAME" in ran.stderr
        nested = make_deployment("there", template(USER), resourceGroup="rg-train")
        written = {**template(), "resources": [nested]}
        (tmp_path / "main.json").write_text(json.dumps(written), encoding="utf-8")
        assert armguard("check", "main.json", *place).exit == 0


def test_nothing_of_the_packages_of_azure_is_printed(
    check_process: Check, tmp_path: Path, free_of_azure: dict[str, str]
) -> None:
    """They log what goes wrong, and armguard says it in one sentence."""
    endpoint = ["--arm-endpoint", "https://127.0.0.1:9", "--timeout", "20"]
    for credential in ("default", "environment", "workload-identity"):
        options = [*endpoint, "--credential", credential]
        ran = check_process(FakeArm(state(USER)), None, *options, **free_of_azure)
        said = ran.stderr.splitlines() + ran.stdout.splitlines()
        assert ran.exit in (2, 3)
        assert [each for each in ran.stderr.splitlines() if not each.startswith("error: ")] == []
        assert len([each for each in said if "redential" in each]) == 1


@pytest.fixture
def free_of_azure(tmp_path: Path) -> dict[str, str]:
    """Variables of a machine on which nobody is logged in."""
    return {"PATH": str(tmp_path), "HOME": str(tmp_path), "AZURE_CONFIG_DIR": str(tmp_path)}


def test_wrong_tenant(check: Check) -> None:
    message = (
        f"The access token is from the wrong issuer 'https://sts.windows.net/{OTHER_TENANT}/'. It"
        f" must match the tenant 'https://sts.windows.net/{TENANT}/' of this subscription."
    )
    refused = fault("^GET", 401, "InvalidAuthenticationTokenTenant", message)
    ran = check(FakeArm(state(USER, faults=[refused])))
    assert ran.exit == 3
    assert f"the token is of tenant {OTHER_TENANT}" in ran.stdout
    assert f"az login --tenant {TENANT}" in ran.stdout


@pytest.mark.parametrize(
    ("variables", "advice"),
    [
        ({}, "az login"),
        ({"TF_BUILD": "True"}, "AzureCLI@2"),
        ({"GITHUB_ACTIONS": "true"}, "azure/login"),
    ],
)
def test_expired_token(check: Check, variables: dict[str, str], advice: str) -> None:
    refused = fault("^GET", 401, "ExpiredAuthenticationToken", "The access token expiry UTC time")
    ran = check(FakeArm(state(USER, faults=[refused])), None, **variables)
    assert ran.exit == 3
    assert "ExpiredAuthenticationToken" in ran.stdout
    assert advice in ran.stdout


@pytest.mark.parametrize("credential", ["environment", "azure-cli"])
def test_no_token(check: Check, tmp_path: Path, credential: str) -> None:
    """An endpoint with encryption needs a token; nobody is asked over the network for it."""
    endpoint = ["--arm-endpoint", "https://127.0.0.1:9", "--credential", credential]
    ran = check(FakeArm(state(USER)), None, *endpoint, PATH=str(tmp_path))
    assert ran.exit == 3
    assert f"no token from credential '{credential}'" in ran.stdout
    assert "az login" in ran.stdout
    assert "live state not checked" in ran.stdout


def test_azure_pipelines_credential_names_what_is_missing(check: Check) -> None:
    endpoint = ["--arm-endpoint", "https://127.0.0.1:9", "--credential", "azure-pipelines"]
    ran = check(FakeArm(state(USER)), None, *endpoint)
    assert ran.exit == 2
    assert "SYSTEM_ACCESSTOKEN" in ran.stderr


def test_throttled_for_a_while(check: Check, clock: Any) -> None:
    slow = fault(VAULT_READ, 429, "TooManyRequests", "slow down", headers={"Retry-After": "1"})
    ran = check(FakeArm(state(USER, faults=[{**slow, "times": 2}])))
    assert ran.exit == 0
    assert "Azure throttles requests: waiting 1 s" in ran.stderr
    assert clock.pauses == [1, 2], "the pauses grow"


def test_process_waits(check_process: Check) -> None:
    fake = FakeArm(state(USER, faults=[fault(VAULT_READ, 503, times=1)]))
    ran = check_process(fake)
    assert ran.exit == 0
    assert "Azure answered 503: waiting 1 s" in ran.stderr
    assert [each.status for each in fake.requests if each.path == VAULT] == [503, 200, 200]


def test_process_that_waits_can_be_interrupted(
    serving: Callable[[FakeArm], Any], tmp_path: Path
) -> None:
    (tmp_path / "main.json").write_text(json.dumps(template(USER)), encoding="utf-8")
    slow = fault(VAULT_READ, 429, "TooManyRequests", "slow down", headers={"Retry-After": "50"})
    place = ["--subscription", SUBSCRIPTION, "--resource-group", "rg-train", "--live"]
    with serving(FakeArm(state(USER, faults=[slow]))) as url:
        process = subprocess.Popen(
            [sys.executable, "-m", "armguard", "check", "main.json", *place, "--arm-endpoint", url],
            cwd=tmp_path,
            env=process_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            # a shell that runs the tests in the background has it ignored
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        assert process.stderr is not None
        assert "waiting 50 s" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        printed, complained = process.communicate(timeout=60)
    assert (process.returncode, printed) == (130, "")
    assert complained.strip() == "error: interrupted"


def test_throttled_past_the_time(check: Check, tmp_path: Path, clock: Any) -> None:
    slow = fault(VAULT_READ, 429, "TooManyRequests", "slow down", headers={"Retry-After": "2"})
    ran = check(FakeArm(state(USER, faults=[slow])), None, "--timeout", "3")
    assert ran.exit == 3
    assert "throttles" in ran.stdout
    assert clock.pauses == [2]
    assert live_state(tmp_path)["state"] == "unread"


def test_resource_graph_throttles_by_quota(check: Check, clock: Any) -> None:
    headers = {"x-ms-user-quota-resets-after": "00:00:02"}
    slow = fault("ResourceGraph", 429, "RateLimiting", "slow down", headers=headers, times=1)
    fake = FakeArm(state(USER, faults=[slow]))
    ran = check(fake)
    assert ran.exit == 0
    asked = [each for each in fake.requests if "ResourceGraph" in each.path]
    (refused,) = [each for each in asked if each.status == 429]
    waited = [each.waited for each in asked if each.body == refused.body]
    assert waited == [0, 2]
    assert clock.pauses == [2]


@pytest.mark.parametrize(("principals", "exit_code"), [((USER,), 3), ((), 1)])
def test_nobody_listens(
    check: Check, clock: Any, principals: tuple[str, ...], exit_code: int
) -> None:
    """The static findings are still printed, and an error among them decides."""
    endpoint = ["--arm-endpoint", f"http://127.0.0.1:{free_port()}"]
    ran = check(FakeArm(state(USER)), template(*principals), *endpoint)
    assert ran.exit == exit_code
    assert "127.0.0.1" in ran.stdout
    assert "live state not checked" in ran.stdout
    assert ("access-policies-emptied" in ran.stdout) is (exit_code == 1)
    assert clock.pauses == [1], "one more try, and nothing else is asked"


def test_nobody_listens_to_a_process(check_process: Check) -> None:
    endpoint = ["--arm-endpoint", f"http://127.0.0.1:{free_port()}"]
    ran = check_process(FakeArm(state(USER)), template(), *endpoint)
    assert ran.exit == 1
    assert "live state not checked" in ran.stdout
    assert "access-policies-emptied" in ran.stdout
    assert ran.stderr.startswith("the network failed: waiting 1 s")


def test_connection_is_cut(check: Check, clock: Any, hanging_up: str) -> None:
    ran = check(FakeArm(state(USER)), None, "--arm-endpoint", hanging_up)
    assert ran.exit == 3
    assert "can't be reached" in ran.stdout
    assert clock.pauses == [1]


def test_answers_that_never_come(check: Check, clock: Any) -> None:
    slow = fault("^GET", 200, delay=20)
    ran = check(FakeArm(state(USER, faults=[slow])), None, "--timeout", "1")
    assert ran.exit == 3
    assert "within --timeout 1" in ran.stdout
    assert clock.pauses == []


@pytest.mark.parametrize(("kept", "exit_code"), [((USER, IDENTITY), 3), ((USER,), 1)])
def test_workspaces_unreadable(check: Check, kept: tuple[str, ...], exit_code: int) -> None:
    """A loss that was found stands; without one the question stays open."""
    refused = fault("/workspaces\\?", 403, "AuthorizationFailed", "no")
    ran = check(FakeArm(state(USER, IDENTITY, faults=[refused])), template(*kept))
    assert ran.exit == exit_code
    assert "not read: " in ran.stdout
    assert ("access-lost" in ran.stdout) is (exit_code == 1)


class ChangesAtTheSecondRead(FakeArm):
    """Somebody adds an access policy while armguard reads."""

    def __init__(self, state: Any) -> None:
        super().__init__(state)
        self.reads = 0

    def _routed(self, request: Request) -> Answer:
        answer = super()._routed(request)
        if request.path.lower() == VAULT.lower():
            self.reads += 1
            vault = copy.deepcopy(self.vaults[VAULT.lower()])
            vault["systemData"]["lastModifiedAt"] = "2026-01-01T00:00:09Z"
            vault["properties"]["accessPolicies"].append(entry(IDENTITY))
            self.vaults[VAULT.lower()] = vault
        return answer


def test_vault_changes_while_it_is_read(check: Check) -> None:
    fake = ChangesAtTheSecondRead(state(USER))
    ran = check(fake)
    assert fake.reads == 2
    assert ran.exit == 1
    assert "it was changed while it was read" in ran.stdout
    assert IDENTITY in ran.stdout


def test_vault_is_being_provisioned(check: Check) -> None:
    updating = state(USER)
    updating["vaults"][0]["properties"]["provisioningState"] = "Updating"
    fake = FakeArm(updating)
    ran = check(fake)
    assert ran.exit == 0
    assert "somebody is changing it now (provisioningState Updating)" in ran.stdout
    assert len([each for each in fake.requests if each.path == VAULT]) == 2


IDS = {"x-ms-request-id": "request-7", "x-ms-correlation-request-id": "correlation-8"}
HTML = {"Content-Type": "text/html"}
CUT_OFF = {"Content-Length": "99", "Connection": "close"}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (fault(VAULT_READ, 500, "InternalServerError", "oops", headers=IDS), "answered with 500"),
        (fault(VAULT_READ, 503, headers=IDS), "request-7"),
        ({**fault(VAULT_READ, 502, headers={**IDS, **HTML}), "body": "<html>bad</html>"}, "502"),
        ({**fault(VAULT_READ, 200, headers={**IDS, **HTML}), "body": "<html>hi</html>"}, "no JSON"),
        ({**fault(VAULT_READ, 200, headers=IDS), "body": '{"id": "/subscr'}, "no JSON"),
        ({**fault(VAULT_READ, 200, headers=IDS), "body": "[]"}, "no JSON"),
        ({**fault(VAULT_READ, 200), "body": "{}", "headers": CUT_OFF}, "reached"),
        (fault(VAULT_READ, 409, "MissingSubscriptionRegistration", "register it"), "409"),
    ],
    ids=["500", "503", "html-502", "html-200", "truncated", "array", "cut-off", "unregistered"],
)
def test_broken_answers(check: Check, tmp_path: Path, broken: Any, said: str) -> None:
    ran = check(FakeArm(state(USER, faults=[broken])), None, "--timeout", "20")
    assert ran.exit == 3
    assert said in ran.stdout
    if "headers" in broken and "x-ms-request-id" in broken["headers"]:
        assert "request-7" in ran.stdout
        assert "correlation-8" in ran.stdout
    assert live_state(tmp_path)["state"] == "unread"


def test_older_version_is_tried_where_the_newest_is_unknown(check: Check) -> None:
    unknown = fault(f"{VAULT}\\?api-version=2026", 400, "NoRegisteredProviderFound", "no")
    fake = FakeArm(state(USER, faults=[unknown]))
    assert check(fake).exit == 0
    assert fake.requests[-1].query["api-version"] == "2023-07-01"


def test_links_to_other_hosts_are_not_followed(check: Check) -> None:
    body = {"value": [], "nextLink": "http://127.0.0.2:9/steal?api-version=1"}
    ran = check(
        FakeArm(state(USER, faults=[{"match": "/workspaces", "status": 200, "body": body}]))
    )
    assert ran.exit == 3
    assert "another host" in ran.stdout


def test_azure_packages_missing(check_process: Check, tmp_path: Path) -> None:
    stub = tmp_path / "without" / "azure.py"
    stub.parent.mkdir()
    stub.write_text("raise ModuleNotFoundError('no azure', name='azure')\n", encoding="utf-8")
    path = f"{stub.parent}{os.pathsep}{PROJECT}"
    ran = check_process(FakeArm(state(USER)), None, PYTHONPATH=path)
    assert ran.exit == 2
    assert "armguard[azure]" in ran.stderr
    assert "pip install" in ran.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--arm-endpoint", "http://management.azure.com"], "is not encrypted"),
        (["--arm-endpoint", "ftp://127.0.0.1"], "is no endpoint"),
        (["--arm-endpoint", "https://user:secret@host"], "no user name and no password"),
        (["--against", "x.json"], "exclude each other"),
        (["--timeout", "0"], "--timeout"),
    ],
)
def test_wrong_usage(check: Check, options: list[str], said: str) -> None:
    ran = check(FakeArm(state(USER)), None, *options)
    assert ran.exit == 2
    assert said in ran.stderr
    assert "secret" not in ran.stderr


def test_live_needs_a_subscription(armguard: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(json.dumps(template(USER)), encoding="utf-8")
    ran = armguard("check", "main.json", "--live")
    assert ran.exit == 2
    assert "--subscription" in ran.stderr


def test_live_needs_one_set_of_parameters(check: Check, tmp_path: Path) -> None:
    written = template(USER)
    written["parameters"] = {"tier": {"type": "string", "defaultValue": "a"}}
    for name in ("dev", "prod"):
        text = json.dumps({"parameters": {"tier": {"value": name}}})
        (tmp_path / f"main.{name}.parameters.json").write_text(text, encoding="utf-8")
    ran = check(FakeArm(state(USER)), written)
    assert ran.exit == 2
    assert "--environment" in ran.stderr
    assert (
        check(FakeArm(state(USER)), written, "--parameters", "main.dev.parameters.json").exit == 0
    )
