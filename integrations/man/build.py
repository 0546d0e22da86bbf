"""Writes the manual pages of armguard and its commands, with click-man, which has to be installed.

The program `click-man` itself would find no commands, because armguard imports each one only when
it runs, and it leaves out what stands below the options: examples and exit codes.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import click
from click_man.core import write_man_pages

from armguard.cli import group
from armguard.version import __version__

SECTIONS = {"Examples": "EXAMPLES", "Exit codes": "EXIT STATUS"}
"""Heading of a block below the options -> that of a manual page; what has none is a note."""


def main(folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        group.add_command(command, name)
    write_man_pages("armguard", group, version=__version__, target_dir=folder)
    for name, command in (("armguard", group), *group.commands.items()):
        path = Path(folder, "armguard.1" if command is group else f"armguard-{name}.1")
        page = path.read_text("utf-8")
        path.write_text(page + "".join(sections(command.epilog or "")), "utf-8", newline="\n")


def sections(epilog: str) -> Iterator[str]:
    """The blocks of an epilog as sections, each line as it stands."""
    for block in re.split(r"\n{2,}", epilog.replace("\b\n", "").strip()):
        heading, _, text = block.partition(":\n")
        if heading in SECTIONS:
            yield f".SH {SECTIONS[heading]}\n.nf\n{escaped(dedent(text))}\n.fi\n"
        elif block:
            yield f".SH NOTES\n{escaped(block)}\n"


def escaped(text: str) -> str:
    r"""Text in which roff sees no commands: `\-` is the sign that is copied into a shell."""
    return "\n".join(
        re.sub(r"^(?=[.'])", r"\\&", line.replace("\\", r"\e").replace("-", r"\-"))
        for line in text.split("\n")
    )


if __name__ == "__main__":
    main(sys.argv[1])
