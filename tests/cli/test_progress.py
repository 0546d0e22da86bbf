"""What somebody at a terminal sees: progress while they wait, then the report for people."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from armguard.cli.check import default_format
from armguard.cli.progress import PATIENCE, Progress

PROJECT = Path(__file__).resolve().parents[2]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def drawn(stream: io.StringIO, *calls: tuple[float, int]) -> str:
    """What is on `stream` after calls of (seconds since the beginning, number) out of 340."""
    clock = Clock()
    with Progress(stream, clock=clock) as progress:
        for seconds, number in calls:
            clock.now = 100.0 + seconds
            progress(number, 340)
        return stream.getvalue()


def test_a_short_run_shows_nothing() -> None:
    assert drawn(Terminal(), (0, 1), (PATIENCE - 0.01, 2)) == ""


def test_a_long_run_says_where_it_is() -> None:
    assert drawn(Terminal(), (0, 1), (PATIENCE, 12)) == "\rchecking 12 of 340 files"


def test_reading_shows_in_the_same_line_and_makes_room() -> None:
    stream, clock = Terminal(), Clock()
    with Progress(stream, clock=clock) as progress:
        progress.leave()
        clock.now += 1
        progress.tell("reading 200 vaults")
        progress.leave()
    assert stream.getvalue() == f"\rreading 200 vaults\r{' ' * len('reading 200 vaults')}\r"


def test_not_every_file_is_drawn() -> None:
    calls = [(PATIENCE + number / 1000, number) for number in range(1, 301)]
    assert drawn(Terminal(), *calls).count("checking") == 3


def test_nothing_is_left_on_the_terminal() -> None:
    stream = Terminal()
    drawn(stream, (1, 12))
    blank = " " * len("checking 12 of 340 files")
    assert stream.getvalue() == f"\rchecking 12 of 340 files\r{blank}\r"


def test_a_check_that_fails_leaves_nothing_either() -> None:
    stream = Terminal()

    def failing() -> None:
        clock = Clock()
        with Progress(stream, clock=clock) as progress:
            clock.now += 1
            progress(1, 2)
            raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        failing()
    assert stream.getvalue().endswith(" \r")


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_what_is_no_terminal_gets_nothing(stream: io.StringIO | None) -> None:
    with Progress(stream, clock=Clock()) as progress:
        progress(1, 2)
    assert stream is None or stream.getvalue() == ""


def test_a_terminal_that_goes_away_stops_nothing() -> None:
    class Gone(Terminal):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

    assert drawn(Gone(), (1, 1), (2, 2)) == ""


@pytest.mark.parametrize(
    ("environment", "stream", "expected"),
    [
        ({}, Terminal(), "pretty"),
        ({}, io.StringIO(), "text"),
        ({}, None, "text"),
        ({"GITHUB_ACTIONS": "true"}, io.StringIO(), "github"),
        ({"GITHUB_ACTIONS": "false"}, io.StringIO(), "text"),
        ({"TF_BUILD": "True"}, io.StringIO(), "azure-pipelines"),
        ({"TF_BUILD": ""}, Terminal(), "pretty"),
    ],
)
def test_the_format_where_none_is_asked_for(
    environment: dict[str, str], stream: io.StringIO | None, expected: str
) -> None:
    assert default_format(environment, stream) == expected


def on_a_terminal(*arguments: str, columns: int = 80, **environment: str) -> str:
    """What `armguard check` shows on a terminal: standard output and error together."""
    pty = pytest.importorskip("pty", reason="there are no pseudo terminals here")
    main, terminal = pty.openpty()
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "FORCE_COLOR", "TF_BUILD", "GITHUB_ACTIONS")
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "armguard", "check", "fixtures/workspace.json", *arguments],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        env={**inherited, "TERM": "xterm", "COLUMNS": str(columns), **environment},
    )
    os.close(terminal)
    data = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not part:
            break
        data += part
    os.close(main)
    assert process.wait(60) == 1
    return data.decode().replace("\r\n", "\n")


def test_a_terminal_gets_excerpts_in_colour() -> None:
    shown = on_a_terminal()
    assert "\x1b[1;31merror\x1b[0m[access-policies-emptied]: " in shown
    assert "\x1b[1;31m^^^^" in shown
    assert "\x1b[34m-->\x1b[0m fixtures/workspace.json:" in shown


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [((), {"NO_COLOR": "1"}), (("--color", "never"), {"FORCE_COLOR": "1"}), ((), {"TERM": "dumb"})],
)
def test_colour_can_be_refused(arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    shown = on_a_terminal(*arguments, **environment)
    assert "\x1b" not in shown
    assert "^^^^" in shown
    assert max(map(len, shown.splitlines()[:-1])) <= 80


def test_the_width_is_that_of_the_terminal() -> None:
    narrow, wide = (on_a_terminal("--color=never", columns=c) for c in (50, 110))
    assert max(map(len, narrow.splitlines()[:-1])) <= 50
    assert 80 < max(map(len, wide.splitlines()[:-1])) <= 110
    assert narrow.splitlines()[-1] == wide.splitlines()[-1]


def test_another_format_on_a_terminal() -> None:
    shown = on_a_terminal("--format", "text", "--color", "never")
    assert "^^^^" not in shown
    assert shown.startswith("fixtures/workspace.json:")
