"""The comment of the task and its inputs for armguard: its bundle, run as an agent runs it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from azure_devops_extension import FIXTURES, Agent, Extension, Ran, build
from fake_forge import OURS, THEIRS, FakeAzureRepos

pytestmark = pytest.mark.skipif(os.name != "posix", reason="starts programs by shell scripts")

TOKEN = "token-of-the-job"
NO_RIGHT = (
    "no comment on the pull request: the build service may not write to pull requests (status {});"
    " allow it 'Contribute to pull requests' in the security settings of the repository"
)

Task = Callable[..., Ran]


@pytest.fixture(scope="module")
def extension(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Extension:
    return build(project, tmp_path_factory.getbasetemp())


@pytest.fixture
def agent(extension: Extension, tmp_path: Path) -> Agent:
    agent = Agent(extension, tmp_path, tmp_path / "tools")
    agent.use_fixture("workspace.json")
    return agent


@pytest.fixture
def repos() -> Iterator[FakeAzureRepos]:
    with FakeAzureRepos(TOKEN) as fake:
        yield fake


@pytest.fixture
def task(agent: Agent, repos: FakeAzureRepos) -> Task:
    """Run the task in a pull request; the token is in no line but the one that registers it."""

    def run(comment: str = "true", inputs: Any = (), **more: str) -> Ran:
        authorization = {"scheme": "OAuth", "parameters": {"AccessToken": TOKEN}}
        variables = {
            "BUILD_BUILDID": "42",
            "BUILD_REASON": "PullRequest",
            "BUILD_REPOSITORY_ID": "repo-id",
            "BUILD_REPOSITORY_PROVIDER": "TfsGit",
            "ENDPOINT_AUTH_SYSTEMVSSCONNECTION": json.dumps(authorization),
            "SYSTEM_COLLECTIONURI": f"{repos.url}/organisation/",
            "SYSTEM_DEFINITIONID": "3",
            "SYSTEM_JOBNAME": "check",
            "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
            "SYSTEM_PULLREQUEST_SOURCECOMMITID": "0123456789abcdef",
            "SYSTEM_STAGENAME": "__default",
            "SYSTEM_TEAMPROJECTID": "project-id",
            **more,
        }
        chosen = {"comment": comment, "toolPath": agent.armguard_of_the_tests(), **dict(inputs)}
        ran = agent.start(chosen, **variables)
        assert TOKEN not in ran.shown
        return ran

    return run


def contents(repos: FakeAzureRepos) -> list[str]:
    return [each["comments"][0]["content"] for each in repos.threads]


def warnings(ran: Ran) -> list[str]:
    return [each.data for each in ran.named("task.issue") if each.properties["type"] == "warning"]


def test_the_first_run_posts_and_the_next_one_updates(
    agent: Agent, task: Task, repos: FakeAzureRepos
) -> None:
    ran = task()
    assert ran.result == "Failed"
    assert "There is a comment on pull request 7 now." in ran.stdout
    (content,) = contents(repos)
    marker, title, *_ = content.split("\n")
    assert (marker[:14], title) == ("<!-- armguard ", "## armguard")
    assert "| error | workspace.json:55:9 |" in content
    run = f"{repos.url}/organisation/project-id/_build/results?buildId=42"
    assert content.endswith(f"\nCommit 0123456789, [the run]({run}).\n")
    (agent.sources / "workspace.json").unlink()
    agent.use_fixture("safe/condition-variable-false.json")
    ran = task()
    assert ran.result == "Succeeded"
    assert "The comment on pull request 7 is updated." in ran.stdout
    assert len(repos.threads) == 1
    assert "0 errors, 0 warnings, 0 notes" in contents(repos)[0]


def test_each_job_and_name_has_a_comment_of_its_own(task: Task, repos: FakeAzureRepos) -> None:
    for _ in range(2):
        task()
        task("prod")
        task(SYSTEM_JOBNAME="gate")
    assert [each.split("\n")[1] for each in contents(repos)] == [
        *("## armguard", "## armguard: prod", "## armguard")
    ]


def test_what_is_not_ours_or_gone_is_left_alone(task: Task, repos: FakeAzureRepos) -> None:
    task()
    (content,) = contents(repos)
    repos.threads.clear()
    repos.add(THEIRS, content)
    repos.add(OURS, "another program")
    repos.add(OURS, content, isDeleted=True)
    repos.add(OURS, content)["comments"][0]["isDeleted"] = True
    repos.threads.append({"id": 99, "comments": []})
    assert "There is a comment on pull request 7 now." in task().stdout
    assert len(repos.threads) == 6


def test_where_nothing_is_found_there_is_no_comment(
    agent: Agent, task: Task, repos: FakeAzureRepos
) -> None:
    (agent.sources / "workspace.json").unlink()
    agent.use_fixture("safe/condition-variable-false.json")
    ran = task()
    assert ran.result == "Succeeded"
    assert "No comment on pull request 7, because nothing was found." in ran.stdout
    assert repos.threads == []


@pytest.mark.parametrize(("method", "status"), [("GET", 302), ("GET", 401), ("POST", 403)])
def test_without_rights_the_result_stays_that_of_the_check(
    task: Task, repos: FakeAzureRepos, method: str, status: int
) -> None:
    repos.refuses[method] = status
    ran = task(inputs={"failOn": "never"})
    assert ran.result == "SucceededWithIssues"
    assert ran.named("task.complete")[0].data == "armguard found 1 error"
    assert NO_RIGHT.format(status) in warnings(ran)
    assert repos.threads == []
    assert not [each for each in repos.requests if "/elsewhere" in each]


@pytest.mark.parametrize(
    ("variables", "refused", "said"),
    [
        ({"SYSTEM_PULLREQUEST_ISFORK": "True"}, {"POST": 403}, "from a fork may not write; the"),
        ({}, {"GET": 500}, "Azure DevOps answered with status 500"),
        ({"BUILD_REPOSITORY_PROVIDER": "GitHub"}, {}, "is not in Azure Repos, but in GitHub"),
        ({"SYSTEM_TEAMPROJECTID": ""}, {}, "the agent did not set System.TeamProjectId"),
        ({"ENDPOINT_AUTH_SYSTEMVSSCONNECTION": ""}, {}, "the agent gave the task no token"),
        ({"SYSTEM_COLLECTIONURI": "http://127.0.0.1:1/x/"}, {}, "not be asked (ECONNREFUSED)"),
    ],
)
def test_why_there_is_no_comment_is_one_sentence(
    task: Task,
    repos: FakeAzureRepos,
    variables: dict[str, str],
    refused: dict[str, int],
    said: str,
) -> None:
    repos.refuses.update(refused)
    ran = task(**variables)
    assert ran.result == "Failed"
    assert ran.named("task.complete")[0].data == "armguard found 1 error"
    (warning,) = warnings(ran)
    assert warning.startswith("no comment on the pull request: ")
    assert said in warning
    assert repos.threads == []


def test_a_run_of_no_pull_request(task: Task, repos: FakeAzureRepos) -> None:
    ran = task(BUILD_REASON="IndividualCI", SYSTEM_PULLREQUEST_PULLREQUESTID="")
    assert "No comment, because this run belongs to no pull request." in ran.stdout
    assert warnings(ran) == []
    assert repos.requests == []


@pytest.mark.parametrize("asked", ["", "false", "False"])
def test_a_comment_that_nobody_asked_for(task: Task, repos: FakeAzureRepos, asked: str) -> None:
    assert task(asked).result == "Failed"
    assert repos.requests == []


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"comment": "[a](b)"}, "comment is '[a](b)'; allowed are true, false, or a name"),
        ({"arguments": "--set 'a"}, "arguments can't be split into words: a quotation mark '"),
        ({"mode": "whole"}, "mode is 'whole'; allowed are incremental, complete"),
    ],
)
def test_wrong_inputs_are_said(agent: Agent, inputs: dict[str, str], said: str) -> None:
    ran = agent.start({"toolPath": agent.armguard_of_the_tests(), **inputs})
    assert ran.result == "Failed"
    assert ran.named("task.complete")[0].data.startswith(said)


def test_inputs_reach_armguard(agent: Agent) -> None:
    """One environment, values, packs, rules, the mode, and words that a shell would obey."""
    template = json.loads((FIXTURES / "workspace.json").read_text("utf-8"))
    agent.write("infra/main.json", template)
    (agent.sources / "workspace.json").unlink()
    (agent.sources / "armguard.toml").write_text(
        '[[environment]]\nname = "dev"\ntemplates = ["nowhere.json"]\n'
        '[[environment]]\nname = "prod"\ntemplates = ["infra/main.json"]\n'
    )
    inputs = {
        "environment": "prod",
        "set": "workspaceName=ml sales; $(touch stolen)\nkeyVaultAccessPolicies=[ ]",
        "pack": "redeploy\nkeyvault",
        "select": "access-policies-emptied,complete-mode-deletes-vault",
        "location": "westeurope",
        "mode": "Complete",
        "arguments": "--no-discover-parameters\n--tenant '0;  `touch stolen`'",
    }
    ran = agent.start({"toolPath": agent.armguard_of_the_tests(), **inputs})
    (issue,) = ran.named("task.logissue")
    assert issue.properties["code"] == "access-policies-emptied"
    assert issue.data.startswith("vault 'kv-ml sales; $(touch stolen)' is deployed with an empty")
    assert "(default)" not in issue.data, "the value is given"
    assert "deployed in Incremental mode: Complete mode would delete it" in ran.stdout
    assert "without a parameter file" in ran.stdout
    assert not [*agent.folder.rglob("stolen*")]
    more = {"ignore": "access-policies-emptied", "select": "", "mode": ""}
    ran = agent.start({"toolPath": agent.armguard_of_the_tests(), **inputs, **more})
    codes = {each.properties["code"] for each in ran.named("task.logissue")}
    assert "access-policies-emptied" not in codes
