"""The task with a service connection: who asks Azure, and who can't get at the login."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("azure.identity", reason="NOT TESTED: armguard[azure] is not installed")

from azure_devops_extension import Agent, Ran, build
from azure_devops_login import (
    ARM_TOKEN,
    ASSERTION,
    CONNECTION,
    SUBSCRIPTION,
    Login,
    deployed_state,
    federated_connection,
    principal_connection,
)
from fake_arm import FakeArm, Serving
from loopback_tls import issue

pytestmark = pytest.mark.skipif(os.name != "posix", reason="starts programs by shell scripts")


@pytest.fixture
def agent(project: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Agent:
    return Agent(build(project, tmp_path_factory.getbasetemp()), tmp_path, tmp_path / "tools")


def live_run(agent: Agent, state: dict[str, Any]) -> tuple[Ran, Login, FakeArm]:
    agent.use_fixture("workspace.json")
    tls = issue(agent.folder)
    fake = FakeArm(state)
    login = Login(tls)
    inputs = {
        "paths": "workspace.json",
        "connectedServiceNameARM": CONNECTION,
        "resourceGroup": "rg-train",
        "toolPath": agent.armguard_of_the_tests('env > "$HOME/environment"'),
    }
    with login as authority, Serving(fake, tls) as arm:
        ran = agent.start(
            inputs,
            **federated_connection(),
            SYSTEM_OIDCREQUESTURI=f"{authority}/oidc",
            AZURE_AUTHORITY_HOST=authority,
            AZURE_CLIENT_ID="somebody-else",
            AZURE_CLIENT_SECRET="secret-of-somebody-else",
            ARMGUARD_ARM_ENDPOINT=arm,
            REQUESTS_CA_BUNDLE=str(tls[0]),
        )
    return ran, login, fake


def test_a_service_connection_reads_the_deployed_vaults(agent: Agent) -> None:
    ran, login, fake = live_run(agent, deployed_state())
    assert ran.result == "Failed", ran.stdout
    (command,) = [line for line in ran.stdout.splitlines() if line.startswith("[command]")]
    assert " --fail-on-undecided --live " in command
    codes = {each.properties["code"] for each in ran.named("task.logissue")}
    assert "access-lost" in codes, ran.stdout

    (oidc,) = login.asked_at("/oidc")
    assert oidc.authorization == "Bearer token-of-the-job"
    assert oidc.query["serviceConnectionId"] == [CONNECTION]
    (token,) = login.asked_at("/oauth2/v2.0/token")
    assert token.path == f"/{SUBSCRIPTION}/oauth2/v2.0/token"
    assert token.form["client_assertion"] == [ASSERTION]
    assert token.form["client_id"] == ["the-client"]
    assert "client_secret" not in token.form
    assert fake.requests
    assert {each.headers["Authorization"] for each in fake.requests} == {f"Bearer {ARM_TOKEN}"}
    assert fake.writes == []

    environment = (agent.folder / "environment").read_text("utf-8")
    assert "SYSTEM_ACCESSTOKEN=token-of-the-job" in environment.splitlines()
    assert "ENDPOINT_AUTH" not in environment
    assert "somebody-else" not in environment
    assert [each.data for each in ran.named("task.setsecret")] == ["token-of-the-job"]
    for secret in ("token-of-the-job", ASSERTION, ARM_TOKEN, "secret-of-somebody-else"):
        assert secret not in ran.shown


def test_a_vault_that_may_not_be_read_is_no_success(agent: Agent) -> None:
    body = {"error": {"code": "AuthorizationFailed", "message": "##vso[task.complete]"}}
    faults = [{"match": "KeyVault|ResourceGraph", "status": 403, "body": body}]
    ran, _, fake = live_run(agent, {**deployed_state(), "faults": faults})
    assert 403 in {each.status for each in fake.requests}
    assert ran.result == "Failed", ran.stdout
    assert "Reader" in ran.stdout
    assert "token-of-the-job" not in ran.shown


def test_several_sets_of_parameters_are_told_by_the_name_of_the_input(agent: Agent) -> None:
    agent.use_fixture("workspace.json")
    for name in ("one", "two"):
        agent.write(f"workspace.parameters.{name}.json", {"parameters": {}})
    ran = agent.start(
        {
            "connectedServiceNameARM": CONNECTION,
            "toolPath": agent.armguard_of_the_tests(),
            "resourceGroup": "rg-train",
        },
        **principal_connection(serviceprincipalkey="the-key"),
    )
    assert ran.result == "Failed"
    (complete,) = ran.named("task.complete")
    assert complete.data.endswith("with the input parametersFiles"), complete.data


def test_a_certificate_does_not_stay_on_disk(agent: Agent) -> None:
    agent.use_fixture("workspace.json")
    seen = agent.folder / "seen.pem"
    program = agent.folder / "armguard"
    program.write_text(f'#!/bin/sh\ncp "$AZURE_CLIENT_CERTIFICATE_PATH" "{seen}"\nexit 2\n')
    program.chmod(0o755)
    ran = agent.start(
        {"connectedServiceNameARM": CONNECTION, "toolPath": program},
        **principal_connection(
            authenticationtype="spnCertificate", serviceprincipalcertificate="the certificate"
        ),
    )
    assert ran.result == "Failed"
    assert seen.read_text("utf-8") == "the certificate"
    files = [each for each in (agent.folder / "temporary").rglob("*") if each.is_file()]
    assert not [each for each in files if "the certificate" in each.read_text("utf-8")]


@pytest.mark.parametrize("comes_from", ["the task", "toolPath", "PATH"])
def test_nothing_of_hostile_sources_runs(comes_from: str, agent: Agent) -> None:
    """With PYTHONPATH on the sources every Python of the job would import these."""
    agent.use_fixture("workspace.json")
    stolen = agent.folder / "stolen"
    steal = f"import os\nwith open({str(stolen)!r}, 'a') as f: print(__file__, file=f)\n"
    for name in ("sitecustomize", "usercustomize", "armguard", "venv", "ensurepip", "pip", "json"):
        (agent.sources / f"{name}.py").write_text(steal, encoding="utf-8")
    inputs = {
        "paths": "workspace.json",
        "connectedServiceNameARM": CONNECTION,
        "resourceGroup": "rg-train",
    }
    variables = {
        **principal_connection(serviceprincipalkey="the-key"),
        "PYTHONPATH": str(agent.sources),
        "PYTHONSTARTUP": str(agent.sources / "sitecustomize.py"),
        "PIP_NO_INDEX": "1",
        "AZURE_AUTHORITY_HOST": "https://127.0.0.1:1",
        "ARMGUARD_ARM_ENDPOINT": "https://127.0.0.1:1",
    }
    environment = agent.folder / "environment"
    if comes_from != "the task":
        program = agent.folder / "elsewhere" / "armguard"
        program.parent.mkdir()
        start = f'"{sys.executable}" -c "import armguard"'
        program.write_text(f'#!/bin/sh\nenv > "{environment}"\ncd /\n{start}\nexit 2\n')
        if comes_from == "toolPath":
            inputs["toolPath"] = str(program)
        else:
            variables["PATH"] = f"{program.parent}{os.pathsep}/usr/bin{os.pathsep}/bin"
            program.write_text(program.read_text("utf-8").replace("exit 2", "exit 0"), "utf-8")
        program.chmod(0o755)
    ran = agent.start(inputs, **variables)
    assert ran.result == "Failed"
    assert not stolen.exists(), stolen.read_text("utf-8")
    if comes_from == "the task":
        (command,) = [line for line in ran.stdout.splitlines() if " -I -m armguard check " in line]
        assert f"armguard/{agent.extension.version}-azure/bin/python" in command
        assert "127.0.0.1" in ran.stdout
    else:
        shown = environment.read_text("utf-8").splitlines()
        assert "AZURE_CLIENT_SECRET=the-key" in shown
        assert not [line for line in shown if line.startswith("PYTHON")]
