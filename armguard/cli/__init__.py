"""The command line: finds the command, and turns whatever stops a run into one line and a code.

A command's module is imported only when that command runs, so that `check` starts fast; each
command is the function `command` of the module of its name, and returns its exit code.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from armguard.cli.exit_code import ExitCode
from armguard.cli.streams import print_error
from armguard.errors import ArmguardError, nearest
from armguard.version import __version__

COMMANDS = ("check", "expand", "fix", "snapshot", "rules", "help")
"""In the order of `armguard --help`."""

OTHER_NAMES = {"explain": "rules"}
"""What somebody may type as well."""

INTERRUPTED = 130
"""What shells expect of a program that Ctrl-C ended: 128 + SIGINT."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run armguard with `arguments` (default: those of the process); returns the exit code."""
    # a check holds many documents and ends soon: looking through them again and again for garbage
    # took a quarter of its time on two thousand templates
    gc.set_threshold(100_000, 50, 100)
    if "_ARMGUARD_COMPLETE" in os.environ:
        import armguard.cli.shells  # noqa: F401  # click finds it then
    try:
        code: int = group.main(arguments, prog_name="armguard", standalone_mode=False)
    except click.ClickException as error:
        print_error(usage_sentence(error))
        return ExitCode.USAGE
    except ArmguardError as error:
        print_error(str(error))
        return ExitCode.USAGE
    except click.Abort:
        print_error("interrupted")
        return INTERRUPTED
    except OSError as error:
        # help and the version are written by click
        if error.errno != errno.ENOSPC:
            return _report_bug(error)
        print_error(f"can't write to standard output: {error.strerror}")
        return ExitCode.USAGE
    # the last resort: a bug must say that it is one, and must never look like findings (1)
    except Exception as error:
        return _report_bug(error)
    return code


class _Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = OTHER_NAMES.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"armguard.cli.{name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = (*COMMANDS, *OTHER_NAMES)
        if args[0] not in known and not ctx.resilient_parsing:
            raise click.UsageError(_unknown_command(args[0]), ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="'armguard help COMMAND' explains a command.",
    short_help="Find the Azure templates whose next deployment wipes Key Vault access policies.",
)
@click.version_option(__version__, message="armguard %(version)s")
@click.pass_context
def group(context: click.Context) -> int:
    """Find the Azure templates whose next deployment wipes Key Vault access policies.

    A template that holds a Key Vault writes the vault's whole list of access policies each time it
    is deployed. Whoever was granted access in between, such as an Azure Machine Learning workspace,
    loses it. armguard evaluates templates as Azure does and says which ones do that.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        return ExitCode.USAGE
    return ExitCode.CLEAN


def usage_sentence(error: click.ClickException) -> str:
    """What click complains about, as one lower-case sentence."""
    if isinstance(error, click.NoSuchOption):
        sentence = f"unknown option '{error.option_name}'"
        if error.possibilities:
            return f"{sentence}; did you mean '{error.possibilities[0]}'?"
    else:
        sentence = " ".join(error.format_message().split()).removesuffix(".")
        sentence = sentence[:1].lower() + sentence[1:]
    context = error.ctx if isinstance(error, click.UsageError) else None
    # advice needs no other advice
    if context is None or "'armguard " in sentence or sentence.endswith("?"):
        return sentence
    return f"{sentence}; see '{context.command_path} --help'"


def _unknown_command(name: str) -> str:
    if os.path.exists(name):
        return f"unknown command '{name}'; did you mean 'armguard check {name}'?"
    meant = nearest(name, (*COMMANDS, *OTHER_NAMES))
    if meant is not None:
        return f"unknown command '{name}'; did you mean 'armguard {meant}'?"
    return f"unknown command '{name}'; allowed are {', '.join(COMMANDS)}"


def _report_bug(error: Exception) -> int:
    print_error(f"this is a bug in armguard, please report it: {type(error).__name__}: {error}")
    if os.environ.get("ARMGUARD_DEBUG"):
        import traceback

        from armguard.safe_text import line

        for part in traceback.format_exception(error):
            for text in part.rstrip("\n").split("\n"):
                print(line(text), file=sys.stderr)
    else:
        print_error("run again with ARMGUARD_DEBUG=1 to see where it happened")
    return ExitCode.BUG
