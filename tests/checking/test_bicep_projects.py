"""Projects with Bicep files, compiled by a CLI that says what a test wants: what is compiled how
often, what belongs together, and what is said of what can't be compiled."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_bicep import FakeBicep, compiled, parameters
from support import Ran, make_deployment, make_vault, run_armguard, write_file

NAME = {"name": {"type": "string", "defaultValue": "kv-default"}}
MODULE = compiled(make_vault("[parameters('name')]", []), parameters=NAME)
MAIN = compiled(
    make_deployment("vault", MODULE, parameters={"name": "[parameters('name')]"}),
    parameters={**NAME, "tag": {"type": "string", "defaultValue": ""}},
)
MAIN_BICEP = """\
param name string = 'kv-default'
param tag string = ''

module vault 'modules/vault.bicep' = {
  params: { name: name }
}
"""
VAULT_BICEP = """\
param name string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  properties: {
    accessPolicies: []
  }
}
"""
PROJECT = {"main.bicep": MAIN_BICEP, "modules/vault.bicep": VAULT_BICEP}
COMPILED = {"main.bicep": {"template": MAIN}}


def given(**values: Any) -> dict[str, Any]:
    """The answer for a .bicepparam file of the project."""
    return {"parameters": parameters(**values), "template": MAIN}


@pytest.fixture(params=[True, False], ids=["one process for all", "a process for each"])
def has_rpc(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    return project


@pytest.fixture
def project(folder: Path) -> Callable[[Mapping[str, Any]], None]:
    def write(files: Mapping[str, Any]) -> None:
        for name, content in files.items():
            write_file(name, content)

    return write


@pytest.fixture
def cli(tmp_path: Path, has_rpc: bool) -> Callable[[Mapping[str, Any]], FakeBicep]:
    return lambda answers: FakeBicep(tmp_path / "bin", answers, has_rpc=has_rpc)


def checked(*arguments: str, bicep: FakeBicep | None = None, exit_code: int, **more: str) -> Ran:
    named = [f"--bicep={bicep.program}"] if bicep else []
    return run_armguard(
        "check", "--format=json", *named, *arguments, exit_code=exit_code, together=False, **more
    )


def deployments(ran: Ran) -> dict[tuple[str, ...], list[str]]:
    """(template, parameter file ...) -> names of its vaults."""
    return {
        (each["template"], *each["parameters"]): [vault["name"] for vault in each["vaults"]]
        for each in ran.document["deployments"]
    }


def told(ran: Ran) -> list[tuple[str, str, str, str]]:
    """What is said of files that could not be compiled."""
    rules = ("bicep-not-compiled", "unreadable-template")
    return [
        (each["severity"], each["rule"], each["path"], each["message"])
        for each in ran.document["findings"]
        if each["rule"] in rules
    ]


def skipped(ran: Ran) -> dict[str, str]:
    return {each["path"]: each["reason"] for each in ran.document["skipped"]}


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


Project = Callable[[Mapping[str, Any]], None]
Cli = Callable[[Mapping[str, Any]], FakeBicep]


def test_each_root_is_compiled_once(project: Project, cli: Cli, has_rpc: bool) -> None:
    roots = ("a.bicep", "apps/b.bicep", "apps/c.bicep")
    project({f"modules/m{number:03}.bicep": VAULT_BICEP for number in range(200)})
    uses = "".join(
        f"module m{number} 'modules/m{number:03}.bicep' = {{ name: 'm{number}' }}\n"
        for number in range(200)
    )
    project({root: uses.replace("'m", "'../m") if "/" in root else uses for root in roots})
    project({"apps/b.bicepparam": "using 'b.bicep'\n"})
    bicep = cli(
        {**{root: {"template": MAIN} for root in roots}, "apps/b.bicepparam": given(name="kv-b")}
    )
    before = files_below(Path())
    ran = checked(bicep=bicep, exit_code=1)
    wanted = sorted(os.path.abspath(each) for each in (*roots, "apps/b.bicepparam"))
    assert sorted(bicep.asked) == wanted
    if has_rpc:
        assert bicep.calls == [["jsonrpc", "--stdio"]]
    else:
        built = sorted(call for call in bicep.calls if call[0] != "jsonrpc")
        kinds = {path: "build-params" if path.endswith("param") else "build" for path in wanted}
        assert built == sorted([kinds[path], path, "--stdout", "--no-restore"] for path in wanted)
    assert set(deployments(ran)) == {
        ("a.bicep",),
        ("apps/b.bicep", "apps/b.bicepparam"),
        ("apps/c.bicep",),
    }
    assert len(skipped(ran)) == 200
    assert files_below(Path()) == before


def test_generated_json_is_the_same_root(project: Project, cli: Cli) -> None:
    project({**PROJECT, "main.json": MAIN})
    bicep = cli(COMPILED)
    ran = checked(bicep=bicep, exit_code=1)
    assert deployments(ran) == {("main.bicep",): ["kv-default"]}
    assert skipped(ran)["main.json"].startswith("main.bicep is checked in its place")
    assert "main.bicep is checked in place of main.json" in checked_text(bicep=bicep)


def test_generated_json_is_checked_without_a_cli(project: Project) -> None:
    project({**PROJECT, "main.json": MAIN})
    ran = checked(exit_code=1)
    assert deployments(ran) == {("main.json",): ["kv-default"]}
    assert (told(ran), ran.document["summary"]["closed"]) == ([], 0)
    assert "main.json is checked in place of main.bicep: there is no Bicep CLI" in checked_text()


def checked_text(*arguments: str, bicep: FakeBicep | None = None) -> str:
    named = [f"--bicep={bicep.program}"] if bicep else []
    return run_armguard("check", *named, *arguments).stdout


PAIRED = {
    **PROJECT,
    "params/base.bicepparam": "using none\nparam tag = 'x'\n",
    "params/dev.bicepparam": "using '../main.bicep'\nextends 'base.bicepparam'\n",
    "elsewhere/deep/prod.bicepparam": "using '../../main.bicep'\nparam name = 'kv-prod'\n",
}
ANSWERS = {
    **COMPILED,
    "base.bicepparam": {"parameters": parameters(tag="x"), "template": None},
    "dev.bicepparam": given(name="kv-dev", tag="x"),
    "prod.bicepparam": given(name="kv-prod"),
}
DEV = ("main.bicep", "params/dev.bicepparam")
PROD = ("main.bicep", "elsewhere/deep/prod.bicepparam")


def test_parameter_files_pair_by_what_they_use(project: Project, cli: Cli) -> None:
    project(PAIRED)
    ran = checked(bicep=cli(ANSWERS), exit_code=1)
    assert deployments(ran) == {DEV: ["kv-dev"], PROD: ["kv-prod"]}
    assert skipped(ran)["params/base.bicepparam"] == "a parameter file that others extend"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["params/dev.bicepparam"], {DEV: ["kv-dev"]}),
        (["main.bicep", "--parameters=params/dev.bicepparam"], {DEV: ["kv-dev"]}),
        ([".", "--parameters=params/dev.bicepparam"], {DEV: ["kv-dev"]}),
        (["params/dev.bicepparam", "--set=name=kv-set"], {DEV: ["kv-set"]}),
        (["main.bicep", "--no-discover-parameters"], {("main.bicep",): ["kv-default"]}),
    ],
)
def test_parameter_files_that_are_asked_for(
    project: Project, cli: Cli, arguments: list[str], expected: Any
) -> None:
    project(PAIRED)
    bicep = cli(ANSWERS)
    ran = checked(*arguments, bicep=bicep, exit_code=1)
    assert deployments(ran) == expected
    assert len(bicep.asked) == len(set(bicep.asked))


@pytest.mark.parametrize(
    "arguments", [[], ["--environment=test"], ["main.bicep"], ["params/dev.bicepparam"]]
)
def test_an_environment_names_parameter_files(
    project: Project, cli: Cli, arguments: list[str]
) -> None:
    project(PAIRED)
    environment = '[[environment]]\nname = "test"\ntemplates = ["*.bicep"]\n'
    project({"armguard.toml": f'{environment}parameters = ["params/dev.bicepparam"]\n'})
    ran = checked(*arguments, bicep=cli(ANSWERS), exit_code=1)
    assert deployments(ran) == {DEV: ["kv-dev"]}


def test_json_parameters_beside_bicep(project: Project, cli: Cli) -> None:
    project({**PROJECT, "main.parameters.json": parameters(name="kv-json")})
    ran = checked(bicep=cli(COMPILED), exit_code=1)
    assert deployments(ran) == {("main.bicep", "main.parameters.json"): ["kv-json"]}


def test_an_excluded_template_is_not_brought_back_by_its_parameters(
    project: Project, cli: Cli
) -> None:
    project({"old/main.bicep": VAULT_BICEP, "dev.bicepparam": "using 'old/main.bicep'\n"})
    project({"a.bicep": VAULT_BICEP, "armguard.toml": 'exclude = ["old/"]\n'})
    bicep = cli({"a.bicep": {"template": MAIN}, **ANSWERS})
    for arguments in ((), ("--force-exclude", "--", "a.bicep", "dev.bicepparam")):
        ran = checked(*arguments, bicep=bicep, exit_code=1)
        assert set(deployments(ran)) == {("a.bicep",)}
        assert "which is excluded" in skipped(ran)["dev.bicepparam"]
    named = checked("dev.bicepparam", bicep=bicep, exit_code=1)
    assert set(deployments(named)) == {("old/main.bicep", "dev.bicepparam")}


def test_a_folder_that_is_called_like_bicep(project: Project, cli: Cli) -> None:
    project({f"x.bicep/{name}": text for name, text in PROJECT.items()})
    for path in (".", "x.bicep"):
        ran = checked(path, bicep=cli(COMPILED), exit_code=1)
        assert deployments(ran) == {("x.bicep/main.bicep",): ["kv-default"]}


def test_a_file_that_is_no_text(project: Project, cli: Cli) -> None:
    project(PROJECT)
    Path("odd.bicep").write_bytes(b"param x string = '\xff\xfe\xfa'\n")
    bicep = cli(COMPILED)
    ran = checked(bicep=bicep, exit_code=1)
    ((severity, rule, path, message),) = told(ran)
    assert (severity, rule, path) == ("warning", "bicep-not-compiled", "odd.bicep")
    assert "UTF-8" in message
    assert ran.document["summary"]["closed"] == 1
    ((severity, rule, path, message),) = told(checked("odd.bicep", bicep=bicep, exit_code=1))
    assert (severity, rule, path) == ("error", "unreadable-template", "odd.bicep")
    assert not any(path.endswith("odd.bicep") for path in bicep.asked)


FAULTS = [
    ({"error": "no"}, "BCP999: no"),
    (
        {"hangs": True},
        "the Bicep CLI did not answer within 0.5 seconds; --bicep-timeout gives it more",
    ),
    ({"dies": 9}, "the Bicep CLI was ended by signal 9 (SIGKILL)"),
    ({"prints": "nonsense"}, "the Bicep CLI answered with something that is no template"),
    ({"prints": "[]"}, "the Bicep CLI answered with something that is no template"),
    ({"prints": ""}, "the Bicep CLI answered with something that is no template"),
]


@pytest.mark.parametrize(
    ("answer", "reason"), FAULTS, ids=["errors", "hangs", "dies", "nonsense", "list", "nothing"]
)
def test_what_is_said_of_a_file_that_can_not_be_compiled(
    project: Project,
    cli: Cli,
    answer: Any,
    reason: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project({**PROJECT, "bad.bicep": "param x string\nparam y string\n"})
    bicep = cli({**COMPILED, "bad.bicep": answer})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    before = files_below(folder)
    monkeypatch.setattr(tempfile, "tempdir", None)
    slow = "--bicep-timeout=0.5" if "hangs" in answer else "--bicep-timeout=20"
    found = checked(slow, bicep=bicep, exit_code=1, TMPDIR=str(temporary))
    assert deployments(found) == {("main.bicep",): ["kv-default"]}
    sentence = f"the Bicep file was not looked into: {reason}"
    assert told(found) == [("warning", "bicep-not-compiled", "bad.bicep", sentence)]
    assert found.document["summary"]["closed"] == 1
    named = checked("bad.bicep", slow, bicep=bicep, exit_code=1)
    sentence = f"the Bicep file can't be compiled: {reason}"
    assert told(named) == [("error", "unreadable-template", "bad.bicep", sentence)]
    assert named.document["summary"]["closed"] == 1
    strict = ("--fail-on-undecided", "--fail-on=never")
    for path in (".", "bad.bicep"):
        checked(path, *strict, slow, bicep=bicep, exit_code=3)
    assert files_below(folder) == before
    assert files_below(temporary) == {}


def test_a_cli_that_floods(project: Project, cli: Cli) -> None:
    project({**PROJECT, "bad.bicep": "param x string\n"})
    bicep = cli({**COMPILED, "bad.bicep": {"floods": 80}})
    ran = checked(bicep=bicep, exit_code=1)
    ((severity, rule, path, message),) = told(ran)
    assert (severity, rule, path) == ("warning", "bicep-not-compiled", "bad.bicep")
    assert message.split(": ", 1)[1] in (
        "the Bicep CLI printed more than 64 MiB",
        "the Bicep CLI answered with something that is no message of JSON-RPC",
    )
    assert deployments(ran) == {("main.bicep",): ["kv-default"]}


def test_parameters_that_can_not_be_compiled(project: Project, cli: Cli) -> None:
    project({**PROJECT, "dev.bicepparam": "using 'main.bicep'\nparam nmae = 'kv'\n"})
    bicep = cli({**COMPILED, "dev.bicepparam": {"error": "no such parameter"}})
    found = checked(bicep=bicep, exit_code=1)
    assert deployments(found) == {("main.bicep",): ["kv-default"]}
    sentence = "the Bicep parameter file was not looked into: BCP999: no such parameter"
    assert told(found) == [("warning", "bicep-not-compiled", "dev.bicepparam", sentence)]
    named = checked("dev.bicepparam", "--fail-on-undecided", bicep=bicep, exit_code=1)
    assert [each[:3] for each in told(named)] == [
        ("error", "unreadable-template", "dev.bicepparam")
    ]


def test_the_environment_of_the_user_reaches_the_cli(project: Project, cli: Cli) -> None:
    project({**PROJECT, "dev.bicepparam": "using 'main.bicep'\n"})
    bicep = cli({**COMPILED, "dev.bicepparam": given(name="kv-dev")})
    variables = {
        "HOME": "/home/somebody",
        "BICEP_TRUSTED_REGISTRIES": "registry.example",
        "HTTPS_PROXY": "http://proxy.example:8080",
        "no_proxy": "registry.example",
        "VAULT_OWNER": "what readEnvironmentVariable reads",
        "BICEP_PARAMETERS_OVERRIDES": '{"name": "kv-dev"}',
    }
    checked(bicep=bicep, exit_code=1, **variables)
    assert len(bicep.environments) == 2
    for each in bicep.environments:
        assert each.items() >= variables.items()


def test_bicep_only_and_no_cli(project: Project) -> None:
    project({**PROJECT, "dev.bicepparam": "using 'main.bicep'\n", "other.bicep": VAULT_BICEP})
    reason = (
        "the Bicep file was not looked into: there is no Bicep CLI to compile it with;"
        " 'az bicep install' gets one, and --bicep PATH names one that is elsewhere"
    )
    ran = checked(exit_code=2)
    assert told(ran) == [
        ("warning", "bicep-not-compiled", path, reason) for path in ("main.bicep", "other.bicep")
    ]
    assert ran.document["summary"]["closed"] == 2
    assert "or Bicep that can be compiled, which 'main.bicep' could not be" in ran.stderr
    assert told(checked("--fail-on-undecided", exit_code=3)) == told(ran)
    named = checked("main.bicep", exit_code=1)
    assert [each[:3] for each in told(named)] == [("error", "unreadable-template", "main.bicep")]
    Path(".git").mkdir()  # the modules of a repository are parts of what deploys them
    hook = checked("--force-exclude", "--", "dev.bicepparam", "modules/vault.bicep", exit_code=0)
    assert [each[:3] for each in told(hook)] == [("warning", "bicep-not-compiled", "main.bicep")]


def test_a_module_outside_of_the_repository_is_not_read(
    tmp_path: Path, project: Project, cli: Cli
) -> None:
    """The compiler reads it, armguard does not: its statement stands for it."""
    project({"main.bicep": MAIN_BICEP.replace("modules/", "../outside/"), ".git/HEAD": "x"})
    write_file(tmp_path / "outside" / "vault.bicep", f"// secret words\n{VAULT_BICEP}")
    ran = checked(bicep=cli(COMPILED), exit_code=1)
    (finding,) = ran.document["findings"]
    assert (finding["path"], finding["start"]["line"]) == ("main.bicep", 4)
    shown = run_armguard("check", f"--bicep={cli(COMPILED).program}", "--format=pretty")
    assert "secret words" not in shown.stdout
    assert "compiled: /resources/0/properties/template/resources/0" in shown.stdout
