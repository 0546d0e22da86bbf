"""What stops a run becomes one line on standard error and an exit code."""

import subprocess
import sys

import click
import pytest

from armguard.cli import COMMANDS, group, main
from armguard.errors import UsageError
from armguard.reporters import FORMATS
from armguard.version import __version__


def stopped(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    return captured.err.removeprefix("error: ").removesuffix("\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check", "--formatt", "json"], "unknown option '--formatt'; did you mean '--format'?"),
        (["check", "--xyzzy"], "unknown option '--xyzzy'; see 'armguard check --help'"),
        (
            ["check", "--format", "xml"],
            f"invalid value for '--format': 'xml' is not one of {', '.join(map(repr, FORMATS))};"
            " see 'armguard check --help'",
        ),
        (
            ["check", "--format", "jsn"],
            "invalid value for '--format': there is no 'jsn'; did you mean 'json'?",
        ),
        (
            ["check", "--cloud", "azurecloud"],
            "invalid value for '--cloud': there is no 'azurecloud'; did you mean 'AzureCloud'?",
        ),
        (
            ["check", "--mode", "compleet"],
            "invalid value for '--mode': there is no 'compleet'; did you mean 'complete'?",
        ),
        (
            ["rules", "--format", "tex"],
            "invalid value for '--format': there is no 'tex'; did you mean 'text'?",
        ),
        (
            ["check", "--output", "htm=a.html"],
            "invalid value for '--output': there is no 'htm'; did you mean 'html'?",
        ),
        (
            ["check", "--set", "sku"],
            "invalid value for '--set': it must be written as NAME=VALUE;"
            " see 'armguard check --help'",
        ),
        (["expand"], "missing argument 'TEMPLATE'; see 'armguard expand --help'"),
        (["chek"], "unknown command 'chek'; did you mean 'armguard check'?"),
        (["help", "chek"], "unknown command 'chek'; did you mean 'armguard check'?"),
        (["explan", "x"], "unknown command 'explan'; did you mean 'armguard explain'?"),
        (
            ["frobnicate"],
            "unknown command 'frobnicate'; allowed are check, expand, fix, snapshot, rules, help;"
            " see 'armguard --help'",
        ),
        (
            ["check", "--output", "json=missing/report.json"],
            "can't write 'missing/report.json': there is no folder 'missing'; create it first",
        ),
        (["expand", "missing.json"], "there is no file 'missing.json'"),
    ],
)
def test_wrong_usage(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stopped(capsys, *arguments) == sentence


def test_a_path_in_place_of_a_command_gets_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert stopped(capsys, ".") == "unknown command '.'; did you mean 'armguard check .'?"


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Usage: armguard [OPTIONS]")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"armguard {__version__}\n"


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_fits_into_80_columns(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(" ".join(["Usage: armguard", *command]))
    assert max(map(len, lines)) <= 80
    if command:
        other = lines[lines.index("Other:") + 1 :]
        assert other[0].split()[0] == "-h,"
        assert other[1:2] in ([], [""])


@pytest.mark.parametrize("words", [[], ["check"], ["rules"], ["explain"], ["help"]])
def test_help_is_a_command_too(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--help"]) == 0
    expected = capsys.readouterr().out
    assert main(["help", *words]) == 0
    assert capsys.readouterr().out == expected


def test_explain_is_another_name_of_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "recover-mode"]) == 0
    assert capsys.readouterr().out.startswith("# recover-mode\n")


def test_help_of_check_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--help"])
    help_text = capsys.readouterr().out
    assert help_text.count("\n    armguard check") == 3
    assert "\n    4  a bug in armguard\n" in help_text
    for heading in ("Parameters:", "Where it is deployed", "What fails:", "Output:"):
        assert heading in help_text


def _raise(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def invoke(context: click.Context) -> None:
        raise error

    monkeypatch.setattr(group, "invoke", invoke)


def test_a_usage_error_may_quote_hostile_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _raise(UsageError("no file '\x1b[31m\n::error::##vso[task.complete]'"), monkeypatch)
    assert stopped(capsys) == r"no file '\u001b[31m\u000a::error::\u0023#vso[task.complete]'"


def test_an_unexpected_error_is_a_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ARMGUARD_DEBUG", raising=False)
    _raise(KeyError("a\nb"), monkeypatch)
    assert main([]) == 4
    error = capsys.readouterr().err
    assert error.startswith(
        "error: this is a bug in armguard, please report it: KeyError: 'a\\nb'\n"
    )
    assert "Traceback" not in error


def test_the_traceback_of_a_bug_is_shown_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARMGUARD_DEBUG", "1")
    _raise(ValueError("\x1b[31m"), monkeypatch)
    assert main([]) == 4
    error = capsys.readouterr().err
    assert "Traceback" in error
    assert "\x1b" not in error


def test_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _raise(KeyboardInterrupt(), monkeypatch)
    assert main([]) == 130
    assert capsys.readouterr().err.strip() == "error: interrupted"


def test_only_the_command_that_runs_is_imported() -> None:
    code = (
        "import sys; from armguard.cli import main; main(['--version']);"
        " print([name for name in sys.modules if name.startswith('armguard.')])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    for command in COMMANDS:
        assert f"armguard.cli.{command}'" not in result.stdout
