"""One process for all files: a CLI with JSON-RPC that hangs, dies, or talks nonsense."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from armguard.source.bicep import frames
from armguard.source.bicep.compiling import Compiled, Compiler, Failure

TEMPLATE = '{"resources": []}'
Make = Callable[..., Any]

RPC_ONLY = "assert IS_RPC, sys.argv\n"


def compiled(cli: Any, paths: list[str], timeout: float = 30.0, jobs: int = 4) -> dict[str, Any]:
    with Compiler(cli.program, timeout, jobs) as compiler:
        result = compiler.compiled(paths)
    assert cli.has_ended()
    return result


def reasons(cli: Any, paths: list[str], timeout: float = 30.0, jobs: int = 4) -> list[str | None]:
    """Of each file why it failed; None: it did not."""
    result = compiled(cli, paths, timeout, jobs)
    return [each.failure.reason if each.failure else None for each in result.values()]


def asked(cli: Any) -> list[str]:
    """The names of the files that requests were about, as far as the program noted them."""
    return [os.path.basename(path) for path in cli.noted("paths")]


SERVE = """
    while True:
        request = receive()
        path = request["params"]["path"]
        note("paths", path)
"""


def serving(*lines: str) -> str:
    """A program that goes through these lines for each request."""
    return RPC_ONLY + SERVE.replace("\n    ", "\n") + "".join(f"    {line}\n" for line in lines)


def test_one_process_answers_for_all_files(fake: Make, files: Make) -> None:
    cli = fake(serving("compiled(request)"))
    paths = files(*(f"{number}.bicep" for number in range(20)))
    with Compiler(cli.program, 30) as compiler:
        assert compiler.compiled(paths) == dict.fromkeys(paths, Compiled(TEMPLATE))
        compiler.compiled(paths)
        compiler.compiled(files("more.bicep"))
    assert cli.has_ended()
    assert len(cli.noted("calls")) == 1
    assert asked(cli) == [*(f"{number}.bicep" for number in range(20)), "more.bicep"]


def test_without_files_no_process_is_started(fake: Make) -> None:
    cli = fake(serving("compiled(request)"))
    assert compiled(cli, []) == {}
    assert cli.noted("calls") == []


def test_answers_come_in_any_order(fake: Make, files: Make) -> None:
    body = """
    requests = [receive() for _ in range(3)]
    send(99, {"success": True, "contents": "{}"})
    send(None, method="window/logMessage")
    for request in reversed(requests):
        name = os.path.basename(request["params"]["path"])
        send(request["id"], {"success": True, "contents": json.dumps({"name": name})})
    receive()
    """
    paths = files("a.bicep", "b.bicep", "c.bicep")
    result = compiled(fake(RPC_ONLY + body.replace("\n    ", "\n")), paths)
    names = [json.loads(each.text)["name"] for each in result.values()]
    assert names == ["a.bicep", "b.bicep", "c.bicep"]


def test_no_more_than_jobs_are_in_flight(fake: Make, files: Make) -> None:
    body = """
    import select
    first, second = receive(), receive()
    note("third", str(bool(select.select([0], [], [], 0.5)[0])))
    compiled(first)
    compiled(second)
    while True:
        compiled(receive())
    """
    cli = fake(RPC_ONLY + body.replace("\n    ", "\n"))
    assert reasons(cli, files(*"abcde"), jobs=2) == [None] * 5
    assert cli.noted("third") == ["False"]


@pytest.mark.parametrize(
    "beginning",
    [
        "sys.exit('Unrecognized command or argument')",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "sys.stdout.write('Usage: bicep\\n\\nOptions:\\n'); sys.exit(1)",
        "sys.stdout.write('x' * 5000); sys.stdout.flush(); time.sleep(60)",
        "send(read()['id'], error={'code': -32601, 'message': 'no such method'})",
        "os.close(1); time.sleep(60)",
    ],
)
def test_a_cli_without_json_rpc_is_asked_file_by_file(
    fake: Make, files: Make, beginning: str
) -> None:
    cli = fake(f"if IS_RPC:\n    {beginning}\n    sys.exit(1)\nsys.stdout.write(TEMPLATE)\n")
    assert reasons(cli, files("a.bicep", "b.bicep")) == [None, None]
    assert len(cli.noted("calls")) == 3


def test_a_cli_that_does_one_after_the_other_is_not_late(fake: Make, files: Make) -> None:
    """All four are sent at once, and the last answer comes after more than one time-out."""
    cli = fake(serving("time.sleep(1); compiled(request)"))
    assert reasons(cli, files(*"abcd"), timeout=3, jobs=4) == [None] * 4
    assert len(cli.noted("calls")) == 1


def test_a_cli_that_says_nothing_is_waited_for_once(fake: Make, files: Make) -> None:
    cli = fake("time.sleep(60)")
    told = "the Bicep CLI did not answer within 0.5 seconds; --bicep-timeout gives it more"
    with Compiler(cli.program, 0.5) as compiler:
        first = compiler.compiled(files("a.bicep", "b.bicep", "c.bicep"))
        second = compiler.compiled_parameters(files("a.bicepparam"))
    failures = {each.failure for each in first.values()}
    failures |= {each.failure for each in second.values()}
    assert failures == {Failure(told, kind="time-out")}
    assert cli.has_ended()
    assert len(cli.noted("calls")) == 1


def test_a_file_that_takes_too_long_costs_no_other(fake: Make, files: Make) -> None:
    cli = fake(serving("time.sleep(60 if 'slow' in path else 0)", "compiled(request)"))
    told = "the Bicep CLI did not answer within 1 second; --bicep-timeout gives it more"
    paths = files("a", "slow", "b", "c", "d", "e")
    assert reasons(cli, paths, timeout=1) == [None, told, None, None, None, None]
    assert asked(cli) == ["a", "slow", "b", "c", "d", "e"]
    assert len(cli.noted("calls")) == 2


def test_files_that_take_too_long_are_sent_no_more_than_twice(fake: Make, files: Make) -> None:
    cli = fake(RPC_ONLY + "while True:\n    note('paths', receive()['params']['path'])\n")
    told = "the Bicep CLI did not answer within 1 second; --bicep-timeout gives it more"
    assert reasons(cli, files("a", "b", "c"), timeout=1) == [told] * 3
    assert asked(cli) == ["a", "b", "c", "b", "c"]


def test_a_file_that_kills_the_cli_costs_no_other(fake: Make, files: Make) -> None:
    cli = fake(
        serving(
            "if 'bad' in path:",
            "    sys.stderr.write('one\\nStack overflow.\\n   at Bicep.Core.X()\\n')",
            "    sys.stderr.flush()",
            "    os._exit(7)",
            "compiled(request)",
        )
    )
    told = "the Bicep CLI ended with exit code 7: Stack overflow"
    paths = files("a", "bad 1", "b", "c", "d", "bad 2", "e", "f")
    assert reasons(cli, paths) == [None, told, None, None, None, told, None, None]
    assert all(asked(cli).count(name) <= 2 for name in asked(cli))


def test_a_signal_has_a_name(fake: Make, files: Make) -> None:
    cli = fake(serving("os.kill(os.getpid(), signal.SIGKILL)"))
    assert reasons(cli, files("a")) == ["the Bicep CLI was ended by signal 9 (SIGKILL)"]


def test_what_has_been_answered_before_a_death_counts(fake: Make, files: Make) -> None:
    cli = fake(serving("compiled(request)", "os._exit(0)"))
    assert reasons(cli, files(*"abcd")) == [None] * 4


def test_a_cli_that_can_not_be_started_again(fake: Make, files: Make) -> None:
    cli = fake(serving("os.remove(os.path.join(HERE, 'bicep'))", "os._exit(1)"))
    told = "the Bicep CLI can't be started: no such file or directory"
    assert reasons(cli, files("a", "b")) == [told, told]


@pytest.mark.parametrize(
    ("nonsense", "told"),
    [
        ("b'x' * 5000", "something that is no message of JSON-RPC"),
        ("b'Warning: new release\\n\\n'", "something that is no message of JSON-RPC"),
        ("b'\\r\\n\\r\\n'", "something that is no message of JSON-RPC"),
        ("b'Content-Length: -1\\r\\n\\r\\n'", "something that is no message of JSON-RPC"),
        ("b'Content-Length: 7e3\\r\\n\\r\\n'", "something that is no message of JSON-RPC"),
        ("b'A: b\\r\\n' * 50", "something that is no message of JSON-RPC"),
        ("b'Content-Length: 99999999\\r\\n\\r\\n'", "a message of more than 64 MiB"),
        ("b'Content-Length: %s\\r\\n\\r\\n' % (b'9' * 900)", "something that is no message of"),
        ("b'Content-Length: 3\\r\\n\\r\\n{ x'", "a message that is no JSON"),
        ("b'Content-Length: 2\\r\\n\\r\\n[]'", "a message that is no JSON object"),
        ("b'Content-Length: 200000\\r\\n\\r\\n' + b'[' * 200000", "a message that is no JSON"),
    ],
)
def test_nonsense_is_a_failure_of_one_file(
    fake: Make, files: Make, nonsense: str, told: str
) -> None:
    cli = fake(
        serving(
            "if 'bad' in path:",
            f"    sys.stdout.buffer.write({nonsense})",
            "    sys.stdout.buffer.flush()",
            "    time.sleep(60)",
            "compiled(request)",
        )
    )
    good, bad, other = reasons(cli, files("a", "bad", "b"))
    assert (good, other) == (None, None)
    assert bad is not None
    assert bad.startswith(f"the Bicep CLI answered with {told}")


def test_half_a_message_is_none(fake: Make, files: Make) -> None:
    half = "sys.stdout.write('Content-Length: 99\\r\\n\\r\\n{'); sys.stdout.flush(); os._exit(4)"
    assert reasons(fake(serving(half)), files("a")) == ["the Bicep CLI ended with exit code 4"]


def test_a_cli_that_closes_its_output(fake: Make, files: Make) -> None:
    cli = fake(serving("os.close(1); time.sleep(60)"))
    assert reasons(cli, files("a")) == ["the Bicep CLI stopped answering"]


@pytest.mark.parametrize("leaves", [False, True])
def test_what_a_dead_cli_leaves_running_does_not_keep_us(
    fake: Make, files: Make, leaves: bool
) -> None:
    cli = fake(
        serving(
            "if os.fork():",
            "    os._exit(5)",
            "os.setsid()" if leaves else "note('pids', str(os.getpid()))",
            "time.sleep(8)",
            "os._exit(0)",
        )
    )
    assert reasons(cli, files("a")) == ["the Bicep CLI ended with exit code 5"]


def test_a_cli_that_reads_nothing_does_not_keep_us(fake: Make, files: Make) -> None:
    cli = fake(RPC_ONLY + "shake_hands(); time.sleep(60)")
    with Compiler(cli.program, 1) as compiler:
        huge = {"a": "x" * 3_000_000}
        (result,) = compiler.compiled_parameters(files("a.bicepparam"), huge).values()
    assert result.failure is not None
    assert result.failure.kind == "time-out"
    assert cli.has_ended()


def test_a_cli_that_complains_without_end_is_heard_out(fake: Make, files: Make) -> None:
    cli = fake(serving("sys.stderr.write('a line\\n' * 300_000)", "compiled(request)"))
    assert reasons(cli, files("a", "b")) == [None, None]


def test_a_refused_request_gets_a_process_of_its_own(fake: Make, files: Make) -> None:
    body = """
    if IS_RPC:
        while True:
            request = receive()
            if "odd" in request["params"]["path"]:
                send(request["id"], error={"code": -32000, "message": "no"})
            else:
                compiled(request)
    sys.exit("An error occurred reading file. Could not find it.")
    """
    cli = fake(body)
    paths = files("a", "odd", "b")
    told = "the Bicep CLI ended with exit code 1: An error occurred reading file. Could not find it"
    assert reasons(cli, paths) == [None, told, None]
    assert len(cli.noted("calls")) == 2


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({"success": True}, "the Bicep CLI answered with something that is no template"),
        ({"success": True, "contents": "[]"}, "the Bicep CLI answered with something that is no "),
        ({"success": False}, "the Bicep CLI compiled nothing and does not say why"),
        ({}, "the Bicep CLI compiled nothing and does not say why"),
        (
            {
                "success": False,
                "diagnostics": [{"level": "Error", "code": "X", "message": "y.\nz"}],
            },
            "X: y. z",
        ),
    ],
)
def test_a_response_without_a_template(
    fake: Make, files: Make, result: dict[str, Any], told: str
) -> None:
    (reason,) = reasons(fake(serving(f"send(request['id'], {result!r})")), files("a"))
    assert reason is not None
    assert reason.startswith(told)


def test_overrides_are_part_of_the_request(
    fake: Make, files: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BICEP_PARAMETERS_OVERRIDES", '{"a": 1, "b": 1}')
    cli = fake(
        serving(
            "assert request['method'] == 'bicep/compileParams'",
            "note('seen', json.dumps(request['params']['parameterOverrides']))",
            "send(request['id'], {'success': True, 'parameters': '{}'})",
        )
    )
    (path,) = files("a.bicepparam")
    with Compiler(cli.program, 30) as compiler:
        for overrides in ({"b": [2]}, {"b": [2]}, {}):
            result = compiler.compiled_parameters([path], overrides)[path]
            assert (result.parameters, result.template, result.failure) == ("{}", None, None)
    assert list(map(json.loads, cli.noted("seen"))) == [{"a": 1, "b": [2]}, {"a": 1, "b": 1}]


def test_a_large_message_is_fine_up_to_a_size(
    fake: Make, files: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = "json.dumps({'x': 'y' * 5_000_000})"
    cli = fake(serving(f"send(request['id'], {{'success': True, 'contents': {contents}}})"))
    paths = files("a")
    assert reasons(cli, paths) == [None]
    monkeypatch.setattr(frames, "MOST_CONTENT", 4 * 1024**2)
    assert reasons(cli, paths) == ["the Bicep CLI answered with a message of more than 4 MiB"]
