"""What click lacks in completing: PowerShell, and in fish names with commas between them.

`powershell_source` prints what the profile runs, and `powershell_complete` answers it. PowerShell
knows where words begin and end, so it passes them on one by one, each on a line.
"""

from __future__ import annotations

import os

from click.shell_completion import CompletionItem, FishComplete, ShellComplete, add_completion_class

_SOURCE = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = $commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($null -ne $_.Value) { $_.Value } else { $_.Extent.Text } }
    try {
        $env:%(complete_var)s = 'powershell_complete'
        $env:COMP_WORDS = $words -join "`n"
        $env:COMP_CWORD = $wordToComplete
        & %(prog_name)s | ForEach-Object {
            $kind, $value, $help = $_ -split "`t", 3
            if ($kind -ne 'plain') {
                [System.Management.Automation.CompletionCompleters]::CompleteFilename($value)
            } else {
                if (-not $help) { $help = $value }
                [System.Management.Automation.CompletionResult]::new(
                    $value, $value, 'ParameterValue', $help)
            }
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_WORDS, Env:COMP_CWORD -ErrorAction Ignore
    }
}
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """`kind TAB value TAB help` on a line for each completion."""

    name = "powershell"
    source_template = _SOURCE

    def get_completion_args(self) -> tuple[list[str], str]:
        words = os.environ.get("COMP_WORDS", "").split("\n")
        return words[1:], os.environ.get("COMP_CWORD", "")

    def format_completion(self, item: CompletionItem[str]) -> str:
        told = " ".join((item.help or "").split())
        return f"{item.type}\t{item.value}\t{told}"


@add_completion_class
class CommasInFish(FishComplete):
    """Only the first comma of what it is answered ends the kind; others belong to the value."""

    source_template = FishComplete.source_template.replace(
        'string split "," $completion', 'string split --max 1 "," $completion'
    )
