"""Completion of the command line, as docs/installation.md sets it up, in real shells."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

BASH = """\
eval "$(_ARMGUARD_COMPLETE=bash_source armguard)"
complete -p armguard | grep -q -- "-F _armguard_completion" || exit 1
COMP_WORDS=(armguard {words}) COMP_CWORD={last} COMPREPLY=()
_armguard_completion armguard
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
FISH = """\
_ARMGUARD_COMPLETE=fish_source armguard | source
complete --do-complete "armguard {words}"
"""


@pytest.mark.parametrize("shell", ["bash", "fish"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ch", {"check"}),
        ("check --form", {"--format"}),
        ("check --fail-on n", {"note", "never"}),
        ("rules --format ", {"json", "text"}),
    ],
)
def test_completion(
    shell: str,
    words: str,
    expected: set[str],
    installed: Path,
    run: Run,
    tool: Callable[[str], str],
    tmp_path: Path,
) -> None:
    last = words.count(" ") + 1
    typed = f"{words}''" if shell == "bash" and words.endswith(" ") else words
    script = {"bash": BASH, "fish": FISH}[shell].format(words=typed, last=last)
    path = os.pathsep.join((str(installed.parent), os.environ["PATH"]))
    options = ("--norc",) if shell == "bash" else ("--no-config",)
    done = run(tool(shell), *options, "-c", script, folder=tmp_path, PATH=path, HOME=str(tmp_path))
    # fish tells what a word means after a tab
    assert {line.partition("\t")[0] for line in done.stdout.splitlines()} == expected
