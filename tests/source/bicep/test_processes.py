"""One process for each file: a CLI without JSON-RPC that does all that a program can do wrong."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from armguard.source.bicep import processes
from armguard.source.bicep.compiling import Compiled, Compiler, Failure

TEMPLATE = '{"resources": []}'
GOOD = "sys.stdout.write(TEMPLATE)"

Make = Callable[..., Any]


def compiled(
    fake_cli: Any, paths: list[str], timeout: float = 30.0, **options: Any
) -> dict[str, Any]:
    with Compiler(fake_cli.program, timeout, **options) as compiler:
        result = compiler.compiled(paths)
    assert fake_cli.has_ended()
    return result


def reason(fake_cli: Any, paths: list[str], timeout: float = 30.0) -> str:
    (result,) = compiled(fake_cli, paths, timeout).values()
    assert result.text is None
    assert result.failure is not None
    return str(result.failure.reason)


def test_each_file_has_a_process_that_writes_to_its_output_only(fake: Make, files: Make) -> None:
    cli = fake(GOOD, old=True)
    paths = files("a.bicep", "b.bicep")
    assert compiled(cli, paths) == dict.fromkeys(paths, Compiled(TEMPLATE))
    first, *others = map(json.loads, cli.noted("calls"))
    assert first == ["jsonrpc", "--stdio"]
    assert sorted(others) == [["build", path, "--stdout", "--no-restore"] for path in paths]


def test_a_file_is_compiled_once(fake: Make, files: Make) -> None:
    cli = fake(GOOD, old=True)
    (path,) = files("a.bicep")
    with Compiler(cli.program, 30) as compiler:
        compiler.compiled([path, path])
        relative = os.path.relpath(path)
        assert compiler.compiled([relative]) == {relative: Compiled(TEMPLATE)}
    assert len(cli.noted("calls")) == 2


def test_parameter_files_are_never_built_without_stdout(fake: Make, files: Make) -> None:
    body = """
        answer = {"parametersJson": '{"parameters": {}}', "templateJson": TEMPLATE}
        sys.stdout.write(json.dumps(answer))
    """
    cli = fake(body, old=True)
    (path,) = files("a.bicepparam")
    with Compiler(cli.program, 30) as compiler:
        result = compiler.compiled_parameters([path])[path]
    assert (result.parameters, result.template) == ('{"parameters": {}}', TEMPLATE)
    assert json.loads(cli.noted("calls")[1]) == ["build-params", path, "--stdout", "--no-restore"]


def test_any_name_of_a_file_reaches_the_cli(fake: Make, files: Make) -> None:
    cli = fake("note('names', sys.argv[2]); sys.stdout.write(TEMPLATE)", old=True)
    names = ("-a b.bicep", "it's.bicep", 'say "x".bicep', "größe 😀.bicep", "$(x);`y`&z.bicep")
    paths = files(*names)
    assert all(each.text for each in compiled(cli, paths).values())
    assert sorted(cli.noted("names")) == sorted(paths)


def test_a_name_that_is_no_unicode_reaches_the_cli(fake: Make, tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"\xff.bicep")
    Path(os.fsdecode(path)).touch()
    body = "sys.stdout.write(TEMPLATE if os.path.exists(sys.argv[2]) else 'gone')"
    for each in compiled(fake(body, old=True), [os.fsdecode(path)]).values():
        assert each.text == TEMPLATE


def test_environment_and_working_directory_are_ours(
    fake: Make, files: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_VARIABLE", "x y")
    monkeypatch.chdir(tmp_path)
    body = """
        note("seen", os.environ["OWN_VARIABLE"])
        note("seen", os.getcwd())
        note("seen", repr(sys.stdin.read()))
        note("seen", os.environ.get("BICEP_PARAMETERS_OVERRIDES", "none"))
        sys.stdout.write(TEMPLATE)
    """
    cli = fake(body, old=True)
    compiled(cli, files("a.bicep"))
    assert cli.noted("seen") == ["x y", str(tmp_path), "''", "none"]


def test_overrides_beat_those_of_the_environment(
    fake: Make, files: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BICEP_PARAMETERS_OVERRIDES", '{"a": 1, "b": 1}')
    cli = fake("note('seen', os.environ['BICEP_PARAMETERS_OVERRIDES'])", old=True)
    with Compiler(cli.program, 30) as compiler:
        compiler.compiled_parameters(files("a.bicepparam"), {"b": [2], "c": "ü"})
    assert json.loads(cli.noted("seen")[0]) == {"a": 1, "b": [2], "c": "ü"}


@pytest.mark.parametrize("written", ["{bad", "[1]", "s3cret", "[" * 100_000])
def test_overrides_that_are_no_object_are_said_without_their_text(
    fake: Make, files: Make, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("BICEP_PARAMETERS_OVERRIDES", written)
    cli = fake(GOOD, old=True)
    (path,) = files("a.bicepparam")
    with Compiler(cli.program, 30) as compiler:
        failure = compiler.compiled_parameters([path])[path].failure
    assert failure == Failure(
        "the environment variable BICEP_PARAMETERS_OVERRIDES is no JSON object"
    )
    assert cli.noted("calls") == []


def test_nothing_is_written_beside_the_sources_or_for_the_time_being(
    fake: Make, files: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (path,) = files("a.bicep")
    compiled(fake(GOOD, old=True), [path])
    assert os.listdir(tmp_path / "temporary") == []
    assert os.listdir(os.path.dirname(path)) == ["a.bicep"]


def test_modules_are_restored_only_where_one_is_missing(fake: Make, files: Make) -> None:
    body = """
        if "registry" in sys.argv[2] and "--no-restore" in sys.argv:
            sys.exit(f"{sys.argv[2]}(3,14) : Error BCP190: The artifact has not been restored.")
        if "lost" in sys.argv[2]:
            sys.exit(f"{sys.argv[2]}(3,14) : Error BCP192: Unable to restore the artifact.")
        sys.stdout.write(TEMPLATE)
    """
    cli = fake(body, old=True)
    local, registry, lost = files("local.bicep", "registry.bicep", "lost registry.bicep")
    result = compiled(cli, [local, registry, lost], jobs=1)
    assert result[registry] == result[local] == Compiled(TEMPLATE)
    failure = result[lost].failure
    assert failure.reason == "BCP192: Unable to restore the artifact"
    assert (failure.kind, failure.errors[0].line) == ("restore", 3)
    assert [len(json.loads(call)) for call in cli.noted("calls")[1:]] == [4, 4, 3, 4, 3]


def test_a_module_that_can_not_be_had_in_time_keeps_its_place(fake: Make, files: Make) -> None:
    body = """
        if "--no-restore" in sys.argv:
            sys.exit("/a.bicep(3,14) : Error BCP190: The artifact has not been restored.")
        time.sleep(60)
    """
    (result,) = compiled(fake(body, old=True), files("a.bicep"), timeout=1).values()
    assert result.failure is not None
    assert result.failure.kind == "time-out"
    assert [(each.code, each.line) for each in result.failure.errors] == [("BCP190", 3)]


def test_a_cli_that_hangs_is_killed(fake: Make, files: Make) -> None:
    cli = fake("time.sleep(60)", old=True)
    (path,) = files("a.bicep")
    assert compiled(cli, [path], timeout=0.5)[path].failure == Failure(
        "the Bicep CLI did not answer within 0.5 seconds; --bicep-timeout gives it more",
        kind="time-out",
    )


def test_what_a_hanging_cli_has_started_is_killed_too(fake: Make, files: Make) -> None:
    body = """
        if os.fork():
            time.sleep(60)
        note("pids", str(os.getpid()))
        time.sleep(60)
    """
    cli = fake(body, old=True)
    assert "1 second" in reason(cli, files("a.bicep"), timeout=1)
    assert len(cli.noted("pids")) == 3


@pytest.mark.parametrize("leaves", [False, True])
def test_what_a_cli_leaves_running_does_not_keep_us(fake: Make, files: Make, leaves: bool) -> None:
    body = f"""
        sys.stdout.write(TEMPLATE)
        sys.stdout.flush()
        if os.fork() == 0:
            if {leaves}:
                os.setsid()  # nobody can kill it any more
            else:
                note("pids", str(os.getpid()))
            time.sleep(8)
    """
    (result,) = compiled(fake(body, old=True), files("a.bicep")).values()
    assert result == Compiled(TEMPLATE)


def test_a_flood_is_stopped(fake: Make, files: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "MOST_OUTPUT", 3 * 1024**2)
    cli = fake("while True: sys.stdout.write('x' * 100_000)", old=True)
    assert reason(cli, files("a.bicep")) == "the Bicep CLI printed more than 3 MiB"


def test_a_flood_of_messages_is_left_out(
    fake: Make, files: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "MOST_ERRORS", 1000)
    body = """
        for number in range(100_000):
            sys.stderr.write(f"{number} of many lines\\n")
        sys.stdout.write(TEMPLATE)
    """
    (result,) = compiled(fake(body, old=True), files("a.bicep")).values()
    assert result == Compiled(TEMPLATE)


def test_megabytes_are_fine(fake: Make, files: Make) -> None:
    cli = fake("sys.stdout.write(json.dumps({'x': 'y' * 5_000_000}))", old=True)
    (result,) = compiled(cli, files("a.bicep")).values()
    assert len(result.text or "") == 5_000_009


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("sys.exit(3)", "the Bicep CLI ended with exit code 3"),
        (
            "print('\\nTRACE: x\\nWARNING: new\\nERROR: no. Really.\\nmore', file=sys.stderr);"
            "sys.exit(1)",
            "the Bicep CLI ended with exit code 1: no. Really",
        ),
        (
            "sys.exit('Unhandled exception: System.X: \\33[1mbad\\t\\tday.\\n   at System.Y()')",
            "the Bicep CLI ended with exit code 1: System.X: \\u001b[1mbad day",
        ),
        (
            "sys.exit('no route to http://me:pass@proxy/')",
            "the Bicep CLI ended with exit code 1: no route to http://***@proxy/",
        ),
        (
            "os.kill(os.getpid(), signal.SIGSEGV)",
            "the Bicep CLI was ended by signal 11 (SIGSEGV)",
        ),
    ],
)
def test_a_cli_that_fails_without_a_diagnostic(
    fake: Make, files: Make, body: str, told: str
) -> None:
    assert reason(fake(body, old=True), files("a.bicep")) == told


def test_a_long_complaint_is_cut(fake: Make, files: Make) -> None:
    told = reason(fake("sys.exit('x' * 5000)", old=True), files("a.bicep"))
    assert told == f"the Bicep CLI ended with exit code 1: {'x' * 197}..."


@pytest.mark.parametrize(
    "printed",
    ["b''", "b'[]'", "b'{'", "b'\\xff'", "b'Bicep CLI version 0.1'", "b'[' * 200_000", "b'null'"],
)
def test_what_is_no_template_is_none(fake: Make, files: Make, printed: str) -> None:
    cli = fake(f"sys.stdout.buffer.write({printed})", old=True)
    told = "the Bicep CLI answered with something that is no template"
    assert reason(cli, files("a.bicep")) == told


@pytest.mark.parametrize(
    ("answer", "is_good"),
    [
        ("{'parametersJson': '{}', 'templateJson': None, 'templateSpecId': None}", True),
        ("{'parametersJson': '{}'}", True),
        ("{'parametersJson': '{}', 'templateJson': '[]'}", False),
        ("{'parametersJson': '', 'templateJson': '{}'}", False),
        ("{'parametersJson': {}, 'templateJson': '{}'}", False),
        ("[]", False),
    ],
)
def test_what_is_no_parameter_file_is_none(
    fake: Make, files: Make, answer: str, is_good: bool
) -> None:
    cli = fake(f"sys.stdout.write(json.dumps({answer}))", old=True)
    with Compiler(cli.program, 30) as compiler:
        (result,) = compiler.compiled_parameters(files("a.bicepparam")).values()
    assert (result.failure is None) is is_good
    assert result.template is None


def test_errors_make_the_reason(fake: Make, files: Make) -> None:
    body = """
        for line in (
            "/m.bicep(1,1) : Error BCP104: The referenced module has errors.",
            "/m.bicep(1,1) : Warning x: never mind",
            "/n.bicep(2,3) : Error BCP057: The name \\"a\\" does not exist. [https://aka.ms/x]",
            "/n.bicep(9,3) : Error BCP018: more",
        ):
            print(line, file=sys.stderr)
        sys.exit(1)
    """
    (result,) = compiled(fake(body, old=True), files("a.bicep")).values()
    told = 'BCP057: The name "a" does not exist (and 2 more errors)'
    assert (result.failure.reason, result.failure.kind) == (told, "errors")
    assert [each.code for each in result.failure.errors] == ["BCP104", "BCP057", "BCP018"]


def test_a_program_that_may_not_be_run(fake: Make, files: Make) -> None:
    cli = fake(GOOD)
    os.chmod(cli.program, 0o644)
    told = "the Bicep CLI can't be started: permission denied"
    assert reason(cli, files("a.bicep")) == told


def test_a_program_of_another_machine(fake: Make, files: Make) -> None:
    cli = fake("")
    Path(cli.program).write_bytes(b"\x7fELF no program at all")
    told = "the Bicep CLI can't be started: exec format error"
    assert reason(cli, files("a.bicep")) == told


def test_a_program_that_is_gone(fake: Make, files: Make) -> None:
    cli = fake("")
    os.remove(cli.program)
    told = "the Bicep CLI can't be started: no such file or directory"
    assert reason(cli, files("a.bicep")) == told


def test_several_run_at_a_time_and_no_more(fake: Make, files: Make) -> None:
    body = """
        note("running", "1")
        time.sleep(0.15)
        note("running", "-1")
        sys.stdout.write(TEMPLATE)
    """
    cli = fake(body, old=True)
    compiled(cli, files(*"abcdef"), jobs=2)
    running = [sum(map(int, cli.noted("running")[:n])) for n in range(1, 13)]
    assert max(running) <= 2


@pytest.mark.parametrize("old", [True, False])
def test_ctrl_c_ends_the_processes(
    fake: Make, files: Make, old: bool, interrupted: Callable[[], None]
) -> None:
    body = "IS_RPC and shake_hands()\ntime.sleep(60)"
    cli = fake(body, old=old)
    compiler = Compiler(cli.program, 30, jobs=2)
    interrupted()
    with pytest.raises(KeyboardInterrupt):
        compiler.compiled(files("a.bicep", "b.bicep", "c.bicep", "d.bicep"))
    assert cli.has_ended()
    calls = len(cli.noted("calls"))
    assert calls <= 3
    (path,) = files("e.bicep")
    assert compiler.compiled([path])[path].failure == Failure("the Bicep CLI was stopped")
    assert len(cli.noted("calls")) == calls


@pytest.fixture
def interrupted() -> Callable[[], None]:
    """Presses Ctrl-C in half a second, for this process only."""

    def press() -> None:
        import _thread

        timer = threading.Timer(0.5, _thread.interrupt_main)
        timer.daemon = True
        timer.start()

    return press


def test_cmd_is_given_no_path_that_it_would_misread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "name", "nt")
    children = processes.Children()
    command = ("C:\\x\\bicep.cmd", "build", "a&calc.bicep", "--stdout")
    assert children.run(command, 1) == Failure(
        "cmd.exe, which runs this Bicep CLI, can't be given such a path"
    )
