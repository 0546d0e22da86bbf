"""Where a log comes from: git and the pipeline, without secrets and without surprises."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from support import make_deployment, make_template, make_vault, run_armguard

from armguard.cli.origin import read_origin, remote_of, repository_uri
from armguard.finding.report import Origin

PIPELINE = {
    "TF_BUILD": "True",
    "SYSTEM_COLLECTIONURI": "https://dev.azure.com/contoso/",
    "SYSTEM_TEAMPROJECTID": "11111111-1111-1111-1111-111111111111",
    "SYSTEM_DEFINITIONID": "12",
    "BUILD_DEFINITIONNAME": "Nightly build",
    "SYSTEM_PHASEID": "22222222-2222-2222-2222-222222222222",
    "SYSTEM_PHASENAME": "Check",
    "BUILD_SOURCEBRANCH": "refs/heads/main",
    "BUILD_BUILDID": "99",
}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.com/team/infra.git", "https://example.com/team/infra.git"),
        ("https://me:s3cret@example.com:8443/infra", "https://example.com:8443/infra"),
        ("https://s3cret@example.com/infra?t=s3cret#x", "https://example.com/infra"),
        ("git@example.com:team/infra.git", "ssh://example.com/team/infra.git"),
        ("ssh://git@example.com/infra", "ssh://example.com/infra"),
        ("/srv/git/infra.git", None),
        ("../infra", None),
        ("C:/infra", None),
        ("file:///srv/git/infra.git", None),
        ("https://[broken/infra", None),
        ("", None),
    ],
)
def test_addresses_of_repositories(address: str, expected: str | None) -> None:
    assert repository_uri(address) == expected


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    git(tmp_path, "init", "--quiet", "--initial-branch", "trunk")
    git(tmp_path, "config", "remote.origin.url", "https://me:s3cret@example.com/infra.git")
    (tmp_path / "infra").mkdir()
    monkeypatch.chdir(tmp_path / "infra")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    answer = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return answer.stdout.strip()


def test_the_remote_of_a_folder(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert remote_of(str(repository / "infra")) == "https://example.com/infra.git"
    assert remote_of(str(tmp_path_factory.mktemp("none"))) is None


def test_a_link_to_the_own_address_of_the_repository(repository: Path) -> None:
    git(repository, "config", "remote.origin.url", "git@github.com:team/infra.git")
    (repository / "shared").mkdir()
    vault = make_template(make_vault(policies=[]))
    (repository / "shared" / "kv.json").write_text(json.dumps(vault))
    uri = "https://raw.githubusercontent.com/team/infra/trunk/shared/kv.json"
    Path("main.json").write_text(json.dumps(make_template(make_deployment(link={"uri": uri}))))
    found = run_armguard("check", "main.json", "--format=json").vault("kv")
    assert (found["path"], found["certainty"]) == ("../shared/kv.json", "default")


def test_a_repository_without_a_commit(repository: Path) -> None:
    origin = read_origin({}, ("sarif",))
    assert origin.repository == "https://example.com/infra.git"
    assert (origin.revision, origin.branch) == (None, "refs/heads/trunk")
    assert origin.folder == "infra/"


def test_a_commit_and_the_branch_of_a_pipeline(repository: Path) -> None:
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "first")
    origin = read_origin({"GITHUB_REF": "refs/pull/7/merge"}, ("sarif",))
    assert origin.revision == git(repository, "rev-parse", "HEAD")
    assert origin.branch == "refs/pull/7/merge"


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert read_origin({"GITHUB_ACTIONS": "true"}, ("sarif",)) == Origin(
        working_directory=os.getcwd()
    )


def test_no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert read_origin({"GITHUB_ACTIONS": "true"}, ("sarif",)) == Origin(
        working_directory=os.getcwd()
    )


def test_the_identity_of_a_pipeline_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    origin = read_origin(PIPELINE, ("sarif",))
    assert origin.automation_id == (
        "azuredevops/pipeline/build/contoso/11111111-1111-1111-1111-111111111111/12/"
        "22222222-2222-2222-2222-222222222222/refs/heads/main/99"
    )
    assert dict(origin.automation) == {
        "azuredevops/pipeline/build/buildDefinitionId": "12",
        "azuredevops/pipeline/build/buildDefinitionName": "Nightly build",
        "azuredevops/pipeline/build/phaseId": "22222222-2222-2222-2222-222222222222",
        "azuredevops/pipeline/build/phaseName": "Check",
    }


def test_a_pipeline_that_says_little_has_stand_ins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    origin = read_origin({"TF_BUILD": "True"}, ("sarif",))
    assert origin.automation_id.startswith("azuredevops/pipeline/build/armguard/")
    assert len(origin.automation) == 4
    assert all(value for _, value in origin.automation)
    assert dict(origin.automation)["azuredevops/pipeline/build/buildDefinitionId"] == "-1"


def test_git_is_asked_for_the_formats_that_tell_of_it_only(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = str(repository / "infra")
    assert read_origin({}, ("text", "json")) == Origin(working_directory=here)
    assert read_origin({}, ("text", "sarif")).folder == "infra/"
    assert read_origin({}, ("text", "html")).folder == "infra/"
