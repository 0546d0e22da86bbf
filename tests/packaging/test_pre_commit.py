"""The hooks as another repository uses them: the project is a repository that is installed from.

Files that are not committed yet are part of it, so that this tells of the change at hand.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_bicep import FakeBicep, compiled, parameters
from support import make_deployment, make_vault

Run = Callable[..., subprocess.CompletedProcess[str]]

RULE = "error[access-policies-emptied]"
CONFIG = """\
repos:
  - repo: {url}
    rev: {commit}
    hooks:
      - id: armguard-check
      - id: armguard-check-all
        stages: [manual]
      - id: armguard-fix
        stages: [manual]
"""
NAME = {"name": {"type": "string", "defaultValue": "kv-default"}}
MAIN = """\
param name string = 'kv-default'

module vault 'modules/vault.bicep' = {
  params: { name: name }
}
"""
VAULT = """\
param name string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  properties: {
    accessPolicies: []
  }
}
"""
BICEP = {
    "main.bicep": MAIN,
    "Other.BICEP": MAIN,
    "modules/vault.bicep": VAULT,
    "params/base.bicepparam": "using none\n",
    "params/dev.bicepparam": "using '../main.bicep'\nextends 'base.bicepparam'\n",
}


@pytest.fixture(scope="module")
def git(run: Run, tool: Callable[[str], str]) -> Callable[..., str]:
    """Run git as nobody in particular; returns what it says."""
    nobody = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "nobody",
        "GIT_AUTHOR_EMAIL": "nobody@example.com",
        "GIT_COMMITTER_NAME": "nobody",
        "GIT_COMMITTER_EMAIL": "nobody@example.com",
    }

    def call(folder: Path, *arguments: str) -> str:
        return run(tool("git"), *arguments, folder=folder, **nobody).stdout.strip()

    return call


@pytest.fixture(scope="module")
def hooks(
    project: Path,
    project_files: tuple[str, ...],
    git: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The project as a repository with one commit."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in project_files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / name, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "All of it")
    return folder


@pytest.fixture(scope="module")
def user(
    project: Path,
    hooks: Path,
    git: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A repository that uses the hooks; nothing in it is committed."""
    folder = tmp_path_factory.mktemp("user")
    git(folder, "init", "--quiet")
    fixtures = project / "fixtures"
    shutil.copy(fixtures / "workspace.json", folder / "hazard.json")
    (folder / "hazard.parameters.json").write_text(
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/'
        'deploymentParameters.json#", "contentVersion": "1.0.0.0", "parameters": {}}\n',
        "utf-8",
    )
    shutil.copy(fixtures / "safe" / "create-mode-recover.json", folder / "clean.json")
    (folder / "package.json").write_text('{"name": "unrelated"}\n', "utf-8")
    (folder / "notes.md").write_text("# Notes\n", "utf-8")
    config = CONFIG.format(url=hooks.as_uri(), commit=git(hooks, "rev-parse", "HEAD"))
    (folder / ".pre-commit-config.yaml").write_text(config, "utf-8")
    return folder


@pytest.fixture(scope="module")
def pre_commit(
    uv: str, run: Run, tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """Run pre-commit, with a cache of its own; `uv` has seen that an index answers."""
    home = tmp_path_factory.mktemp("pre-commit")

    def call(*arguments: str | Path, folder: Path, code: int = 0, **variables: str) -> object:
        command = (tool("pre-commit"), *arguments)
        variables["PRE_COMMIT_HOME"] = str(home)
        return run(*command, folder=folder, code=code, **variables)

    return call


@pytest.fixture
def stage(user: Path, git: Callable[..., str]) -> Callable[..., Path]:
    """Stage these files, and nothing else."""

    def add(*names: str) -> Path:
        git(user, "read-tree", "--empty")
        git(user, "add", ".pre-commit-config.yaml", *names)
        return user

    return add


def test_the_manifest_is_valid(pre_commit: Run, hooks: Path) -> None:
    pre_commit("validate-manifest", ".pre-commit-hooks.yaml", folder=hooks)


def test_it_can_be_tried_out(pre_commit: Run, hooks: Path, stage: Callable[..., Path]) -> None:
    tried = ("try-repo", hooks, "armguard-check", "--files", "hazard.json", "package.json")
    done = pre_commit(*tried, folder=stage("hazard.json", "package.json"), code=1)
    assert f"hazard.json:55:9: {RULE}" in done.stdout


def test_a_staged_hazard_fails(pre_commit: Run, stage: Callable[..., Path]) -> None:
    done = pre_commit("run", folder=stage("hazard.json", "clean.json", "package.json"), code=1)
    assert f"hazard.json:55:9: {RULE}" in done.stdout
    assert "checked 2 templates" in done.stdout


def test_clean_and_unrelated_files_pass(pre_commit: Run, stage: Callable[..., Path]) -> None:
    done = pre_commit("run", "--verbose", folder=stage("clean.json", "package.json", "notes.md"))
    assert "checked 1 template " in done.stdout
    assert "Passed" in done.stdout


def test_only_unrelated_files_pass(pre_commit: Run, stage: Callable[..., Path]) -> None:
    assert "Passed" in pre_commit("run", folder=stage("package.json")).stdout
    assert "Skipped" in pre_commit("run", folder=stage("notes.md")).stdout


def test_a_staged_parameter_file_checks_its_template(
    pre_commit: Run, stage: Callable[..., Path]
) -> None:
    done = pre_commit("run", folder=stage("hazard.parameters.json"), code=1)
    assert f"hazard.json:55:9: {RULE}" in done.stdout


def test_the_whole_repository(pre_commit: Run, stage: Callable[..., Path]) -> None:
    everything = ("run", "armguard-check-all", "--hook-stage", "manual")
    done = pre_commit(*everything, folder=stage("clean.json"), code=1)
    assert f"hazard.json:55:9: {RULE}" in done.stdout


def test_the_staged_files_are_repaired(
    pre_commit: Run, stage: Callable[..., Path], user: Path
) -> None:
    before = (user / "hazard.json").read_text("utf-8")
    fix = ("run", "armguard-fix", "--hook-stage", "manual")
    pre_commit(*fix, folder=stage("hazard.json", "package.json"), code=1)
    repaired = (user / "hazard.json").read_text("utf-8")
    (user / "hazard.json").write_text(before, "utf-8")
    assert "parameters('createKeyVault')" in repaired
    assert "parameters('createKeyVault')" not in before


@pytest.mark.parametrize(
    "name",
    ["--write-baseline=found.json", "--output=html=hazard.json", "-x.json", "--version.json"],
)
def test_a_file_name_is_no_option(
    pre_commit: Run, stage: Callable[..., Path], user: Path, name: str
) -> None:
    """Else a pull request could switch the hook off, or overwrite a file, with a name."""
    hazard = (user / "hazard.json").read_text("utf-8")
    (user / name).parent.mkdir(parents=True, exist_ok=True)
    (user / name).write_text("{}", "utf-8")
    done = pre_commit("run", folder=stage("--", "hazard.json", name), code=1)
    (user / name).unlink()
    assert f"hazard.json:55:9: {RULE}" in done.stdout
    assert (user / "hazard.json").read_text("utf-8") == hazard
    assert not (user / "found.json").exists()


@pytest.mark.parametrize("name", ["other.jsonc", "Other.JSON", "wide.jsonc"])
def test_every_kind_of_template_is_passed_on(
    pre_commit: Run, stage: Callable[..., Path], user: Path, name: str
) -> None:
    """Also one in UTF-16, which is no text to pre-commit."""
    text = (user / "hazard.json").read_text("utf-8")
    (user / name).write_text(text, "utf-16" if name.startswith("wide") else "utf-8")
    done = pre_commit("run", "--verbose", folder=stage(name), code=1)
    (user / name).unlink()
    assert f"{name}:55:9: {RULE}" in done.stdout


@pytest.fixture
def infra(user: Path) -> Iterator[Path]:
    """A Bicep project in the repository: two roots, with one module and some parameters."""
    folder = user / "infra"
    for name, text in BICEP.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def on_path(tmp_path: Path) -> dict[str, str]:
    """The variables with which a Bicep CLI is found."""
    module = compiled(make_vault("[parameters('name')]", []), parameters=NAME)
    deployment = make_deployment("vault", module, parameters={"name": "[parameters('name')]"})
    template = compiled(deployment, parameters=NAME)
    answers = {
        "main.bicep": {"template": template},
        "Other.BICEP": {"template": template},
        "dev.bicepparam": {"parameters": parameters(name="kv-dev"), "template": template},
    }
    cli = FakeBicep(tmp_path / "bin", answers)
    return {"PATH": os.pathsep.join((str(cli.folder), os.environ["PATH"]))}


@pytest.mark.parametrize(
    ("staged", "vaults"),
    [
        ("main.bicep", ["kv-dev"]),
        ("Other.BICEP", ["kv-default"]),
        ("params/dev.bicepparam", ["kv-dev"]),
        ("params/base.bicepparam", ["kv-dev"]),
        ("modules/vault.bicep", ["kv-default", "kv-dev"]),
    ],
)
def test_staged_bicep_checks_all_that_it_is_a_part_of(
    pre_commit: Run,
    stage: Callable[..., Path],
    infra: Path,
    on_path: dict[str, str],
    staged: str,
    vaults: list[str],
) -> None:
    folder = stage(f"infra/{staged}")
    done = pre_commit("run", "--verbose", folder=folder, code=1, **on_path)
    found = re.findall(
        rf"infra/modules/vault.bicep:5:5: {re.escape(RULE)}: vault '(\S*)'", done.stdout
    )
    # what two roots do in one place is told once
    assert sorted((*found, *re.findall(r"^  also: (\S+)$", done.stdout, re.M))) == vaults


def test_the_roots_of_a_staged_module_may_be_excluded(
    pre_commit: Run,
    stage: Callable[..., Path],
    user: Path,
    infra: Path,
    on_path: dict[str, str],
) -> None:
    (user / "armguard.toml").write_text('exclude = ["infra/Other.BICEP"]\n', "utf-8")
    folder = stage("infra/modules/vault.bicep")
    done = pre_commit("run", "--verbose", folder=folder, code=1, **on_path)
    (user / "armguard.toml").unlink()
    assert "checked 1 template " in done.stdout
    assert "kv-default" not in done.stdout


@pytest.mark.parametrize(
    ("staged", "told"),
    [
        ("main.bicep", "main.bicep"),
        ("Other.BICEP", "Other.BICEP"),
        ("modules/vault.bicep", "main.bicep"),
        ("params/dev.bicepparam", "main.bicep"),
    ],
)
def test_without_a_cli_staged_bicep_fails_no_commit(
    pre_commit: Run, stage: Callable[..., Path], infra: Path, staged: str, told: str
) -> None:
    done = pre_commit("run", "--verbose", folder=stage(f"infra/{staged}"))
    assert f"infra/{told}:1:1: warning[bicep-not-compiled]: the Bicep file was" in done.stdout
    assert "there is no Bicep CLI to compile it with; 'az bicep install' gets one" in done.stdout
    assert "0 errors" in done.stdout


def test_the_configuration_of_the_repository_counts(
    pre_commit: Run, stage: Callable[..., Path], user: Path
) -> None:
    (user / "armguard.toml").write_text('ignore = ["access-policies-emptied"]\n', "utf-8")
    done = pre_commit("run", "--verbose", folder=stage("hazard.json"))
    (user / "armguard.toml").unlink()
    assert "checked 1 template " in done.stdout
