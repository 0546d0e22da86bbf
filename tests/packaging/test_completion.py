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
POWERSHELL = """\
$env:_ARMGUARD_COMPLETE = 'powershell_source'
armguard | Out-String | Invoke-Expression
Remove-Item Env:_ARMGUARD_COMPLETE
$typed = 'armguard {words}'
(TabExpansion2 $typed -cursorColumn $typed.Length).CompletionMatches | % CompletionText
"""
PROGRAMS = {"powershell": "pwsh"}
OPTIONS = {
    "bash": ("--norc", "-c"),
    "fish": ("--no-config", "-c"),
    "powershell": ("-NoProfile", "-Command"),
}


@pytest.mark.parametrize("shell", ["bash", "fish", "powershell"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ch", {"check"}),
        ("check --form", {"--format"}),
        ("check --fail-on n", {"note", "never"}),
        ("rules --format ", {"json", "text"}),
        ("rules reme", {"remedies"}),
        ("check --pack red", {"redeploy"}),
        ("check --pack keyvault,r", {"keyvault,redeploy"}),
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
    scripts = {"bash": BASH, "fish": FISH, "powershell": POWERSHELL}
    script = scripts[shell].format(words=typed, last=last)
    path = os.pathsep.join((str(installed.parent), os.environ["PATH"]))
    program = tool(PROGRAMS.get(shell, shell))
    done = run(program, *OPTIONS[shell], script, folder=tmp_path, PATH=path, HOME=str(tmp_path))
    # fish tells what a word means after a tab
    assert {line.partition("\t")[0] for line in done.stdout.splitlines()} == expected


def test_the_page_sets_powershell_up_as_it_is_tested(project: Path) -> None:
    page = (project / "docs" / "installation.md").read_text("utf-8")
    shown = page.partition("```powershell\n")[2].partition("```")[0]
    assert POWERSHELL.startswith(shown)
    assert shown
