"""The extension for Azure DevOps: built, packed, and its bundle run as an agent runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from azure_devops_extension import FIXTURES, Agent, Extension, Ran, build
from fake_bicep import FakeBicep, compiled, parameters
from support import make_vault

pytestmark = pytest.mark.skipif(os.name != "posix", reason="starts programs by shell scripts")

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LARGEST_PACKAGE = 50 * 1024 * 1024
PLATFORMS = {
    "linux": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "windows": ("win_amd64",),
    "macos": ("macosx_11_0_arm64",),
    "a machine of any other kind": ("any",),
}
BICEP = {
    "infra/main.bicep": """\
param name string
resource kv 'Microsoft.KeyVault/vaults@2026-02-01' = {
  properties: {
    accessPolicies: []
  }
}
""",
    "infra/params/dev.bicepparam": "using '../main.bicep'\nparam name = 'dev'\n",
}


@pytest.fixture(scope="module")
def extension(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Extension:
    return build(project, tmp_path_factory.getbasetemp())


@dataclass(frozen=True)
class Begun:
    """Tasks that began at the same time, with one tools folder and no network, and their output."""

    agents: list[Agent]
    ran: list[Ran]


@pytest.fixture(scope="module")
def begun(extension: Extension, tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """The first runs of all: they install the armguard that the other tests find."""
    tools = tmp_path_factory.mktemp("tools")
    agents = [Agent(extension, tmp_path_factory.mktemp(name), tools) for name in ("a", "b")]
    for each in agents:
        each.use_fixture("safe/condition-variable-false.json")
    with ThreadPoolExecutor() as pool:
        return Begun(agents, list(pool.map(lambda each: each.start(PIP_NO_INDEX="1"), agents)))


@pytest.fixture
def agent(extension: Extension, begun: Begun, tmp_path: Path) -> Agent:
    return Agent(extension, tmp_path, begun.agents[0].tools)


def test_the_unit_tests_of_the_task_ran(extension: Extension) -> None:
    counts = dict(re.findall(r"^\S* ?(pass|fail) (\d+)$", extension.tests, re.M))
    assert int(counts["pass"]) > 50
    assert counts["fail"] == "0"
    assert not list(extension.temporary.glob("armguard-*"))


def test_the_package_holds_what_manifest_and_task_name(extension: Extension) -> None:
    assert extension.package.stat().st_size < LARGEST_PACKAGE
    manifest = json.loads((extension.root / "vss-extension.json").read_text("utf-8"))
    with zipfile.ZipFile(extension.package) as archive:
        names = set(archive.namelist())
        (contribution,) = manifest["contributions"]
        folder = f"{contribution['properties']['name']}/ArmguardTaskV1"
        task = json.loads(archive.read(f"{folder}/task.json"))
    content = [each["path"] for each in manifest["content"].values()]
    targets = [f"{folder}/{each['target']}" for each in task["execution"].values()]
    wheel = f"{folder}/wheels/armguard-{extension.version}-py3-none-any.whl"
    named = {*content, *targets, manifest["icons"]["default"], "ThirdPartyNotices.txt", wheel}
    assert {*named, f"{folder}/icon.png"} <= names
    assert not [name for name in names if "node_modules" in name or name.endswith((".ts", ".map"))]


def test_one_version_is_everywhere(extension: Extension) -> None:
    from armguard.version import __version__

    assert extension.version == __version__
    for name in ("vss-extension.json", "package.json"):
        assert json.loads((extension.root / name).read_text("utf-8"))["version"] == __version__


def test_a_build_with_two_versions_fails(extension: Extension, tmp_path: Path) -> None:
    for folder in ("ArmguardTask/ArmguardTaskV1", "scripts"):
        (tmp_path / "a" / folder).mkdir(parents=True)
    for name in ("vss-extension.json", "package.json", "scripts/versions.mjs"):
        shutil.copy(extension.root / name, tmp_path / "a" / name)
    task = json.loads((extension.task / "task.json").read_text("utf-8"))
    task["version"]["Patch"] += 1
    place = tmp_path / "a" / "ArmguardTask" / "ArmguardTaskV1" / "task.json"
    place.write_text(json.dumps(task), encoding="utf-8")
    script = (
        "import { commonVersion } from './scripts/versions.mjs';"
        " commonVersion('.', process.argv[1]);"
    )
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", script, extension.root.parents[1]],
        cwd=tmp_path / "a",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode != 0
    assert "the versions differ" in ran.stderr


def test_task_json_is_what_azure_devops_accepts(extension: Extension) -> None:
    import jsonschema

    schema = json.loads(
        Path(__file__).with_name("azure_devops_task.schema.json").read_text("utf-8")
    )
    task = json.loads((extension.task / "task.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(task)
    assert {each["groupName"] for each in task["inputs"] if "groupName" in each} == {
        each["name"] for each in task["groups"]
    }
    settable = task["restrictions"]["settableVariables"]["allowed"]
    assert settable == [each["name"] for each in task["outputVariables"]]
    validate = "require('tfx-cli/_build/lib/jsonvalidate').validate(process.argv[1])"
    file = extension.task / "task.json"
    ran = subprocess.run(
        ["node", "-e", validate, str(file)],
        cwd=extension.root,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_the_task_reads_every_input_that_it_has(extension: Extension) -> None:
    task = json.loads((extension.task / "task.json").read_text("utf-8"))
    sources = extension.root / "ArmguardTask" / "ArmguardTaskV1" / "src"
    text = (sources / "inputs.ts").read_text("utf-8")
    read = re.findall(r'(?:text|lines|words|choice|tl\.getBoolInput)\(\s*"(\w+)"', text)
    assert sorted(read) == sorted(each["name"] for each in task["inputs"])
    told = (extension.root / "overview.md").read_text("utf-8")
    names = {each.get("aliases", [each["name"]])[0] for each in task["inputs"]}
    assert names <= set(re.findall(r"^\| `(\w+)`", told, re.M))


def test_the_examples_use_the_task_and_inputs_that_exist(extension: Extension) -> None:
    import yaml

    task = json.loads((extension.task / "task.json").read_text("utf-8"))
    names = {name for each in task["inputs"] for name in each.get("aliases", [each["name"]])}
    examples = re.findall(r"```yaml\n(.*?)```", (extension.root / "overview.md").read_text(), re.S)
    steps = [step for example in examples for step in yaml.safe_load(example)["steps"]]
    used = [
        step["inputs"]
        for step in steps
        if step.get("task") == f"{task['name']}@{task['version']['Major']}"
    ]
    assert len(used) == len(examples) == 2
    assert {name for inputs in used for name in inputs} <= names


def test_armguard_has_every_option_that_the_task_uses(extension: Extension, project: Path) -> None:
    sources = extension.root / "ArmguardTask" / "ArmguardTaskV1" / "src"
    text = "".join((sources / name).read_text("utf-8") for name in ("check.ts", "connection.ts"))
    used = set(re.findall(r'"(--[a-z][a-z-]+)"', text))
    assert "--fail-on-undecided" in used
    assert "--credential" in used
    command = [sys.executable, "-m", "armguard", "check", "--help"]
    help_text = subprocess.run(
        command, cwd=project, capture_output=True, text=True, timeout=60, check=True
    )
    assert used <= set(re.findall(r"--[a-z-]+", help_text.stdout))


@pytest.fixture(scope="module")
def dry_runs(
    extension: Extension, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], subprocess.CompletedProcess[str]]:
    """(platform, version of Python) -> what pip says about installing there; a few at a time."""
    kinds = [(platform, python) for platform in PLATFORMS for python in PYTHONS]
    target = tmp_path_factory.mktemp("nothing")
    with ThreadPoolExecutor() as pool:
        ran = pool.map(lambda kind: dry_run(extension, target, *kind), kinds)
        return dict(zip(kinds, ran, strict=True))


def dry_run(
    extension: Extension, target: Path, platform: str, python: str
) -> subprocess.CompletedProcess[str]:
    wheels = extension.task / "wheels"
    extra = "" if PLATFORMS[platform] == ("any",) else "[azure]"
    wanted = f"{wheels}/armguard-{extension.version}-py3-none-any.whl{extra}"
    tags = [part for tag in PLATFORMS[platform] for part in ("--platform", tag)]
    tags += ["--python-version", python, "--implementation", "cp"]
    offline = ["--no-index", "--only-binary", ":all:", "--find-links", str(wheels)]
    command = ["-m", "pip", "install", "--dry-run", "--ignore-installed"]
    return subprocess.run(
        [extension.python, *command, "--target", target, *tags, *offline, wanted],
        env={"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_wheels_are_all_that_pip_needs(
    platform: str, python: str, extension: Extension, dry_runs: Any
) -> None:
    ran = dry_runs[platform, python]
    assert ran.returncode == 0, ran.stderr
    assert f"armguard-{extension.version}" in ran.stdout


def test_tasks_that_share_a_tools_folder_each_have_an_armguard(
    extension: Extension, begun: Begun
) -> None:
    said = "\n".join(each.stdout for each in begun.ran)
    assert [each.result for each in begun.ran] == ["Succeeded"] * 2, said
    names = [each.name for each in (begun.agents[0].tools / "armguard").iterdir()]
    assert names == [extension.version]


def test_without_a_network_armguard_is_installed_once(agent: Agent, begun: Begun) -> None:
    for each in begun.ran:
        assert "-m venv" in each.stdout
        assert "asking the index" not in each.stdout
    (installed,) = (agent.tools / "armguard").iterdir()
    made = installed.stat().st_ino
    agent.use_fixture("workspace.json")
    again = agent.start(PIP_NO_INDEX="1")
    assert again.result == "Failed", again.stdout
    assert "-m venv" not in again.stdout
    assert installed.stat().st_ino == made


def test_a_hazard_fails_the_task_and_is_published(agent: Agent) -> None:
    template = agent.use_fixture("workspace.json")
    ran = agent.start({"paths": "workspace.json", "testRunTitle": "keys; and [vaults]"})
    assert ran.result == "Failed"
    (issue,) = ran.named("task.logissue")
    assert issue.properties == {
        "type": "error",
        "sourcepath": str(template),
        "linenumber": "55",
        "columnnumber": "9",
        "code": "access-policies-emptied",
    }
    assert issue.data.startswith("vault 'kv-ml-forecast' is deployed with an empty accessPolicies")
    assert ran.outputs["findingsCount"] == ran.outputs["errorCount"] == "1"

    (upload,) = ran.named("artifact.upload")
    artifact = {"containerfolder": "CodeAnalysisLogs", "artifactname": "CodeAnalysisLogs"}
    assert upload.properties == artifact
    assert upload.data == ran.outputs["sarifPath"]
    assert Path(upload.data).name == "armguard.sarif"
    log = json.loads(Path(upload.data).read_text("utf-8"))
    assert [each["ruleId"] for each in log["runs"][0]["results"]] == ["access-policies-emptied"]

    (tests,) = ran.named("results.publish")
    assert tests.properties["type"] == "JUnit"
    assert tests.properties["runTitle"] == "keys%3B and [vaults%5D"
    assert tests.properties["resultFiles"] == ran.outputs["junitPath"]
    assert "<failure" in Path(ran.outputs["junitPath"]).read_text("utf-8")

    (summary,) = ran.named("task.uploadsummary")
    assert "kv-ml-forecast" in Path(summary.data).read_text("utf-8")


def test_what_is_switched_off_is_not_published(agent: Agent) -> None:
    agent.use_fixture("workspace.json")
    off = {"publishSarif": "false", "publishTestResults": "false", "summary": "false"}
    ran = agent.start(off)
    assert ran.result == "Failed"
    for name in ("artifact.upload", "results.publish", "task.uploadsummary"):
        assert ran.named(name) == []


def test_a_release_has_no_artifact_to_upload_to(agent: Agent) -> None:
    agent.use_fixture("workspace.json")
    ran = agent.start(SYSTEM_HOSTTYPE="release")
    assert ran.named("artifact.upload") == []
    assert len(ran.named("results.publish")) == 1


def test_a_template_in_order_succeeds(agent: Agent) -> None:
    agent.use_fixture("safe/condition-variable-false.json")
    ran = agent.start()
    assert ran.result == "Succeeded", ran.stdout
    assert ran.named("task.logissue") == []
    assert (ran.outputs["findingsCount"], ran.outputs["errorCount"]) == ("0", "0")


def test_warnings_succeed_with_issues(agent: Agent) -> None:
    agent.use_fixture("hazards/branch-not-supplied.json")
    ran = agent.start()
    assert ran.result == "SucceededWithIssues", ran.stdout
    assert {each.properties["type"] for each in ran.named("task.logissue")} == {"warning"}
    assert (ran.outputs["findingsCount"], ran.outputs["errorCount"]) == ("2", "0")
    assert agent.start({"failOn": "warning"}).result == "Failed"


def test_never_to_fail_still_shows_the_issues(agent: Agent) -> None:
    agent.use_fixture("workspace.json")
    ran = agent.start({"failOn": "never"})
    assert ran.result == "SucceededWithIssues"
    assert [each.properties["type"] for each in ran.named("task.logissue")] == ["error"]


def test_an_undecided_vault_fails_where_that_is_asked_for(agent: Agent) -> None:
    agent.use_fixture("undecided/create-mode-not-supplied.json")
    assert agent.start().result == "SucceededWithIssues"
    ran = agent.start({"failOnUndecided": "true"})
    assert ran.result == "Failed"
    assert "could not answer for every vault" in ran.named("task.complete")[0].data


def test_wrong_usage_says_what_is_wrong(agent: Agent) -> None:
    agent.sources.mkdir()
    ran = agent.start()
    assert ran.result == "Failed"
    (complete,) = ran.named("task.complete")
    assert complete.data.startswith("armguard could not check anything: ")
    assert "no template found in '.'" in complete.data
    assert "findingsCount" not in ran.outputs or ran.outputs["findingsCount"] == "0"


def test_files_are_chosen_by_patterns(agent: Agent) -> None:
    hazard = json.loads((FIXTURES / "workspace.json").read_text("utf-8"))
    for name in ("infra/main.json", "infra/old/main.json", "other/main.json"):
        agent.write(name, hazard)
    ran = agent.start({"paths": "infra\n!infra/old/**\n", "outputPath": "report.txt"})
    sourcepaths = [each.properties["sourcepath"] for each in ran.named("task.logissue")]
    assert sourcepaths == [str(agent.sources / "infra" / "main.json")]
    assert "<html" in (agent.sources / "report.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("place", "variables", "inputs"),
    [
        (".azure/bin", {}, {}),
        ("settings/bin", {"AZURE_CONFIG_DIR": "settings"}, {"paths": "infra/**"}),
        ("sources/tools", {}, {"bicep": "tools/bicep", "paths": "**\n!tools"}),
    ],
)
def test_bicep_is_compiled_by_the_cli_of_the_agent(
    agent: Agent, place: str, variables: dict[str, str], inputs: dict[str, str]
) -> None:
    """HOME of the agent is its folder."""
    template = compiled(make_vault("kv", []), parameters={"name": {"type": "string"}})
    given = {"parameters": parameters(name="dev"), "template": template}
    answers = {"main.bicep": {"template": template}, "dev.bicepparam": given}
    cli = FakeBicep(agent.folder / place, answers)
    for name, text in BICEP.items():
        (agent.sources / name).parent.mkdir(parents=True, exist_ok=True)
        (agent.sources / name).write_text(text, "utf-8")
    set_by_job = {
        **{name: f"{agent.folder}/{value}" for name, value in variables.items()},
        "BICEP_TRUSTED_REGISTRIES": "registry.example",
        "https_proxy": "http://proxy.example:8080",
    }
    ran = agent.start(inputs, **set_by_job)
    (issue,) = ran.named("task.logissue")
    assert issue.properties["sourcepath"] == str(agent.sources / "infra" / "main.bicep")
    assert issue.properties["linenumber"] == "4"
    assert "infra/main.bicep is checked with infra/params/dev.bicepparam" in ran.stdout
    assert cli.environments[0].items() >= set_by_job.items()


def test_beside_a_pattern_a_misspelt_name_is_no_success(agent: Agent) -> None:
    agent.use_fixture("safe/condition-variable-false.json")
    ran = agent.start({"paths": "*.json\nsafe.jsn"})
    assert ran.result == "Failed"
    assert "paths: 'safe.jsn' does not exist in" in ran.named("task.complete")[0].data


def test_patterns_that_fit_no_template_are_no_success(agent: Agent) -> None:
    agent.write("settings.json", {"a": 1})
    ran = agent.start({"paths": "*.json"})
    assert ran.result == "Failed"
    assert "no template is among what paths names" in ran.named("task.complete")[0].data


def test_text_of_a_template_becomes_no_command(agent: Agent, template: Any, vault: Any) -> None:
    evil = "kv##vso[task.complete result=Succeeded;]\r\n##vso[task.setvariable variable=X]##[error]"
    hostile = vault(evil, accessPolicies=[])
    agent.write("main.json", template([hostile, {**hostile, "type": evil, "name": "other"}]))
    tool = agent.armguard_of_the_tests(
        'echo "##vso[task.setvariable variable=PATH]evil"; echo "##VSO[task.complete]" >&2'
    )
    ran = agent.start({"toolPath": tool})
    assert ran.result == "Failed"
    assert set(ran.outputs) == {"findingsCount", "errorCount", "sarifPath", "junitPath"}
    assert ran.named("task.logissue")
    lines = [line for line in ran.stdout.splitlines() if not line.startswith("##vso[task.debug]")]
    assert not [line for line in lines if "##[" in line]
    assert "\\u0023#vso[task.setvariable variable=PATH]evil" in lines
