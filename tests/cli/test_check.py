"""`armguard check` as a whole: the contract that scripts and pipelines rely on.

What a shell or a terminal sees of the process is asked of a process of its own.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support import SCHEMA, process_environment, run_armguard, run_process

FORBIDDEN = (
    "asyncio",
    "azure",
    "importlib.metadata",
    "jsonpath_ng",
    "logging",
    "multiprocessing",
    "pathspec",
    "rich",
    "yaml",
)

EMPTIED = """{
  "$schema": "SCHEMA",
  "contentVersion": "1.0.0.0",
  "resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2026-02-01",
      "name": "NAME",
      "location": "westeurope",
      "properties": {
        "tenantId": "00000000-0000-0000-0000-00000000abcd",
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": false,
        "accessPolicies": POLICIES
      }
    }
  ]
}
"""
PLACE = "14:9"
EMPTIED_SUMMARY = (
    "checked 1 template (1 deployment, 1 vault): 1 error, 0 warnings, 0 notes;"
    " 0 undecided, 0 skipped"
)


def template(name: str = "kvtrain", policies: str = "[]") -> str:
    text = EMPTIED.replace("SCHEMA", SCHEMA).replace('"NAME"', json.dumps(name))
    return text.replace("POLICIES", policies)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_emptied_vault_in_text() -> None:
    Path("infra").mkdir()
    Path("infra/t.json").write_text(template())
    lines = run_process("check", "infra/t.json", exit_code=1).stdout.splitlines()
    assert lines[0].startswith(f"infra/t.json:{PLACE}: error[access-policies-emptied]: vault ")
    assert lines[0].endswith(" (certain)")
    assert "'kvtrain'" in lines[0]
    assert "  more: armguard rules access-policies-emptied" in lines
    assert lines[-1] == EMPTIED_SUMMARY


def test_the_current_folder_is_the_default_and_paths_are_short() -> None:
    Path("t.json").write_text(template())
    Path("package.json").write_text("{}")
    lines = run_armguard("check", exit_code=1).stdout.splitlines()
    assert lines[0].startswith(f"t.json:{PLACE}: ")
    assert lines[-1] == EMPTIED_SUMMARY.replace("0 skipped", "1 skipped")


def test_an_emptied_vault_in_json() -> None:
    Path("t.json").write_text(template())
    document = json.loads(run_armguard("check", "t.json", "--format", "json", exit_code=1).stdout)
    assert document["version"] == 1
    (finding,) = document["findings"]
    assert finding["rule"] == "access-policies-emptied"
    assert finding["certainty"] == "certain"
    assert finding["path"] == "t.json"
    assert finding["pointer"] == "/resources/0/properties/accessPolicies"
    assert finding["start"] == {"line": 14, "column": 9}
    assert finding["end"] == {"line": 14, "column": 29}
    assert finding["resource"] == {"type": "Microsoft.KeyVault/vaults", "name": "kvtrain"}
    (deployment,) = document["deployments"]
    assert deployment["template"] == "t.json"
    assert deployment["parameters"] == []
    assert [vault["verdict"] for vault in deployment["vaults"]] == ["emptied"]


def test_standard_input() -> None:
    lines = run_process("check", "-", stdin=template(), exit_code=1).stdout.splitlines()
    assert lines[0].startswith(f"<stdin>:{PLACE}: error[access-policies-emptied]: ")


def test_fail_on_never_reports_and_succeeds() -> None:
    Path("t.json").write_text(template())
    lines = run_armguard("check", "t.json", "--fail-on", "never", exit_code=0).stdout.splitlines()
    assert lines[-1] == EMPTIED_SUMMARY


def test_an_undecided_vault_fails_only_when_asked() -> None:
    text = template(policies="\"[reference('other').policies]\"")
    Path("t.json").write_text(text)
    last = run_armguard("check", "t.json", exit_code=0).stdout.splitlines()[-1]
    assert "; 1 undecided, " in last
    run_armguard("check", "t.json", "--fail-on-undecided", exit_code=3)


def test_json_that_cannot_be_parsed_is_a_finding_and_the_run_goes_on() -> None:
    Path("a.json").write_text(f'{{"$schema": "{SCHEMA}",\n  "resources": [}}')
    Path("b.json").write_text(template())
    lines = run_armguard("check", "a.json", "b.json", exit_code=1).stdout.splitlines()
    assert lines[0].startswith("a.json:2:17: error[unreadable-template]: ")
    assert any(line.startswith(f"b.json:{PLACE}: ") for line in lines)


BROKEN = f'{{"$schema": "{SCHEMA}", "resources": [}}'


@pytest.mark.parametrize(
    ("options", "configuration", "exit_code"),
    [
        (("--select", "recover-mode"), "", 1),
        (("--select", "recover-mode", "--fail-on-undecided"), "", 1),
        ((), 'select = ["recover-mode"]', 1),
        ((), '[[paths]]\nglob = "*.json"\nselect = ["recover-mode"]', 1),
        (("--ignore", "unreadable-template"), "", 0),
        (("--select", "recover-mode", "--ignore", "unreadable-template"), "", 0),
        (("--select", "recover-mode"), 'ignore = ["unreadable-template"]', 0),
        ((), '[[paths]]\nglob = "a.json"\nignore = ["unreadable-template"]', 0),
    ],
)
@pytest.mark.parametrize("parameters", [None, "{"], ids=["template", "parameters"])
def test_what_could_not_be_read_goes_only_by_ignore(
    options: tuple[str, ...], configuration: str, exit_code: int, parameters: str | None
) -> None:
    harmless = template().replace("KeyVault/vaults", "Web/sites")
    Path("good.json").write_text(harmless)
    if parameters is None:
        Path("a.json").write_text(BROKEN)
    else:
        Path("a.json").write_text(harmless)
        Path("a.parameters.json").write_text(parameters)
        configuration = configuration.replace('"a.json"', '"a.parameters.json"')
    Path("armguard.toml").write_text(configuration)
    ran = run_armguard("check", "--format", "json", *options, exit_code=exit_code)
    assert ran.rules() == ({"unreadable-template"} if exit_code else set())


def test_nothing_to_check() -> None:
    Path("package.json").write_text("{}")
    result = run_armguard("check", exit_code=2)
    assert result.stderr.startswith("error: no template found in '.'; ")
    assert result.stderr.count("\n") == 1
    result = run_armguard("check", "--force-exclude", "--no-progress", "package.json", exit_code=0)
    assert result.stderr == ""


def test_a_path_that_does_not_exist() -> None:
    result = run_process("check", "nowhere.json", exit_code=2)
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert "'nowhere.json'" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("mode", ["complete", "Complete", "COMPLETE"])
def test_the_mode_may_be_spelled_as_azure_spells_it(mode: str) -> None:
    conditional = template().replace('"name": "kvtrain"', '"name": "kvtrain", "condition": false')
    Path("t.json").write_text(conditional)
    assert "complete-mode-deletes-vault" in run_armguard("check", "--mode", mode).stdout
    assert "complete-mode-deletes-vault" not in run_armguard("check").stdout


@pytest.mark.parametrize("command", ["check", "expand"])
@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("@t.parameters.json", "'@t.parameters.json' names a file as 't.parameters.json'"),
        ("name=quietHeron", "write it as --set name=VALUE"),
        ("t.json", "'t.json' is a template and no parameter file"),
    ],
)
def test_what_azure_takes_for_parameters_is_wrong_usage(
    command: str, named: str, says: str
) -> None:
    Path("t.json").write_text(template())
    result = run_armguard(command, "t.json", "--parameters", named, exit_code=2)
    assert result.stdout == ""
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert "quietHeron" not in result.stderr


def test_an_unknown_rule_is_wrong_usage() -> None:
    Path("t.json").write_text(template())
    result = run_armguard("check", "t.json", "--select", "access-policies-emptid", exit_code=2)
    assert "'access-policies-emptid'" in result.stderr


def test_ignored_rules_do_not_fail() -> None:
    Path("t.json").write_text(template())
    run_armguard("check", "t.json", "--ignore", "access-policies-emptied", exit_code=0)


def test_report_files_are_written_besides_the_printed_report() -> None:
    Path("t.json").write_text(template())
    outputs = ["--output", "json=report.json", "--output", "text=report.txt"]
    result = run_armguard("check", "t.json", *outputs, "--color", "always", exit_code=1)
    assert "\x1b[31merror\x1b[0m" in result.stdout
    assert Path("report.txt").read_text().splitlines()[-1] == EMPTIED_SUMMARY
    assert "\x1b" not in Path("report.txt").read_text()
    assert json.loads(Path("report.json").read_text())["summary"]["errors"] == 1


def test_colour_follows_the_environment_when_there_is_no_terminal() -> None:
    Path("t.json").write_text(template())
    assert "\x1b" not in run_process("check", "t.json", exit_code=1).stdout
    assert "\x1b" in run_process("check", "t.json", exit_code=1, FORCE_COLOR="1").stdout


@pytest.mark.parametrize("format_name", ["text", "json"])
@pytest.mark.parametrize("environment", [{"TF_BUILD": "True"}, {"GITHUB_ACTIONS": "true"}, {}])
def test_template_text_cannot_inject_commands(
    format_name: str, environment: dict[str, str]
) -> None:
    name = "kv\x1b[31m\r\n::error::x\n##vso[task.complete result=Succeeded;]\u202e##[error]"
    Path("t.json").write_text(template(name))
    result = run_armguard("check", "t.json", "--format", format_name, exit_code=1, **environment)
    for output in (result.stdout, result.stderr):
        assert "##vso[" not in output
        assert "##[" not in output
        assert not set(output) & set("\x1b\r\u202e")
        assert not any(line.lstrip().startswith("::") for line in output.split("\n"))
    assert r"\u0023#vso[" in result.stdout


def test_a_reader_that_leaves_early_is_no_error() -> None:
    Path("t.json").write_text(template())
    process = subprocess.Popen(
        [sys.executable, "-m", "armguard", "check", "t.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=process_environment(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    assert errors == b""


def test_names_that_the_terminal_cannot_spell() -> None:
    Path("t.json").write_text(template("kv-größe"), encoding="utf-8")
    text = run_process("check", "t.json", exit_code=1, PYTHONIOENCODING="ascii").stdout
    assert r"kv-gr\xf6\xdfe" in text
    options = ("check", "t.json", "--format", "json")
    document = run_process(*options, exit_code=1, PYTHONIOENCODING="ascii").document
    assert document["findings"][0]["resource"]["name"] == "kv-größe"


def test_a_check_imports_only_what_it_needs() -> None:
    Path("t.json").write_text(template())
    code = (
        "import sys; from armguard.cli import main; code = main(['check', 't.json']);"
        f" print(sorted(set(sys.modules) & set({FORBIDDEN!r})), file=sys.stderr); sys.exit(code)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=process_environment(),
    )
    assert result.returncode == 1, result.stderr
    assert result.stderr == "[]\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["--version"], ["rules"]])
def test_a_full_disk_is_a_sentence(words: list[str]) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "armguard", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            env=process_environment(),
            text=True,
        )
    assert ran.returncode == 2
    assert ran.stderr == "error: can't write to standard output: No space left on device\n"


@pytest.mark.parametrize("value", ["", ",", " "])
def test_to_select_nothing_is_wrong_usage(value: str, tmp_path: Path) -> None:
    ran = run_armguard("check", "--select", value, folder=tmp_path, exit_code=2)
    assert "must name a rule" in ran.stderr
    both = run_armguard("check", "--select", value, "--select=a", folder=tmp_path, exit_code=2)
    assert "there is no rule 'a'" in both.stderr


def test_packs_are_separated_by_commas_or_repeated() -> None:
    Path("t.json").write_text(template())
    both = run_armguard("check", "t.json", "--pack", "keyvault,redeploy", exit_code=1).stdout
    repeated = ("--pack", "keyvault", "--pack", "redeploy")
    assert both == run_armguard("check", "t.json", *repeated, exit_code=1).stdout
    assert both.count("\n") > run_armguard("check", "t.json", exit_code=1).stdout.count("\n")
    wrong = run_armguard("check", "t.json", "--pack", "keyvault,redploy", exit_code=2).stderr
    assert wrong == "error: there is no pack 'redploy'; did you mean 'redeploy'?\n"
