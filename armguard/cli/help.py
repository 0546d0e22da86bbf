"""`armguard help`: what `--help` says, for those who type it as a command."""

from __future__ import annotations

import click

from armguard.cli import completing, options
from armguard.cli.exit_code import ExitCode

_EPILOG = """
\b
Examples:
  armguard help check

\b
Exit codes:
  0  the help is printed
  2  there is no such command
"""


@click.command("help", cls=options.GroupedCommand, epilog=_EPILOG, short_help="Explain a command.")
@click.argument(
    "name",
    required=False,
    metavar="[COMMAND]",
    shell_complete=completing.one_of(completing.commands),
)
@click.pass_context
def command(context: click.Context, name: str | None) -> ExitCode:
    """Explain a COMMAND, or say which ones there are."""
    parent = context.parent
    assert parent is not None
    shown = parent
    if name is not None:
        group = parent.command
        assert isinstance(group, click.Group)
        found_name, found, _ = group.resolve_command(parent, [name])
        assert found is not None
        shown = click.Context(found, info_name=found_name, parent=parent)
    click.echo(shown.get_help())
    return ExitCode.CLEAN
