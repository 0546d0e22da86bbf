"""The GitHub Action: its step as `action.yml` has it, run by bash with the variables of a runner.

Inputs reach the step only through `env`, as on a runner, where `${{ inputs.x }}` is replaced by the
value; armguard itself is installed once, from this checkout, into the folder of the action.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from fake_arm import FakeArm, Serving
from fake_bicep import FakeBicep, compiled
from fake_forge import FakeGitHub
from package_index import can_be_reached
from support import make_vault
from test_github_comment import event, variables
from training import IDENTITY, SUBSCRIPTION, USER, VAULT_READ, fault, state
from training import template as training_template

ROOT = Path(__file__).resolve().parents[2]
HAZARDOUS = ROOT / "fixtures" / "workspace.json"
HARMLESS = ROOT / "fixtures" / "safe" / "condition-variable-false.json"
UNDECIDED = ROOT / "fixtures" / "undecided" / "list-not-supplied.json"
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
(STEP,) = ACTION["runs"]["steps"]
KEPT = ("HOME", "LC_", "PIP_", "HTTP_", "HTTPS_", "NO_PROXY", "SSL_", "REQUESTS_CA")
"""Variables that pip may need; everything else is as on a runner."""
LIVE = f"--live --subscription {SUBSCRIPTION} --resource-group rg-train"
BICEP = """\
resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {
  properties: {
    accessPolicies: []
  }
}
"""
TOKEN = "the-token-of-the-job"
HOSTILE = "print(__name__, file=open(__file__.rpartition('/')[0] + '/stolen', 'a'))\n"
"""Python that leaves a mark beside itself, whoever imports it."""
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Ran:
    """What the step said, in the files of the runner too."""

    exit: int
    stdout: str
    stderr: str
    outputs: dict[str, str]
    summary: str

    @property
    def commands(self) -> list[str]:
        """The lines that the runner obeys; it also takes leading blanks, and reads both streams."""
        lines = (self.stdout + self.stderr).splitlines()
        return [line for line in lines if line.lstrip().startswith(("::", "##["))]


@pytest.fixture(scope="session")
def runner_temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runner temp")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The checked-out repository that the step runs in."""
    folder = tmp_path / "repository"
    (folder / "infra").mkdir(parents=True)
    shutil.copy(HAZARDOUS, folder / "infra" / "main.json")
    return folder


def run_step(repository: Path, runner_temp: Path, *, env: Any = (), **inputs: str) -> Ran:
    """Run the step; inputs are named as in action.yml, with `_` for `-`."""
    values = {name: str(written.get("default", "")) for name, written in ACTION["inputs"].items()}
    for name, value in inputs.items():
        assert name.replace("_", "-") in values
        values[name.replace("_", "-")] = value
    files = [repository.parent / name for name in ("step.sh", "output", "summary")]
    script, output, summary = files
    script.write_text(STEP["run"], "utf-8")
    output.write_text("", "utf-8")
    summary.write_text("## another step\n", "utf-8")
    kept = {k: v for k, v in os.environ.items() if k.upper().startswith(KEPT)}
    environment = {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_WORKSPACE": str(repository),
        "RUNNER_TEMP": str(runner_temp),
        **{
            variable: EXPRESSION.sub(lambda m: replaced(m[1], values), written)
            for variable, written in STEP["env"].items()
        },
        **dict(env),
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=repository,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    lines = output.read_text("utf-8").split("\n")
    assert lines.pop() == ""
    outputs = dict(line.split("=", 1) for line in lines)
    assert len(outputs) == len(lines)
    page = summary.read_text("utf-8")
    assert page.startswith("## another step\n")
    return Ran(done.returncode, done.stdout, done.stderr, outputs, page.partition("\n")[2])


def replaced(expression: str, inputs: dict[str, str]) -> str:
    """What a runner puts in."""
    return TOKEN if expression == "github.token" else inputs[expression.removeprefix("inputs.")]


def hostile_modules(folder: Path) -> dict[str, str]:
    """Modules in the checked-out repository that Python, pip or armguard would import by name."""
    for name in ("armguard", "click", "hatchling", "json", "pip", "sitecustomize", "yaml"):
        (folder / f"{name}.py").write_text(HOSTILE, "utf-8")
    return {"PYTHONPATH": str(folder)}


def install(runner_temp: Path, folder: Path, *, env: Any = (), args: str = "") -> None:
    """Let the action install armguard from an index, in a repository with hostile modules."""
    repository = folder / "repository"
    repository.mkdir()
    shutil.copy(HARMLESS, repository)
    hostile = hostile_modules(repository)
    ran = run_step(repository, runner_temp, env={**hostile, **dict(env)}, args=args)
    if ran.exit != 0 and not can_be_reached(folder):
        pytest.skip("no package index can be reached, so the action can't install armguard")
    assert not (repository / "stolen").exists(), (repository / "stolen").read_text("utf-8")
    assert ran.exit == 0, ran.stdout + ran.stderr


@pytest.fixture(scope="session")
def installation(runner_temp: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    install(runner_temp, tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="session")
def azure_installation(runner_temp: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Serving(FakeArm(state(USER))) as url:
        env = {"ARMGUARD_ARM_ENDPOINT": url}
        install(runner_temp, tmp_path_factory.mktemp("second"), env=env, args=LIVE)


@pytest.fixture
def action(repository: Path, runner_temp: Path, installation: None) -> Callable[..., Ran]:
    """Run the step in `repository`, where an index is never asked again."""

    def run(**inputs: Any) -> Ran:
        env = {"PIP_NO_INDEX": "1", **inputs.pop("env", {})}
        return run_step(repository, runner_temp, env=env, **inputs)

    return run


def test_findings_fail_the_step(action: Callable[..., Ran], repository: Path) -> None:
    ran = action(paths="infra", sarif_file="armguard.sarif")
    assert ran.exit == 1
    (command,) = ran.commands
    assert command.startswith("::error file=infra/main.json,line=55,endLine=55,col=9,endColumn=")
    assert "title=access-policies-emptied::vault 'kv-ml-forecast'" in command
    assert ran.outputs == {"findings": "1", "sarif-file": str(repository / "armguard.sarif")}
    assert ran.summary.startswith("<!-- armguard -->\n## armguard\n")
    assert "| error | infra/main.json:55:9 | **access-policies-emptied**<br>" in ran.summary
    log = json.loads((repository / "armguard.sarif").read_text("utf-8"))
    assert [each["ruleId"] for each in log["runs"][0]["results"]] == ["access-policies-emptied"]


def test_nothing_found_passes(action: Callable[..., Ran], repository: Path) -> None:
    shutil.copy(HARMLESS, repository / "infra/main.json")
    ran = action()
    assert (ran.exit, ran.commands) == (0, [])
    assert ran.outputs == {"findings": "0", "sarif-file": ""}
    assert "0 errors, 0 warnings, 0 notes" in ran.summary
    assert [each.name for each in repository.iterdir()] == ["infra"]


def test_inputs_reach_armguard(action: Callable[..., Ran], repository: Path) -> None:
    ignored = ["access-policies-emptied", "vault-written-twice"]
    (repository / "lax.toml").write_text(f"ignore = {ignored}\n", "utf-8")
    folder = repository / "a folder; of 'ours'"
    (repository / "infra").rename(folder)
    shutil.copy(HAZARDOUS, folder / "other one.json")
    inputs = {
        "paths": "\n  main.json  \n\nother one.json\n",
        "args": "--set keyVaultAccessPolicies='[ ]'\n--select access-policies-emptied",
        "fail_on": "never",
        "sarif_file": "../armguard.sarif",
        "working_directory": folder.name,
    }
    ran = action(**inputs)
    assert ran.exit == 0, ran.stdout + ran.stderr
    assert [command.split(",line=")[0] for command in ran.commands] == [
        f"::error file={folder.name}/main.json",
        f"::error file={folder.name}/other one.json",
    ]
    assert ran.stdout.count("(certain)") == 2, "--set makes certain what was a default"
    assert ran.outputs == {"findings": "2", "sarif-file": str(repository / "armguard.sarif")}
    ran = action(**{**inputs, "args": "", "config": "../lax.toml"})
    assert (ran.exit, ran.commands, ran.outputs["findings"]) == (0, [], "0")


@pytest.mark.parametrize(
    ("place", "variables", "inputs"),
    [
        ("home/.azure/bin", {"HOME": "home"}, {}),
        ("settings/bin", {"AZURE_CONFIG_DIR": "settings"}, {}),
        ("on path", {"PATH": "on path"}, {}),
        ("repository/tools", {"PATH": "on path"}, {"bicep": "tools/bicep"}),
    ],
)
def test_bicep_is_compiled_by_the_cli_of_the_runner(
    action: Callable[..., Ran],
    repository: Path,
    place: str,
    variables: dict[str, str],
    inputs: dict[str, str],
) -> None:
    (repository / "infra" / "main.json").unlink()
    (repository / "infra" / "main.bicep").write_text(BICEP, "utf-8")
    (repository.parent / "on path").mkdir()
    cli = FakeBicep(
        repository.parent / place, {"main.bicep": {"template": compiled(make_vault("kv", []))}}
    )
    env = {name: f"{repository.parent}/{value}" for name, value in variables.items()}
    if "PATH" in env:
        (repository.parent / "on path" / "python3").symlink_to(sys.executable)
        env["PATH"] += os.pathsep + os.environ["PATH"]
    listened_to = {
        "BICEP_TRUSTED_REGISTRIES": "registry.example",
        "https_proxy": "http://proxy.example:8080",
    }
    ran = action(env={**env, **listened_to}, **inputs)
    assert ran.exit == 1
    (command,) = ran.commands
    assert command.startswith("::error file=infra/main.bicep,line=3,")
    assert cli.environments[0].items() >= {**env, **listened_to}.items()


def test_bicep_without_a_cli_is_a_warning(action: Callable[..., Ran], repository: Path) -> None:
    (repository / "infra" / "main.bicep").write_text(BICEP, "utf-8")
    shutil.copy(HARMLESS, repository / "infra" / "main.json")
    ran = action()
    assert ran.exit == 0
    (command,) = ran.commands
    assert command.startswith("::warning file=infra/main.bicep,")
    assert "'az bicep install' gets one" in command
    assert action(fail_on_undecided="true").exit == 3


@pytest.mark.parametrize(
    "inputs",
    [
        {"paths": "$(touch stolen)"},
        {"paths": "infra; touch stolen"},
        {"paths": "infra\n--output=json=stolen"},
        {"paths": "--write-baseline=stolen"},
        {"paths": "infra\n::set-output name=findings::0\n::error::stolen"},
        {"paths": "infra\r::error::stolen"},
        {"paths": "${{ github.token }}"},
        {"args": "; touch stolen"},
        {"args": "$(touch stolen) `touch stolen`"},
        {"args": "&& touch stolen || touch stolen"},
        {"args": "'::error::stolen'"},
        {"args": "--config '\n::error::stolen'"},
        {"config": "$(touch stolen)"},
        {"config": "x --write-baseline=stolen"},
        {"fail_on": "never; touch stolen"},
        {"fail_on": "%0A::error::stolen"},
        {"fail_on_undecided": "false\n::error::stolen"},
        {"sarif_file": "x.sarif\nfindings=0"},
        {"sarif_file": "no such folder/$(touch stolen)"},
        {"working_directory": "$(touch stolen)"},
        {"working_directory": ".\n::error::stolen"},
        {"comment": "prod -->\n::error::stolen"},
        {"comment": "$(touch stolen)"},
    ],
    ids=repr,
)
def test_inputs_are_only_text(
    action: Callable[..., Ran], repository: Path, inputs: dict[str, str]
) -> None:
    ran = action(**inputs)
    assert ran.exit == 2, ran.stdout + ran.stderr
    (command,) = ran.commands
    assert command.startswith("::error title=armguard::")
    assert ran.outputs.get("findings") in (None, "0")
    assert not [*repository.parent.rglob("*stolen*")]


@pytest.mark.parametrize("bicep", ["$(touch stolen)", "x --write-baseline=stolen"])
def test_the_bicep_cli_is_only_text(
    action: Callable[..., Ran], repository: Path, bicep: str
) -> None:
    (repository / "infra" / "main.bicep").write_text(BICEP, "utf-8")
    ran = action(bicep=bicep)
    assert ran.exit == 2
    assert f"the Bicep CLI '{bicep}' is no program on PATH" in ran.stderr
    assert not [*repository.rglob("stolen")]


def test_template_text_is_no_command(action: Callable[..., Ran], repository: Path) -> None:
    evil = "kv\n::set-output name=findings::0\n::add-mask::kv\r::error::stolen%0A::error::x"
    written = json.loads((HAZARDOUS).read_text("utf-8"))
    vaults = [each for each in written["resources"] if each["type"].endswith("/vaults")]
    vaults[0]["name"] = evil + "<script>"
    (repository / "infra" / "main.json").write_text(json.dumps(written), "utf-8")
    name = "::set-output name=findings::0\n::stop-commands::x.json"
    (repository / "infra" / name).write_text(json.dumps(written), "utf-8")
    ran = action(sarif_file="armguard.sarif")
    assert ran.exit == 1
    assert len(ran.commands) >= 2
    assert all(command.startswith(("::error file=", "::notice file=")) for command in ran.commands)
    assert all(command.count("\n") == 0 for command in ran.commands)
    assert set(ran.outputs) == {"findings", "sarif-file"}
    assert ran.outputs["findings"] != "0"
    assert "<script>" not in ran.summary
    assert "\n::" not in ran.summary


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"args": "--no-such-option"}, "error: unknown option '--no-such-option'"),
        ({"args": "--format 'text"}, "the input args can't be split into words: no closing quot"),
        ({"fail_on": "fatal"}, "'fatal' is not one of"),
        ({"fail_on_undecided": "yes"}, "is 'yes'; allowed are auto, true and false"),
        ({"paths": "no-such-folder"}, "no-such-folder"),
        ({"paths": "empty"}, "no template found in 'empty'"),
        ({"paths": "infra\n - "}, "::error title=armguard::the input paths has '-', but a step"),
        ({"working_directory": "nowhere"}, "correct the input working-directory"),
        (
            {"comment": "[prod](x)"},
            "the input comment is '[prod](x)'; allowed are true, false, or a",
        ),
        ({"sarif_file": "a\nb"}, "the input sarif-file has a line break or control character"),
    ],
    ids=repr,
)
def test_wrong_usage_says_what_is_wrong(
    action: Callable[..., Ran], repository: Path, inputs: dict[str, str], message: str
) -> None:
    (repository / "empty").mkdir()
    ran = action(**inputs)
    assert ran.exit == 2
    assert message in ran.stdout + ran.stderr


def test_a_refused_run_hands_on_no_older_report(
    action: Callable[..., Ran], repository: Path
) -> None:
    (repository / "armguard.sarif").write_text("{}", "utf-8")
    ran = action(args="--no-such-option", sarif_file="armguard.sarif")
    assert (ran.exit, ran.outputs, ran.summary) == (2, {}, "")


def test_no_code_of_the_repository_runs(action: Callable[..., Ran], repository: Path) -> None:
    ran = action(env=hostile_modules(repository))
    assert ran.exit == 1
    assert not (repository / "stolen").exists()


@pytest.mark.parametrize(
    ("args", "fail_on_undecided", "expected"),
    [("", "auto", 0), ("", "true", 3), ("", "false", 0), (" --fail-on-undecided", "false", 3)],
)
def test_undecided(
    action: Callable[..., Ran],
    repository: Path,
    args: str,
    fail_on_undecided: str,
    expected: int,
) -> None:
    shutil.copy(UNDECIDED, repository / "infra" / "main.json")
    ran = action(args="--select undecided-vault" + args, fail_on_undecided=fail_on_undecided)
    assert ran.exit == expected
    assert ("::error title=armguard::deployed state" in ran.stdout) is (expected == 3)
    assert ran.outputs["findings"] == "1"


def test_installation_half_made_or_of_another_version_is_made_anew(
    repository: Path, tmp_path: Path
) -> None:
    """The second run finds what the first one left half-made, and that as another version's."""
    place = tmp_path / "armguard"
    said = "::error title=armguard::armguard could not be installed; see the log"
    for marker in (None, "/actions/armguard/v0"):
        (place / "bin").mkdir(parents=True, exist_ok=True)
        (place / "bin" / "python").unlink(missing_ok=True)
        (place / "bin" / "python").write_text("#!/bin/sh\ntouch stolen\n", "utf-8")
        (place / "bin" / "python").chmod(0o755)
        if marker is not None:
            (place / "complete").write_text(marker, "utf-8")
        ran = run_step(repository, tmp_path, env={"PIP_NO_INDEX": "1"})
        assert (ran.exit, ran.commands) == (2, [said])
        assert not (place / "complete").exists()
        assert not (repository / "stolen").exists()


def test_python_that_is_too_old_or_missing_is_said(repository: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python3").write_text("#!/bin/sh\nexit 1\n", "utf-8")
    (folder / "python3").chmod(0o755)
    (folder / "bash").symlink_to(str(shutil.which("bash")))
    ran = run_step(repository, tmp_path, env={"PATH": str(folder)})
    assert ran.exit == 2
    assert "no Python 3.11 or newer on the PATH; use actions/setup-python" in ran.stdout


@pytest.mark.parametrize(
    ("written", "deployed", "fail_on_undecided", "expected"),
    [
        (training_template(USER), state(USER), "auto", 0),
        (training_template(USER), state(USER, IDENTITY), "auto", 1),
        (training_template(USER), state(USER, faults=[fault(VAULT_READ, 403)]), "false", 3),
        (training_template(accessPolicies="[reference('x').p]"), state(USER), "auto", 3),
        (training_template(accessPolicies="[reference('x').p]"), state(USER), "false", 0),
    ],
    ids=["nothing lost", "lost", "unread", "undecided", "undecided, accepted"],
)
def test_live(
    action: Callable[..., Ran],
    azure_installation: None,
    repository: Path,
    written: Any,
    deployed: Any,
    fail_on_undecided: str,
    expected: int,
) -> None:
    (repository / "infra" / "main.json").write_text(json.dumps(written), "utf-8")
    fake = FakeArm(deployed)
    with Serving(fake) as url:
        env = {"ARMGUARD_ARM_ENDPOINT": url}
        ran = action(args=LIVE, fail_on_undecided=fail_on_undecided, env=env)
    assert ran.exit == expected, ran.stdout + ran.stderr
    assert fake.requests


@pytest.mark.parametrize(("refused", "comments"), [({}, 1), ({"POST": 403}, 0)])
def test_the_comment_changes_no_exit_code(
    action: Callable[..., Ran], repository: Path, refused: dict[str, int], comments: int
) -> None:
    with FakeGitHub(TOKEN, refused) as github:
        env = variables(repository.parent, github, event())
        ran = action(comment="true", env=env)
        assert ran.exit == 1
        assert len(github.comments) == comments
        warnings = [each for each in ran.commands if each.startswith("::warning title=armguard::")]
        assert len(warnings) == 1 - comments
        shutil.copy(HARMLESS, repository / "infra" / "main.json")
        ran = action(comment="true", env=env)
        assert ran.exit == 0
        assert "armguard: " in ran.stdout or comments == 0
    assert len(github.comments) == comments
    assert all("0 errors, 0 warnings, 0 notes" in each["body"] for each in github.comments)


def test_a_comment_that_nobody_asked_for_is_not_posted(
    action: Callable[..., Ran], repository: Path
) -> None:
    with FakeGitHub(TOKEN) as github:
        env = variables(repository.parent, github, event())
        for asked in ("", "false", "False"):
            assert action(comment=asked, env=env).exit == 1
    assert github.requests == []


def test_no_program_but_the_one_that_comments_gets_the_token(
    action: Callable[..., Ran], repository: Path
) -> None:
    (repository / "infra" / "main.json").unlink()
    (repository / "infra" / "main.bicep").write_text(BICEP, "utf-8")
    template = compiled(make_vault("kv", []))
    cli = FakeBicep(repository.parent / "tools", {"main.bicep": {"template": template}})
    with FakeGitHub(TOKEN) as github:
        env = variables(repository.parent, github, event())
        assert action(comment="dev", bicep="../tools/bicep", env=env).exit == 1
    assert len(github.comments) == 1
    assert not [value for value in cli.environments[0].values() if TOKEN in value]


@pytest.mark.parametrize(
    ("written", "expected"),
    [(training_template(USER), "uses access policies"), (training_template(), "Who loses access")],
)
def test_the_comment_tells_who_loses_access(
    action: Callable[..., Ran],
    azure_installation: None,
    repository: Path,
    written: Any,
    expected: str,
) -> None:
    (repository / "infra" / "main.json").write_text(json.dumps(written), "utf-8")
    with Serving(FakeArm(state(USER))) as url, FakeGitHub(TOKEN) as github:
        env = {"ARMGUARD_ARM_ENDPOINT": url, **variables(repository.parent, github, event())}
        action(args=LIVE, comment="true", fail_on="never", env=env)
    assert all(expected in each["body"] for each in github.comments)
    assert len(github.comments) == 1


def test_every_input_is_described_and_used() -> None:
    env = {**STEP["env"]}
    assert env.pop("COMMENT_TOKEN") == "${{ github.token }}"
    used = [EXPRESSION.findall(value) for value in env.values()]
    assert [f"inputs.{name}" for name in ACTION["inputs"]] == [each for (each,) in used]
    named = [f"INPUT_{name.upper().replace('-', '_')}" for name in ACTION["inputs"]]
    assert list(env) == named
    for written in (*ACTION["inputs"].values(), *ACTION["outputs"].values()):
        assert len(written["description"]) > 20
    names = {"findings", "sarif-file"}
    assert set(ACTION["outputs"]) == names
    for name in names:
        assert ACTION["outputs"][name]["value"] == f"${{{{ steps.{STEP['id']}.outputs.{name} }}}}"


def test_no_expression_is_pasted_into_a_script() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    assert not EXPRESSION.search(STEP["run"])
    written = [*STEP["env"].values(), *(each["value"] for each in ACTION["outputs"].values())]
    assert len(EXPRESSION.findall(text)) == len(written)
