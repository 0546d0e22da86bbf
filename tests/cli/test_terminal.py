"""What somebody sees in a real terminal, which obeys armguard and nothing that a template says."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from support import SCHEMA, process_environment

pytest.importorskip("pty", reason="there are no pseudo terminals here")

STYLE = re.compile(r"\x1b\[[0-9;]*m")
LINK = re.compile(r"\x1b\]8;[^\x1b\x07]*\x1b\\")
EVIL = "kv\x1b]8;;https://evil\x1b\\x\x1b[2J\x9b31m\x07\u202e"
SUMMARY = "checked 1 template (1 deployment, 1 vault): 1 error, 0 warnings, 0 notes;"


def seen(*words: str, columns: int = 80, **variables: str) -> str:
    """What armguard writes on a terminal that is so wide, and its standard error with it."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = process_environment(TERM="xterm-256color", **variables)
    environment.pop("COLUMNS", None)
    command = [sys.executable, "-m", "armguard", *words]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True
    )
    os.close(theirs)
    written = b""
    # the end of a pseudo terminal is an error on Linux and nothing elsewhere
    while part := _read(ours):
        written += part
    os.close(ours)
    process.wait(60)
    return written.decode("utf-8").replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


@pytest.fixture(autouse=True)
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    vault = {
        "type": "Microsoft.KeyVault/vaults",
        "apiVersion": "2026-02-01",
        "name": EVIL,
        "properties": {"enableRbacAuthorization": False, "accessPolicies": []},
    }
    text = json.dumps({"$schema": SCHEMA, "resources": [vault]}, indent=2, ensure_ascii=False)
    Path("t.json").write_text(text.replace(json.dumps(EVIL, ensure_ascii=False), json.dumps(EVIL)))


@pytest.mark.parametrize("columns", [80, 140])
def test_a_report_fits_and_its_end_says_what_counts(columns: int) -> None:
    said = seen("check", "--no-progress", "t.json", columns=columns)
    *lines, last = STYLE.sub("", said).splitlines()
    assert last.startswith(SUMMARY)
    assert max(map(cell_len, lines)) <= columns
    assert lines[-1] == "--> t.json:10:9"
    assert any(line.startswith("error: vault ") for line in lines[-5:])


@pytest.mark.parametrize("words", [(), ("--color", "never"), ("--statistics", "--show-files")])
def test_a_template_is_not_obeyed(words: tuple[str, ...]) -> None:
    said = seen("check", "--no-progress", "t.json", *words)
    plain = STYLE.sub("", said)
    assert (plain == said) is ("never" in words)
    assert not set(plain) & set("\x1b\x9b\x07\u202e")
    assert r"\u001b]8;;https://evil\u001b\x" in plain.replace("\n", "")


@pytest.mark.parametrize("words", [("rules", "recover-mode"), ("rules", "remedies")])
def test_pages_are_rendered(words: tuple[str, ...]) -> None:
    said = LINK.sub("", STYLE.sub("", seen(*words)))
    assert "\x1b" not in said
    assert "\n## " not in said
    assert max(map(cell_len, said.splitlines())) <= 80
